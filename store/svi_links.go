package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// SviLink joins two documents as its relationship type says. ID is the surrogate
// key of the row; a bridge table can hold several links of the same two ends.
type SviLink struct {
	Workspace      string    `gorm:"primaryKey;index:svi_links_ends,priority:1"`
	RelationshipID int64     `gorm:"primaryKey;autoIncrement:false;index:svi_links_ends,priority:2"`
	ID             string    `gorm:"primaryKey"`
	FromID         string    `gorm:"not null;index:svi_links_ends,priority:3"`
	ToID           string    `gorm:"not null;index:svi_links_ends,priority:4"`
	Version        int64     `gorm:"not null"`
	Attributes     SviValues `gorm:"type:text;not null"`
	ValidFrom      *time.Time
	ValidTo        *time.Time
	CreatedAt      time.Time `gorm:"not null;autoCreateTime:false"`
	CreatedBy      string    `gorm:"not null"`
	LastUpdatedAt  time.Time `gorm:"not null"`
	LastUpdatedBy  string    `gorm:"not null"`
}

// SviLink finds a link of a relationship type by its surrogate key, or ErrNotFound.
func (q *Query) SviLink(relationshipID int64, id string) (SviLink, error) {
	var l SviLink
	err := q.rows().Where("relationship_id = ? AND id = ?", relationshipID, id).Take(&l).Error
	return l, err
}

// SviLinksBetween lists the links of a relationship type from one document to
// another, by surrogate key, at most limit of them.
func (q *Query) SviLinksBetween(relationshipID int64, fromID, toID string, limit int) ([]SviLink, error) {
	var list []SviLink
	err := q.rows().
		Where("relationship_id = ? AND from_id = ? AND to_id = ?", relationshipID, fromID, toID).
		Order("id").Limit(limit).Find(&list).Error
	return list, err
}

// SviMakeLink stores the link unless one of its surrogate key exists.
func (tx *Tx) SviMakeLink(l SviLink) error {
	l.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&l).Error
}

// SviUpdateLink sets attributes, validity and the fields of the last update of a
// link and adds 1 to its version, if the version is still the one in l. If it is
// not, nothing changes and the error is ErrStale, or ErrNotFound without a link.
func (tx *Tx) SviUpdateLink(l SviLink) (SviLink, error) {
	version := l.Version
	l.Version++
	updated := tx.rows().Model(&SviLink{}).
		Where("relationship_id = ? AND id = ? AND version = ?", l.RelationshipID, l.ID, version).
		Select("version", "attributes", "valid_from", "valid_to", "last_updated_at", "last_updated_by").
		Updates(&l)
	if updated.Error != nil {
		return l, updated.Error
	}
	if updated.RowsAffected > 0 {
		return l, nil
	}
	if _, err := tx.SviLink(l.RelationshipID, l.ID); err != nil {
		return l, err
	}
	return l, fmt.Errorf("link %s is not at version %d: %w", l.ID, version, ErrStale)
}
