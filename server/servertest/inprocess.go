package servertest

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"orglink/server"
	"orglink/store"
)

// startInProcess starts a server, or several, of the test's own.
func startInProcess(t testing.TB, o options) *Server {
	t.Helper()
	if o.database == "" {
		o.database = "sqlite:" + filepath.Join(t.TempDir(), "orglink.db")
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
		Addr:       listener.Addr().String(),
		URL:        "http://" + listener.Addr().String(),
		Workspace:  store.DefaultWorkspace,
		AdminToken: AdminToken,
		client:     &http.Client{Transport: transport()},
		store:      st,
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
