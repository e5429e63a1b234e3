package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"orglink/store"
	"orglink/store/storetest"
)

// A write that loses to others every time is given up: in time for its caller, or after
// many attempts. Either way the caller may try again, and nothing is stored.
func TestPostgresAWriteThatAlwaysLosesIsGivenUp(t *testing.T) {
	t.Parallel()
	s := openStore(t, storetest.Postgres(t))
	for name, test := range map[string]struct {
		timeout     time.Duration
		want        error
		most, least int
	}{
		"after many attempts":       {time.Minute, store.ErrBusy, 50, 50},
		"when the caller's time is": {200 * time.Millisecond, context.DeadlineExceeded, 49, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
			defer cancel()
			attempts := 0
			err := s.Write(ctx, func(tx *store.Tx) error {
				attempts++
				if err := insert("lost")(tx); err != nil {
					return err
				}
				return tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$")
			})
			if !errors.Is(err, test.want) || attempts < test.least || attempts > test.most {
				t.Errorf("after %d attempts: %v", attempts, err)
			}
			err = s.Read(t.Context(), func(q *store.Query) error { _, err := q.Client("f", "lost"); return err })
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("what was given up is stored: %v", err)
			}
		})
	}
}
