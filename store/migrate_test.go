package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"orglink/store"
	"orglink/store/storetest"
)

// A Registry that was filled before COs had more in them than links works on.
func TestMigrationKeepsTheLinksOfARegistry(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, testMigrationOfLinks)
}

// oldRegistry is what version 6 may hold: two COs, in each a person and an org
// identity of which some are deleted, and links, one of them edited and one deleted.
var oldRegistry = []string{
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05')`,
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('other', 'key', '2025-01-02 03:04:05')`,
	`INSERT INTO comanage_cos (workspace, id, name) VALUES ('default', 1, 'COmanage'), ('default', 2, 'Two'), ('other', 2, 'Other')`,
	`INSERT INTO comanage_people (workspace, id, co, deleted) VALUES
		('default', 12, 2, false), ('default', 13, 1, true), ('other', 12, 3, false)`,
	`INSERT INTO comanage_org_identities (workspace, id, co, deleted) VALUES
		('default', 34, 2, false), ('default', 35, 2, false), ('default', 36, 1, true)`,
	`INSERT INTO comanage_links (workspace, id, person_id, org_identity_id, created, modified, archive_of, revision, deleted, actor_identifier) VALUES
		('default', 1, 12, 34, '2025-01-02 03:04:05', '2025-02-02 03:04:05', NULL, 1, false, 'co_2.a'),
		('default', 2, 12, 35, '2025-01-02 03:04:05', '2025-01-02 03:04:05', 1, 0, false, 'co_2.b'),
		('default', 3, 13, 36, '2025-01-02 03:04:05', '2025-01-02 03:04:05', NULL, 0, true, 'co_2.b'),
		('other', 1, 12, 34, '2025-01-02 03:04:05', '2025-01-02 03:04:05', NULL, 0, false, '')`,
}

func testMigrationOfLinks(t *testing.T, url string) {
	if err := store.MigrateTo(t.Context(), url, 6); err != nil {
		t.Fatal(err)
	}
	if err := store.ExecURL(t.Context(), url, oldRegistry...); err != nil {
		t.Fatal(err)
	}
	began := time.Now().Truncate(time.Second)
	s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}

	ctx, other := t.Context(), store.WithWorkspace(t.Context(), "other")
	person, deleted := find[store.ComanagePerson](ctx, t, s, 12), find[store.ComanagePerson](ctx, t, s, 13)
	if person.CO != 2 || person.Status != "Active" || !person.Current() || person.Revision != 0 || person.DateOfBirth != nil {
		t.Errorf("the person: %+v", person)
	}
	if deleted.CO != 1 || deleted.Current() {
		t.Errorf("the deleted person: %+v", deleted)
	}
	org := find[store.ComanageOrgIdentity](ctx, t, s, 34)
	if org.CO != 2 || org.Status != nil || !org.Current() {
		t.Errorf("the org identity: %+v", org)
	}
	if gone := find[store.ComanageOrgIdentity](ctx, t, s, 36); gone.Current() {
		t.Errorf("the deleted org identity: %+v", gone)
	}
	co := findOldCO(t, s, 2)
	if co.Name != "Two" || co.Status != "Active" || co.Description != nil {
		t.Errorf("the CO: %+v", co)
	}
	for what, at := range map[string]time.Time{
		"person created": person.Created, "person modified": person.Modified,
		"org identity created": org.Created, "org identity modified": org.Modified,
		"CO created": co.Created, "CO modified": co.Modified,
	} {
		if at.Before(began) || at.After(time.Now()) || at.Nanosecond() != 0 {
			t.Errorf("%s: %v, want the second of the migration, %v", what, at, began)
		}
	}
	for id, want := range map[int64]struct{ co, person, org int64 }{1: {2, 12, 34}, 2: {2, 12, 35}, 3: {1, 13, 36}} {
		l := find[store.ComanageLink](ctx, t, s, id)
		if l.CO != want.co || l.PersonID != want.person || l.OrgIdentityID != want.org || !l.Created.Equal(time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)) {
			t.Errorf("link %d: %+v", id, l)
		}
	}
	if l := find[store.ComanageLink](other, t, s, 1); l.CO != 3 {
		t.Errorf("the link of the other workspace is of CO %d", l.CO)
	}
	if ids := linksOf(ctx, t, s, store.ComanageFilter{CO: 2}); !slices.Equal(ids, []int64{1}) {
		t.Errorf("the links of the CO are %v", ids)
	}
	testMigratedUniqueness(t, s)
}

// testMigratedUniqueness expects the database to refuse what may be once only.
func testMigratedUniqueness(t *testing.T, s *store.Store) {
	const object = `, co, created, modified, revision, deleted, actor_identifier) VALUES ('default', `
	const attributes = `, 2, '2025-01-02 03:04:05', '2025-01-02 03:04:05', 0, false, '')`
	for what, statements := range map[string][2]string{
		"a link of an org identity": {
			`INSERT INTO comanage_links (workspace, id, person_id, org_identity_id` + object + `101, 12, 35` + attributes,
			`INSERT INTO comanage_links (workspace, id, person_id, org_identity_id` + object + `102, 12, 35` + attributes,
		},
		"an identifier of people": {
			`INSERT INTO comanage_identifiers (workspace, id, person_id, identifier, type, login, status, folded` + object + `101, 12, 'x', 'uid', false, '', 'x'` + attributes,
			`INSERT INTO comanage_identifiers (workspace, id, person_id, identifier, type, login, status, folded` + object + `102, 13, 'x', 'uid', false, '', 'x'` + attributes,
		},
		"a primary name of a person": {
			`INSERT INTO comanage_names (workspace, id, person_id, given, type, primary_name, given_folded, family_folded` + object + `101, 12, 'x', '', true, 'x', ''` + attributes,
			`INSERT INTO comanage_names (workspace, id, person_id, given, type, primary_name, given_folded, family_folded` + object + `102, 12, 'x', '', true, 'x', ''` + attributes,
		},
		"a primary name of an org identity": {
			`INSERT INTO comanage_names (workspace, id, org_identity_id, given, type, primary_name, given_folded, family_folded` + object + `103, 34, 'x', '', true, 'x', ''` + attributes,
			`INSERT INTO comanage_names (workspace, id, org_identity_id, given, type, primary_name, given_folded, family_folded` + object + `104, 34, 'x', '', true, 'x', ''` + attributes,
		},
		"a name of a CO": {
			`INSERT INTO comanage_cos (workspace, id, name, status, created, modified) VALUES ('default', 101, 'x', '', '2025-01-02', '2025-01-02')`,
			`INSERT INTO comanage_cos (workspace, id, name, status, created, modified) VALUES ('default', 102, 'x', '', '2025-01-02', '2025-01-02')`,
		},
	} {
		for n, statement := range statements {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.Exec(statement) })
			if refused := err != nil; refused != (n == 1) {
				t.Errorf("%s, number %d: got %v", what, n+1, err)
			}
		}
	}
}

func find[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, id int64) (object T) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) (err error) {
		object, err = store.ComanageFind[T](q, id)
		return err
	})
	if err != nil {
		t.Fatalf("%T %d: %v", object, id, err)
	}
	return object
}

func findOldCO(t *testing.T, s *store.Store, id int64) (co store.ComanageCO) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) (err error) {
		co, err = q.ComanageCO(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return co
}

func linksOf(ctx context.Context, t *testing.T, s *store.Store, filter store.ComanageFilter) (ids []int64) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		links, err := store.ComanagePage[store.ComanageLink](q, filter, 0, 10)
		for _, l := range links {
			ids = append(ids, l.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// eachOldDatabase runs a test on an empty database of every kind, to be filled in an
// older version.
func eachOldDatabase(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "sqlite:"+filepath.Join(t.TempDir(), "old.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, otherSchema(t, storetest.Postgres(t)))
	})
}

// Replicas that start at once on an empty database all serve it, and one of them has
// migrated it.
func TestPostgresReplicasThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	url := otherSchema(t, storetest.Postgres(t))
	const replicas = 3
	started := make(chan error, replicas)
	for range replicas {
		go func() {
			s, err := store.Open(context.Background(), store.Config{URL: url, Migrate: true})
			if err == nil {
				err = errors.Join(s.Ready(context.Background()), s.Close())
			}
			started <- err
		}()
	}
	for range replicas {
		if err := <-started; err != nil {
			t.Error(err)
		}
	}
	err := store.WithPool(url, func(pool *sql.DB) error {
		var applied, distinct int
		err := pool.QueryRow("SELECT count(*), count(DISTINCT version_id) FROM goose_db_version").Scan(&applied, &distinct)
		if applied != distinct || applied < 15 {
			t.Errorf("%d migrations were applied %d times", distinct, applied)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
