package server_test

import (
	"fmt"
	"strings"
	"testing"
)

// eachManyLinks runs a test on every database, with n links that begin at the place a
// and n that end there, of the symmetric type near.
func eachManyLinks(t *testing.T, n int, test func(t *testing.T, s longListSite)) {
	t.Helper()
	eachLongSite(t, startLinks, func(t *testing.T, s longListSite) {
		for end, ends := range map[string]string{"f": "'a', 'd'", "t": "'e', 'a'"} {
			s.exec(t, fmt.Sprintf(`WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
				INSERT INTO svi_links (workspace, relationship_id, id, from_id, to_id, version, attributes, created_at, created_by, last_updated_at, last_updated_by)
				SELECT l.workspace, l.relationship_id, '%s' || (1000000 + i), %s, 1, '{"kind":"road","grade":7,"code":"raw-code"}', l.created_at, 'x', l.created_at, 'x'
				FROM numbers, svi_links AS l WHERE l.id = 'ab'`, n-1, end, ends))
		}
		test(t, s)
	})
}

// A list of several pages, at both ends, holds each link once and in order; pages that
// are full to the last are followed by the others.
func TestSviLongListsHoldEachLinkOnce(t *testing.T) {
	t.Parallel()
	const n = 999 // with ab, two pages are full
	eachManyLinks(t, n, func(t *testing.T, s longListSite) {
		keys := s.sviListed(t, sviList("near", "a"))
		if len(keys) != 2*n+4 {
			t.Fatalf("got %d links, want %d", len(keys), 2*n+4)
		}
		want := []string{"ab"}
		for i := range n {
			want = append(want, fmt.Sprint("f", 1000000+i))
		}
		want = append(want, "ba1", "ba2", "c %41/ü")
		for i := range n {
			want = append(want, fmt.Sprint("t", 1000000+i))
		}
		for i := range want {
			if keys[i] != want[i] {
				t.Fatalf("link %d is %s, want %s", i, keys[i], want[i])
			}
		}
	})
}

func TestSviAListThatFailsInItsMiddleDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(t *testing.T, s longListSite){
		"the workspace is dropped": func(t *testing.T, s longListSite) {
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/default", header: admin})
		},
		"the workspace was made anew": func(t *testing.T, s longListSite) { // at once, so that no page falls in between
			s.exec(t, "UPDATE workspaces SET signing_key = 'another'")
		},
		"the relationship type is gone": func(t *testing.T, s longListSite) {
			s.exec(t, "DELETE FROM svi_relationship_types WHERE name = 'near'")
		},
		"the reader may not read any more": func(t *testing.T, s longListSite) {
			s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, strings.Replace(sviTypes, "{name: place, ", "{name: place, readGroups: [Others], ", 1))})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachManyLinks(t, 6000, func(t *testing.T, s longListSite) {
				c := s.beginJSON(t, sviList("near", "a").path, "anna-token")
				fail(t, s)
				c.wantBrokenOff(t)
			})
		})
	}
}
