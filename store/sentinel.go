package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// useSentinels has GORM report the sentinels of this package, statement by
// statement, so that functions inside a read or a write can test for them, too.
func useSentinels(db *gorm.DB) error {
	report := func(db *gorm.DB) { db.Error = sentinel(db.Error) }
	callbacks := db.Callback()
	const name = "orglink:sentinel"
	return errors.Join(
		callbacks.Create().After("*").Register(name, report),
		callbacks.Query().After("*").Register(name, report),
		callbacks.Update().After("*").Register(name, report),
		callbacks.Delete().After("*").Register(name, report),
		callbacks.Row().After("*").Register(name, report),
		callbacks.Raw().After("*").Register(name, report),
	)
}

// sentinel turns GORM's translated errors, and the driver's own, into the sentinels of
// this package.
func sentinel(err error) error {
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fmt.Errorf("%w: %w", ErrConflict, err)
	case errors.Is(err, sql.ErrConnDone):
		return fmt.Errorf("%w: %w", ErrClosed, err)
	case lostRace(err):
		return fmt.Errorf("%w: %w", errLostRace, err)
	case lockedOut(err):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// lockedOut reports whether another process kept a SQLite database locked for too long.
func lockedOut(err error) bool {
	var failure sqlite3.Error
	return errors.As(err, &failure) && (failure.Code == sqlite3.ErrBusy || failure.Code == sqlite3.ErrLocked)
}
