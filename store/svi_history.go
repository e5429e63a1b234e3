package store

import "gorm.io/gorm"

// SviOperation is what made a version of a link.
type SviOperation string

// The operations, in the words of SAS Data Hub, "Get summary of version history for a
// link".
const (
	SviCreated SviOperation = "create"
	SviUpdated SviOperation = "update"
)

// SviLinkVersion is a link as it was at a version. It holds the values of masked
// fields, too: who shows it masks it.
type SviLinkVersion struct {
	Workspace      string       `gorm:"primaryKey"`
	RelationshipID int64        `gorm:"primaryKey;autoIncrement:false"`
	LinkID         string       `gorm:"primaryKey"`
	Version        int64        `gorm:"primaryKey;autoIncrement:false"`
	Operation      SviOperation `gorm:"not null"`
	SviContent
}

// SviLinkVersions lists the versions that are kept of a link, the newest first: at
// most limit of them after the first start ones, and how many there are in all.
func (q *Query) SviLinkVersions(relationshipID int64, linkID string, start, limit int) (list []SviLinkVersion, count int64, err error) {
	kept := q.linkVersions(relationshipID, linkID)
	if err := kept.Model(&SviLinkVersion{}).Count(&count).Error; err != nil {
		return nil, 0, err
	}
	err = kept.Order("version DESC").Offset(start).Limit(limit).Find(&list).Error
	return list, count, err
}

// SviLinkVersion finds a version of a link, or ErrNotFound, and the one that was kept
// before it, if there is one.
func (q *Query) SviLinkVersion(relationshipID int64, linkID string, version int64) (v SviLinkVersion, previous *SviLinkVersion, err error) {
	kept := q.linkVersions(relationshipID, linkID)
	if err := kept.Where("version = ?", version).Take(&v).Error; err != nil {
		return v, nil, err
	}
	var before []SviLinkVersion
	err = kept.Where("version < ?", version).Order("version DESC").Limit(1).Find(&before).Error
	if len(before) > 0 {
		previous = &before[0]
	}
	return v, previous, err
}

// linkVersions selects the versions of a link, for any number of statements.
func (q *Query) linkVersions(relationshipID int64, linkID string) *gorm.DB {
	return q.rows().Where("relationship_id = ? AND link_id = ?", relationshipID, linkID).Session(&gorm.Session{})
}

// keepLinkVersion keeps the link as it is now, if its type asks for that.
func (tx *Tx) keepLinkVersion(t SviRelationshipType, l SviLink, operation SviOperation) error {
	if !t.HistoryEnabled {
		return nil
	}
	_, err := insert(tx, "", SviLinkVersion{
		Workspace: tx.workspace, RelationshipID: t.ID, LinkID: l.ID,
		Version: l.Version, Operation: operation, SviContent: l.SviContent,
	})
	return err
}
