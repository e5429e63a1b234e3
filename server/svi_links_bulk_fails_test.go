package server_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// A fault of the server among the items leaves nothing of the call: a link that cannot
// be read stands in its middle.
func TestSviBulkThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	run := func(driver, url, dataSource string) func(t *testing.T) {
		return func(t *testing.T) {
			s := startLinks(t, servertest.Database(url))
			db, err := sql.Open(driver, dataSource)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.Exec("UPDATE svi_links SET attributes = 'broken' WHERE id = 'ba1'"); err != nil {
				t.Fatal(err)
			}
			before := sviState(t, s, sviNear)
			created := sviNew(t, "plain", "a", "b", nil)
			updated := sviBody(t, 4, sviNearFields("kind", "rail"), "id", sviNear)
			broken := sviBody(t, 1, sviNearFields(), "id", "near|_|place|_|place|_|ba1")
			s.wantFault(t, 500, sviBulk(sviItems(created, updated, broken, created)))
			if keys := s.sviListed(t, sviList("plain", "a")); len(keys) != 0 || sviState(t, s, sviNear) != before {
				t.Errorf("the call left %v and %s", keys, sviState(t, s, sviNear))
			}
			if got := s.sviBulked(t, sviBulk(sviItems(created, updated, created))); got.Items[0].Error != nil || got.Items[1].Error != nil {
				t.Errorf("the others alone: %+v", got)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "orglink.db")
	t.Run("sqlite", run("sqlite3", "sqlite:"+path, "file:"+path+"?_busy_timeout=5000"))
	t.Run("postgres", func(t *testing.T) {
		url := storetest.Postgres(t)
		run("pgx", url, url)(t)
	})
}

// Calls that update the same links in opposite orders all come to an end, and no update
// is lost.
func TestSviBulksInOppositeOrders(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startLinks(t, deployment)
		ids := s.sviMade(t, 6, sviNew(t, "loose", "a", "b", nil))
		var forth, back []string
		for i := range ids {
			forth = append(forth, `{"id":"`+ids[i]+`","fieldValues":{"note":"forth"}}`)
			back = append(back, `{"id":"`+ids[len(ids)-1-i]+`","fieldValues":{"note":"back"}}`)
		}
		counts := s.together(t, 16, func(i int) call {
			if i%2 == 0 {
				return sviBulk(sviItems(forth...))
			}
			return sviBulk(sviItems(back...))
		})
		if counts[200] != 16 {
			t.Fatalf("got %v", counts)
		}
		notes := map[any]int{}
		for _, id := range ids {
			notes[s.wantLink(t, 200, sviGet(id)).FieldValues["note"]]++
			a := s.want(t, 200, sviOf("GET", "versions", id))
			if !strings.Contains(a.body, `"count":17`) {
				t.Errorf("an update was lost: %s", a.body)
			}
		}
		if len(notes) != 1 {
			t.Errorf("calls were mixed: %v", notes)
		}
	})
}
