package server_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// cuxPage is how many links a list has at most that is sent in one piece.
const cuxPage = 500

// eachCuxList runs a test on every database, with n links of the demo's account in two
// business units. Their ids end in a text that makes them as long as none is that a
// caller puts, so that few links make a long list.
func eachCuxList(t *testing.T, n, length int, test func(t *testing.T, s longListSite)) {
	t.Helper()
	demo := func(t *testing.T, opts ...servertest.Option) *site {
		return start(t, append(opts, servertest.Demo())...)
	}
	eachLongSite(t, demo, func(t *testing.T, s longListSite) {
		s.exec(t, fmt.Sprintf(`WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
			INSERT INTO cux_links (workspace, account_id, business_unit, link_id, date_linked, status)
			SELECT 'default', '%s', CASE WHEN i < 300 THEN 'BUYCO' ELSE 'Other' END, CAST(1000000 + i AS text) || '%s', '2020-12-18', 'LINKED'
			FROM numbers`, n-1, cuxAccount, strings.Repeat("x", length)))
		test(t, s)
	})
}

// A list of one page has its length, which the page's list of headers has; longer ones
// come in pieces. Either holds each link once and in order.
func TestCuxListsHoldEachLinkOnce(t *testing.T) {
	t.Parallel()
	eachCuxList(t, cuxPage, 0, func(t *testing.T, s longListSite) {
		list := call{method: "GET", path: "/client/users/" + cuxSession + "/business/units/links/", header: cuxBearer}
		for count := cuxPage; count <= 2*cuxPage+1; count++ {
			if count > cuxPage {
				s.exec(t, fmt.Sprintf(`INSERT INTO cux_links (workspace, account_id, business_unit, link_id, date_linked, status)
					VALUES ('default', '%s', 'Other', '%d', '2020-12-18', 'LINKED')`, cuxAccount, 1000000+count-1))
			}
			if count > cuxPage+1 && count < 2*cuxPage {
				continue
			}
			a := s.want(t, 200, list)
			var links []struct{ LinkID, BusinessUnit string }
			a.json(t, &links)
			if len(links) != count {
				t.Fatalf("got %d links, want %d", len(links), count)
			}
			for i, l := range links {
				unit := "Other"
				if i < 300 {
					unit = "BUYCO"
				}
				if l.LinkID != fmt.Sprint(1000000+i) || l.BusinessUnit != unit {
					t.Fatalf("link %d of %d is %s of %s", i, count, l.LinkID, l.BusinessUnit)
				}
			}
			want := ""
			if count <= cuxPage {
				want = strconv.Itoa(len(a.body))
			}
			if got := a.header.Get("Content-Length"); got != want {
				t.Errorf("%d links: Content-Length is %q, want %q", count, got, want)
			}
			if strings.ContainsAny(a.body, "\n ") || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%d links: the list is not compact JSON", count)
			}
		}
	})
}

func TestCuxAListThatFailsInItsMiddleDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(t *testing.T, s longListSite){
		"the table is gone": func(t *testing.T, s longListSite) {
			s.exec(t, "ALTER TABLE cux_links RENAME TO elsewhere")
		},
		"the workspace was made anew": func(t *testing.T, s longListSite) { // at once, so that no page falls in between
			s.exec(t, "UPDATE workspaces SET signing_key = 'another'")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCuxList(t, 8000, 1000, func(t *testing.T, s longListSite) {
				c := s.beginJSON(t, "/client/users/"+cuxSession+"/business/units/links/", "demo-token")
				fail(t, s)
				c.wantBrokenOff(t)
			})
		})
	}
}
