package storetest

import (
	"testing"

	"orglink/store"
)

// Lists are in the order of bytes, as on SQLite, also where the database's locale
// has another one: a language's order puts "a" before "B".
func TestPostgresListsSviLinksByBytesInAnyLocale(t *testing.T) {
	t.Parallel()
	Postgres(t) // starts the server, or skips
	if err := cluster.exec(`CREATE DATABASE test_locale TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'`); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := cluster.exec(`DROP DATABASE test_locale WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	s := openURL(t, cluster.url("test_locale"))
	for _, id := range []string{"b", "a", "B"} {
		sviMakeLink(t, s, t.Context(), id, "from", "to")
	}
	err := s.Read(t.Context(), func(q *store.Query) error {
		links, err := q.SviLinksBetween(1, "from", "to", 2)
		if err == nil && (len(links) != 2 || links[0].ID != "B" || links[1].ID != "a") {
			t.Errorf("got %+v", links)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
