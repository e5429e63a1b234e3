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

// maxAttempts bounds how often a write that lost to others is tried, or that finds no
// database: for so long it waits for one that is started again, or another in its place.
const maxAttempts = 12

// retryWriter writes to Postgres: a plain transaction, tried again when the
// server asks for it (serialization failure, deadlock), or when it broke off before it
// was to be committed.
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
func (w retryWriter) attempt(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	tx, err := beginPostgres(ctx, w.pool, held)
	if err != nil {
		return beforeCommit(err)
	}
	defer tx.end()
	if err := fn(tx.orm(ctx, w.db)); err != nil {
		return beforeCommit(err)
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
	return errors.Is(err, errUnreachable) ||
		errors.As(err, &failure) && (failure.Code == "40001" || failure.Code == "40P01")
}

// dropIdle closes the idle connections, which lead to a server that takes no writes: new
// ones are made to the one that does, where the database's URL names several.
func (w retryWriter) dropIdle() {
	w.pool.SetMaxIdleConns(-1)
	w.pool.SetMaxIdleConns(poolSize)
}
