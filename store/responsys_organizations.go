package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm/clause"
)

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

// ResponsysNode is an organization with its lineage: the ids from the root down to
// itself, each followed by a colon.
type ResponsysNode struct {
	ID       int64
	Name     string
	ParentID *int64
	Lineage  string
}

// ResponsysTree lists all organizations with their lineages: parents before their
// children, siblings in their order.
func (q *Query) ResponsysTree() ([]ResponsysNode, error) {
	var list []ResponsysNode
	err := q.orm().Raw(`
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

// lockResponsysTree keeps others from provisioning this workspace, and callers who
// entered it from writing, until the transaction ends.
func (tx *Tx) lockResponsysTree() error {
	lock := tx.orm().Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", tx.workspace)
	if err := lock.Take(&Workspace{}).Error; err != nil {
		return fmt.Errorf("lock the workspace: %w", err)
	}
	return nil
}

// LockResponsysOrganizations returns all organizations by their position and keeps
// others from changing them until the transaction ends.
func (tx *Tx) LockResponsysOrganizations() ([]ResponsysOrganization, error) {
	if err := tx.lockResponsysTree(); err != nil {
		return nil, err
	}
	var list []ResponsysOrganization
	err := tx.rows().Order("position, id").Find(&list).Error
	return list, err
}

// AddResponsysOrganization creates an organization below an existing one, or as the
// root if there is none yet.
func (tx *Tx) AddResponsysOrganization(o ResponsysOrganization) error {
	o.Workspace = tx.workspace
	return tx.orm().Create(&o).Error
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

// ResponsysLastOrganizationID is the largest id that an organization has or had.
func (tx *Tx) ResponsysLastOrganizationID() (int64, error) {
	return tx.largestID("responsys_organizations", anyID)
}

// ErrResponsysRoot says that the root organization cannot be deleted.
var ErrResponsysRoot = errors.New("the organization is the root")

// ResponsysLoss tells of an object that fewer organizations may access.
type ResponsysLoss struct {
	Kind   ResponsysKind
	Object string
	// Before and After count the organizations.
	Before, After int
}

// responsysBelow begins a statement with the ids of an organization and all below it.
const responsysBelow = `
	WITH RECURSIVE below (id) AS (
		SELECT id FROM responsys_organizations WHERE workspace = @workspace AND id = @id
		UNION ALL
		SELECT o.id FROM below b
		JOIN responsys_organizations o ON o.workspace = @workspace AND o.parent_id = b.id
	) `

// DeleteResponsysOrganization deletes an organization with all below it and takes
// them out of every access. It fails with ErrNotFound or ErrResponsysRoot. Who sets
// an access meanwhile waits, and then does not find the organization.
func (tx *Tx) DeleteResponsysOrganization(id int64) ([]ResponsysLoss, error) {
	if err := tx.lockResponsysTree(); err != nil {
		return nil, err
	}
	var o ResponsysOrganization
	if err := tx.rows().Where("id = ?", id).Take(&o).Error; err != nil {
		return nil, err
	}
	if o.ParentID == nil {
		return nil, ErrResponsysRoot
	}
	if err := tx.retireIDs("responsys_organizations", anyID); err != nil {
		return nil, err
	}
	args := map[string]any{"workspace": tx.workspace, "id": id}
	var losses []ResponsysLoss
	err := tx.orm().Raw(responsysBelow+`
		SELECT a.kind, a.object, count(*) AS before, count(*) - count(b.id) AS after
		FROM responsys_assignments a
		LEFT JOIN below b ON b.id = a.organization_id
		WHERE a.workspace = @workspace AND (a.kind, a.object) IN (
			SELECT lost.kind, lost.object FROM below
			JOIN responsys_assignments lost ON lost.workspace = @workspace AND lost.organization_id = below.id)
		GROUP BY a.kind, a.object ORDER BY a.kind, a.object`, args).Scan(&losses).Error
	if err != nil {
		return nil, err
	}
	return losses, tx.orm().Exec(responsysBelow+`
		DELETE FROM responsys_organizations
		WHERE workspace = @workspace AND id IN (SELECT id FROM below)`, args).Error
}
