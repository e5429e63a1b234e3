package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// maxAttempts bounds how often a write that lost to others is tried.
const maxAttempts = 12

// errLostRace says that another write was quicker, and that to run this one again may
// succeed.
var errLostRace = errors.New("another write was quicker")

// retryWriter writes to Postgres: a plain transaction, tried again when the
// server asks for it (serialization failure, deadlock).
type retryWriter struct {
	pool     *sql.DB
	db       *gorm.DB
	onCommit func(Commit)
}

func (w retryWriter) write(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	for attempt := 1; ; attempt++ {
		err := w.attempt(ctx, held, fn)
		if err == nil || !retryable(err) || attempt == maxAttempts {
			return err
		}
		pause := time.Duration(attempt) * time.Duration(1+rand.IntN(5)) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("%w after %w", ctx.Err(), err)
		}
	}
}

// attempt runs fn in a transaction.
func (w retryWriter) attempt(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	tx, err := beginPostgres(ctx, w.pool, held)
	if err != nil {
		return err
	}
	defer tx.end()
	if err := fn(tx.orm(ctx, w.db)); err != nil {
		return err
	}
	flush := time.Now()
	err = tx.commit(ctx)
	w.onCommit(Commit{Writes: 1, Took: time.Since(flush), Err: err})
	return err
}

// close does nothing: the pool is the one that reads use.
func (retryWriter) close() error { return nil }

func retryable(err error) bool {
	var failure *pgconn.PgError
	return errors.Is(err, errLostRace) ||
		errors.As(err, &failure) && (failure.Code == "40001" || failure.Code == "40P01")
}
