package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// ComanagePlatformCO is the CO that runs a Registry. It exists in every workspace.
const ComanagePlatformCO = 1

const comanagePlatformName = "COmanage"

// ComanageCO is a collaborative organization. It has no changelog: edits leave no
// copy, and a deletion is for good.
type ComanageCO struct {
	Workspace   string `gorm:"primaryKey"`
	ID          int64  `gorm:"primaryKey;autoIncrement:false"`
	Name        string `gorm:"not null"`
	Description *string
	Status      string    `gorm:"not null"`
	Created     time.Time `gorm:"not null"`
	Modified    time.Time `gorm:"not null"`
}

// TableName keeps the abbreviation from being read as a word.
func (ComanageCO) TableName() string { return "comanage_cos" }

// comanageFound makes sure that the workspace has its platform CO. It is part of
// making a workspace, because that is the one door through which every workspace
// comes (the default one at start, others with fixtures, an emptied one again):
// reads need no exception for a CO that nobody stored.
func (tx *Tx) comanageFound(w Workspace) error {
	created := w.CreatedAt.UTC().Truncate(time.Second)
	co := ComanageCO{
		Workspace: w.Name, ID: ComanagePlatformCO, Name: comanagePlatformName,
		Status: "Active", Created: created, Modified: created,
	}
	return tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&co).Error
}

// ComanageCO finds a CO, or ErrNotFound.
func (q *Query) ComanageCO(id int64) (ComanageCO, error) {
	var co ComanageCO
	err := q.rows().Where("id = ?", id).Take(&co).Error
	return co, err
}

// ComanageKeepCO is [Query.ComanageCO] that keeps the CO from being changed or
// deleted until the transaction ends.
func (tx *Tx) ComanageKeepCO(id int64) (ComanageCO, error) {
	return tx.holdCO(id, clause.LockingStrengthShare)
}

// ComanageLockCO is [Query.ComanageCO] that keeps others from changing the CO, and
// from adding to it, until the transaction ends.
func (tx *Tx) ComanageLockCO(id int64) (ComanageCO, error) {
	return tx.holdCO(id, clause.LockingStrengthUpdate)
}

func (tx *Tx) holdCO(id int64, strength string) (ComanageCO, error) {
	var co ComanageCO
	err := tx.rows().Clauses(clause.Locking{Strength: strength}).Where("id = ?", id).Take(&co).Error
	return co, err
}

// ComanageCOs returns the first COs, by ascending id, whose id is larger than
// after; at most limit.
func (q *Query) ComanageCOs(after int64, limit int) ([]ComanageCO, error) {
	var page []ComanageCO
	err := q.rows().Where("id > ?", after).Order("id").Limit(limit).Find(&page).Error
	return page, err
}

// ComanageAddCO stores a CO under a new id, which it returns. A name that another
// CO has is ErrConflict.
func (tx *Tx) ComanageAddCO(co ComanageCO) (id int64, err error) {
	if err := tx.checkCOName(co); err != nil {
		return 0, err
	}
	if co.ID, err = tx.nextID(co.TableName()); err != nil {
		return 0, err
	}
	co.Workspace = tx.workspace
	return co.ID, insertNew(tx, co)
}

// ComanagePutCO makes the CO or sets what it is. A name that another CO has is
// ErrConflict.
func (tx *Tx) ComanagePutCO(co ComanageCO) error {
	co.Workspace = tx.workspace
	if err := tx.followID(co.TableName(), co.ID); err != nil {
		return err
	}
	return tx.orm().Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"name", "description", "status", "modified"}),
	}).Create(&co).Error
}

// ComanageEditCO changes a locked CO. A name that another CO has is ErrConflict.
func (tx *Tx) ComanageEditCO(co ComanageCO) error {
	if err := tx.checkCOName(co); err != nil {
		return err
	}
	return tx.rows().Model(&co).Select("*").Updates(&co).Error
}

func (tx *Tx) checkCOName(co ComanageCO) error {
	var ids []int64
	err := tx.rows().Model(&co).Where("name = ? AND id <> ?", co.Name, co.ID).Limit(1).Pluck("id", &ids).Error
	if err == nil && len(ids) > 0 {
		err = fmt.Errorf("CO %d has the name: %w", ids[0], ErrConflict)
	}
	return err
}

// ComanageDeleteCO deletes a locked CO for good, with everything in it. Its ids are
// not given out again.
func (tx *Tx) ComanageDeleteCO(id int64) error {
	// People and org identities go first: who adds to one of them, or changes what
	// belongs to it, holds it.
	for _, object := range []interface{ TableName() string }{
		ComanagePerson{}, ComanageOrgIdentity{}, ComanageLink{}, ComanageName{}, ComanageIdentifier{},
	} {
		if err := tx.retireIDs(object.TableName(), lastFollowed); err != nil {
			return err
		}
		if err := tx.rows().Where("co = ?", id).Delete(object).Error; err != nil {
			return err
		}
	}
	tx.accessChanged = true
	if err := tx.rows().Where("co = ?", id).Delete(&ComanageAPIUser{}).Error; err != nil {
		return err
	}
	if err := tx.retireIDs(ComanageCO{}.TableName(), lastFollowed); err != nil {
		return err
	}
	return tx.rows().Where("id = ?", id).Delete(&ComanageCO{}).Error
}
