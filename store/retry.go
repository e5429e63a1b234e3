package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
)

// maxAttempts bounds how often a write that lost to others is tried, or that finds no
// database: for so long it waits for one that is started again, or another in its place.
const maxAttempts = 12

// retryWriter writes to Postgres: a plain transaction, tried again when the
// server asks for it (serialization failure, deadlock), or when it broke off before it
// was to be committed.
type retryWriter struct {
	db       *gorm.DB
	onCommit func(Commit)
}

func (w retryWriter) write(ctx context.Context, fn func(*gorm.DB) error) error {
	for attempt := 1; ; attempt++ {
		err := w.attempt(ctx, fn)
		if err == nil || !retryable(err) || attempt == maxAttempts {
			return err
		}
		if readOnlyServer(err) {
			w.dropIdle()
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
func (w retryWriter) attempt(ctx context.Context, fn func(*gorm.DB) error) error {
	tx := w.db.WithContext(ctx).Begin()
	if tx.Error != nil {
		return beforeCommit(tx.Error)
	}
	defer tx.Rollback() // does nothing after the commit, and ends it when fn panics
	if err := fn(tx); err != nil {
		return beforeCommit(err)
	}
	flush := time.Now()
	err := tx.Commit().Error
	w.onCommit(Commit{Writes: 1, Took: time.Since(flush), Err: err})
	return err
}

// close does nothing: the pool is the one that reads use.
func (retryWriter) close() error { return nil }

func retryable(err error) bool {
	var failure *pgconn.PgError
	return errors.Is(err, errUnreachable) ||
		errors.As(err, &failure) && (failure.Code == "40001" || failure.Code == "40P01")
}

// dropIdle closes the idle connections, which lead to a server that takes no writes: new
// ones are made to the one that does, where the database's URL names several.
func (w retryWriter) dropIdle() {
	if pool, err := w.db.DB(); err == nil {
		pool.SetMaxIdleConns(-1)
		pool.SetMaxIdleConns(poolSize)
	}
}
