package store

import "gorm.io/gorm/clause"

// ResponsysUser is an API user.
type ResponsysUser struct {
	Workspace string `gorm:"primaryKey"`
	Name      string `gorm:"primaryKey"`
	// PasswordHash is the bcrypt hash of the password; PasswordDigest a keyed digest
	// of it, empty if it was given as a hash.
	PasswordHash   string `gorm:"not null"`
	PasswordDigest string `gorm:"not null"`
	Enabled        bool   `gorm:"not null"`
	// LoginState is the vendor's code of what keeps the user from logging in, or
	// ResponsysActive.
	LoginState string `gorm:"not null"`
	Email      string `gorm:"not null"`
	Locale     string `gorm:"not null"`
	CreatedOn  string `gorm:"not null"` // yyyy-MM-dd
}

// ResponsysActive is the login state of a user who may log in.
const ResponsysActive = "ACTIVE"

// ResponsysAccount is how the account of the workspace calls itself.
type ResponsysAccount struct {
	Workspace   string `gorm:"primaryKey"`
	Name        string `gorm:"not null"`
	DisplayName string `gorm:"not null"`
	TimeZone    string `gorm:"not null"`
}

// ResponsysKind tells the kinds of objects apart that organizations may access.
type ResponsysKind string

// The kinds of objects.
const (
	ResponsysKindProgram  ResponsysKind = "program"
	ResponsysKindCampaign ResponsysKind = "campaign"
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
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}

// ResponsysAccount finds the account, or ErrNotFound if it has no name of its own.
func (q *Query) ResponsysAccount() (ResponsysAccount, error) {
	var a ResponsysAccount
	err := q.rows().Take(&a).Error
	return a, err
}

// PutResponsysAccount sets the account to what is given.
func (tx *Tx) PutResponsysAccount(a ResponsysAccount) error {
	a.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error
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
	err := q.orm().Raw(`
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
	return tx.orm().CreateInBatches(assignments, responsysBatch).Error
}

// AddResponsysObject makes a program or campaign and reports whether it was new.
func (tx *Tx) AddResponsysObject(kind ResponsysKind, name string) (bool, error) {
	o := ResponsysObject{Workspace: tx.workspace, Kind: kind, Name: name}
	added := tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&o)
	return added.RowsAffected == 1, added.Error
}
