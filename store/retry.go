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

const (
	// maxAttempts bounds how often a write that lost to others is tried. Of 16 that change
	// one row, and take 10 ms each, the unluckiest needs some 25.
	maxAttempts = 50
	// patience bounds how long a write tries to reach its database: one that is started
	// again, or another in its place.
	patience = 3 * time.Second
	// maxDoublings bounds the pause between two attempts, to 128 ms.
	maxDoublings = 7
)

// errLostRace says that another transaction was quicker, and that to run this one again
// may succeed.
var errLostRace = fmt.Errorf("%w: another transaction was quicker", ErrBusy)

// lostRace reports whether Postgres asks for the transaction to be run again
// (serialization failure, deadlock).
func lostRace(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && (failure.Code == "40001" || failure.Code == "40P01")
}

// retryWriter writes to Postgres: a plain transaction, run again when it lost a race, or
// when it broke off before it was to be committed.
type retryWriter struct {
	pool     *sql.DB
	db       *gorm.DB
	onCommit func(Commit)
}

func (w retryWriter) write(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	var lost time.Time // when the database was not reached for the first time
	for attempt := 1; ; attempt++ {
		err := w.attempt(ctx, held, fn)
		switch {
		case errors.Is(err, errUnreachable):
			if lost.IsZero() {
				lost = time.Now()
			}
			if time.Since(lost) > patience {
				return err
			}
		case !errors.Is(err, errLostRace) || attempt >= maxAttempts:
			return err
		}
		if readOnlyServer(err) {
			w.dropIdle()
		}
		select {
		case <-time.After(rand.N(time.Millisecond << min(attempt, maxDoublings))):
		case <-ctx.Done():
			return fmt.Errorf("%w after %w", ctx.Err(), err)
		}
	}
}

// attempt runs fn in a transaction.
func (w retryWriter) attempt(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	tx, err := beginPostgres(ctx, w.pool, held)
	if err != nil {
		return beforeCommit(sentinel(err))
	}
	defer tx.end()
	if err := fn(tx.orm(ctx, w.db)); err != nil {
		return beforeCommit(err)
	}
	flush := time.Now()
	err = sentinel(tx.commit(ctx))
	w.onCommit(Commit{Writes: 1, Took: time.Since(flush), Err: err})
	return err
}

// close does nothing: the pool is the one that reads use.
func (retryWriter) close() error { return nil }

// dropIdle closes the idle connections, which lead to a server that takes no writes: new
// ones are made to the one that does, where the database's URL names several.
func (w retryWriter) dropIdle() {
	w.pool.SetMaxIdleConns(-1)
	w.pool.SetMaxIdleConns(poolSize)
}
