package server_test

import (
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

var admin = map[string]string{"Authorization": "Bearer " + servertest.AdminToken, "Content-Type": "application/json"}

func TestWorkbenchAnswersWithoutCredentials(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.ValidateResponses()) // packed documents, too
		for _, path := range []string{"/orglink/v1/health/live", "/orglink/v1/health/ready", "/orglink/v1/version", "/openapi.yaml", "/openapi.json"} {
			s.want(t, 200, call{method: "GET", path: path})
		}
		s.CloseDatabase(t)
		s.want(t, 200, call{method: "GET", path: "/orglink/v1/health/live"})
		s.want(t, 503, call{method: "GET", path: "/orglink/v1/health/ready"})
	})
}

func TestWorkspacesComeWithFixturesAndGoWithADrop(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		s.want(t, 200, call{method: "PUT", path: "/w/ci-42/orglink/v1/fixtures", header: admin, body: `{}`})
		list := s.want(t, 200, call{method: "GET", path: "/orglink/v1/workspaces", header: admin})
		if !strings.Contains(list.body, `"ci-42"`) || !strings.Contains(list.body, `"default"`) {
			t.Fatalf("the list lacks a workspace: %s", list.body)
		}
		s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/ci-42", header: admin})
		s.want(t, 404, call{method: "DELETE", path: "/orglink/v1/workspaces/ci-42", header: admin})
		s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/default", header: admin})
		list = s.want(t, 200, call{method: "GET", path: "/orglink/v1/workspaces", header: admin})
		if !strings.Contains(list.body, `"default"`) || strings.Contains(list.body, "ci-42") {
			t.Fatalf("want the default workspace only: %s", list.body)
		}
	})
}

func TestAWorkspaceIsMadeOnceByParallelFixtures(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment)
		const fixtures = `{"comanage": {"apiUsers": [{"name": "co_1.ci", "secret": "some-secret"}]}}`
		answers := make([]string, 8)
		var wait sync.WaitGroup
		for i := range answers {
			wait.Go(func() {
				a := s.do(t, call{method: "PUT", path: "/w/ci-42/orglink/v1/fixtures", header: admin, body: fixtures})
				if a.status != 200 {
					t.Errorf("got %d %s", a.status, a.body)
				}
				answers[i] = a.body
			})
		}
		wait.Wait()
		for _, body := range answers {
			if body != answers[0] {
				t.Errorf("the workspace was made twice: %s and %s", answers[0], body)
			}
		}
	})
}

func TestWorkbenchRefusesBadRequests(t *testing.T) {
	t.Parallel()
	s := start(t)
	const fixtures = "/orglink/v1/fixtures"
	for name, test := range map[string]struct {
		status int
		call   call
	}{
		"no token":              {401, call{method: "GET", path: "/orglink/v1/workspaces"}},
		"wrong token":           {401, call{method: "PUT", path: fixtures, header: map[string]string{"Authorization": "Bearer x"}, body: `{}`}},
		"drop without token":    {401, call{method: "DELETE", path: "/orglink/v1/workspaces/ci-42"}},
		"bad workspace name":    {400, call{method: "DELETE", path: "/orglink/v1/workspaces/A%20B", header: admin}},
		"bad prefix name":       {400, call{method: "PUT", path: "/w/A%20B" + fixtures, header: admin, body: `{}`}},
		"malformed JSON":        {400, call{method: "PUT", path: fixtures, header: admin, body: `{`}},
		"half a surrogate pair": {400, call{method: "PUT", path: fixtures, header: admin, body: `{"\udc00":1}`}},
		"a password too long":   {422, call{method: "PUT", path: fixtures, header: admin, body: `{"comanage":{"apiUsers":[{"name":"co_1.x","secret":"` + strings.Repeat("é", 60) + `"}]}}`}},
		"unknown section":       {400, call{method: "PUT", path: fixtures, header: admin, body: `{"nope":{}}`}},
		"wrong content type":    {415, call{method: "PUT", path: fixtures, header: map[string]string{"Authorization": admin["Authorization"], "Content-Type": "text/plain"}, body: `{}`}},
		"body over the limit":   {413, call{method: "PUT", path: fixtures, header: admin, body: strings.Repeat(" ", 16<<20) + `{}`}},
		"unknown path":          {404, call{method: "GET", path: "/nope"}},
		"wrong method":          {405, call{method: "POST", path: "/orglink/v1/version"}},
		"OPTIONS":               {405, call{method: "OPTIONS", path: "/orglink/v1/version"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.want(t, test.status, test.call)
		})
	}
}

func TestWorkbenchHidesTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.CloseDatabase(t)
	for _, c := range []call{
		{method: "GET", path: "/orglink/v1/workspaces", header: admin},
		{method: "DELETE", path: "/orglink/v1/workspaces/ci-42", header: admin},
		{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{}`},
	} {
		a := s.want(t, 500, c)
		if strings.Contains(a.body, "sql") || strings.Contains(a.body, "store") || strings.Contains(a.body, ".go") {
			t.Errorf("%s %s leaks its cause: %s", c.method, c.path, a.body)
		}
	}
}
