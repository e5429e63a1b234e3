package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

const (
	responsysProgram  = "/rest/api/v1.3/attributes/programs/example_program"
	responsysCampaign = "/rest/api/v1.3/attributes/campaigns/example_campaign"
	responsysTree     = "/rest/api/v1.3/attributes/organizations"
	responsysLogin    = "/rest/api/v1.3/auth/token"
	responsysMedia    = "application/json;charset=UTF-8"
)

// responsysHeader is what the demo's user sends.
var responsysHeader = map[string]string{"Authorization": "demo-token", "Content-Type": "application/json"}

// responsysBody is a request that assigns the organizations.
func responsysBody(names ...string) string {
	values := make([]map[string]string, 0, len(names))
	for _, name := range names {
		values = append(values, map[string]string{"name": name})
	}
	text, err := json.Marshal(map[string]any{"attributes": map[string]any{"organizations": map[string]any{"attributeValues": values}}})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// responsysNames are the assigned organizations of an answer, in its order.
func responsysNames(t *testing.T, a answer) []string {
	t.Helper()
	var body struct {
		Attributes struct {
			Organizations struct {
				AttributeValues []struct{ Name string }
			}
		}
	}
	a.json(t, &body)
	names := []string{}
	for _, value := range body.Attributes.Organizations.AttributeValues {
		names = append(names, value.Name)
	}
	return names
}

// wantResponsysAccess fails the test unless these organizations, in this order,
// can access the example program.
func (s *site) wantResponsysAccess(t *testing.T, names ...string) {
	t.Helper()
	a := s.want(t, 200, call{method: "GET", path: responsysProgram, header: responsysHeader})
	if got := responsysNames(t, a); fmt.Sprint(got) != fmt.Sprint(names) {
		t.Errorf("the program is accessible to %q, want %q", got, names)
	}
}

// wantResponsysError fails the test unless the answer is the error object with
// this status, code and detail, in the platform's order of members.
func (s *site) wantResponsysError(t *testing.T, status int, code, detail string, c call) {
	t.Helper()
	a := s.want(t, status, c)
	var got struct{ Title, ErrorCode, Detail string }
	a.json(t, &got)
	title, _ := json.Marshal(got.Title)
	text, _ := json.Marshal(got.Detail)
	want := fmt.Sprintf(`{"type":"","title":%s,"errorCode":"%s","detail":%s,"errorDetails":[]}`, title, code, text)
	if a.body != want {
		t.Errorf("%s %s: got %s\nwant the code %s", c.method, c.path, a.body, code)
	}
	if got.Title == "" || strings.HasSuffix(got.Title, ".") || got.Detail != detail {
		t.Errorf("%s %s: title %q, detail %q; want a title without a period, and the detail %q", c.method, c.path, got.Title, got.Detail, detail)
	}
	if media := a.header.Get("Content-Type"); media != responsysMedia {
		t.Errorf("%s %s: Content-Type %q", c.method, c.path, media)
	}
}

func TestResponsysAnswersTheDocumentedSamples(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		sample := `{
		  "attributes": {
		    "organizations": {
		      "attributeValues": [
		        {
		          "name": "USA"
		        },
		        {
		          "name": "APAC"
		        },
		        {
		          "name": "Global"
		        }
		      ]
		    }
		  }
		}`
		a := s.want(t, 200, call{method: "GET", path: responsysProgram, header: map[string]string{"Authorization": "demo-token"}})
		golden(t, "responsys/fetched.json", a.body)
		a = s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: sample})
		golden(t, "responsys/assigned.json", a.body)
		if media := a.header.Get("Content-Type"); media != responsysMedia {
			t.Errorf("Content-Type is %q", media)
		}
		a = s.want(t, 200, call{method: "GET", path: responsysProgram, header: map[string]string{"Authorization": "demo-token"}})
		golden(t, "responsys/assigned.json", a.body)
		a = s.want(t, 400, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("USA", "usa")})
		golden(t, "responsys/unknown-organization.json", a.body)
		s.wantResponsysAccess(t, "USA", "APAC", "Global")
	})
}

func TestResponsysListsTheTreeOfOrganizations(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(`
responsys:
  users: [{name: u, passwordHash: "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"}]
  tokens: [{token: demo-token, subject: u}]
  organizations:
    - id: 7
      name: Root
      children:
        - id: 4000007
          name: India
          children:
            - id: 4000027
              name: Karnataka
              children: [{id: 4000067, name: Bangalore}, {id: 4000087, name: Mysore}]
            - {id: 4000047, name: Delhi}
            - id: 8000107
              name: Tamil Nadu
              children: [{id: 8000127, name: Chennai}]
        - {id: 27, name: Legacy}
`))
		a := s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader})
		golden(t, "responsys/organizations.json", a.body)
	})
	t.Run("without organizations", func(t *testing.T) {
		t.Parallel()
		s := start(t, servertest.Fixtures(responsysUserOnly))
		a := s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader})
		a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[]}}}`)
	})
}

const responsysUserOnly = `
responsys:
  users: [{name: u, passwordHash: "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"}]
  tokens: [{token: demo-token, subject: u}]
