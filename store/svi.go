package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"
)

// SviValues are field values by name, each in its canonical JSON form. A field
// without a value is not in it.
type SviValues map[string]json.RawMessage

// Value implements [driver.Valuer]: JSON text as the values are written, without
// the escapes that are meant for HTML.
func (v SviValues) Value() (driver.Value, error) {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(map[string]json.RawMessage(v))
	return strings.TrimSpace(text.String()), err
}

// Scan implements [sql.Scanner].
func (v *SviValues) Scan(column any) error {
	switch text := column.(type) {
	case string:
		return json.Unmarshal([]byte(text), v)
	case []byte:
		return json.Unmarshal(text, v)
	}
	return fmt.Errorf("field values are stored as %T", column)
}

// SviRecord is what a document and a link have in common.
type SviRecord struct {
	// Version begins at 1 and grows by 1 with each update.
	Version int64 `gorm:"not null"`
	SviContent
}

// SviContent is a record at one of its versions.
type SviContent struct {
	Attributes SviValues `gorm:"type:text;not null"`
	// ValidFrom and ValidTo bound the validity; nil is no bound.
	ValidFrom     *time.Time
	ValidTo       *time.Time
	CreatedAt     time.Time `gorm:"not null;autoCreateTime:false"`
	CreatedBy     string    `gorm:"not null"`
	LastUpdatedAt time.Time `gorm:"not null"`
	LastUpdatedBy string    `gorm:"not null"`
}

// SviDocument is an entity: one end of links.
type SviDocument struct {
	Workspace string `gorm:"primaryKey"`
	Type      string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	SviRecord
}

// SviUser is a person who gets tokens by name and password.
type SviUser struct {
	Workspace    string   `gorm:"primaryKey"`
	Name         string   `gorm:"primaryKey"`
	PasswordHash string   `gorm:"not null"`
	PasswordMark string   `gorm:"not null"` // keyed digest: is the plain password of fixtures this one?
	Groups       []string `gorm:"serializer:json;type:text;not null"`
}

// SviDocument finds a document, or ErrNotFound.
func (q *Query) SviDocument(entityType, id string) (SviDocument, error) {
	return take[SviDocument](q, "type = ? AND id = ?", entityType, id)
}

// SviUser finds a user, or ErrNotFound.
func (q *Query) SviUser(name string) (SviUser, error) {
	return take[SviUser](q, "name = ?", name)
}

// SviHoldDocument keeps a document from being deleted until the transaction ends, or
// fails with ErrNotFound.
func (tx *Tx) SviHoldDocument(entityType, id string) error {
	var d SviDocument
	return tx.rows().Clauses(clause.Locking{Strength: "KEY SHARE"}).Where("type = ? AND id = ?", entityType, id).Take(&d).Error
}

// SviMakeDocument stores the document unless one of its type and id exists.
func (tx *Tx) SviMakeDocument(d SviDocument) error {
	d.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&d).Error
}

// SviPutUser creates the user or sets it to what is given.
func (tx *Tx) SviPutUser(u SviUser) error {
	u.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}
