package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"orglink/server/servertest"
)

const (
	accAccountUS = "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace"
	// accFirst is the number of the first unit that accManyUnits makes.
	accFirst = 100_000_000_000
)

// accManyUnits adds n units to the demo's account, four below each but for the last
// ones, the root last of all: it is created after those below it.
func accManyUnits(n int, description string) []string {
	return []string{
		fmt.Sprintf(`WITH RECURSIVE numbers(i) AS (SELECT CAST(0 AS bigint) UNION ALL SELECT i + 1 FROM numbers WHERE i < %[1]d - 1)
			INSERT INTO acc_units (workspace, id, account_id, parent_id, name, description, serial, created_at, updated_at)
			SELECT 'default', '00000000-0000-4000-8000-' || CAST(%[2]d + i AS text), '%[3]s',
				CASE WHEN i > 0 THEN '00000000-0000-4000-8000-' || CAST(%[2]d + (i - 1) / 4 AS text) END,
				'u' || CAST(i AS text), '%[4]s', CASE WHEN i > 0 THEN i ELSE %[1]d END, '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00'
			FROM numbers`, n, accFirst, accAccountUS, description),
		fmt.Sprintf("UPDATE acc_accounts SET made = %d WHERE id = '%s'", n, accAccountUS),
	}
}

// eachManyUnits runs a test on every database, with n units in the demo's account.
func eachManyUnits(t *testing.T, n int, test func(t *testing.T, s longListSite)) {
	t.Helper()
	demo := func(t *testing.T, opts ...servertest.Option) *site {
		return start(t, append(opts, servertest.Demo())...)
	}
	eachLongSite(t, demo, func(t *testing.T, s longListSite) {
		for _, statement := range accManyUnits(n, strings.Repeat("d", 200)) {
			s.exec(t, statement)
		}
		test(t, s)
	})
}

// accPath is the path of unit i of accManyUnits.
func accPath(i int) string {
	var above []string
	for i > 0 {
		i = (i - 1) / 4
		above = append([]string{fmt.Sprint("u", i)}, above...)
	}
	return strings.Join(above, "/")
}

func TestAccLongListsHoldEachUnitOnceWithItsPath(t *testing.T) {
	t.Parallel()
	for _, n := range []int{499, 1000, 1001} { // below a page, two full ones, one more than these
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			eachManyUnits(t, n, func(t *testing.T, s longListSite) {
				units := s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits
				if len(units) != n {
					t.Fatalf("got %d units, want %d", len(units), n)
				}
				for at, u := range units {
					i := (at + 1) % n // the root is the last
					if u.ID != accID(accFirst+i) || u.Name != fmt.Sprint("u", i) {
						t.Fatalf("unit %d is %s", at, u.Name)
					}
					if (u.Path == nil) != (i == 0) || u.Path != nil && *u.Path != accPath(i) {
						t.Fatalf("%s has path %v, want %q", u.Name, u.Path, accPath(i))
					}
				}
			})
		})
	}
}

func TestAccAListThatFailsInItsMiddleDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(t *testing.T, s longListSite){
		"the workspace is dropped": func(t *testing.T, s longListSite) {
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/default", header: admin})
		},
		"the workspace was made anew": func(t *testing.T, s longListSite) { // at once, so that no page falls in between
			s.exec(t, "UPDATE workspaces SET signing_key = 'another'")
		},
		"the app may not see the account any more": func(t *testing.T, s longListSite) {
			s.exec(t, "DELETE FROM acc_provisionings")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachManyUnits(t, 20_000, func(t *testing.T, s longListSite) {
				c := s.beginJSON(t, accUS, strings.TrimPrefix(accHeader["Authorization"], "Bearer "))
				fail(t, s)
				c.wantBrokenOff(t)
			})
		})
	}
}

// What stays all the time is in a list exactly once, and no unit of it lacks its path,
// whatever is moved, deleted and made between its pages.
func TestAccAListHoldsWhatWasThereAllTheTime(t *testing.T) {
	t.Parallel()
	notUnderRace(t, muchData)
	const n = 20_000
	eachManyUnits(t, n, func(t *testing.T, s longListSite) {
		c := s.beginJSON(t, accUS, strings.TrimPrefix(accHeader["Authorization"], "Bearer "))
		last := accID(accFirst + n - 1)
		root := `{"id":"` + accID(accFirst) + `","name":"top"}`
		s.want(t, 200, accPut(accUS, accUnits(root, accUnit(1, 0, "new"), accUnit(accFirst+1, 1, "u1"))))
		s.want(t, 204, call{method: "DELETE", path: accBench + last, header: admin})
		resp, err := http.ReadResponse(c.in, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var list accAnswer
		if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
		seen := map[string]string{}
		for _, u := range list.BusinessUnits {
			if _, twice := seen[u.ID]; twice || (u.Path == nil) != (u.ParentID == nil) {
				t.Fatalf("%s is listed twice, or lacks its path", u.ID)
			}
			seen[u.ID] = ""
			if u.Path != nil {
				seen[u.ID] = *u.Path
			}
		}
		for i := range n - 1 {
			if _, listed := seen[accID(accFirst+i)]; !listed {
				t.Fatalf("unit %d is missing", i)
			}
		}
		if _, listed := seen[last]; listed {
			t.Error("a unit that was deleted ahead of the reader is listed")
		}
		if path := seen[accID(accFirst+n-2)]; !strings.HasPrefix(path, "top/u") {
			t.Errorf("the last unit's path is that of before: %s", path)
		}
	})
}
