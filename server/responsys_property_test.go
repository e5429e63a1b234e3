package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"orglink/server/servertest"
)

// responsysModel is what an account must be after the calls that were made: a tree
// of organizations and the sets of two objects.
type responsysModel struct {
	s      *site
	t      *testing.T
	prefix string // of the account's workspace
	nodes  map[int64]*responsysModelNode
	lastID int64
	sets   map[string][]int64 // by path of the object
}

type responsysModelNode struct {
	name     string
	parent   int64 // 0 for the root
	children []int64
}

// The tree, the lineages and the sets agree with a simple model, whatever is made,
// renamed, moved, deleted and assigned.
func TestResponsysLineagesFollowEveryChangeOfTheTree(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		accounts := 0
		rapid.Check(t, func(r *rapid.T) {
			accounts++
			m := &responsysModel{
				s: s, t: t, prefix: fmt.Sprintf("/w/account-%d", accounts), lastID: 7,
				nodes: map[int64]*responsysModelNode{7: {name: "n7"}},
				sets: map[string][]int64{
					"/rest/api/v1.3/attributes/programs/p":  {7},
					"/rest/api/v1.3/attributes/campaigns/p": {7},
				},
			}
			m.apply(200, `{"users": [{"name": "u", "passwordHash": "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"}], "tokens": [{"token": "demo-token", "subject": "u"}],
				"organizations": [{"name": "n7"}], "programs": [{"name": "p"}], "campaigns": [{"name": "p"}]}`)
			steps := map[string]func(*rapid.T){"create": m.create, "rename": m.rename, "move": m.move, "delete": m.remove, "assign": m.assign}
			names := []string{"create", "create", "rename", "move", "delete", "assign"}
			for range rapid.IntRange(1, 10).Draw(r, "steps") {
				steps[rapid.SampledFrom(names).Draw(r, "step")](r)
				m.check(r)
			}
		})
	})
}

func (m *responsysModel) apply(status int, section string) {
	m.s.want(m.t, status, call{method: "PUT", path: m.prefix + "/orglink/v1/fixtures", header: admin, body: `{"responsys":` + section + `}`})
}

// draw chooses an organization.
func (m *responsysModel) draw(r *rapid.T, label string) int64 {
	ids := make([]int64, 0, len(m.nodes))
	for id := range m.nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(r, label)
}

func (m *responsysModel) create(r *rapid.T) {
	parent := m.draw(r, "parent")
	m.lastID += 20
	name := fmt.Sprintf("n%d", m.lastID)
	m.apply(200, fmt.Sprintf(`{"organizations": [{"name": %q, "parent": %q}]}`, name, m.nodes[parent].name))
	m.nodes[m.lastID] = &responsysModelNode{name: name, parent: parent}
	m.nodes[parent].children = append(m.nodes[parent].children, m.lastID)
}

func (m *responsysModel) rename(r *rapid.T) {
	id, name := m.draw(r, "renamed"), rapid.SampledFrom([]string{"a", "b", "n7"}).Draw(r, "name")
	status := 200
	for other, n := range m.nodes {
		if n.name == name && other != id {
			status = 422 // names are unique
		}
	}
	m.apply(status, fmt.Sprintf(`{"organizations": [{"id": %d, "name": %q}]}`, id, name))
	if status == 200 {
		m.nodes[id].name = name
	}
}

func (m *responsysModel) move(r *rapid.T) {
	id, parent := m.draw(r, "moved"), m.draw(r, "new parent")
	status := 200
	if id == 7 || strings.Contains(":"+m.lineage(parent), fmt.Sprintf(":%d:", id)) {
		status = 422 // the root stays, and nothing is below itself
	}
	n := m.nodes[id]
	m.apply(status, fmt.Sprintf(`{"organizations": [{"name": %q, "parent": %q}]}`, n.name, m.nodes[parent].name))
	if status == 422 || n.parent == parent {
		return
	}
	m.detach(id)
	n.parent = parent
	// Siblings are in the order in which they were made.
	m.nodes[parent].children = append(m.nodes[parent].children, id)
	slices.Sort(m.nodes[parent].children)
}

func (m *responsysModel) detach(id int64) {
	above := m.nodes[m.nodes[id].parent]
	above.children = slices.DeleteFunc(above.children, func(child int64) bool { return child == id })
}

func (m *responsysModel) remove(r *rapid.T) {
	id := m.draw(r, "deleted")
	path := fmt.Sprintf("%s%s%d", m.prefix, responsysOrganizations, id)
	if id == 7 {
		m.s.want(m.t, 409, call{method: "DELETE", path: path, header: admin})
		return
	}
	m.s.want(m.t, 204, call{method: "DELETE", path: path, header: admin})
	m.detach(id)
	var drop func(int64)
	drop = func(id int64) {
		for _, child := range m.nodes[id].children {
			drop(child)
		}
		delete(m.nodes, id)
	}
	drop(id)
	for path, set := range m.sets {
		m.sets[path] = slices.DeleteFunc(set, func(id int64) bool { return m.nodes[id] == nil })
	}
}

func (m *responsysModel) assign(r *rapid.T) {
	path := rapid.SampledFrom([]string{"/rest/api/v1.3/attributes/programs/p", "/rest/api/v1.3/attributes/campaigns/p"}).Draw(r, "object")
	var names []string
	var set []int64
	for range rapid.IntRange(0, 4).Draw(r, "size") {
		id := m.draw(r, "assigned")
		names = append(names, m.nodes[id].name)
		if !slices.Contains(set, id) {
			set = append(set, id)
		}
	}
	status := 200
	if rapid.IntRange(0, 3).Draw(r, "spoiled") == 0 {
		names, status = append(names, "nobody"), 400
	}
	a := m.s.want(m.t, status, call{method: "POST", path: m.prefix + path, header: responsysHeader, body: responsysBody(names...)})
	if status == 200 {
		m.sets[path] = set
		m.agrees(r, path, a)
	}
}

func (m *responsysModel) lineage(id int64) string {
	above := ""
	if parent := m.nodes[id].parent; parent != 0 {
		above = m.lineage(parent)
	}
	return fmt.Sprintf("%s%d:", above, id)
}

// check holds the tree and both sets against the model.
func (m *responsysModel) check(r *rapid.T) {
	var want []string
	var walk func(int64)
	walk = func(id int64) {
		want = append(want, m.nodes[id].name+" "+m.lineage(id))
		for _, child := range m.nodes[id].children {
			walk(child)
		}
	}
	walk(7)
	if got := m.s.responsysLineagesAt(m.t, m.prefix); got != strings.Join(want, ", ") {
		r.Fatalf("the tree is %s\nwant %s", got, strings.Join(want, ", "))
	}
	for path := range m.sets {
		m.agrees(r, path, m.s.want(m.t, 200, call{method: "GET", path: m.prefix + path, header: responsysHeader}))
	}
}

// agrees holds an answer with a set against the model.
func (m *responsysModel) agrees(r *rapid.T, path string, a answer) {
	want := []string{}
	for _, id := range m.sets[path] {
		want = append(want, fmt.Sprintf(`{"id":%d,"name":%q,"lineage":%q}`, id, m.nodes[id].name, m.lineage(id)))
	}
	if body := `{"attributes":{"organizations":{"attributeValues":[` + strings.Join(want, ",") + `]}}}`; a.body != body {
		r.Fatalf("%s is\n%s, want\n%s", path, a.body, body)
	}
}
