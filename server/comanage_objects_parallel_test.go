package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestComanageParallelEditsEachLeaveACopy(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		for _, k := range []struct {
			objectKind
			id, archive string
		}{{personKind, "12", "CoPersonId"}, {orgKind, "34", "OrgIdentityId"}} {
			lines := inParallel(16, func(int) string {
				return s.do(t, as(platform, "PUT", k.one(k.id), k.document(k.full))).line
			})
			if lines["200 OK"] != 16 {
				t.Fatalf("want 16 times 200, got %v", lines)
			}
			if a := s.wantLine(t, "200 OK", as(platform, "GET", k.one(k.id), "")); !strings.Contains(a.body, `"Revision":"16"`) {
				t.Errorf("want revision 16: %s", a.body)
			}
			revisions := map[string]bool{}
			for id := k.firstID; len(revisions) < 16; id = idAfter(id) {
				a := s.wantLine(t, "200 OK", as(platform, "GET", k.one(id), ""))
				_, rest, found := strings.Cut(a.body, `"`+k.archive+`":"`+k.id+`","Revision":"`)
				revision, _, _ := strings.Cut(rest, `"`)
				if !found || revisions[revision] {
					t.Fatalf("want a copy of a revision of its own: %s", a.body)
				}
				revisions[revision] = true
			}
			lines = inParallel(16, func(int) string { return s.do(t, as(platform, "DELETE", k.one(k.id), "")).line })
			if lines["200 Deleted"] != 1 || lines["404 "+k.singular+" Unknown"] != 15 {
				t.Fatalf("want one 200 Deleted, else 404: %v", lines)
			}
		}
	})
}

// Whoever links while one of the two ends is deleted comes before or after it.
func TestComanageNoLinkOutlivesItsEnds(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		add := func(k objectKind) string {
			var made struct{ ID string }
			s.wantLine(t, "201 Added", as(platform, "POST", k.list(), k.document(k.full))).json(t, &made)
			return made.ID
		}
		for round := range 10 {
			person, org := add(personKind), add(orgKind)
			calls := []call{as(platform, "POST", links+".json", request(person, org)), as(platform, "DELETE", orgKind.one(org), "")}
			lines := inParallel(2, func(i int) string { return s.do(t, calls[(i+round)%2]).line })
			linked := lines["201 Added"] == 1 && lines["403 CoPerson Exists"] == 1
			deleted := lines["403 OrgIdentity Does Not Exist"] == 1 && lines["200 Deleted"] == 1
			if !linked && !deleted {
				t.Fatalf("want either a link or a deletion of the org identity, got %v", lines)
			}

			person, org = add(personKind), add(orgKind)
			calls = []call{as(platform, "POST", links+".json", request(person, org)), as(platform, "DELETE", personKind.one(person), "")}
			lines = inParallel(2, func(i int) string { return s.do(t, calls[(i+round)%2]).line })
			if lines["200 Deleted"] != 1 || lines["201 Added"]+lines["403 CoPerson Does Not Exist"] != 1 {
				t.Fatalf("want the person deleted, and the link before that or not at all, got %v", lines)
			}
			s.wantEmpty(t, "204 Org Identity Has No CoOrgIdentityLink", as(platform, "GET", links+".json?orgidentityid="+org, ""))
		}
	})
}

func TestComanageObjectsHideTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	s.CloseDatabase(t)
	for _, k := range objectKinds {
		for _, c := range []call{
			as(platform, "GET", k.list(), ""),
			as(platform, "POST", k.list(), k.document(k.full)),
			as(platform, "DELETE", k.list(), ""),
			as(platform, "GET", k.one("12"), ""),
			as(platform, "PUT", k.one("12"), k.document(k.full)),
			as(platform, "PUT", k.one("12"), "{"),
			as(platform, "DELETE", k.one("12"), ""),
		} {
			s.wantEmpty(t, "500 Other Error", c)
		}
	}
}