`

func TestResponsysReplacesTheSet(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.wantResponsysAccess(t, "USA") // a program starts with the root
		for _, step := range []struct {
			body string
			want []string
		}{
			{responsysBody("Global", "USA"), []string{"Global", "USA"}},
			{responsysBody("APAC"), []string{"APAC"}},
			{responsysBody(), []string{}},
			{responsysBody("Global", "APAC", "Global", "USA", "APAC"), []string{"Global", "APAC", "USA"}},
			{`{"attributes":{"organizations":{"attributeValues":[{"id":"x","name":"APAC","lineage":7,"children":[]}],"more":1},"more":{}},"Attributes":null}`, []string{"APAC"}},
			{`{"attributes":1,"attributes":{"organizations":{"attributeValues":[{"name":"usa","name":"USA"}]}}}`, []string{"USA"}},
		} {
			a := s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: step.body})
			if got := responsysNames(t, a); fmt.Sprint(got) != fmt.Sprint(step.want) {
				t.Errorf("%s was answered with %q, want %q", step.body, got, step.want)
			}
			s.wantResponsysAccess(t, step.want...)
		}
		got := s.want(t, 200, call{method: "GET", path: responsysProgram, header: responsysHeader})
		again := s.want(t, 200, call{method: "POST", path: responsysProgram, header: responsysHeader, body: got.body})
		if again.body != got.body {
			t.Errorf("what GET answered was answered with %s by POST", again.body)
		}
	})
}

func TestResponsysMatchesNamesExactly(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, name := range []string{"usa", "Usa", " USA", "USA ", "US", "USA\n", "UŚA", "U\u0053\u0301A", "%", "7"} {
			s.wantResponsysError(t, 400, "SET_OBJECT_ATTRIBUTE_EXCEPTION",
				"Unable to set Access Attributes for the program. Invalid attribute value: "+name,
				call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("APAC", name, "nope")})
		}
		s.wantResponsysAccess(t, "USA")
	})
}

func TestResponsysProgramNamesArePercentEncoded(t *testing.T) {
	t.Parallel()
	names := []string{"a b", "[TEST]_x", "!-=@_[]{}", "A  B", "-", "x@y=z{1}!"}
	fixtures := "responsys: {organizations: [{name: Root}, {name: Sub, parent: Root}], programs: ["
	for _, name := range names {
		fixtures += fmt.Sprintf("{name: %q},", name)
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(responsysUserOnly), servertest.Fixtures(fixtures+"]}"))
		for _, name := range names {
			every := ""
			for _, b := range []byte(name) {
				every += fmt.Sprintf("%%%02X", b)
			}
			path := "/rest/api/v1.3/attributes/programs/"
			s.want(t, 200, call{method: "POST", path: path + url.PathEscape(name), header: responsysHeader, body: responsysBody("Sub")})
			for _, encoded := range []string{every, url.PathEscape(name)} {
				a := s.want(t, 200, call{method: "GET", path: path + encoded, header: responsysHeader})
				if got := responsysNames(t, a); fmt.Sprint(got) != "[Sub]" {
					t.Errorf("%q as %s is accessible to %q", name, encoded, got)
				}
			}
		}
		for encoded, name := range map[string]string{
			"a+b": "a+b", "a%2Bb": "a+b", "a%2520b": "a%20b", "a%2Fb": "a/b", "%2Fa": "/a", "a%5Cb": `a\b`, "a%3Fb": "a?b", "a%23b": "a#b",
			"a%3Bb": "a;b", "a,b": "a,b", "%2E%2E": "..", "..%2F..": "../..", "a.json": "a.json", "A%20b": "A b", "%22": `"`, "%C3%A9": "é", "a%0Ab": "a\nb",
		} {
			for _, method := range []string{"GET", "POST"} {
				s.wantResponsysError(t, 404, "PROGRAM_NOT_FOUND", "Program with the name "+name+" not found",
					call{method: method, path: "/rest/api/v1.3/attributes/programs/" + encoded, header: responsysHeader, body: responsysBody("Sub")})
			}
		}
	})
}

