package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func testSviDocuments(t *testing.T, open Open) {
	t.Run("an id is taken once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		d := sviDocument("d1", nil)
		if err := sviCreate(s, t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if err := sviCreate(s, t.Context(), d); !errors.Is(err, store.ErrConflict) {
			t.Errorf("again: got %v, want ErrConflict", err)
		}
		other := d
		other.Type = "other"
		for _, err := range []error{sviCreate(s, t.Context(), other), sviCreate(s, store.WithWorkspace(t.Context(), "other"), d)} {
			if err != nil {
				t.Errorf("the id in another type or workspace: %v", err)
			}
		}
	})
	t.Run("one of many makers of an id wins", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		wantOneWinner(t, store.ErrConflict, func() error { return sviCreate(s, t.Context(), sviDocument("d1", nil)) })
	})
	t.Run("a document is updated at its version only", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		d := sviDocument("d1", map[string]string{"a": `"one"`})
		if err := sviCreate(s, t.Context(), d); err != nil {
			t.Fatal(err)
		}
		wantOneWinner(t, store.ErrStale, func() error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				changed := d
				changed.Attributes = store.SviValues{"a": json.RawMessage(`"two"`)}
				changed.LastUpdatedBy, changed.CreatedBy, changed.ValidFrom = "other", "other", nil
				_, err := tx.SviUpdateDocument(changed)
				return err
			})
		})
		got := sviFind(t, s, "d1")
		if got.Version != 2 || string(got.Attributes["a"]) != `"two"` || got.LastUpdatedBy != "other" || got.CreatedBy != "test" || got.ValidFrom != nil {
			t.Errorf("got %+v", got)
		}
		d.ID = "nope"
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			_, err := tx.SviUpdateDocument(d)
			return err
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such document: got %v, want ErrNotFound", err)
		}
	})
	t.Run("a document is locked by one at a time", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		if err := sviCreate(s, t.Context(), sviDocument("d1", nil)); err != nil {
			t.Fatal(err)
		}
		const writers = 16
		errs := inParallel(writers, func() error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				d, err := tx.SviLockDocument("person", "d1")
				if err == nil {
					_, err = tx.SviUpdateDocument(d)
				}
				return err
			})
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if got := sviFind(t, s, "d1"); got.Version != writers+1 {
			t.Errorf("got version %d, want %d", got.Version, writers+1)
		}
	})
	t.Run("a document is deleted with its lock", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, id := range []string{"d1", "d2"} {
			if err := sviCreate(s, t.Context(), sviDocument(id, nil)); err != nil {
				t.Fatal(err)
			}
			if err := sviTake(s, t.Context(), id, "anna", sviNow); err != nil {
				t.Fatal(err)
			}
		}
		remove := func(id string) error {
			return s.Write(t.Context(), func(tx *store.Tx) error { return tx.SviDeleteDocument("person", id) })
		}
		if err := remove("d1"); err != nil {
			t.Fatal(err)
		}
		if err := remove("d1"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("again: got %v, want ErrNotFound", err)
		}
		if sviHolds(t, s, "d1", "anna", sviNow) || !sviHolds(t, s, "d2", "anna", sviNow) {
			t.Error("the lock stayed, or that of another document went")
		}
	})
	t.Run("pages", func(t *testing.T) { t.Parallel(); testSviPages(t, open(t)) })
	t.Run("conditions", func(t *testing.T) { t.Parallel(); testSviConditions(t, open(t)) })
	t.Run("order", func(t *testing.T) { t.Parallel(); testSviOrder(t, open(t)) })
}

var sviNow = time.Date(2015, 10, 1, 18, 30, 3, 656_000_000, time.UTC)

// inParallel runs fn n times at once.
func inParallel(n int, fn func() error) []error {
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = fn() })
	}
	group.Wait()
	return errs
}

// wantOneWinner runs fn many times at once: all but one must fail with the error.
func wantOneWinner(t *testing.T, want error, fn func() error) {
	t.Helper()
	won := 0
	for _, err := range inParallel(16, fn) {
		if err == nil {
			won++
		} else if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

// sviDocument is a person of the id with attributes in JSON.
func sviDocument(id string, values map[string]string) store.SviDocument {
	d := store.SviDocument{Type: "person", ID: id, SviRecord: sviRecord()}
	d.Attributes = store.SviValues{}
	for name, value := range values {
		d.Attributes[name] = json.RawMessage(value)
	}
	return d
}

func sviCreate(s *store.Store, ctx context.Context, d store.SviDocument) error {
	return s.Write(ctx, func(tx *store.Tx) error { return tx.SviCreateDocument(d) })
}

func sviFind(t *testing.T, s *store.Store, id string) (d store.SviDocument) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) (err error) {
		d, err = q.SviDocument("person", id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
