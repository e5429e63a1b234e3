package ledger_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"orglink/cmd/orglink-bench/ledger"
	"orglink/server/servertest"
)

// What is lost or there by half in any family is told, and nothing where all is well.
func TestWhatIsLostOrHalfThereIsTold(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ledger.db")
	srv := servertest.Start(t, servertest.Database("sqlite:"+file), servertest.Fixtures(string(ledger.Fixtures())))
	db, err := sql.Open("sqlite3", "file:"+file+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	l := ledger.Open([]string{srv.URL}, db)
	for deadline := time.Now().Add(30 * time.Second); l.Totals().Acknowledged < 300; { // so that there is all to be spoilt
		if time.Now().After(deadline) {
			t.Fatalf("got %+v", l.Totals())
		}
		stop := make(chan struct{})
		time.AfterFunc(100*time.Millisecond, func() { close(stop) })
		if err := l.Run(t.Context(), stop, ledger.Stop); err != nil {
			t.Fatal(err)
		}
	}
	settle := func() (lost, half []string) {
		t.Helper()
		before := l.Totals()
		if err := l.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		after := l.Totals()
		return without(after.Lost, before.Lost), without(after.Half, before.Half)
	}
	if lost, half := settle(); len(lost)+len(half) > 0 {
		t.Fatalf("nothing happened, and lost are %q, half %q", lost, half)
	}
	for _, test := range []struct {
		family, spoil string
		half          bool
	}{
		{"cux", `DELETE FROM cux_links WHERE rowid = (SELECT min(rowid) FROM cux_links)`, false},
		{"acc", `UPDATE acc_units SET name = '2.1.0' WHERE rowid = (SELECT min(rowid) FROM acc_units WHERE name LIKE '2.1.%')`, true},
		{"acc", `DELETE FROM acc_units WHERE rowid = (SELECT min(rowid) FROM acc_units WHERE name LIKE '3.4.%')`, true},
		{"comanage", `DELETE FROM comanage_org_identities WHERE rowid = (SELECT min(rowid) FROM comanage_org_identities WHERE title = 'Turn 2')`, false},
		{"comanage", `DELETE FROM comanage_org_identities WHERE rowid = (SELECT min(rowid) FROM comanage_org_identities WHERE archive_of = 3)`, true},
		{"svi", `DELETE FROM svi_link_versions WHERE rowid = (SELECT min(rowid) FROM svi_link_versions WHERE version = 2)`, true},
		{"responsys", `DELETE FROM responsys_assignments WHERE rowid = (SELECT min(rowid) FROM responsys_assignments)`, true},
	} {
		result, err := db.Exec(test.spoil)
		if err != nil {
			t.Fatal(test.spoil, err)
		}
		if rows, err := result.RowsAffected(); err != nil || rows != 1 {
			t.Fatalf("%s: %d rows, %v", test.spoil, rows, err)
		}
		lost, half := settle()
		told, other := lost, half
		if test.half {
			told, other = half, lost
		}
		if len(told) != 1 || len(other) != 0 || !strings.Contains(told[0], test.family) {
			t.Errorf("%s: lost are %q, half %q", test.spoil, lost, half)
		}
	}
}

func without(all, told []string) []string {
	return slices.DeleteFunc(all, func(text string) bool { return slices.Contains(told, text) })
}
