package storetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestSQLiteConforms(t *testing.T) {
	t.Parallel()
	Run(t, func(t *testing.T) *store.Store {
		return openURL(t, "sqlite:"+filepath.Join(t.TempDir(), "orglink.db"))
	})
}

func TestPostgresConforms(t *testing.T) {
	t.Parallel()
	Run(t, recycle(t, "").open)
}

// (On Postgres the ids of all workspaces are those of one sequence.)
func TestSQLiteIDsOfADroppedWorkspaceBeginAnew(t *testing.T) {
	t.Parallel()
	s := openURL(t, "sqlite:"+filepath.Join(t.TempDir(), "orglink.db"))
	for _, name := range []string{"dropped", store.DefaultWorkspace} {
		ctx := workspace(t, s, name)
		first := makeCO(ctx, t, s, "co")
		deleteCO(ctx, t, s, first.co)
		if err := s.DropWorkspace(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if again := makeCO(workspace(t, s, name), t, s, "co"); again != first {
			t.Errorf("%s: the ids are %+v, want %+v", name, again, first)
		}
	}
}

// On Postgres a transaction that has taken an id keeps nobody from taking the next
// one. (SQLite has one writer.)
func TestPostgresHandsOutIDsWithoutWaiting(t *testing.T) {
	t.Parallel()
	s := openURL(t, Postgres(t))
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		first, err := store.ComanageAdd(tx, store.ComanageLink{OrgIdentityID: 1})
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		second, err := addLink(ctx, s, store.ComanageLink{OrgIdentityID: 2})
		if err != nil || second == first {
			t.Errorf("beside the uncommitted id %d: got %d and %v", first, second, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Behind a pooler each transaction may be on another connection to Postgres: what one of
// them prepared is not there on the next.
func TestPostgresBehindAPoolerServesManyAtOnce(t *testing.T) {
	t.Parallel()
	s := openURL(t, Pooled(t))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 4 {
				key := fmt.Sprintf("%d-%d", i, j)
				err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.CuxPutBusinessUnit(key) })
				if err == nil {
					err = s.Read(t.Context(), func(q *store.Query) error {
						_, err := q.CuxBusinessUnit(key)
						return err
					})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func openURL(t *testing.T, url string) *store.Store {
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
