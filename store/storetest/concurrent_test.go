package storetest

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"orglink/store"
)

// concurrent is a store on Postgres, where transactions run beside each other, with
// the database to look at.
type concurrent struct {
	*store.Store
	db *sql.DB
}

func openConcurrent(t *testing.T) concurrent {
	t.Helper()
	url := Postgres(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return concurrent{openURL(t, url), db}
}

// then begins the first write, lets the second one run into its locks, and ends
// the first. It returns what the second one got.
func (c concurrent) then(t *testing.T, first, second func(*store.Tx) error) error {
	t.Helper()
	waited, err := c.beside(t, first, func() error { return c.Write(context.Background(), second) })
	if !waited {
		t.Error("the second write does not wait for the first")
	}
	return err
}

// beside begins the write and runs the other one until it waits for a lock of the
// write, or ends without. Then it ends the write.
func (c concurrent) beside(t *testing.T, first func(*store.Tx) error, second func() error) (waited bool, err error) {
	t.Helper()
	result := make(chan error, 1)
	mustWrite(t.Context(), t, c.Store, func(tx *store.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		go func() { result <- second() }()
		waited = c.awaitWaiter(t, result)
		return nil
	})
	return waited, <-result
}

// awaitWaiter returns when a transaction waits for another one's lock, or when there
// is a result; it says which.
func (c concurrent) awaitWaiter(t *testing.T, result <-chan error) bool {
	t.Helper()
	const waiters = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
	for deadline := time.Now().Add(20 * time.Second); ; {
		var n int
		if err := c.db.QueryRow(waiters).Scan(&n); err != nil {
			t.Error(err)
			return false
		}
		if n > 0 || len(result) > 0 || time.Now().After(deadline) {
			return n > 0
		}
		time.Sleep(5 * time.Millisecond) // between polls, up to the deadline
	}
}
