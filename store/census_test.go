package store_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"orglink/store"
	"orglink/store/storetest"
)

// fillCounted stores business units in three workspaces.
const fillCounted = `
	WITH RECURSIVE numbers(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
	INSERT INTO cux_business_units (workspace, key) SELECT 'w' || CAST(i %% 3 AS text), CAST(i AS text) FROM numbers`

const fillPeople = `
	INSERT INTO comanage_people (workspace, id, co, created, modified, archive_of, revision, deleted, actor_identifier, status)
	VALUES ('default', 101, 2, '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', NULL, 0, FALSE, 'test', 'A'),
	       ('default', 102, 2, '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', NULL, 0, TRUE, 'test', 'A'),
	       ('default', 103, 2, '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', 101, 0, FALSE, 'test', 'A')`

func TestCensusCountsUpToItsLimit(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "orglink.db"),
		"postgres": storetest.Postgres(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			wantUnits := func(want store.Count) {
				t.Helper()
				got, err := s.Census(t.Context())
				if err != nil || got.CuxBusinessUnits != want {
					t.Errorf("got %+v, %v; want %+v", got.CuxBusinessUnits, err, want)
				}
			}
			wantUnits(store.Count{})
			if err := store.ExecURL(t.Context(), url, fmt.Sprintf(fillCounted, store.CountLimit)); err != nil {
				t.Fatal(err)
			}
			wantUnits(store.Count{N: store.CountLimit})
			if err := store.ExecURL(t.Context(), url, "INSERT INTO cux_business_units (workspace, key) VALUES ('default', 'one more')"); err != nil {
				t.Fatal(err)
			}
			wantUnits(store.Count{N: store.CountLimit, Over: true})

			if err := store.ExecURL(t.Context(), url, fillPeople); err != nil {
				t.Fatal(err)
			}
			c, err := s.Census(t.Context())
			if err != nil || c.ComanagePeople.N != 1 || c.Workspaces.N != 1 {
				t.Errorf("got %+v, %v; want one person, neither deleted nor archived, and one workspace", c, err)
			}
		})
	}
}
