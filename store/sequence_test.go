package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"orglink/store"
	"orglink/store/storetest"
)

func addPerson(ctx context.Context, s *store.Store, co int64) (id int64, err error) {
	err = s.Write(ctx, func(tx *store.Tx) error {
		id, err = store.ComanageAdd(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{CO: co}})
		return err
	})
	return id, err
}

// addThenDelete adds a person to a CO of its own, both of which are then deleted for
// good.
func addThenDelete(ctx context.Context, s *store.Store) (person int64, err error) {
	var co int64
	err = s.Write(ctx, func(tx *store.Tx) (err error) {
		co, err = tx.ComanageAddCO(store.ComanageCO{Name: "Gone", Status: "Active", Created: s.Now(), Modified: s.Now()})
		return err
	})
	if err != nil {
		return 0, err
	}
	if person, err = addPerson(ctx, s, co); err != nil {
		return 0, err
	}
	return person, s.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.ComanageLockCO(co); err != nil {
			return err
		}
		return tx.ComanageDeleteCO(co)
	})
}

// A new id may prove to be one that another has chosen but not committed yet. (SQLite
// has one writer.)
func TestPostgresAWriteWhoseNewIDWasChosenIsRunAgain(t *testing.T) {
	t.Parallel()
	s := openStore(t, storetest.Postgres(t))
	type result struct {
		id  int64
		err error
	}
	added := make(chan result, 1)
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		err := store.ComanageMake(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{CO: store.ComanagePlatformCO, ID: 5}})
		if err != nil {
			return err
		}
		if err := s.DB().Exec("SELECT setval('comanage_people_ids', 5, false)").Error; err != nil {
			return err
		}
		go func() {
			id, err := addPerson(context.Background(), s, store.ComanagePlatformCO)
			added <- result{id, err}
		}()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) { // between polls, up to the deadline
			var waiting int64
			err := s.DB().Raw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting).Error
			if err != nil || waiting > 0 {
				return err
			}
			if time.Now().After(deadline) || len(added) > 0 {
				return errors.New("nobody waits for the row of the chosen id")
			}
		}
	})
	if got := <-added; err != nil || got.err != nil || got.id <= 5 {
		t.Errorf("beside a chosen 5: the id %d, %v, %v", got.id, got.err, err)
	}
}

// Those who have it follow a chosen id at the same time as others may set it back.
func TestPostgresPassesOverIDsThatItsSequenceGivesAgain(t *testing.T) {
	t.Parallel()
	s := openStore(t, storetest.Postgres(t))
	gone, err := addThenDelete(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	last, err := addPerson(t.Context(), s, store.ComanagePlatformCO)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DB().Exec("SELECT setval('comanage_people_ids', 1, false)").Error; err != nil {
		t.Fatal(err)
	}
	if id, err := addPerson(t.Context(), s, store.ComanagePlatformCO); err != nil || id <= last || last <= gone {
		t.Errorf("after %d, which is gone, and %d came %d: %v", gone, last, id, err)
	}
}

func openStore(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
