package store_test

import (
	"testing"

	"orglink/store"
)

// New ids follow those that a database has or had before its ids came from sequences,
// but for the very large.
func TestMigrationKeepsIDsFromBeingGivenOutAgain(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, func(t *testing.T, url string) {
		if err := store.MigrateTo(t.Context(), url, 14); err != nil {
			t.Fatal(err)
		}
		const people = `INSERT INTO comanage_people (workspace, id, co, status, created, modified, revision, deleted, actor_identifier) VALUES `
		const person = `, 1, 'Active', '2025-01-02 03:04:05', '2025-01-02 03:04:05', 0, false, '')`
		if err := store.ExecURL(
			t.Context(), url,
			`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05')`,
			people+`('default', 7`+person, people+`('default', 2000000000`+person,
			`INSERT INTO id_floors (workspace, of_table, last) VALUES ('default', 'comanage_people', 9), ('default', 'comanage_cos', 2147483647)`,
		); err != nil {
			t.Fatal(err)
		}
		s := openStore(t, url)
		for _, want := range []int64{10, 11} {
			if id, err := addPerson(t.Context(), s, store.ComanagePlatformCO); err != nil || id != want {
				t.Errorf("got the id %d, want %d: %v", id, want, err)
			}
		}
		if _, err := addThenDelete(t.Context(), s); err != nil { // COs begin after the platform's
			t.Error(err)
		}
	})
}
