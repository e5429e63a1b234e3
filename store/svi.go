package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm/clause"
)

// SviField is a field of an entity type or an attribute of a relationship type.
type SviField struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	DataType string `json:"dataType"`
	Required bool   `json:"required,omitempty"`
	// Length is the most characters of a string; 0 is no bound.
	Length int `json:"length,omitempty"`
	// PrimaryKey, Display and VersionRole say what the field is to its document:
	// its id, a part of its label, its version.
	PrimaryKey  bool `json:"primaryKey,omitempty"`
	Display     bool `json:"display,omitempty"`
	VersionRole bool `json:"versionRole,omitempty"`
	Masked      bool `json:"masked,omitempty"`
	// RevealGroups may see the value of a masked field on its own.
	RevealGroups []string `json:"revealGroups,omitempty"`
}

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

// SviEntityType describes documents of one kind.
type SviEntityType struct {
	Workspace string     `gorm:"primaryKey;uniqueIndex:svi_entity_type_names,priority:1"`
	ID        int64      `gorm:"primaryKey;autoIncrement:false"`
	Name      string     `gorm:"not null;uniqueIndex:svi_entity_type_names,priority:2"`
	Label     string     `gorm:"not null"`
	Version   int64      `gorm:"not null"`
	Fields    []SviField `gorm:"serializer:json;type:text;not null"`
	// Columns names what the server keeps for a document, but for its id and its
	// version: those are fields with a role.
	Columns SviColumns `gorm:"serializer:json;type:text;not null"`
	// ReadGroups may read the documents; none means everybody.
	ReadGroups []string `gorm:"serializer:json;type:text;not null"`
}

// SviColumns are the names under which a relationship type shows what the server
// keeps for a link. An empty name shows nothing.
type SviColumns struct {
	Key       string `json:"key,omitempty"`
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	Version   string `json:"version,omitempty"`
	CreatedAt string `json:"createdAt,omitempty"`
	CreatedBy string `json:"createdBy,omitempty"`
	UpdatedAt string `json:"updatedAt,omitempty"`
	UpdatedBy string `json:"updatedBy,omitempty"`
	ValidFrom string `json:"validFrom,omitempty"`
	ValidTo   string `json:"validTo,omitempty"`
}

// SviRelationshipType describes links of one kind. Its name is unique among those
// that begin at the same entity type.
type SviRelationshipType struct {
	Workspace   string         `gorm:"primaryKey;uniqueIndex:svi_relationship_type_names,priority:1"`
	ID          int64          `gorm:"primaryKey;autoIncrement:false"`
	FromType    string         `gorm:"not null;uniqueIndex:svi_relationship_type_names,priority:2"`
	Name        string         `gorm:"not null;uniqueIndex:svi_relationship_type_names,priority:3"`
	ToType      string         `gorm:"not null"`
	Label       string         `gorm:"not null"`
	ReverseName string         `gorm:"not null"`
	Version     int64          `gorm:"not null"`
	Cardinality SviCardinality `gorm:"not null"`
	// Symmetric says that a link is one of both its ends alike.
	Symmetric bool `gorm:"not null"`
	// HistoryEnabled says that each version of a link is kept.
	HistoryEnabled bool `gorm:"not null"`
	// Bridge says that links are rows of an internal bridge table, and so can be
	// written.
	Bridge  bool       `gorm:"not null"`
	Columns SviColumns `gorm:"serializer:json;type:text;not null"`
	Fields  []SviField `gorm:"serializer:json;type:text;not null"`
}

// SviCardinality says how many links of a type may meet at a document: ONE_TO_MANY
// is many links that begin at it, and one that ends there.
type SviCardinality string

// The cardinalities of SAS Data Hub, "Get relationship types".
const (
	SviOneToOne   SviCardinality = "ONE_TO_ONE"
	SviOneToMany  SviCardinality = "ONE_TO_MANY"
	SviManyToOne  SviCardinality = "MANY_TO_ONE"
	SviManyToMany SviCardinality = "MANY_TO_MANY"
)

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

// SviEntityType finds an entity type by name, or ErrNotFound.
func (q *Query) SviEntityType(name string) (SviEntityType, error) {
	var t SviEntityType
	err := q.rows().Where("name = ?", name).Take(&t).Error
	return t, err
}

