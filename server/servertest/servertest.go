// Package servertest starts Orglink in process for tests, in the manner of
// net/http/httptest:
//
//	srv := servertest.Start(t, servertest.Demo())
//	resp, err := srv.Client().Get(srv.URL + "/co_org_identity_links.json")
package servertest

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server"
	"orglink/store"
)

// AdminToken opens the workbench's guarded calls of every started server.
const AdminToken = "demo-secret"

// Server is a running Orglink. It is stopped at the end of its test.
type Server struct {
	// URL is the server's base URL, without a trailing slash.
	URL string
	// Addr is the server's host and port.
	Addr string

	client *http.Client
	store  *store.Store
}

type options struct {
	database string
	replicas int
	fixtures []string
	server   server.Config
}

// Option changes how [Start] starts a server.
type Option func(*options)

// Demo applies the demo data in the default workspace and has the explorer fill in
// its credentials.
func Demo() Option { return func(o *options) { o.server.Demo = true } }

// Fixtures applies a fixtures document, in YAML or JSON, in the default workspace.
func Fixtures(text string) Option {
	return func(o *options) { o.fixtures = append(o.fixtures, text) }
}

// Database serves from the database that the URL names, instead of a temporary
// SQLite file.
func Database(url string) Option { return func(o *options) { o.database = url } }

// Replicas serves from the Postgres database that the URL names by several servers, each
// of which is started alike. Calls through [Server.Client] take turns between them; all
// else of [Server] is the first one.
func Replicas(url string, n int) Option {
	return func(o *options) { o.database, o.replicas = url, n }
}

// Clock sets the server's clock.
func Clock(now func() time.Time) Option { return func(o *options) { o.server.Now = now } }

// IDs sets what makes the server's identifiers.
func IDs(next func() string) Option { return func(o *options) { o.server.NewID = next } }

// PublicURL sets the scheme and host in URLs that answers hold.
func PublicURL(url string) Option { return func(o *options) { o.server.PublicURL = url } }

// CuxPaths sets the prefix and the token path of CUX.
func CuxPaths(prefix, tokenPath string) Option {
	return func(o *options) { o.server.CuxPrefix, o.server.CuxTokenPath = prefix, tokenPath }
}

// ValidateResponses holds every answer against the document: one that breaks it becomes a
// 500, whose header X-Orglink-Violation says what was wrong.
func ValidateResponses() Option { return func(o *options) { o.server.ValidateResponses = true } }

// Log sends the server's log somewhere; without it there is none.
func Log(log *slog.Logger) Option { return func(o *options) { o.server.Log = log } }

// Start starts a server on a free port of the loopback interface, with a
// temporary database, as `orglink serve` does.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	o := options{database: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db"), replicas: 1}
	o.server.AdminToken = AdminToken
	o.server.Version = "test"
	for _, opt := range opts {
		opt(&o)
	}
	first := startOne(t, o)
	if o.replicas > 1 {
		balanced := &roundRobin{addresses: []string{first.Addr}, transport: transport()}
		for range o.replicas - 1 {
			balanced.addresses = append(balanced.addresses, startOne(t, o).Addr)
		}
		first.client.Transport = balanced
	}
	return first
}

func transport() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: 64} }

func startOne(t testing.TB, o options) *Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	st, err := store.Open(ctx, store.Config{URL: o.database, Migrate: true, Now: o.server.Now})
	if err != nil {
		stop()
		t.Fatalf("open the database: %v", err)
	}
	s, err := prepare(ctx, o, st)
	if err != nil {
		stop()
		st.Close()
		t.Fatalf("start the server: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		st.Close()
		t.Fatalf("listen: %v", err)
	}
	srv := &Server{
		Addr:   listener.Addr().String(),
		URL:    "http://" + listener.Addr().String(),
		client: &http.Client{Transport: transport()},
		store:  st,
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	t.Cleanup(func() {
		srv.client.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Errorf("stop the server: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return srv
}

func prepare(ctx context.Context, o options, st *store.Store) (*server.Server, error) {
	s, err := server.New(o.server, st)
	if err != nil {
		return nil, err
	}
	if o.server.Demo {
		if err := s.ApplyDemo(ctx); err != nil {
			return nil, err
		}
	}
	for _, text := range o.fixtures {
		if err := s.ApplyFixtures(ctx, []byte(text)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Client returns an HTTP client for the server.
func (s *Server) Client() *http.Client { return s.client }

// CloseDatabase closes the database under the running server: every call that
// needs it fails from then on, as in an outage.
func (s *Server) CloseDatabase(t testing.TB) {
	t.Helper()
	if err := s.store.Close(); err != nil {
		t.Fatalf("close the database: %v", err)
	}
}

// FillWriteQueue has as many writes wait as the store lets in: every call that changes
// something is refused from then on. The returned function lets them go; they have
// changed nothing.
func (s *Server) FillWriteQueue(t testing.TB) (release func()) {
	t.Helper()
	held := heldContext{Context: canceled(), release: make(chan struct{})}
	var waiting sync.WaitGroup
	release = sync.OnceFunc(func() {
		close(held.release)
		waiting.Wait()
	})
	t.Cleanup(release)
	var full atomic.Bool
	for !full.Load() {
		waiting.Go(func() {
			if err := s.store.Write(held, func(*store.Tx) error { return nil }); errors.Is(err, store.ErrBusy) {
				full.Store(true)
			}
		})
		runtime.Gosched()
	}
	return release
}

// heldContext holds a write up between being let in and reaching the database, when
// the store asks it for the workspace: on Postgres, writes that wait for one another
// there would take the connections that reads need.
type heldContext struct {
	context.Context
	release chan struct{}
}

// Value implements [context.Context].
func (c heldContext) Value(key any) any {
	<-c.release
	return c.Context.Value(key)
}

// canceled is a context under which no write changes anything.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
