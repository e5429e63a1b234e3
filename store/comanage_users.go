package store

import (
	"time"

	"gorm.io/gorm/clause"
)

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

// ComanageAPIUser finds an API user by name, or ErrNotFound.
func (q *Query) ComanageAPIUser(name string) (ComanageAPIUser, error) {
	return take[ComanageAPIUser](q, "name = ?", name)
}

// ComanagePutAPIUser makes the API user or sets it to what is given.
func (tx *Tx) ComanagePutAPIUser(u ComanageAPIUser) error {
	tx.accessChanged = true
	u.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}
