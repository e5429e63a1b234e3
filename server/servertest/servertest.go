// Package servertest gives Go tests an Orglink of their own, in the manner of
// net/http/httptest:
//
//	srv := servertest.Start(t, servertest.Demo())
//	resp, err := srv.Client().Get(srv.URL + "/co_org_identity_links.json")
//
// The server is in the test's process, on a free port of the loopback interface, with a
// temporary database; it is gone when the test ends.
//
// The same test runs against a server that runs already, when ORGLINK_TEST_URL has its
// base URL (or [Running] says so). Then the test gets a workspace of that server, under a
// random name, with the same fixtures in it: [Server.URL] ends in it. The workspace is
// dropped when the test ends, however it ends; only where the process ends before the
// test, killed or by the panic of another one, it stays, and its name tells whose it was.
// ORGLINK_TEST_ADMIN_TOKEN is the server's admin token, if it is not that of the demo.
// Tests may run in parallel in either way, and each call of [Start] has data of its own.
package servertest

import (
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	"orglink/server"
	"orglink/store"
)

// AdminToken opens the workbench's guarded calls of a server in process, and of a running
// one that has the demo's. [Server.AdminToken] is right for both.
const AdminToken = server.DemoSecret

// Variables of the environment that have tests use a running server.
const (
	URLVariable        = "ORGLINK_TEST_URL"
	AdminTokenVariable = "ORGLINK_TEST_ADMIN_TOKEN"
)

// Server is an Orglink for one test.
type Server struct {
	// URL is the base URL of all calls, without a trailing slash. On a running server the
	// test's workspace is in it.
	URL string
	// Addr is the server's host and port.
	Addr string
	// Workspace is the name of the workspace that the URL leads to.
	Workspace string
	// AdminToken opens the workbench's guarded calls.
	AdminToken string

	client *http.Client
	store  *store.Store // nil for a running server
}

type options struct {
	fixtures []string
	running  *running // nil for a server in process

	// What follows is of servers in process only.
	needInProcess []string // names of the options that were given
	database      string
	replicas      int
	server        server.Config // its Demo is of running servers, too
}

// Option changes what [Start] gives.
type Option func(*options)

// inProcess is an option that makes no sense with a running server.
func inProcess(name string, set func(*options)) Option {
	return func(o *options) {
		o.needInProcess = append(o.needInProcess, name)
		set(o)
	}
}

// Demo applies the demo data, before any other fixtures.
func Demo() Option {
	return func(o *options) { o.server.Demo = true }
}

// Fixtures applies a fixtures document, in YAML or JSON.
func Fixtures(text string) Option {
	return func(o *options) { o.fixtures = append(o.fixtures, text) }
}

// Running takes a workspace of the running server with the base URL, which the admin
// token opens, whatever the environment says.
func Running(url, adminToken string) Option {
	return func(o *options) { o.running = &running{url: url, adminToken: adminToken, from: "Running"} }
}

// Database serves from the database that the URL names, instead of a temporary SQLite
// file. It needs a server in process.
func Database(url string) Option {
	return inProcess("Database", func(o *options) { o.database = url })
}

// Clock sets the server's clock, so that tokens and sessions expire when the test says.
// It needs a server in process.
func Clock(now func() time.Time) Option {
	return inProcess("Clock", func(o *options) { o.server.Now = now })
}

// PublicURL sets the scheme and host in URLs that answers hold. It needs a server in
// process.
func PublicURL(url string) Option {
	return inProcess("PublicURL", func(o *options) { o.server.PublicURL = url })
}

// CuxPaths sets the prefix and the token path of CUX. It needs a server in process.
func CuxPaths(prefix, tokenPath string) Option {
	return inProcess("CuxPaths", func(o *options) { o.server.CuxPrefix, o.server.CuxTokenPath = prefix, tokenPath })
}

// ValidateResponses holds every answer against the document: one that breaks it becomes a
// 500, whose header X-Orglink-Violation says what was wrong. It needs a server in process.
func ValidateResponses() Option {
	return inProcess("ValidateResponses", func(o *options) { o.server.ValidateResponses = true })
}

// Log sends the server's log somewhere; without it there is none. It needs a server in
// process.
func Log(log *slog.Logger) Option {
	return inProcess("Log", func(o *options) { o.server.Log = log })
}

// Start gives the test a server, or a workspace of a running one. It fails the test where
// it cannot.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	o := options{replicas: 1, server: server.Config{AdminToken: AdminToken, Version: "test"}}
	for _, opt := range opts {
		opt(&o)
	}
	if url := os.Getenv(URLVariable); o.running == nil && url != "" {
		o.running = &running{url: url, adminToken: AdminToken, from: URLVariable}
		if token := os.Getenv(AdminTokenVariable); token != "" {
			o.running.adminToken = token
		}
	}
	if o.running != nil {
		return startWorkspace(t, o)
	}
	return startInProcess(t, o)
}

// Client returns an HTTP client for the server.
func (s *Server) Client() *http.Client { return s.client }
