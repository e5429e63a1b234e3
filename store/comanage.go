package store

import (
	"time"

	"gorm.io/gorm/clause"
)

// ComanagePlatformCO is the CO that runs a Registry. It exists in every workspace.
const ComanagePlatformCO = 1

const comanagePlatformName = "COmanage"

// ComanageCO is a collaborative organization.
type ComanageCO struct {
	Workspace string `gorm:"primaryKey"`
	ID        int64  `gorm:"primaryKey;autoIncrement:false"`
	Name      string `gorm:"not null"`
}

// TableName keeps the abbreviation from being read as a word.
func (ComanageCO) TableName() string { return "comanage_cos" }

// ComanagePerson is a person of a CO.
type ComanagePerson struct {
	Workspace string `gorm:"primaryKey"`
	ID        int64  `gorm:"primaryKey;autoIncrement:false"`
	CO        int64  `gorm:"not null"`
	Deleted   bool   `gorm:"not null"`
}

// TableName is the plural.
func (ComanagePerson) TableName() string { return "comanage_people" }

// ComanageOrgIdentity is an identity that a home organization asserts.
type ComanageOrgIdentity struct {
	Workspace string `gorm:"primaryKey"`
	ID        int64  `gorm:"primaryKey;autoIncrement:false"`
	CO        int64  `gorm:"not null"`
	Deleted   bool   `gorm:"not null"`
}

// TableName is the plural.
func (ComanageOrgIdentity) TableName() string { return "comanage_org_identities" }

// ComanageAPIUser may call the API of a Registry.
type ComanageAPIUser struct {
	Workspace    string `gorm:"primaryKey"`
	Name         string `gorm:"primaryKey"`
	CO           int64  `gorm:"not null"`
	Privileged   bool   `gorm:"not null"`
	Suspended    bool   `gorm:"not null"`
	ValidFrom    *time.Time
	ValidThrough *time.Time
	// RemoteIP is a regular expression for the peer's address, or empty.
	RemoteIP     string `gorm:"column:remote_ip;not null"`
	SecretHash   string `gorm:"not null"`
	SecretDigest string `gorm:"not null"`
}

// TableName is the plural.
func (ComanageAPIUser) TableName() string { return "comanage_api_users" }

// comanageFound makes sure that the workspace has its platform CO. It is part of
// making a workspace, because that is the one door through which every workspace
// comes (the default one at start, others with fixtures, an emptied one again):
// reads need no exception for a CO that nobody stored.
func (tx *Tx) comanageFound(workspace string) error {
	co := ComanageCO{Workspace: workspace, ID: ComanagePlatformCO, Name: comanagePlatformName}
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&co).Error
}

// ComanageCO finds a CO, or ErrNotFound.
func (q *Query) ComanageCO(id int64) (ComanageCO, error) {
	var co ComanageCO
	err := q.rows().Where("id = ?", id).Take(&co).Error
	return co, err
}

// ComanagePerson finds a person, also a deleted one, or ErrNotFound.
func (q *Query) ComanagePerson(id int64) (ComanagePerson, error) {
	var p ComanagePerson
	err := q.rows().Where("id = ?", id).Take(&p).Error
	return p, err
}

// ComanageOrgIdentity finds an org identity, also a deleted one, or ErrNotFound.
func (q *Query) ComanageOrgIdentity(id int64) (ComanageOrgIdentity, error) {
	var o ComanageOrgIdentity
	err := q.rows().Where("id = ?", id).Take(&o).Error
	return o, err
}

// ComanageAPIUser finds an API user by name, or ErrNotFound.
func (q *Query) ComanageAPIUser(name string) (ComanageAPIUser, error) {
	var u ComanageAPIUser
	err := q.rows().Where("name = ?", name).Take(&u).Error
	return u, err
}

// ComanagePutCO makes the CO or sets its name. A name that another CO has is
// ErrConflict.
func (tx *Tx) ComanagePutCO(co ComanageCO) error {
	co.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"name"}),
	}).Create(&co).Error
}

// ComanagePutAPIUser makes the API user or sets it to what is given.
func (tx *Tx) ComanagePutAPIUser(u ComanageAPIUser) error {
	u.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}

// ComanageAddPerson stores a person unless one of its id exists.
func (tx *Tx) ComanageAddPerson(p ComanagePerson) error {
	p.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&p).Error
}

// ComanageAddOrgIdentity stores an org identity unless one of its id exists.
func (tx *Tx) ComanageAddOrgIdentity(o ComanageOrgIdentity) error {
	o.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&o).Error
}
