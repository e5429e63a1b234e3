package store

import (
	"fmt"

	"gorm.io/gorm/clause"
)

// ResponsysUser is an API user.
type ResponsysUser struct {
	Workspace string `gorm:"primaryKey"`
	Name      string `gorm:"primaryKey"`
	// PasswordHash is the bcrypt hash of the password; PasswordDigest a keyed digest
	// of it, empty if it was given as a hash.
	PasswordHash   string `gorm:"not null"`
	PasswordDigest string `gorm:"not null"`
	Enabled        bool   `gorm:"not null"`
}

// ResponsysOrganization is a node of the account's tree of organizations. The
// database keeps names unique, the root single, and every other one below one that
// exists.
type ResponsysOrganization struct {
	Workspace string `gorm:"primaryKey"`
	ID        int64  `gorm:"primaryKey;autoIncrement:false"`
	Name      string `gorm:"not null"`
	ParentID  *int64 // nil for the root
	// Position orders siblings.
	Position int64 `gorm:"not null"`
}

// ResponsysKind tells the kinds of objects apart that organizations may access.
type ResponsysKind string

// The kinds of objects.
const (
	ResponsysProgram  ResponsysKind = "program"
	ResponsysCampaign ResponsysKind = "campaign"
)

// ResponsysObject is a program or a campaign, known by its name.
type ResponsysObject struct {
	Workspace string        `gorm:"primaryKey"`
	Kind      ResponsysKind `gorm:"primaryKey"`
	Name      string        `gorm:"primaryKey"`
}

// ResponsysAssignment lets an organization access an object. It goes with either.
type ResponsysAssignment struct {
	Workspace      string        `gorm:"primaryKey"`
	Kind           ResponsysKind `gorm:"primaryKey"`
	Object         string        `gorm:"primaryKey"`
	OrganizationID int64         `gorm:"primaryKey;autoIncrement:false"`
	// Position is the place in the request that assigned it.
	Position int `gorm:"not null"`
}

// ResponsysNode is an organization with its lineage: the ids from the root down to
// itself, each followed by a colon.
type ResponsysNode struct {
	ID       int64
	Name     string
	ParentID *int64
	Lineage  string
}

// responsysBatch bounds the parameters of one statement.
const responsysBatch = 500

// ResponsysUser finds a user, or ErrNotFound.
func (q *Query) ResponsysUser(name string) (ResponsysUser, error) {
	var u ResponsysUser
	err := q.rows().Where("name = ?", name).Take(&u).Error
	return u, err
}

// PutResponsysUser creates the user or sets it to what is given.
func (tx *Tx) PutResponsysUser(u ResponsysUser) error {
	u.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}

// ResponsysObject finds a program or campaign, or fails with ErrNotFound.
func (q *Query) ResponsysObject(kind ResponsysKind, name string) (ResponsysObject, error) {
	var o ResponsysObject
	err := q.rows().Where("kind = ? AND name = ?", kind, name).Take(&o).Error
	return o, err
}

// ResponsysAccess lists the organizations that may access an object, in the order
// of their assignment. Their lineages are those of the tree as it is now.
func (q *Query) ResponsysAccess(kind ResponsysKind, name string) ([]ResponsysNode, error) {
	var list []ResponsysNode
	err := q.db.Raw(`
		WITH RECURSIVE walk (position, id, name, parent_id, lineage) AS (
			SELECT a.position, o.id, o.name, o.parent_id, CAST(o.id AS text) || ':'
			FROM responsys_assignments a
			JOIN responsys_organizations o ON o.workspace = a.workspace AND o.id = a.organization_id
			WHERE a.workspace = @workspace AND a.kind = @kind AND a.object = @name
			UNION ALL
			SELECT w.position, w.id, w.name, p.parent_id, CAST(p.id AS text) || ':' || w.lineage
			FROM walk w
			JOIN responsys_organizations p ON p.workspace = @workspace AND p.id = w.parent_id
		)
		SELECT id, name, lineage FROM walk WHERE parent_id IS NULL ORDER BY position`,
		map[string]any{"workspace": q.workspace, "kind": kind, "name": name}).Scan(&list).Error
	return list, err
}

