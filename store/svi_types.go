package store

import (
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
	ReadGroups    []string  `gorm:"serializer:json;type:text;not null"`
	CreatedAt     time.Time `gorm:"not null;autoCreateTime:false"`
	CreatedBy     string    `gorm:"not null"`
	LastUpdatedAt time.Time `gorm:"not null"`
	LastUpdatedBy string    `gorm:"not null"`
}

// SviColumns are the names under which a type shows what the server keeps for a
// record. An empty name shows nothing.
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
	Workspace    string `gorm:"primaryKey;uniqueIndex:svi_relationship_type_names,priority:1;index:svi_relationship_type_ends,priority:1"`
	ID           int64  `gorm:"primaryKey;autoIncrement:false"`
	FromType     string `gorm:"not null;uniqueIndex:svi_relationship_type_names,priority:2"`
	Name         string `gorm:"not null;uniqueIndex:svi_relationship_type_names,priority:3"`
	ToType       string `gorm:"not null;index:svi_relationship_type_ends,priority:2"`
	Label        string `gorm:"not null"`
	ReverseName  string `gorm:"not null"`
	ReverseLabel string `gorm:"not null"`
	// Kind is the member `type` of the vendor's representation.
	Kind        string         `gorm:"not null"`
	Version     int64          `gorm:"not null"`
	Cardinality SviCardinality `gorm:"not null"`
	// Symmetric says that a link is one of both its ends alike.
	Symmetric bool `gorm:"not null"`
	// HistoryEnabled says that each version of a link is kept.
	HistoryEnabled bool `gorm:"not null"`
	// Bridge says that links are rows of an internal bridge table, and so can be
	// written.
	Bridge        bool       `gorm:"not null"`
	Columns       SviColumns `gorm:"serializer:json;type:text;not null"`
	Fields        []SviField `gorm:"serializer:json;type:text;not null"`
	CreatedAt     time.Time  `gorm:"not null;autoCreateTime:false"`
	CreatedBy     string     `gorm:"not null"`
	LastUpdatedAt time.Time  `gorm:"not null"`
	LastUpdatedBy string     `gorm:"not null"`
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

// SviType is one of the kinds of types.
type SviType interface {
	SviEntityType | SviRelationshipType
	table() string
	key() int64
	named() (condition string, args []any)
}

func (SviEntityType) table() string       { return "svi_entity_types" }
func (SviRelationshipType) table() string { return "svi_relationship_types" }

func (t SviEntityType) key() int64       { return t.ID }
func (t SviRelationshipType) key() int64 { return t.ID }

// named is what a type is found by, beside its id.
func (t SviEntityType) named() (string, []any) { return "name = ?", []any{t.Name} }

func (t SviRelationshipType) named() (string, []any) {
	return "from_type = ? AND name = ?", []any{t.FromType, t.Name}
}

func (t *SviEntityType) place(workspace string, id int64) { t.Workspace, t.ID = workspace, id }

func (t *SviRelationshipType) place(workspace string, id int64) { t.Workspace, t.ID = workspace, id }

// SviEntityType finds an entity type by name, or ErrNotFound.
func (q *Query) SviEntityType(name string) (SviEntityType, error) {
	return take[SviEntityType](q, "name = ?", name)
}

// SviRelationshipType finds a relationship type by where it begins and its name,
// or ErrNotFound.
func (q *Query) SviRelationshipType(fromType, name string) (SviRelationshipType, error) {
	return take[SviRelationshipType](q, "from_type = ? AND name = ?", fromType, name)
}

// SviFindType finds a type by its id, or ErrNotFound.
func SviFindType[T SviType](q *Query, id int64) (T, error) {
	return take[T](q, "id = ?", id)
}

// SviListTypes lists all types of the kind, by id.
func SviListTypes[T SviType](q *Query) (list []T, err error) {
	err = q.rows().Order("id").Find(&list).Error
	return list, err
}

// SviEntityTypesNamed finds the entity types of the names, in no order.
func (q *Query) SviEntityTypesNamed(names []string) (types []SviEntityType, err error) {
	for _, batch := range batches(names) {
		var part []SviEntityType
		if err := q.rows().Where("name IN ?", batch).Find(&part).Error; err != nil {
			return nil, err
		}
		types = append(types, part...)
	}
	return types, nil
}

