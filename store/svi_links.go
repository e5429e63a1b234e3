package store

import (
	"errors"
	"fmt"
	"strconv"

	"gorm.io/gorm/clause"
)

// SviLink joins two documents as its relationship type says. ID is the surrogate
// key of the row; a bridge table can hold several links of the same two ends.
type SviLink struct {
	Workspace      string `gorm:"primaryKey;index:svi_links_ends,priority:1;index:svi_links_to,priority:1;uniqueIndex:svi_links_only_from,priority:1;uniqueIndex:svi_links_only_to,priority:1"`
	RelationshipID int64  `gorm:"primaryKey;autoIncrement:false;index:svi_links_ends,priority:2;index:svi_links_to,priority:3;uniqueIndex:svi_links_only_from,priority:2;uniqueIndex:svi_links_only_to,priority:2"`
	ID             string `gorm:"primaryKey;index:svi_links_ends,priority:5;index:svi_links_to,priority:5"`
	FromID         string `gorm:"not null;index:svi_links_ends,priority:3;index:svi_links_to,priority:4"`
	ToID           string `gorm:"not null;index:svi_links_ends,priority:4;index:svi_links_to,priority:2"`
	// OnlyFrom and OnlyTo are FromID and ToID where the type's cardinality allows one
	// link at that end, else nil: the database refuses a second one.
	OnlyFrom *string `gorm:"uniqueIndex:svi_links_only_from,priority:3,where:only_from IS NOT NULL"`
	OnlyTo   *string `gorm:"uniqueIndex:svi_links_only_to,priority:3,where:only_to IS NOT NULL"`
	SviRecord
}

// SviEnd is one of the two ends of links.
type SviEnd int

// The ends.
const (
	SviFrom SviEnd = iota
	SviTo
)

// SviEnds finds the entity types at both ends of a relationship type, or ErrNotFound.
func (q *Query) SviEnds(t SviRelationshipType) (from, to SviEntityType, err error) {
	ends, err := list[SviEntityType](q, "name IN (?, ?)", t.FromType, t.ToType)
	if err != nil {
		return from, to, err
	}
	for _, end := range ends {
		if end.Name == t.FromType {
			from = end
		}
		if end.Name == t.ToType {
			to = end
		}
	}
	if from.Name == "" || to.Name == "" {
		return from, to, fmt.Errorf("the ends of relationship type %s: %w", t.Name, ErrNotFound)
	}
	return from, to, nil
}

// SviLink finds a link of a relationship type by its surrogate key, or ErrNotFound.
func (q *Query) SviLink(relationshipID int64, id string) (SviLink, error) {
	return take[SviLink](q, "relationship_id = ? AND id = ?", relationshipID, id)
}

// SviLockLink is SviLink in a write: nobody else changes the link until the
// transaction ends.
func (tx *Tx) SviLockLink(relationshipID int64, id string) (SviLink, error) {
	return take[SviLink](&tx.Query, "relationship_id = ? AND id = ?"+tx.locking(clause.LockingStrengthUpdate), relationshipID, id)
}

// SviLinksBetween lists the links of a relationship type from one document to
// another, by surrogate key, at most limit of them.
func (q *Query) SviLinksBetween(relationshipID int64, fromID, toID string, limit int) ([]SviLink, error) {
	return list[SviLink](q, "relationship_id = ? AND from_id = ? AND to_id = ? ORDER BY id LIMIT "+strconv.Itoa(limit),
		relationshipID, fromID, toID)
}

// SviLinksAt lists links of a relationship type that have the document at the given
// end, by the document at the other end and then by surrogate key: those after the
// link after, or from the first on after the zero one, at most limit.
func (q *Query) SviLinksAt(relationshipID int64, end SviEnd, documentID string, after SviLink, limit int) ([]SviLink, error) {
	here, there, last := "from_id", "to_id", after.ToID
	if end == SviTo {
		here, there, last = there, here, after.FromID
	}
	var list []SviLink
	err := q.rows().
		Where("relationship_id = ? AND "+here+" = ? AND ("+there+", id) > (?, ?)", relationshipID, documentID, last, after.ID).
		Order(there).Order("id").Limit(limit).Find(&list).Error
	return list, err
}