// SviRelationshipType finds a relationship type by where it begins and its name,
// or ErrNotFound.
func (q *Query) SviRelationshipType(fromType, name string) (SviRelationshipType, error) {
	var t SviRelationshipType
	err := q.rows().Where("from_type = ? AND name = ?", fromType, name).Take(&t).Error
	return t, err
}

// SviDocument finds a document, or ErrNotFound.
func (q *Query) SviDocument(entityType, id string) (SviDocument, error) {
	var d SviDocument
	err := q.rows().Where("type = ? AND id = ?", entityType, id).Take(&d).Error
	return d, err
}

// SviUser finds a user, or ErrNotFound.
func (q *Query) SviUser(name string) (SviUser, error) {
	var u SviUser
	err := q.rows().Where("name = ?", name).Take(&u).Error
	return u, err
}

// SviHoldEntityType is SviEntityType in a write: the type stays as it is until the
// transaction ends.
func (tx *Tx) SviHoldEntityType(name string) (SviEntityType, error) {
	var t SviEntityType
	err := tx.rows().Clauses(clause.Locking{Strength: "SHARE"}).Where("name = ?", name).Take(&t).Error
	return t, err
}

// SviHoldRelationshipType is SviRelationshipType in a write: the type stays as it is
// until the transaction ends.
func (tx *Tx) SviHoldRelationshipType(fromType, name string) (SviRelationshipType, error) {
	var t SviRelationshipType
	err := tx.rows().Clauses(clause.Locking{Strength: "SHARE"}).Where("from_type = ? AND name = ?", fromType, name).Take(&t).Error
	return t, err
}

// SviHoldDocument keeps a document from being deleted until the transaction ends, or
// fails with ErrNotFound.
func (tx *Tx) SviHoldDocument(entityType, id string) error {
	var d SviDocument
	return tx.rows().Clauses(clause.Locking{Strength: "KEY SHARE"}).Where("type = ? AND id = ?", entityType, id).Take(&d).Error
}

// SviPutEntityType creates the entity type of its name or sets it to what is
// given. An ID of 0 is that of the stored one, or a new one; another ID than the
// stored one, or one that a second type has, is ErrConflict.
func (tx *Tx) SviPutEntityType(t SviEntityType) error {
	t.Workspace = tx.workspace
	id, err := tx.sviTypeID("svi_entity_types", t.ID, "name = ?", t.Name)
	if err != nil {
		return err
	}
	t.ID = id
	return tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "name"}},
		UpdateAll: true,
	}).Create(&t).Error
}

// SviPutRelationshipType is SviPutEntityType for relationship types.
func (tx *Tx) SviPutRelationshipType(t SviRelationshipType) error {
	t.Workspace = tx.workspace
	id, err := tx.sviTypeID("svi_relationship_types", t.ID,
		"from_type = ? AND name = ?", t.FromType, t.Name)
	if err != nil {
		return err
	}
	t.ID = id
	return tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "from_type"}, {Name: "name"}},
		UpdateAll: true,
	}).Create(&t).Error
}

// sviTypeID returns the ID under which the type that the condition names is to be
// stored: that of the stored one, the one asked for, or a new one.
func (tx *Tx) sviTypeID(table string, asked int64, condition string, args ...any) (int64, error) {
	var stored []int64
	if err := tx.rows().Table(table).Where(condition, args...).Pluck("id", &stored).Error; err != nil {
		return 0, err
	}
	switch {
	case len(stored) > 0 && asked != 0 && asked != stored[0]:
		return 0, fmt.Errorf("a type's id cannot change: %w", ErrConflict)
	case len(stored) > 0:
		return stored[0], nil
	case asked != 0:
		return asked, tx.claimID(table, asked)
	}
	return tx.nextID(table)
}

// SviMakeDocument stores the document unless one of its type and id exists.
func (tx *Tx) SviMakeDocument(d SviDocument) error {
	d.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&d).Error
}

// SviPutUser creates the user or sets it to what is given.
func (tx *Tx) SviPutUser(u SviUser) error {
	u.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&u).Error
}
