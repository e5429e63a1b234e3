package storetest

import (
	"slices"
	"testing"

	"orglink/store"
)

// serializable has every transaction of a Postgres database be as if it were alone.
const serializable = "&default_transaction_isolation=serializable"

// Databases beyond one Postgres have no other isolation, or advise it.
func TestPostgresSerializableConforms(t *testing.T) {
	t.Parallel()
	Run(t, recycle(t, serializable).open)
}

// Writers who all read a row without a lock, and change it, lose nothing and get through,
// though the database refuses all but one of those at once.
func TestPostgresSerializableWritersOfOneRowAllSucceed(t *testing.T) {
	t.Parallel()
	s := openURL(t, Postgres(t)+serializable)
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error { return tx.AccPutAccount(store.AccAccount{ID: "a"}) })
	const writers, each = 16, 5
	attempts := make([]int64, writers*each)
	for n, err := range atOnce(writers, func(writer int64) error {
		for i := range int64(each) {
			n := (writer-1)*each + i
			err := s.Write(t.Context(), func(tx *store.Tx) error {
				attempts[n]++
				account, err := tx.AccAccount("a")
				if err != nil {
					return err
				}
				return tx.AccSetMade("a", account.Made+1)
			})
			if err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Errorf("writer %d: %v", n+1, err)
		}
	}
	err := s.Read(t.Context(), func(q *store.Query) error {
		account, err := q.AccAccount("a")
		if account.Made != writers*each {
			t.Errorf("%d writes left %d", writers*each, account.Made)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(attempts)
	t.Log("attempts:", attempts)
	if slices.Max(attempts) == 1 {
		t.Error("no write was run again: the test shows nothing")
	}
}