// SviHoldBulk keeps others from writing many links of the workspace at once until the
// transaction ends: two who take the same links in different orders would wait for each
// other.
func (tx *Tx) SviHoldBulk() error {
	// Whoever writes in the workspace holds it KEY SHARE, which this does not wait for.
	return tx.orm().Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).
		Select("name").Where("name = ?", tx.workspace).Take(&Workspace{}).Error
}

// SviMakeLink stores the link unless one of its surrogate key exists. A link that
// the type's cardinality does not allow is ErrConflict.
func (tx *Tx) SviMakeLink(t SviRelationshipType, l SviLink) error {
	_, err := tx.SviLink(t.ID, l.ID)
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	err = tx.SviCreateLink(t, l)
	if !errors.Is(err, ErrConflict) {
		return err
	}
	if _, found := tx.SviLink(t.ID, l.ID); found == nil { // made meanwhile
		return nil
	}
	return err
}

// SviCreateLink stores a new link of the type. One of a surrogate key that exists,
// and one that the type's cardinality does not allow, is ErrConflict; the
// transaction goes on.
func (tx *Tx) SviCreateLink(t SviRelationshipType, l SviLink) error {
	l.Workspace, l.RelationshipID = tx.workspace, t.ID
	if t.Cardinality == SviOneToOne || t.Cardinality == SviManyToOne {
		l.OnlyFrom = &l.FromID
	}
	if t.Cardinality == SviOneToOne || t.Cardinality == SviOneToMany {
		l.OnlyTo = &l.ToID
	}
	stored, err := insert(tx, "ON CONFLICT DO NOTHING", l)
	if err != nil {
		return err
	}
	if stored == 0 {
		return fmt.Errorf("a link of type %d from %s to %s: %w", t.ID, l.FromID, l.ToID, ErrConflict)
	}
	return tx.keepLinkVersion(t, l, SviCreated)
}

// SviUpdateLink sets attributes, validity and the fields of the last update of a
// link and adds 1 to its version, if the version is still the one in l. If it is
// not, nothing changes and the error is ErrStale, or ErrNotFound without a link.
func (tx *Tx) SviUpdateLink(t SviRelationshipType, l SviLink) (SviLink, error) {
	version := l.Version
	l.Version++
	updated, err := tx.exec(`UPDATE svi_links
		SET version = ?, attributes = ?, valid_from = ?, valid_to = ?, last_updated_at = ?, last_updated_by = ?
		WHERE workspace = ? AND relationship_id = ? AND id = ? AND version = ?`,
		l.Version, l.Attributes, l.ValidFrom, l.ValidTo, l.LastUpdatedAt, l.LastUpdatedBy,
		tx.workspace, t.ID, l.ID, version)
	if err != nil {
		return l, err
	}
	if updated > 0 {
		return l, tx.keepLinkVersion(t, l, SviUpdated)
	}
	if _, err := tx.SviLink(t.ID, l.ID); err != nil {
		return l, err
	}
	return l, fmt.Errorf("link %s is not at version %d: %w", l.ID, version, ErrStale)
}

// SviDeleteLink deletes a link and the versions that are kept of it, or fails with
// ErrNotFound.
func (tx *Tx) SviDeleteLink(relationshipID int64, id string) error {
	deleted := tx.rows().Where("relationship_id = ? AND id = ?", relationshipID, id).Delete(&SviLink{})
	if deleted.Error != nil {
		return deleted.Error
	}
	if deleted.RowsAffected == 0 {
		return fmt.Errorf("link %s: %w", id, ErrNotFound)
	}
	return tx.rows().Where("relationship_id = ? AND link_id = ?", relationshipID, id).Delete(&SviLinkVersion{}).Error
}