// ResponsysTree lists all organizations with their lineages: parents before their
// children, siblings in their order.
func (q *Query) ResponsysTree() ([]ResponsysNode, error) {
	var list []ResponsysNode
	err := q.db.Raw(`
		WITH RECURSIVE walk (depth, position, id, name, parent_id, lineage) AS (
			SELECT 0, position, id, name, parent_id, CAST(id AS text) || ':'
			FROM responsys_organizations
			WHERE workspace = @workspace AND parent_id IS NULL
			UNION ALL
			SELECT w.depth + 1, o.position, o.id, o.name, o.parent_id, w.lineage || CAST(o.id AS text) || ':'
			FROM walk w
			JOIN responsys_organizations o ON o.workspace = @workspace AND o.parent_id = w.id
		)
		SELECT id, name, parent_id, lineage FROM walk ORDER BY depth, position, id`,
		map[string]any{"workspace": q.workspace}).Scan(&list).Error
	return list, err
}

// ResponsysOrganizationIDs finds organizations by their names, which are different
// from each other. It leaves out a name that no organization has, and may leave
// out those that come after it.
func (q *Query) ResponsysOrganizationIDs(names []string) (map[string]int64, error) {
	ids := make(map[string]int64, len(names))
	for start := 0; start < len(names) && len(ids) == start; start += responsysBatch {
		var found []ResponsysOrganization
		part := names[start:min(start+responsysBatch, len(names))]
		if err := q.rows().Where("name IN ?", part).Find(&found).Error; err != nil {
			return nil, err
		}
		for _, o := range found {
			ids[o.Name] = o.ID
		}
	}
	return ids, nil
}

// ResponsysRoot finds the organization above all others, or fails with ErrNotFound.
func (q *Query) ResponsysRoot() (ResponsysOrganization, error) {
	var root ResponsysOrganization
	err := q.rows().Where("parent_id IS NULL").Take(&root).Error
	return root, err
}

// LockResponsysObject keeps others from changing the access of a program or
// campaign until the transaction ends. It fails with ErrNotFound.
func (tx *Tx) LockResponsysObject(kind ResponsysKind, name string) error {
	return tx.rows().Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("kind = ? AND name = ?", kind, name).Take(&ResponsysObject{}).Error
}

// SetResponsysAccess makes the organizations, in this order, those that may access
// the object. The caller holds the object's lock or has just made it.
func (tx *Tx) SetResponsysAccess(kind ResponsysKind, name string, organizations []int64) error {
	err := tx.rows().Where("kind = ? AND object = ?", kind, name).Delete(&ResponsysAssignment{}).Error
	if err != nil || len(organizations) == 0 {
		return err
	}
	assignments := make([]ResponsysAssignment, 0, len(organizations))
	for i, id := range organizations {
		assignments = append(assignments, ResponsysAssignment{
			Workspace: tx.workspace, Kind: kind, Object: name, OrganizationID: id, Position: i,
		})
	}
	return tx.db.CreateInBatches(assignments, responsysBatch).Error
}

// AddResponsysObject makes a program or campaign and reports whether it was new.
func (tx *Tx) AddResponsysObject(kind ResponsysKind, name string) (bool, error) {
	o := ResponsysObject{Workspace: tx.workspace, Kind: kind, Name: name}
	added := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&o)
	return added.RowsAffected == 1, added.Error
}

// LockResponsysOrganizations returns all organizations by their position and keeps
// others from provisioning this workspace until the transaction ends.
func (tx *Tx) LockResponsysOrganizations() ([]ResponsysOrganization, error) {
	lock := tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", tx.workspace)
	if err := lock.Take(&Workspace{}).Error; err != nil {
		return nil, fmt.Errorf("lock the workspace: %w", err)
	}
	var list []ResponsysOrganization
	err := tx.rows().Order("position, id").Find(&list).Error
	return list, err
}

// AddResponsysOrganization creates an organization below an existing one, or as the
// root if there is none yet.
func (tx *Tx) AddResponsysOrganization(o ResponsysOrganization) error {
	o.Workspace = tx.workspace
	return tx.db.Create(&o).Error
}

// RenameResponsysOrganization gives an organization another name.
func (tx *Tx) RenameResponsysOrganization(id int64, name string) error {
	return tx.rows().Model(&ResponsysOrganization{}).Where("id = ?", id).Update("name", name).Error
}

// MoveResponsysOrganization puts an organization below another. The caller sees to
// it that this makes no cycle.
func (tx *Tx) MoveResponsysOrganization(id, parent int64) error {
	return tx.rows().Model(&ResponsysOrganization{}).Where("id = ?", id).Update("parent_id", parent).Error
}
