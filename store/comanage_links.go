package store

import (
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

const comanageLinks = "comanage_links"

// ComanageLink ties an org identity to a person of its CO. With ArchiveOf set it
// is what the link of that id was before an edit.
type ComanageLink struct {
	Workspace     string    `gorm:"primaryKey"`
	ID            int64     `gorm:"primaryKey;autoIncrement:false"`
	PersonID      int64     `gorm:"not null"`
	OrgIdentityID int64     `gorm:"not null"`
	Created       time.Time `gorm:"not null"`
	Modified      time.Time `gorm:"not null"`
	ArchiveOf     *int64
	Revision      int64  `gorm:"not null"`
	Deleted       bool   `gorm:"not null"`
	Actor         string `gorm:"column:actor_identifier;not null"`
}

// TableName is the plural.
func (ComanageLink) TableName() string { return comanageLinks }

// Current reports whether the link is neither deleted nor an archived copy.
func (l ComanageLink) Current() bool { return l.ArchiveOf == nil && !l.Deleted }

// currentLinks are the words of the partial indexes, so that queries may use them.
const currentLinks = "archive_of IS NULL AND NOT deleted"

// ComanageLink finds a link, also a deleted or archived one, or ErrNotFound.
func (q *Query) ComanageLink(id int64) (ComanageLink, error) {
	var l ComanageLink
	err := q.rows().Where("id = ?", id).Take(&l).Error
	return l, err
}

// ComanageLinkFilter chooses current links; zero fields do not count.
type ComanageLinkFilter struct{ PersonID, OrgIdentityID, CO int64 }

// ComanageLinks hands the chosen current links to each, by ascending id, one row
// at a time. An error of each ends it.
func (q *Query) ComanageLinks(filter ComanageLinkFilter, each func(ComanageLink) error) error {
	statement := q.rows().Model(&ComanageLink{}).Where(currentLinks).Order("id")
	if filter.PersonID != 0 {
		statement = statement.Where("person_id = ?", filter.PersonID)
	}
	if filter.OrgIdentityID != 0 {
		statement = statement.Where("org_identity_id = ?", filter.OrgIdentityID)
	}
	if filter.CO != 0 {
		people := q.rows().Model(&ComanagePerson{}).Select("id").Where("co = ?", filter.CO)
		statement = statement.Where("person_id IN (?)", people)
	}
	rows, err := statement.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var l ComanageLink
		if err := q.db.ScanRows(rows, &l); err != nil {
			return err
		}
		if err := each(l); err != nil {
			return err
		}
	}
	return rows.Err()
}

// ComanageLinked reports whether the org identity has a current link.
func (q *Query) ComanageLinked(orgIdentityID int64) (bool, error) {
	var l ComanageLink
	err := q.rows().Select("id").Where(currentLinks+" AND org_identity_id = ?", orgIdentityID).Take(&l).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ComanageLockLink is [Query.ComanageLink] that keeps others from changing the
// link until the transaction ends.
func (tx *Tx) ComanageLockLink(id int64) (ComanageLink, error) {
	var l ComanageLink
	err := tx.rows().Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("id = ?", id).Take(&l).Error
	return l, err
}

// ComanageAddLink stores a link under a new id, which it returns. An org identity
// that has a current link is ErrConflict: the database decides between two callers.
func (tx *Tx) ComanageAddLink(l ComanageLink) (id int64, err error) {
	if linked, err := tx.ComanageLinked(l.OrgIdentityID); err != nil || linked && l.Current() {
		return 0, errors.Join(err, conflictIf(linked)) // without a write to undo
	}
	if l.ID, err = tx.nextID(comanageLinks); err != nil {
		return 0, err
	}
	l.Workspace = tx.workspace
	return l.ID, tx.db.Create(&l).Error
}

// ComanageMakeLink stores a link unless one of its id exists. An org identity that
// has another current link is ErrConflict.
func (tx *Tx) ComanageMakeLink(l ComanageLink) error {
	err := tx.claimID(comanageLinks, l.ID)
	if errors.Is(err, ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	if linked, err := tx.ComanageLinked(l.OrgIdentityID); err != nil || linked && l.Current() {
		return errors.Join(err, conflictIf(linked))
	}
	l.Workspace = tx.workspace
	return tx.db.Create(&l).Error
}

// ComanageEditLink archives what is stored of a locked link under a new id, gives
// the link its new ends, time and actor, and raises its revision. An org identity
// that has a current link is ErrConflict.
func (tx *Tx) ComanageEditLink(stored, edited ComanageLink) error {
	if linked, err := tx.ComanageLinked(edited.OrgIdentityID); err != nil || linked {
		return errors.Join(err, conflictIf(linked))
	}
	archived := stored
	archived.ArchiveOf = &stored.ID
	var err error
	if archived.ID, err = tx.nextID(comanageLinks); err != nil {
		return err
	}
	if err := tx.db.Create(&archived).Error; err != nil {
		return err
	}
	return tx.rows().Model(&ComanageLink{}).Where("id = ?", stored.ID).Updates(map[string]any{
		"person_id": edited.PersonID, "org_identity_id": edited.OrgIdentityID,
		"modified": edited.Modified, "actor_identifier": edited.Actor, "revision": stored.Revision + 1,
	}).Error
}

// ComanageDeleteLink marks a locked link as deleted.
func (tx *Tx) ComanageDeleteLink(id int64, modified time.Time, actor string) error {
	return tx.rows().Model(&ComanageLink{}).Where("id = ?", id).
		Updates(map[string]any{"deleted": true, "modified": modified, "actor_identifier": actor}).Error
}

func conflictIf(conflict bool) error {
	if conflict {
		return ErrConflict
	}
	return nil
}