// SviRelationshipTypesAt lists the relationship types that begin or end at the
// entity type, by id.
func (q *Query) SviRelationshipTypesAt(entityType string) (list []SviRelationshipType, err error) {
	err = q.rows().Where("from_type = ? OR to_type = ?", entityType, entityType).Order("id").Find(&list).Error
	return list, err
}

// SviRelationshipTypesNamed lists the relationship types, by id, of which a name
// holds both where they begin and their own name, with the separator between them.
// Either may hold the separator, so that there can be several.
func (q *Query) SviRelationshipTypesNamed(name, separator string) (list []SviRelationshipType, err error) {
	parts := strings.Split(name, separator)
	var pairs [][]any
	for i := 1; i < len(parts); i++ {
		pairs = append(pairs, []any{strings.Join(parts[:i], separator), strings.Join(parts[i:], separator)})
	}
	if len(pairs) == 0 {
		return nil, nil
	}
	err = q.rows().Where("(from_type, name) IN ?", pairs).Order("id").Find(&list).Error
	return list, err
}

// SviHoldEntityType is [Query.SviEntityType] that keeps the type from being changed
// or deleted until the transaction ends.
func (tx *Tx) SviHoldEntityType(name string) (SviEntityType, error) {
	return sviHold(tx, clause.LockingStrengthShare, SviEntityType{Name: name})
}

// SviHoldRelationshipType is SviHoldEntityType for relationship types.
func (tx *Tx) SviHoldRelationshipType(fromType, name string) (SviRelationshipType, error) {
	return sviHold(tx, clause.LockingStrengthShare, SviRelationshipType{FromType: fromType, Name: name})
}

// SviLockType is [SviFindType] that keeps others from changing the type, and from
// writing documents or links of it, until the transaction ends.
func SviLockType[T SviType](tx *Tx, id int64) (t T, err error) {
	return take[T](&tx.Query, "id = ?"+tx.locking(clause.LockingStrengthUpdate), id)
}

// SviLockNamed is [SviLockType] of the type that is named as the given one.
func SviLockNamed[T SviType](tx *Tx, t T) (T, error) {
	return sviHold(tx, clause.LockingStrengthUpdate, t)
}

func sviHold[T SviType](tx *Tx, strength string, t T) (held T, err error) {
	condition, args := t.named()
	return take[T](&tx.Query, condition+tx.locking(strength), args...)
}

// SviAddType stores a new type under the id that it has, or a new one where that is 0,
// and returns the id. An id or a name that another type has is ErrConflict.
func SviAddType[T SviType](tx *Tx, t T) (int64, error) {
	id := t.key()
	chosen := id != 0
	var err error
	if chosen {
		err = tx.claimID(t.table(), id)
	} else {
		id, err = tx.nextID(t.table())
	}
	if err != nil {
		return 0, err
	}
	any(&t).(interface{ place(string, int64) }).place(tx.workspace, id)
	if chosen {
		return id, tx.orm().Create(&t).Error
	}
	return id, insertNew(tx, t)
}

// SviEditType sets a type to what is given, its version included, if it is still
// stored at the version before. If it is not, the error is ErrStale.
func SviEditType[T SviType](tx *Tx, t T, before int64) error {
	edited := tx.rows().Model(new(T)).Where("id = ? AND version = ?", t.key(), before).
		Select("*").Omit("workspace", "id", "created_at", "created_by").Updates(&t)
	if edited.Error == nil && edited.RowsAffected == 0 {
		return fmt.Errorf("type %d is not at version %d: %w", t.key(), before, ErrStale)
	}
	return edited.Error
}

// SviDeleteType deletes a locked type. Its id is not given out again.
func SviDeleteType[T SviType](tx *Tx, t T) error {
	if err := tx.retireIDs(t.table(), lastFollowed); err != nil {
		return err
	}
	return tx.rows().Where("id = ?", t.key()).Delete(new(T)).Error
}
