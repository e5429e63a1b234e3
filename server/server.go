// Package server serves the document: every operation of every family, over one
// store, on one listener.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"orglink/gen"
	"orglink/server/reason"
	"orglink/server/workbench"
	"orglink/store"
)

// Config is what an operator may set.
type Config struct {
	// AdminToken opens the workbench's guarded calls; empty means that they answer 401.
	AdminToken string
	// PublicURL is the scheme and host in URLs that answers hold; empty means
	// those of the request.
	PublicURL string
	// CuxPrefix is a path under which CUX's calls answer, too, as under a vendor's base
	// URL with an environment and a suite in it; empty means none.
	CuxPrefix string
	// CuxTokenPath is where CUX's token call answers beside /oauth/token; empty means
	// nowhere else.
	CuxTokenPath string
	// Demo says that the demo data are applied: the explorer fills in its credentials.
	Demo bool
	// Version of the build, as the version call reports it.
	Version string
	// Log gets one line a request; nil means none.
	Log *slog.Logger
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
	// NewID makes identifiers; nil means random UUIDs.
	NewID func() string
}

// Server is Orglink over one store. Make it with [New].
type Server struct {
	config   Config
	store    *store.Store
	log      *slog.Logger
	document *openapi3.T
	families []family
	echo     *echo.Echo
	handler  http.Handler
	bench    workbench.Handlers
}

// readDocument reads the document, once in a process: it is large, and no server
// changes it.
var readDocument = sync.OnceValues(gen.GetSpec)

// New makes a server over the store.
func New(config Config, st *store.Store) (*Server, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.NewID == nil {
		config.NewID = uuid.NewString
	}
	if err := config.Check(); err != nil {
		return nil, err
	}
	document, err := readDocument()
	if err != nil {
		return nil, fmt.Errorf("load the document: %w", err)
	}
	defineFormats()
	s := &Server{config: config, store: st, log: config.Log, document: document}

	handlers, err := newHandlers(config, st, document)
	if err != nil {
		return nil, err
	}
	s.bench = handlers.workbenchHandlers
	s.families = handlers.families(config)

	s.echo = echo.New()
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.IPExtractor = echo.ExtractIPDirect()
	s.echo.Use(recovered, noOptions)
	if err := s.routes(handlers); err != nil {
		return nil, err
	}
	s.handler = s.logged(s.enter(s.echo))
	return s, nil
}

// ServeHTTP implements [http.Handler]. COmanage's reason phrases need [Server.Serve].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Time limits of a connection. A body of the largest size must fit in readTimeout
// on a slow link, an unpaged list in writeTimeout.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = 2 * time.Minute
	writeTimeout    = 10 * time.Minute
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 20 * time.Second
	// requestTimeout ends the work for a request, also when its client is gone. A list
	// that is read in pages while it is sent has a limit for each.
	requestTimeout = 2 * time.Minute
)

// Serve answers on the listener until ctx ends; then it lets the requests under
// way finish, at most shutdownTimeout long.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	httpServer := &http.Server{
		Handler:           s,
		ConnContext:       reason.ConnContext,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(reason.Listener{Listener: listener}) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := httpServer.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(err, httpServer.Close())
	}
	return err
}
