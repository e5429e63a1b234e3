package server_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server"
	"orglink/server/servertest"
	"orglink/store"
)

func TestExplorerIsServedFromTheBinary(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, mediaType := range map[string]string{
		"/docs/":                     "text/html; charset=utf-8",
		"/docs/explorer.css":         "text/css; charset=utf-8",
		"/docs/swagger-ui.css":       "text/css; charset=utf-8",
		"/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
		"/docs/explorer.js":          "text/javascript; charset=utf-8",
		"/docs/oauth2-redirect.html": "text/html; charset=utf-8",
		"/docs/oauth2-redirect.js":   "text/javascript; charset=utf-8",
		"/docs/favicon-32x32.png":    "image/png",
		"/docs/credentials.json":     "application/json",
		"/docs/LICENSE":              "text/plain; charset=utf-8",
		"/docs/NOTICE":               "text/plain; charset=utf-8",
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			a := s.want(t, 200, call{method: "GET", path: path})
			if got := a.header.Get("Content-Type"); got != mediaType {
				t.Errorf("got Content-Type %q, want %q", got, mediaType)
			}
			policy := a.header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self'", "frame-ancestors 'none'"} {
				if !strings.Contains(policy, part) {
					t.Errorf("the policy lacks %s: %q", part, policy)
				}
			}
			if got := a.header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("got X-Content-Type-Options %q", got)
			}
			if head := s.want(t, 200, call{method: "HEAD", path: path}); head.body != "" {
				t.Errorf("HEAD has a body: %s", head.body)
			}
		})
	}
}

func TestExplorerIsAtDocs(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.want(t, 302, call{method: "GET", path: "/docs"})
	if got := a.header.Get("Location"); got != "/docs/" {
		t.Errorf("GET /docs leads to %q, want /docs/", got)
	}
}

func TestExplorerFilesAreRevalidated(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	a := s.want(t, 200, call{method: "GET", path: "/docs/swagger-ui-bundle.js"})
	if got := a.header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("got Cache-Control %q, want no-cache", got)
	}
	tag := a.header.Get("ETag")
	again := s.want(t, 304, call{method: "GET", path: "/docs/swagger-ui-bundle.js", header: map[string]string{"If-None-Match": tag}})
	if tag == "" || again.body != "" {
		t.Errorf("want an ETag and an empty 304, got %q and %d bytes", tag, len(again.body))
	}
	credentials := s.want(t, 200, call{method: "GET", path: "/docs/credentials.json"})
	if got := credentials.header.Get("Cache-Control"); got != "no-store" || credentials.header.Get("ETag") != "" {
		t.Errorf("credentials may be kept: Cache-Control %q, ETag %q", got, credentials.header.Get("ETag"))
	}
}

func TestExplorerRefusesOtherPathsAndMethods(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, test := range map[string]struct {
		status int
		call   call
	}{
		"unknown file":       {404, call{method: "GET", path: "/docs/nope.js"}},
		"directory":          {404, call{method: "GET", path: "/docs/assets/swagger-ui.css"}},
		"file with a slash":  {404, call{method: "GET", path: "/docs/swagger-ui.css/"}},
		"traversal":          {404, call{method: "GET", path: "/docs/../explorer.go"}},
		"escaped traversal":  {404, call{method: "GET", path: "/docs/%2e%2e%2fexplorer.go"}},
		"source of the page": {404, call{method: "GET", path: "/docs/index.html"}},
		"POST to the root":   {405, call{method: "POST", path: "/"}},
		"POST to the page":   {405, call{method: "POST", path: "/docs"}},
		"PUT of a file":      {405, call{method: "PUT", path: "/docs/swagger-ui.css", body: "x"}},
		"DELETE of a file":   {405, call{method: "DELETE", path: "/docs/credentials.json"}},
		"OPTIONS":            {405, call{method: "OPTIONS", path: "/docs/"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.want(t, test.status, test.call)
			if allow := a.header.Get("Allow"); test.status == 405 && allow != "GET, HEAD" {
				t.Errorf("got Allow %q, want GET, HEAD", allow)
			}
		})
	}
}

func TestExplorerHandsOutCredentialsOfTheDemoOnly(t *testing.T) {
	t.Parallel()
	plain := start(t)
	plain.want(t, 200, call{method: "GET", path: "/docs/credentials.json"}).wantJSON(t, `{}`)

	demo := start(t, servertest.Demo())
	var filled map[string]map[string]string
	demo.want(t, 200, call{method: "GET", path: "/docs/credentials.json"}).json(t, &filled)
	for _, name := range neededSchemes() {
		if len(filled[name]) == 0 {
			t.Errorf("the demo has no credential for the document's %s: %v", name, filled)
		}
	}
}

// neededSchemes are the security schemes without which some operation cannot be
// called, by name.
func neededSchemes() []string {
	var names []string
	for _, item := range contract.Paths.Map() {
		for _, op := range item.Operations() {
			if op.Security == nil || slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 }) {
				continue
			}
			for _, requirement := range *op.Security {
				names = slices.AppendSeq(names, maps.Keys(requirement))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestExplorerDoesNotKnowTheOperatorsAdminToken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	st, err := store.Open(ctx, store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := server.New(server.Config{Demo: true, AdminToken: "the-operator-s"}, st)
	if err != nil {
		t.Fatal(err)
	}
	credentials := s.DemoCredentials()
	if len(credentials) == 0 {
		t.Error("the demo has no credentials")
	}
	for _, c := range credentials {
		if c.For == "admin" {
			t.Errorf("an admin token is handed out that does not work, or should not be: %+v", c)
		}
	}
}

func TestExplorerIsNotUnderAPrefix(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/registry/", "/registry/docs/", "/w/default/", "/w/default/docs/", "/svi-datahub/docs/"} {
		resp, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode < 400 || resp.Request.URL.Path != path {
			t.Errorf("GET %s answered %d at %s", path, resp.StatusCode, resp.Request.URL)
		}
	}
}
