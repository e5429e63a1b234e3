// Package server serves the document: every operation of every family, over one
// store, on one listener.
package server

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"orglink/gen"
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
	// Certificate picks the certificate of a TLS connection; nil means that the
	// listener speaks plain HTTP.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// DrainDelay is how long the server goes on after it was told to stop, answering
	// that it is not ready, so that a load balancer sees it before connections are refused.
	DrainDelay time.Duration
	// ValidateResponses holds every answer against the document and sends a 500 in place
	// of one that breaks it. It is for tests: it costs time and memory.
	ValidateResponses bool
	// Observe, if set, is called once for each operation, by its operationId, and once
	// with none, for requests that no operation serves. What it returns is told of the
	// end of each such request; it must be quick, and many goroutines may call it at once.
	Observe func(operationID string) func(status int, took time.Duration)
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
	// observers are told of the end of a request, by operationId; nil if nobody wants to be.
	observers map[string]func(status int, took time.Duration)
	inFlight  atomic.Int64
	draining  atomic.Bool
}

// readDocument reads what the document says of requests, once in a process: it is large,
// and no server changes it.
var readDocument = sync.OnceValues(func() (*openapi3.T, error) {
	return openapi3.NewLoader().LoadFromData(gen.RequestsJSON)
})

// Prepare does beforehand what the first [New] in a process needs longest for. It may be
// called while the database is opened.
func Prepare() { _, _ = readDocument() } // New tells of the error

// New makes a server over the store.
func New(config Config, st *store.Store) (*Server, error) {
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	config.Log = slog.New(tracedLog{config.Log.Handler()})
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

	handlers, err := newHandlers(config, st, document, s.draining.Load)
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
	if config.Observe != nil {
		s.observers = s.newObservers(config.Observe)
	}
	answers, err := s.answers()
	if err != nil {
		return nil, err
	}
	s.handler = s.logged(s.enter(answers))
	return s, nil
}

// InFlight is how many requests are under way.
func (s *Server) InFlight() int { return int(s.inFlight.Load()) }

// ServeHTTP implements [http.Handler]. COmanage's reason phrases need [Server.Serve].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}