func TestResponsysConcurrentReplacesLeaveOneOfTheSets(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		sets := [][]string{{"USA"}, {"APAC", "Global"}, {"Global", "APAC", "USA"}, {}, {"Global", "USA"}}
		whole := map[string]bool{}
		for _, set := range sets {
			whole[fmt.Sprint(set)] = true
		}
		var wait sync.WaitGroup
		for i := range 60 {
			wait.Go(func() {
				set := sets[i%len(sets)]
				a := s.do(t, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody(set...)})
				if a.status != 200 || fmt.Sprint(responsysNames(t, a)) != fmt.Sprint(set) {
					t.Errorf("%q was answered with %d %s", set, a.status, a.body)
				}
				a = s.do(t, call{method: "GET", path: responsysProgram, header: responsysHeader})
				if got := fmt.Sprint(responsysNames(t, a)); a.status != 200 || !whole[got] {
					t.Errorf("a reader saw %d %s, which nobody set", a.status, got)
				}
			})
		}
		wait.Wait()
		a := s.want(t, 200, call{method: "GET", path: responsysProgram, header: responsysHeader})
		if got := fmt.Sprint(responsysNames(t, a)); !whole[got] {
			t.Errorf("%s is left, which nobody set", got)
		}
	})
}

func TestResponsysWorkspacesAreApart(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, call{method: "PUT", path: "/w/other/orglink/v1/fixtures", header: admin, body: `{"responsys":{
			"users":[{"name":"demo","password":"other-secret"}],
			"organizations":[{"id":7,"name":"EMEA","children":[{"name":"USA"}]}],
			"programs":[{"name":"example_program"}]}}`})
		form := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		s.wantResponsysError(t, 400, "INVALID_USER_NAME_PASSWORD", "", call{
			method: "POST", path: "/w/other" + responsysLogin,
			header: form, body: "auth_type=password&user_name=demo&password=demo-secret",
		})
		a := s.want(t, 200, call{
			method: "POST", path: "/w/other" + responsysLogin,
			header: form, body: "auth_type=password&user_name=demo&password=other-secret",
		})
		var login struct{ AuthToken, EndPoint string }
		a.json(t, &login)
		if login.EndPoint != s.URL+"/w/other" {
			t.Errorf("the endPoint of the workspace is %q", login.EndPoint)
		}
		other := map[string]string{"Authorization": login.AuthToken}
		a = s.want(t, 200, call{method: "GET", path: "/w/other" + responsysProgram, header: other})
		a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[{"id":7,"name":"EMEA","lineage":"7:"}]}}}`)
		a = s.want(t, 200, call{method: "POST", path: "/w/other" + responsysProgram, header: other, body: responsysBody("USA")})
		a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[{"id":27,"name":"USA","lineage":"7:27:"}]}}}`)
		s.wantResponsysAccess(t, "USA")

		const detail = "Not a valid authentication token"
		s.wantResponsysError(t, 401, "INVALID_TOKEN", detail, call{method: "GET", path: responsysProgram, header: other})
		s.wantResponsysError(t, 401, "INVALID_TOKEN", detail, call{method: "GET", path: "/w/other" + responsysProgram, header: responsysHeader})
		for _, path := range []string{responsysProgram, responsysTree, responsysLogin} {
			s.wantResponsysError(t, 404, "RESOURCE_NOT_FOUND", "Resource not found", call{method: "POST", path: "/w/no-such" + path, header: responsysHeader})
		}
	})
}

func TestResponsysHidesTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader})
		s.CloseDatabase(t)
		unseen := map[string]string{"Authorization": "unseen"}
		for _, c := range []call{
			{method: "GET", path: responsysTree, header: responsysHeader},
			{method: "GET", path: responsysProgram, header: responsysHeader},
			{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("USA")},
			{method: "POST", path: responsysProgram, header: responsysHeader, body: `{}`},
			{method: "POST", path: responsysLogin, body: "auth_type=password&user_name=demo&password=demo-secret"},
			// Who called a moment ago, and the limits, are known without the database.
			{method: "POST", path: responsysLogin, header: unseen, body: "auth_type=token"},
			{method: "GET", path: "/rest/nope", header: unseen},
			{method: "GET", path: responsysCampaign, header: responsysHeader},
			{method: "POST", path: responsysCampaign, header: responsysHeader, body: responsysBody("USA")},
			{method: "GET", path: responsysPrograms, header: responsysHeader},
			{method: "GET", path: responsysPrograms + "/example_program", header: responsysHeader},
			{method: "PATCH", path: responsysPrograms + "/example_program", header: responsysHeader, body: `{"action":"publish"}`},
			{method: "GET", path: responsysUserInfo, header: responsysHeader},
			{method: "GET", path: responsysLimits, header: unseen},
		} {
			s.wantResponsysError(t, 500, "UNEXPECTED_EXCEPTION", "", c)
		}
	})
}

// responsysClock is a clock that a test moves.
type responsysClock struct{ now atomic.Int64 }

func newResponsysClock(at time.Time) *responsysClock {
	c := &responsysClock{}
	c.now.Store(at.UnixMilli())
	return c
}

func (c *responsysClock) Now() time.Time       { return time.UnixMilli(c.now.Load()) }
func (c *responsysClock) add(by time.Duration) { c.now.Add(by.Milliseconds()) }
