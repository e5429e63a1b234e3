package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/store"
)

// wantIndexes expects the databases to plan every read of links as a search of one of
// its indexes, by all that is asked for and in the order that is asked for: no row is
// read that is not returned.
func wantIndexes(t *testing.T, h *dataHub, when string) {
	t.Helper()
	for _, r := range sviReads {
		statements, err := h.Recorded(t.Context(), func(q *store.Query) error {
			_, err := r.read(q, h, h.links[0])
			return err
		})
		if err != nil || len(statements) != 1 {
			t.Fatalf("%s: %d statements, %v", r.name, len(statements), err)
		}
		explain := explainPostgres
		if strings.HasPrefix(h.url, "sqlite:") {
			explain = explainSQLite
		}
		err = store.WithPool(h.url, func(pool *sql.DB) error {
			conn, err := pool.Conn(t.Context())
			if err != nil {
				return err
			}
			defer conn.Close()
			return explain(t.Context(), conn, statements[0], r.indexes)
		})
		if err != nil {
			t.Errorf("%s, %s: %v\n%s", r.name, when, err, statements[0].SQL)
		}
	}
}

// explainSQLite fails unless the statement is one search, of one of the indexes.
func explainSQLite(ctx context.Context, conn *sql.Conn, s store.Statement, indexes []string) error {
	rows, err := conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+s.SQL, s.Vars...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return err
		}
		steps = append(steps, detail)
	}
	uses := func(index string) bool {
		return strings.HasPrefix(steps[0], "SEARCH svi_links USING INDEX "+index+" (")
	}
	if len(steps) != 1 || !slices.ContainsFunc(indexes, uses) {
		return fmt.Errorf("plan %q", steps)
	}
	return rows.Err()
}

// explainPostgres fails unless the statement is a scan of one of the indexes, both as
// it is planned for its values and as it is planned once for all values: the server
// comes to prefer one or the other.
func explainPostgres(ctx context.Context, conn *sql.Conn, s store.Statement, indexes []string) error {
	var values []string
	for _, v := range s.Vars {
		values = append(values, "'"+strings.ReplaceAll(fmt.Sprint(v), "'", "''")+"'")
	}
	if _, err := conn.ExecContext(ctx, "PREPARE statement AS "+s.SQL); err != nil {
		return err
	}
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		if _, err := conn.ExecContext(ctx, "SET plan_cache_mode = "+mode); err != nil {
			return err
		}
		var text string
		err := conn.QueryRowContext(ctx, "EXPLAIN (FORMAT JSON) EXECUTE statement("+strings.Join(values, ", ")+")").Scan(&text)
		if err != nil {
			return err
		}
		var plans []struct{ Plan postgresPlan }
		if err := json.Unmarshal([]byte(text), &plans); err != nil {
			return err
		}
		scan := plans[0].Plan
		if scan.Node == "Limit" && len(scan.Plans) == 1 {
			scan = scan.Plans[0]
		}
		if scan.Node != "Index Scan" || scan.Filter != "" || len(scan.Plans) > 0 || !slices.Contains(indexes, scan.Index) {
			return fmt.Errorf("with %s: plan %s", mode, text)
		}
	}
	return nil
}

type postgresPlan struct {
	Node   string `json:"Node Type"`
	Index  string `json:"Index Name"`
	Filter string
	Plans  []postgresPlan
}
