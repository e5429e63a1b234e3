package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func testSviLocks(t *testing.T, open Open) {
	t.Run("a lock is its holder's until it expires", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		later := sviNow.Add(30 * time.Minute)
		for _, step := range []struct {
			what, holder string
			at           time.Time
			want         error
		}{
			{"a free lock", "anna", sviNow, nil},
			{"a held one", "bert", sviNow, store.ErrConflict},
			{"one's own", "anna", later, nil},
			{"a held one just before its end", "bert", later.Add(time.Hour - time.Millisecond), store.ErrConflict},
			{"an expired one", "bert", later.Add(time.Hour), nil},
			{"one that expired and was taken", "anna", later.Add(time.Hour), store.ErrConflict},
		} {
			if err := sviTake(s, t.Context(), "d1", step.holder, step.at); !errors.Is(err, step.want) {
				t.Errorf("%s: got %v, want %v", step.what, err, step.want)
			}
		}
		end := later.Add(2 * time.Hour)
		if sviHolds(t, s, "d1", "anna", later) || !sviHolds(t, s, "d1", "bert", end.Add(-time.Millisecond)) || sviHolds(t, s, "d1", "bert", end) {
			t.Error("the lock is not held by bert until its end")
		}
		if err := sviTake(s, store.WithWorkspace(t.Context(), "other"), "d1", "anna", later); err != nil {
			t.Errorf("the lock of another workspace: %v", err)
		}
	})
	t.Run("a lock is released by its holder", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		if err := sviTake(s, t.Context(), "d1", "anna", sviNow); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			holder string
			holds  bool
		}{{"bert", true}, {"anna", false}, {"anna", false}} {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.SviDropLock("person", "d1", step.holder) })
			if err != nil || sviHolds(t, s, "d1", "anna", sviNow) != step.holds {
				t.Errorf("released by %s: got %v", step.holder, err)
			}
		}
	})
	t.Run("one of many takers wins", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, at := range []time.Time{sviNow, sviNow.Add(time.Hour)} { // a free lock, then an expired one
			var mu sync.Mutex
			taker := 0
			wantOneWinner(t, store.ErrConflict, func() error {
				mu.Lock()
				taker++
				holder := string(rune('a'+taker)) + at.String()
				mu.Unlock()
				return sviTake(s, t.Context(), "d1", holder, at)
			})
		}
	})
	t.Run("locks go with their workspace", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		if err := sviTake(s, t.Context(), "d1", "anna", sviNow); err != nil {
			t.Fatal(err)
		}
		if err := s.DropWorkspace(t.Context(), store.DefaultWorkspace); err != nil {
			t.Fatal(err)
		}
		if sviHolds(t, s, "d1", "anna", sviNow) {
			t.Error("the lock outlived its workspace")
		}
	})
}

// sviTake takes the lock of a document for an hour.
func sviTake(s *store.Store, ctx context.Context, id, holder string, at time.Time) error {
	return s.Write(ctx, func(tx *store.Tx) error {
		return tx.SviTakeLock(store.SviLock{Type: "person", ID: id, Holder: holder, ExpiresAt: at.Add(time.Hour)}, at)
	})
}

func sviHolds(t *testing.T, s *store.Store, id, holder string, at time.Time) (holds bool) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) (err error) {
		holds, err = q.SviHoldsLock("person", id, holder, at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return holds
}
