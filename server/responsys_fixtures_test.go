package server_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

// applyResponsys applies a section responsys and wants the status.
func (s *site) applyResponsys(t *testing.T, status int, section string) answer {
	t.Helper()
	return s.want(t, status, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"responsys":` + section + `}`})
}

// responsysLineages is the tree, one `name lineage` after the other.
func (s *site) responsysLineages(t *testing.T) string {
	t.Helper()
	return s.responsysLineagesAt(t, "")
}

// responsysLineagesAt is the tree of the workspace with the prefix.
func (s *site) responsysLineagesAt(t *testing.T, prefix string) string {
	t.Helper()
	type node struct {
		Name, Lineage string
		Children      []node
	}
	var body struct {
		Attributes struct {
			Organizations struct{ AttributeValues []node }
		}
	}
	s.want(t, 200, call{method: "GET", path: prefix + responsysTree, header: responsysHeader}).json(t, &body)
	var all []string
	var walk func([]node)
	walk = func(nodes []node) {
		for _, n := range nodes {
			all = append(all, n.Name+" "+n.Lineage)
			walk(n.Children)
		}
	}
	walk(body.Attributes.Organizations.AttributeValues)
	return strings.Join(all, ", ")
}

func TestResponsysFixturesAreRepeatable(t *testing.T) {
	t.Parallel()
	const section = `{
		"users": [{"name": "u", "password": "secret"}],
		"tokens": [{"token": "demo-token", "subject": "u"}],
		"organizations": [{"name": "Root", "children": [{"name": "A", "children": [{"name": "B"}]}]}, {"name": "D", "parent": "C"}, {"name": "C", "parent": "A"}],
		"programs": [{"name": "example_program"}, {"name": "p", "organizations": ["B", "A", "B"]}, {"name": "none", "organizations": []}],
		"campaigns": [{"name": "p", "organizations": ["C"]}]}`
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		get := func(program string) string {
			return s.want(t, 200, call{method: "GET", path: "/rest/api/v1.3/attributes/programs/" + program, header: responsysHeader}).body
		}
		for range 2 {
			s.applyResponsys(t, 200, section)
			if got, want := s.responsysLineages(t), "Root 7:, A 7:27:, B 7:27:47:, C 7:27:87:, D 7:27:87:67:"; got != want {
				t.Fatalf("the tree is %s, want %s", got, want)
			}
			s.wantResponsysAccess(t, "Root")
			if got := get("p"); !strings.Contains(got, `[{"id":47,"name":"B","lineage":"7:27:47:"},{"id":27,`) {
				t.Errorf("the first set is %s", got)
			}
			if got := get("none"); !strings.Contains(got, `[]`) {
				t.Errorf("the empty set is %s", got)
			}
			s.want(t, 200, call{method: "POST", path: responsysLogin, body: "auth_type=password&user_name=u&password=secret"})
		}
		s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("D", "A")})
		s.applyResponsys(t, 200, section)
		s.wantResponsysAccess(t, "D", "A") // the callers' data is left alone
		s.applyResponsys(t, 200, `{}`)
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{}`})
		s.wantResponsysAccess(t, "D", "A")

		s.applyResponsys(t, 200, `{"users": [{"name": "u", "password": "other", "enabled": true}]}`)
		s.want(t, 200, call{method: "POST", path: responsysLogin, body: "auth_type=password&user_name=u&password=other"})
		s.want(t, 400, call{method: "POST", path: responsysLogin, body: "auth_type=password&user_name=u&password=secret"})
	})
}

func TestResponsysDemoIsRepeatable(t *testing.T) {
	t.Parallel()
	database := servertest.Database("sqlite:" + t.TempDir() + "/orglink.db")
	s := start(t, database, servertest.Demo())
	s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("Global")})
	s = start(t, database, servertest.Demo())
	s.wantResponsysAccess(t, "Global")
}

