package storetest

import (
	"os"
	"path/filepath"
	"testing"

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
	Run(t, func(t *testing.T) *store.Store { return openURL(t, Postgres(t)) })
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
