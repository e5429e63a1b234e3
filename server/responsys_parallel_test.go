package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

// Moves, deletions and sets from 16 connections leave a tree, and sets that somebody
// sent, but for organizations that are gone.
func TestResponsysParallelChangesOfTheStructureLeaveItWhole(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		// Of each branch, K stays and G goes with all below it; A, B and C move about.
		s.applyResponsys(t, 200, `{"organizations": [{"name": "A", "parent": "USA"}, {"name": "B", "parent": "USA"}, {"name": "C", "parent": "USA"}]}`)
		const branches = 8
		names := []string{"USA", "APAC", "Global", "A", "B", "C"}
		for i := range branches {
			s.applyResponsys(t, 200, fmt.Sprintf(`{"organizations": [{"id": %d, "name": "G%d", "parent": "A", "children": [{"name": "H%d"}]}, {"name": "K%d", "parent": "B"}]}`, 1000+i, i, i, i))
			names = append(names, fmt.Sprint("G", i), fmt.Sprint("H", i), fmt.Sprint("K", i))
		}
		stays := func(name string) bool { return name[0] == 'K' || name == "USA" }
		var sets [][]string
		sent := map[string]bool{} // what stays of each set, which tells it from the others
		for i := range branches {
			set := []string{fmt.Sprintf("G%d", i), fmt.Sprintf("K%d", i), fmt.Sprintf("H%d", (i+1)%branches), "USA"}
			sets = append(sets, set)
			sent[responsysKept(set, stays)] = true
		}
		moves := []string{
			`{"name": "A", "parent": "B"}`, `{"name": "B", "parent": "A"}`, `{"name": "C", "parent": "A"}`,
			`{"name": "B", "parent": "C"}`, `{"name": "A", "parent": "USA"}`, `{"name": "C", "parent": "B"}`,
		}
		paths := []string{responsysProgram, responsysCampaign}

		var wait sync.WaitGroup
		for c := range 16 {
			wait.Go(func() {
				for n := range 6 {
					i := (c + 5*n) % branches
					switch (c + n) % 4 {
					case 0:
						move := moves[(c+n)%len(moves)]
						a := s.do(t, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"responsys": {"organizations": [` + move + `]}}`})
						if a.status != 200 && (a.status != 422 || !strings.Contains(a.body, "below itself")) {
							t.Errorf("the move %s: %d %s", move, a.status, a.body)
						}
					case 1:
						if n < 2 {
							continue // so that sets are won, too
						}
						a := s.do(t, call{method: "DELETE", path: fmt.Sprintf("%s%d", responsysOrganizations, 1000+i), header: admin})
						if a.status != 204 && a.status != 404 {
							t.Errorf("the deletion of G%d: %d %s", i, a.status, a.body)
						}
					default:
						a := s.do(t, call{method: "POST", path: paths[n%2], header: responsysHeader, body: responsysBody(sets[i]...)})
						lost := a.status == 400 && strings.Contains(a.body, "SET_OBJECT_ATTRIBUTE_EXCEPTION") && (strings.Contains(a.body, ": G") || strings.Contains(a.body, ": H"))
						if a.status == 200 {
							if got := responsysNames(t, a); !slices.Equal(got, sets[i]) {
								t.Errorf("the set %q was answered with %q", sets[i], got)
							}
						} else if !lost {
							t.Errorf("the set %q: %d %s", sets[i], a.status, a.body)
						}
					}
				}
			})
		}
		wait.Wait()

		tree := s.responsysLineages(t) // from the root down: neither cycles nor orphans are reached
		s.wantResponsysWhole(t, tree, names)
		for _, path := range paths {
			set := responsysNames(t, s.want(t, 200, call{method: "GET", path: path, header: responsysHeader}))
			if got := responsysKept(set, stays); !sent[got] && got != "USA" { // USA is the first set
				t.Errorf("%s is accessible to %q, which nobody sent", path, set)
			}
			for _, name := range set {
				if !strings.Contains(", "+tree, ", "+name+" ") {
					t.Errorf("%s is accessible to %s, which is gone", path, name)
				}
			}
		}
	})
}

// responsysKept is what stays of a set, in its order.
func responsysKept(set []string, stays func(string) bool) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(set), func(name string) bool { return !stays(name) }), " ")
}

// wantResponsysWhole fails the test if one of the organizations is stored and yet not
// in the tree: below itself, or below nothing. Fixtures find it by its name; one that
// there is not would be a second root.
func (s *site) wantResponsysWhole(t *testing.T, tree string, names []string) {
	t.Helper()
	for _, name := range names {
		a := s.do(t, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"responsys": {"organizations": [{"name": "` + name + `"}]}}`})
		if stored, shown := a.status == 200, strings.Contains(", "+tree, ", "+name+" "); stored != shown {
			t.Errorf("%s: stored: %t, in the tree: %t", name, stored, shown)
		}
	}
}