func TestResponsysOrganizationsAreRenamedAndMoved(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("Global", "APAC")})
		s.applyResponsys(t, 200, `{"organizations": [
			{"id": 4000007, "name": "Asia", "parent": "Hub"},
			{"name": "Hub", "parent": "Global"},
			{"name": "APAC", "parent": "Asia"},
			{"id": 7, "name": "US"}]}`)
		if got, want := s.responsysLineages(t), "US 7:, Global 7:12000007:, Hub 7:12000007:12000027:, "+
			"Asia 7:12000007:12000027:4000007:, APAC 7:12000007:12000027:4000007:12000047:"; got != want {
			t.Errorf("the tree is %s, want %s", got, want)
		}
		a := s.want(t, 200, call{method: "GET", path: responsysProgram, header: responsysHeader})
		a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[
			{"id":12000007,"name":"Global","lineage":"7:12000007:"},
			{"id":4000007,"name":"Asia","lineage":"7:12000007:12000027:4000007:"}]}}}`)
		s.want(t, 400, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("USA")})
		s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("APAC")})
	})
}

func TestResponsysFixturesWithContradictionsChangeNothing(t *testing.T) {
	t.Parallel()
	deep := `{"name": "L0", "parent": "USA"}`
	for i := range 100 {
		deep += fmt.Sprintf(`, {"name": "L%d", "parent": "L%d"}`, i+1, i)
	}
	tests := map[string]struct {
		status        int
		section, says string
	}{
		"unknown parent":               {422, `{"organizations": [{"name": "X", "parent": "nope"}]}`, "no organization nope to be its parent"},
		"a second root":                {422, `{"organizations": [{"name": "X"}]}`, "there is one root"},
		"two new roots":                {422, `{"organizations": [{"name": "X"}, {"name": "Y"}]}`, "there is one root"},
		"the root moved":               {422, `{"organizations": [{"name": "USA", "parent": "APAC"}]}`, "USA is the root"},
		"below a new root":             {422, `{"organizations": [{"name": "X", "children": [{"name": "USA"}]}]}`, "USA is the root"},
		"cycle of stored":              {422, `{"organizations": [{"name": "APAC", "parent": "Global"}, {"name": "Global", "parent": "APAC"}]}`, "below itself"},
		"cycle of new":                 {422, `{"organizations": [{"name": "X", "parent": "Y"}, {"name": "Y", "parent": "X"}]}`, "below itself"},
		"its own parent":               {422, `{"organizations": [{"name": "X", "parent": "X"}]}`, "below itself"},
		"too deep":                     {422, `{"organizations": [` + deep + `]}`, "100 levels"},
		"duplicate name":               {422, `{"organizations": [{"name": "X", "parent": "USA"}, {"name": "X", "parent": "APAC"}]}`, "X is listed twice"},
		"duplicate id":                 {422, `{"organizations": [{"id": 9, "name": "X", "parent": "USA"}, {"id": 9, "name": "Y", "parent": "USA"}]}`, "Y is listed twice"},
		"name of another id":           {422, `{"organizations": [{"id": 9, "name": "APAC", "parent": "USA"}]}`, "the id 4000007"},
		"renamed to a name in use":     {422, `{"organizations": [{"id": 12000007, "name": "APAC"}]}`, "the id 4000007"},
		"two parents":                  {422, `{"organizations": [{"name": "USA", "children": [{"name": "X", "parent": "APAC"}]}]}`, "names the parent APAC"},
		"program of unknown":           {422, `{"programs": [{"name": "new", "organizations": ["APAC", "usa"]}]}`, "program new: there is no organization usa"},
		"campaign of unknown":          {422, `{"campaigns": [{"name": "new", "organizations": ["usa"]}]}`, "campaign new: there is no organization usa"},
		"duplicate program":            {422, `{"programs": [{"name": "new"}, {"name": "new", "organizations": []}]}`, "program new is listed twice"},
		"token of nobody":              {422, `{"tokens": [{"token": "t", "subject": "nobody"}]}`, "the user nobody"},
		"token in no form":             {422, `{"tokens": [{"subject": "demo"}]}`, "token of demo"},
		"user without password":        {422, `{"users": [{"name": "v"}]}`, "either the password or its hash"},
		"user with two passwords":      {422, `{"users": [{"name": "v", "password": "p", "passwordHash": "h"}]}`, "either the password or its hash"},
		"user with a bad hash":         {422, `{"users": [{"name": "v", "passwordHash": "h"}]}`, "user v"},
		"user with a long password":    {422, `{"users": [{"name": "v", "password": "` + strings.Repeat("é", 37) + `"}]}`, "longer than 72 bytes"},
		"duplicate user":               {422, `{"users": [{"name": "v", "password": "p"}, {"name": "v", "password": "p"}]}`, "v is listed twice"},
		"id zero":                      {400, `{"organizations": [{"id": 0, "name": "X", "parent": "USA"}]}`, "id"},
		"id that JSON cannot hold":     {400, `{"organizations": [{"id": 9007199254740993, "name": "X", "parent": "USA"}]}`, "id"},
		"unknown member":               {400, `{"organizations": [{"name": "X", "above": "USA"}]}`, ""},
		"a slash in a program's name":  {400, `{"programs": [{"name": "a/b"}]}`, "name"},
		"an empty name":                {400, `{"campaigns": [{"name": ""}]}`, "name"},
		"a name too long for an index": {400, `{"organizations": [{"name": "` + strings.Repeat("x", 256) + `", "parent": "USA"}]}`, "name"},
	}
	const extra = `{"users": [{"name": "w", "password": "demo-secret"}], "programs": [{"name": "extra"}], "organizations": [{"name": "Extra", "parent": "USA"}], `
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		before := s.responsysLineages(t)
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				if a := s.applyResponsys(t, test.status, test.section); !strings.Contains(a.body, test.says) {
					t.Errorf("the answer does not say %q: %s", test.says, a.body)
				}
			})
		}
		s.applyResponsys(t, 422, extra+`"campaigns": [{"name": "new", "organizations": ["nope"]}]}`)
		if after := s.responsysLineages(t); after != before {
			t.Errorf("the tree was %s and is %s", before, after)
		}
		s.want(t, 404, call{method: "GET", path: "/rest/api/v1.3/attributes/programs/extra", header: responsysHeader})
		s.want(t, 404, call{method: "GET", path: "/rest/api/v1.3/attributes/programs/new", header: responsysHeader})
		s.want(t, 400, call{method: "POST", path: responsysLogin, body: "auth_type=password&user_name=w&password=demo-secret"})
	})
	t.Run("program without any organization", func(t *testing.T) {
		t.Parallel()
		a := start(t).applyResponsys(t, 422, `{"programs": [{"name": "p"}]}`)
		if !strings.Contains(a.body, "no root organization") {
			t.Errorf("got %s", a.body)
		}
	})
}

func TestResponsysConcurrentFixturesKeepOneTree(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		s.applyResponsys(t, 200, `{"organizations": [{"name": "A", "parent": "USA"}, {"name": "B", "parent": "USA"}]}`)
		var wait sync.WaitGroup
		for i := range 24 {
			wait.Go(func() {
				section := []string{
					fmt.Sprintf(`{"organizations": [{"name": "unit %d", "parent": "A"}]}`, i),
					`{"organizations": [{"name": "A", "parent": "B"}]}`,
					`{"organizations": [{"name": "B", "parent": "A"}]}`,
				}[i%3]
				a := s.do(t, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"responsys":` + section + `}`})
				if a.status != 200 && (i%3 == 0 || a.status != 422) {
					t.Errorf("%s was answered with %d %s", section, a.status, a.body)
				}
			})
		}
		wait.Wait()
		tree := s.responsysLineages(t) // from the root down: what is in a cycle would not be reached
		if got := strings.Count(tree, ", ") + 1; got != 3+2+8 {
			t.Errorf("%d organizations are in the tree, want 13: %s", got, tree)
		}
	})
}
