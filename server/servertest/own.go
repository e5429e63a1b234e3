package servertest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"orglink/store"
)

// What is in this file serves Orglink's own tests. Others may find it of use, but it
// changes with these tests.

// Replicas is for Orglink's own tests: it serves from the Postgres database that the URL
// names by several servers, each of which is started alike. Calls through [Server.Client]
// take turns between them; all else of [Server] is the first one.
func Replicas(url string, n int) Option {
	return inProcess("Replicas", func(o *options) { o.database, o.replicas = url, n })
}

// IDs is for Orglink's own tests: it sets what makes the server's identifiers.
func IDs(next func() string) Option {
	return inProcess("IDs", func(o *options) { o.server.NewID = next })
}

// CloseDatabase is for Orglink's own tests: it closes the database under the server in
// process. Every call that needs it fails from then on, as in an outage.
func (s *Server) CloseDatabase(t testing.TB) {
	t.Helper()
	s.mustBeInProcess(t, "CloseDatabase")
	if err := s.store.Close(); err != nil {
		t.Fatalf("close the database: %v", err)
	}
}

// FillWriteQueue is for Orglink's own tests: it has as many writes wait as the store lets
// in, in process. Every call that changes something is refused from then on. The returned
// function lets them go; they have changed nothing.
func (s *Server) FillWriteQueue(t testing.TB) (release func()) {
	t.Helper()
	s.mustBeInProcess(t, "FillWriteQueue")
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

func (s *Server) mustBeInProcess(t testing.TB, method string) {
	t.Helper()
	if s.store == nil {
		t.Fatalf("servertest: %s needs a server in process, but %s is another one", method, s.URL)
	}
}
