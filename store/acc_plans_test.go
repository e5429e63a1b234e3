package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"orglink/store"
	"orglink/store/storetest"
)

// Postgres walks from a unit up and down by index among many, whether it has statistics
// of them or not. (SQLite keeps the order of joins.)
func TestPostgresWalksUnitsByIndex(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	s := openStore(t, url)
	err := store.ExecURL(t.Context(), url, `INSERT INTO acc_units
			(workspace, id, account_id, parent_id, name, serial, created_at, updated_at)
		SELECT 'default', 'u' || i, 'a', 'u' || i / 10, 'n', i, now(), now() FROM generate_series(1, 50000) AS i`)
	if err != nil {
		t.Fatal(err)
	}
	for _, statistics := range []string{"VACUUM acc_units", "ANALYZE acc_units"} {
		if err := store.ExecURL(t.Context(), url, statistics); err != nil {
			t.Fatal(err)
		}
		statements, err := s.Recorded(t.Context(), func(q *store.Query) error {
			below, err := q.AccDescendants("a", []string{"u4444"})
			if err != nil || len(below) != 10 {
				t.Errorf("below are %d units, %v", len(below), err)
			}
			above, err := q.AccAncestors("a", []string{"u44440"})
			if err != nil || len(above) != 5 {
				t.Errorf("above are %d units, %v", len(above), err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range statements {
			if plan := planOf(t.Context(), t, url, statement); strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, "Index Scan") {
				t.Errorf("after %s: %s\n%s", statistics, statement.SQL, plan)
			}
		}
	}
}

// planOf is how Postgres runs the statement with its values.
func planOf(ctx context.Context, t *testing.T, url string, s store.Statement) (plan string) {
	t.Helper()
	err := store.WithPool(url, func(pool *sql.DB) error {
		rows, err := pool.QueryContext(ctx, "EXPLAIN "+s.SQL, s.Vars...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			plan += fmt.Sprintln(line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
