package store

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// ComanageRecord is what the objects of a CO have in common: Registry's changelog.
// With ArchiveOf set it is what the object of that id was before an edit.
type ComanageRecord struct {
	Workspace string    `gorm:"primaryKey"`
	ID        int64     `gorm:"primaryKey;autoIncrement:false"`
	CO        int64     `gorm:"not null"`
	Created   time.Time `gorm:"not null"`
	Modified  time.Time `gorm:"not null"`
	ArchiveOf *int64
	Revision  int64  `gorm:"not null"`
	Deleted   bool   `gorm:"not null"`
	Actor     string `gorm:"column:actor_identifier;not null"`
}

// Current reports whether the object is neither deleted nor an archived copy.
func (r ComanageRecord) Current() bool { return r.ArchiveOf == nil && !r.Deleted }

func (r *ComanageRecord) record() *ComanageRecord { return r }

// currentObjects are the words of the partial indexes, so that queries may use them.
const currentObjects = "archive_of IS NULL AND NOT deleted"

// ComanageObject is one of the kinds of objects that a CO holds.
type ComanageObject interface {
	ComanagePerson | ComanageOrgIdentity | ComanageName | ComanageIdentifier | ComanageLink
	TableName() string
}

// ComanageRecordOf is the common part of an object, to be read and changed.
func ComanageRecordOf[T ComanageObject](object *T) *ComanageRecord {
	return any(object).(interface{ record() *ComanageRecord }).record()
}

// ComanageFind finds an object, also a deleted or archived one, or ErrNotFound.
func ComanageFind[T ComanageObject](q *Query, id int64) (T, error) {
	return take[T](q, "id = ?", id)
}

// ComanageLock is ComanageFind that keeps others from changing the object, and
// from adding to it, until the transaction ends. What the object belongs to is held
// before it: deletions go the same way down from a CO, so nobody waits for somebody
// who waits for him.
func ComanageLock[T ComanageObject](tx *Tx, id int64) (T, error) {
	object, err := ComanageFind[T](&tx.Query, id)
	if err != nil {
		return object, err
	}
	if err := tx.comanageHoldAbove(&object); err != nil {
		return object, err
	}
	return comanageHold[T](tx, id, clause.LockingStrengthUpdate)
}

// comanageHoldAbove holds what the object belongs to. An object never changes it,
// but for a link's person, which an edit may: then two callers may have to try again.
func (tx *Tx) comanageHoldAbove(object any) (err error) {
	switch o := object.(type) {
	case *ComanagePerson:
		_, err = tx.ComanageKeepCO(o.CO)
	case *ComanageOrgIdentity:
		_, err = tx.ComanageKeepCO(o.CO)
	case *ComanageName:
		_, err = tx.ComanageLockOwner(o.ComanageOwner)
	case *ComanageIdentifier:
		_, err = tx.ComanageLockOwner(o.ComanageOwner)
	case *ComanageLink:
		_, err = ComanageKeep[ComanagePerson](tx, o.PersonID)
	}
	if errors.Is(err, ErrNotFound) {
		return nil // deleted for good since the object was found, which is so, too
	}
	return err
}

// ComanageKeep is ComanageFind that keeps others from changing the object until
// the transaction ends.
func ComanageKeep[T ComanageObject](tx *Tx, id int64) (T, error) {
	return comanageHold[T](tx, id, clause.LockingStrengthShare)
}

func comanageHold[T ComanageObject](tx *Tx, id int64, strength string) (T, error) {
	return take[T](&tx.Query, "id = ?"+tx.locking(strength), id)
}

// ComanageAdd stores an object under a new id, which it returns. One that breaks a
// uniqueness rule of its kind is ErrConflict: the database decides between two
// callers.
func ComanageAdd[T ComanageObject](tx *Tx, object T) (id int64, err error) {
	if err := tx.comanageCheck(&object); err != nil {
		return 0, err
	}
	r := ComanageRecordOf(&object)
	r.Workspace = tx.workspace
	if r.ID, err = tx.nextID(object.TableName()); err != nil {
		return 0, err
	}
	return r.ID, insertNew(tx, object)
}

// ComanageMake stores an object under the id it has. ErrConflict says that the id is
// taken or that the object breaks a uniqueness rule of its kind.
func ComanageMake[T ComanageObject](tx *Tx, object T) error {
	r := ComanageRecordOf(&object)
	if err := tx.claimID(object.TableName(), r.ID); err != nil {
		return err
	}
	if err := tx.comanageCheck(&object); err != nil {
		return err
	}
	r.Workspace = tx.workspace
	_, err := insert(tx, "", object)
	return err
}

// ComanageEdit archives what is stored of a locked object under a new id and puts
// the edited one in its place, with the next revision. ErrConflict as for
// ComanageAdd.
func ComanageEdit[T ComanageObject](tx *Tx, stored, edited T) error {
	was, is := ComanageRecordOf(&stored), ComanageRecordOf(&edited)
	id := was.ID
	is.Workspace, is.ID, is.CO, is.Created, is.Revision = was.Workspace, id, was.CO, was.Created, was.Revision+1
	if err := tx.comanageCheck(&edited); err != nil {
		return err
	}
	was.ArchiveOf = &id
	var err error
	if was.ID, err = tx.nextID(stored.TableName()); err != nil {
		return err
	}
	if err := insertNew(tx, stored); err != nil {
		return err
	}
	return tx.rows().Model(&edited).Select("*").Updates(&edited).Error
}

// ComanageDelete marks a locked object as deleted.
func ComanageDelete[T ComanageObject](tx *Tx, id int64, modified time.Time, actor string) error {
	return deleteObjects(tx.rows().Model(new(T)).Where("id = ?", id), modified, actor)
}

func deleteObjects(objects *gorm.DB, modified time.Time, actor string) error {
	return objects.Updates(map[string]any{"deleted": true, "modified": modified, "actor_identifier": actor}).Error
}

// comanageCheck asks for the commonest conflicts before anything is written, so
// that there is nothing to undo, and derives the columns that are for searching.
func (tx *Tx) comanageCheck(object any) error {
	switch o := object.(type) {
	case *ComanageLink:
		if o.Current() {
			return tx.comanageFree(o.TableName(), "org_identity_id = ?", o.OrgIdentityID)
		}
	case *ComanageIdentifier:
		o.fold()
		if o.PersonID != nil && o.Current() {
			return tx.comanageFree(o.TableName(), "person_id IS NOT NULL AND co = ? AND type = ? AND identifier = ? AND id <> ?",
				o.CO, o.Type, o.Identifier, o.ID)
		}
	case *ComanageName:
		o.fold()
	}
	return nil
}

// comanageFree fails with ErrConflict if a current object has what the condition names.
func (tx *Tx) comanageFree(table, condition string, args ...any) error {
	var id int64
	err := tx.row("SELECT id FROM "+table+" WHERE workspace = ? AND "+currentObjects+" AND "+condition+" LIMIT 1",
		tx.inWorkspace(args), &id)
	switch {
	case err == nil:
		return fmt.Errorf("%s beside %d: %w", table, id, ErrConflict)
	case errors.Is(err, ErrNotFound):
		return nil
	}
	return err
}

// ComanageLinked reports whether the org identity has a current link.
func (q *Query) ComanageLinked(orgIdentityID int64) (bool, error) {
	links, err := ComanagePage[ComanageLink](q, ComanageFilter{OrgIdentityID: orgIdentityID}, 0, 1)
	return len(links) > 0, err
}
