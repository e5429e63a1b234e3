package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"orglink/server/servertest"
)

// accModel is what an account must hold: the units in the order of their creation.
type accModel struct {
	s         *site
	t         *testing.T
	workspace string
	redefines bool // a request holds the whole structure
	units     []accModelUnit
}

type accModelUnit struct {
	id, parent int
	name       string
}

// accForeign is the number of a unit of another account.
const accForeign = 99

// Whatever is put and deleted, the account holds what the rules say, and a refused
// request changes nothing.
func TestAccTheTreeFollowsItsModel(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		var runs atomic.Int64
		for _, redefines := range []bool{false, true} {
			t.Run(fmt.Sprint("redefines ", redefines), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(r *rapid.T) {
					m := &accModel{s: s, t: t, workspace: fmt.Sprint("/w/run-", runs.Add(1)), redefines: redefines}
					s.want(t, 200, accApply(m.workspace, fmt.Sprintf(`{"acc":{"clients":[{"id":"app","secret":"x"}],
						"tokens":[{"token":"app-token","subject":"app","scopes":["account:read","account:write"]}],
						"accounts":[{"id":%q,"name":"A","region":"US","clients":["app"],"putDeletesOmittedUnits":%v},
							{"id":"11111111-1111-4111-8111-111111111111","name":"B","region":"US","businessUnits":[{"id":%q,"name":"x"}]}]}}`,
						accAccountUS, redefines, accID(accForeign))))
					r.Repeat(map[string]func(*rapid.T){"put": m.put, "put more": m.put, "delete": m.delete, "": m.check})
				})
			})
		}
	})
}

func (m *accModel) put(r *rapid.T) {
	unit := rapid.Custom(func(r *rapid.T) accModelUnit {
		return accModelUnit{
			id:     rapid.SampledFrom([]int{1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, accForeign}).Draw(r, "id"),
			parent: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, accForeign}).Draw(r, "parent"),
			name:   rapid.SampledFrom([]string{"a", "b", "c/d", "a", "b", "c", "a", " "}).Draw(r, "name"),
		}
	})
	units := rapid.SliceOfN(unit, 0, 5).Draw(r, "units")
	after, want := m.apply(units)
	var body []string
	for _, u := range units {
		body = append(body, accUnit(u.id, u.parent, u.name))
	}
	a := m.s.do(m.t, call{"PUT", m.workspace + accUS, accApp, accUnits(body...)})
	if a.status != want {
		r.Fatalf("PUT %v on %v: got %d %s, want %d", units, m.units, a.status, a.body, want)
	}
	if want != 200 {
		return
	}
	m.units = after
	if got, want := a.accUnits(m.t).outline(), m.outline(units); got != want {
		r.Fatalf("PUT %v answers %q, want %q", units, got, want)
	}
}

// apply is what a request makes of the units, and the status of its answer.
func (m *accModel) apply(units []accModelUnit) (after []accModelUnit, status int) {
	seen := map[int]bool{}
	for _, u := range units {
		if strings.TrimSpace(u.name) == "" || seen[u.id] {
			return nil, 422
		}
		seen[u.id] = true
	}
	if seen[accForeign] {
		return nil, 409
	}
	if m.redefines && len(units) == 0 {
		return nil, 422
	}
	for _, u := range m.units {
		if seen[u.id] || !m.redefines {
			after = append(after, u)
		}
	}
	for _, u := range units {
		if i := accIndex(after, u.id); i >= 0 {
			after[i] = u
		} else {
			after = append(after, u)
		}
	}
	for _, u := range after {
		if _, isTree := accAbove(after, u); !isTree {
			return nil, 422
		}
	}
	return after, 200
}

func (m *accModel) delete(r *rapid.T) {
	id := rapid.IntRange(1, 9).Draw(r, "id")
	want, i := 204, accIndex(m.units, id)
	if i < 0 {
		want = 404
	} else if slices.ContainsFunc(m.units, func(u accModelUnit) bool { return u.parent == id }) {
		want = 409
	}
	c := accDelete(id)
	c.path = m.workspace + c.path
	if a := m.s.do(m.t, c); a.status != want {
		r.Fatalf("DELETE %d of %v: got %d, want %d", id, m.units, a.status, want)
	}
	if want == 204 {
		m.units = slices.Delete(slices.Clone(m.units), i, i+1)
	}
}

func (m *accModel) check(r *rapid.T) {
	a := m.s.want(m.t, 200, call{method: "GET", path: m.workspace + accUS, header: accApp})
	if got, want := a.accUnits(m.t).outline(), m.outline(m.units); got != want {
		r.Fatalf("the account holds %q, want %q", got, want)
	}
}

// outline is the units in their order, with their paths in the account.
func (m *accModel) outline(units []accModelUnit) string {
	var out []string
	for _, u := range units {
		path := "-"
		if above, _ := accAbove(m.units, u); len(above) > 0 {
			path = strings.Join(above, "/")
		}
		out = append(out, u.name+"<"+path)
	}
	return strings.Join(out, " ")
}

func accIndex(units []accModelUnit, id int) int {
	return slices.IndexFunc(units, func(u accModelUnit) bool { return u.id == id })
}

// accAbove names the units above one, from the root down; there are none if one is
// unknown or above itself.
func accAbove(units []accModelUnit, u accModelUnit) (names []string, isTree bool) {
	for u.parent != 0 {
		i := accIndex(units, u.parent)
		if i < 0 || len(names) > len(units) {
			return nil, false
		}
		u = units[i]
		names = append([]string{u.name}, names...)
	}
	return names, true
}
