package store_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"gorm.io/gorm"

	"orglink/store"
	"orglink/store/storetest"
)

// An id that another takes, and whose row is deleted for good, while one looks for a new
// id is not given out again. (SQLite has one writer: nobody looks at the same time.)
func TestPostgresGivesNoIDTwiceAcrossADeletion(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Config{URL: storetest.Postgres(t), Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	add := func(co int64) (id int64, err error) {
		err = s.Write(t.Context(), func(tx *store.Tx) error {
			id, err = store.ComanageAdd(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{CO: co}})
			return err
		})
		return id, err
	}
	var gone int64
	err = s.Write(t.Context(), func(tx *store.Tx) (err error) {
		gone, err = tx.ComanageAddCO(store.ComanageCO{Name: "Gone", Status: "Active", Created: s.Now(), Modified: s.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	var looking atomic.Bool
	var taken int64
	between := func(db *gorm.DB) {
		if !strings.Contains(db.Statement.SQL.String(), "SELECT last FROM id_floors") || !looking.CompareAndSwap(true, false) {
			return
		}
		var errAdd error
		taken, errAdd = add(gone)
		errDelete := s.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.ComanageLockCO(gone); err != nil {
				return err
			}
			return tx.ComanageDeleteCO(gone)
		})
		if err := errors.Join(errAdd, errDelete); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(
		s.DB().Callback().Query().After("*").Register("orglink:between", between),
		s.DB().Callback().Raw().After("*").Register("orglink:between", between),
		s.DB().Callback().Row().After("*").Register("orglink:between", between),
	); err != nil {
		t.Fatal(err)
	}
	looking.Store(true)
	id, err := add(store.ComanagePlatformCO)
	if err != nil || taken == 0 || id <= taken {
		t.Errorf("the id %d was given out after %d: %v", id, taken, err)
	}
}
