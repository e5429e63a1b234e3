package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"orglink/store"
	"orglink/store/storetest"
)

// Requests of a whole second share one look at what a workspace refuses.
func TestRefusalsAreReadAtMostOnceASecond(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "orglink.db") },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), store.Config{URL: url(t), Migrate: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			var reads atomic.Int64
			err = s.DB().Callback().Row().After("gorm:row").Register("orglink:count", func(db *gorm.DB) {
				if strings.Contains(db.Statement.SQL.String(), "refusals") {
					reads.Add(1)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			var calls atomic.Int64
			var callers sync.WaitGroup
			for range 16 {
				callers.Go(func() {
					for reads.Load() < 3 && time.Since(began) < 30*time.Second {
						if _, err := s.Access(t.Context()); err != nil {
							t.Error(err)
							return
						}
						calls.Add(1)
					}
				})
			}
			callers.Wait()
			seconds := int64(time.Since(began) / time.Second)
			if n := reads.Load(); n < 3 || n > seconds+1 || calls.Load() < 100*n {
				t.Errorf("%d reads for %d calls in %d seconds", n, calls.Load(), seconds)
			}
		})
	}
}

// A replica does not keep what it knew of workspaces that another one dropped.
func TestWhatIsKnownOfWorkspacesIsBounded(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const more = store.MaxRemembered + 2
	name := func(i int) string { return fmt.Sprintf("w%d", i) }
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		for i := range more {
			if err := tx.EnsureWorkspace(store.Workspace{Name: name(i), SigningKey: []byte("key"), CreatedAt: time.Now()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range more {
		if _, err := s.Workspace(t.Context(), name(i)); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Access(store.WithWorkspace(t.Context(), name(i))); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Remembered(); n > store.MaxRemembered {
		t.Errorf("something is remembered of %d workspaces, want at most %d", n, store.MaxRemembered)
	}
}
