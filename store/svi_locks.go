package store

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"
)

// SviLock is a lock that a caller took on a document. One that has expired counts
// for nothing.
type SviLock struct {
	Workspace string    `gorm:"primaryKey"`
	Type      string    `gorm:"primaryKey"`
	ID        string    `gorm:"primaryKey"`
	Holder    string    `gorm:"not null"`
	ExpiresAt time.Time `gorm:"not null"`
}

// SviTakeLock stores the lock, also in the place of an expired one or of the same
// holder's. It is ErrConflict while somebody else holds it at the time now. One
// statement decides, so that of two takers at the same time one wins.
func (tx *Tx) SviTakeLock(l SviLock, now time.Time) error {
	l.Workspace = tx.workspace
	taken := tx.orm().Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "type"}, {Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"holder", "expires_at"}),
		Where: clause.Where{Exprs: []clause.Expression{clause.Expr{
			SQL: "svi_locks.holder = excluded.holder OR svi_locks.expires_at <= ?", Vars: []any{now},
		}}},
	}).Create(&l)
	if taken.Error == nil && taken.RowsAffected == 0 {
		return fmt.Errorf("the lock of document %s of %s is held: %w", l.ID, l.Type, ErrConflict)
	}
	return taken.Error
}

// SviHoldsLock reports whether the holder has the lock of a document at the time.
func (q *Query) SviHoldsLock(entityType, id, holder string, now time.Time) (bool, error) {
	var rows int64
	err := q.rows().Model(&SviLock{}).
		Where("type = ? AND id = ? AND holder = ? AND expires_at > ?", entityType, id, holder, now).
		Count(&rows).Error
	return rows > 0, err
}

// SviDropLock deletes the holder's lock of a document, if there is one.
func (tx *Tx) SviDropLock(entityType, id, holder string) error {
	return tx.rows().Where("type = ? AND id = ? AND holder = ?", entityType, id, holder).Delete(&SviLock{}).Error
}
