package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"orglink/server"
	"orglink/store"
)

type serveCommand struct {
	databaseFlag
	tlsFlags
	operatorFlags
	Addr       string        `env:"ORGLINK_ADDR" default:"127.0.0.1:8080" help:"Address to listen on (default: ${default})."`
	Fixtures   string        `env:"ORGLINK_FIXTURES" placeholder:"FILE" help:"Apply the fixtures in FILE (YAML or JSON) to the default workspace."`
	Demo       bool          `env:"ORGLINK_DEMO" help:"Apply the demo data and print its credentials; loopback only."`
	AdminToken string        `env:"ORGLINK_ADMIN_TOKEN" placeholder:"TOKEN" help:"Token of the workbench's guarded calls; without one they answer 401."`
	PublicURL  string        `env:"ORGLINK_PUBLIC_URL" placeholder:"URL" help:"Scheme and host in URLs that answers hold, if not the request's."`
	CuxPrefix  string        `env:"ORGLINK_CUX_PREFIX" placeholder:"PATH" help:"Path under which CUX's calls answer, too, such as /prod/loyalty/cux."`
	CuxToken   string        `name:"cux-token-path" env:"ORGLINK_CUX_TOKEN_PATH" default:"/oauth/token" placeholder:"PATH" help:"Path of CUX's token call beside /oauth/token."`
	Migrate    bool          `env:"ORGLINK_MIGRATE" help:"Bring an older Postgres schema up to date at start."`
	DrainDelay time.Duration `env:"ORGLINK_DRAIN_DELAY" default:"0s" placeholder:"DURATION" help:"How long to answer on, unready, once told to stop; for load balancers to see it (default: ${default})."`
	Validate   bool          `name:"validate-responses" env:"ORGLINK_VALIDATE_RESPONSES" help:"Hold every answer against the document and send a 500 in place of one that breaks it; for tests."`
	LogFormat  string        `env:"ORGLINK_LOG_FORMAT" default:"text" help:"Format of the log: text or json (default: ${default})."`
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Demo && c.AdminToken == "" {
		c.AdminToken = server.DemoSecret
	}
	go server.Prepare()
	database, config := store.Config{URL: c.DatabaseURL, Migrate: c.Migrate}, c.config()
	var m *metrics
	if c.MetricsAddr != "" {
		m = newMetrics()
		database.OnCommit, config.Observe = m.commit, m.operation
	}
	st, err := store.Open(ctx, database)
	if errors.Is(err, store.ErrSchema) {
		return fmt.Errorf("%w; run `orglink migrate` on it, or serve with --migrate", err)
	}
	if err != nil {
		return err
	}
	return errors.Join(c.serve(ctx, config, st, m), st.Close())
}

// ballast is memory that nobody touches, so that it costs none. The collector counts it:
// it runs when the heap has grown by as much again, and not by the few megabytes that a
// server at rest holds, which some five hundred requests would do.
var ballast = make([]byte, 16<<20)

func (c *serveCommand) serve(ctx context.Context, config server.Config, st *store.Store, m *metrics) error {
	scheme := "http"
	if c.TLSCert != "" {
		certificate, err := newCertificate(c.tlsFlags, config.Log)
		if err != nil {
			return err
		}
		config.Certificate, scheme = certificate.get, "https"
	}
	s, err := server.New(config, st)
	if err != nil {
		return err
	}
	if err := c.apply(ctx, s); err != nil {
		return err
	}
	if m != nil {
		m.watch(s, st)
		operators, err := c.operatorFlags.serve(m, config.Log)
		if err != nil {
			return err
		}
		defer operators.Close()
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	announce(os.Stdout, scheme+"://"+listener.Addr().String())
	if c.Demo {
		announceDemo(os.Stdout, s.DemoCredentials())
	}
	defer runtime.KeepAlive(ballast)
	return s.Serve(ctx, listener)
}

func (c *serveCommand) config() server.Config {
	return server.Config{
		AdminToken:   c.AdminToken,
		PublicURL:    c.PublicURL,
		CuxPrefix:    c.CuxPrefix,
		CuxTokenPath: c.CuxToken,
		Demo:         c.Demo,
		Version:      version,
		DrainDelay:   c.DrainDelay,
		Log:          newLog(os.Stderr, c.LogFormat),

		ValidateResponses: c.Validate,
	}
}

// apply brings the default workspace to what the flags ask for.
func (c *serveCommand) apply(ctx context.Context, s *server.Server) error {
	if c.Demo {
		if err := s.ApplyDemo(ctx); err != nil {
			return fmt.Errorf("apply the demo data: %w", err)
		}
	}
	if c.Fixtures == "" {
		return nil
	}
	text, err := os.ReadFile(c.Fixtures)
	if err != nil {
		return err
	}
	if err := s.ApplyFixtures(ctx, text); err != nil {
		return fmt.Errorf("apply %s: %w", c.Fixtures, err)
	}
	return nil
}

// check reports all that is wrong with the configuration at once.
func (c *serveCommand) check() error {
	var problems []error
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		problems = append(problems, fmt.Errorf("--addr %q is not HOST:PORT", c.Addr))
	} else if c.Demo && !loopback(host) {
		problems = append(problems, fmt.Errorf("--demo has known credentials: it is refused on %q, which is not a loopback address", c.Addr))
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		problems = append(problems, fmt.Errorf("--log-format %q is neither text nor json", c.LogFormat))
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			problems = append(problems, fmt.Errorf("--public-url %q is not an http or https URL", c.PublicURL))
		}
	}
	problems = append(problems, c.config().Check(), c.tlsFlags.check(), c.operatorFlags.check())
	if c.DrainDelay < 0 {
		problems = append(problems, fmt.Errorf("--drain-delay %v is negative", c.DrainDelay))
	}
	if !strings.HasPrefix(c.DatabaseURL, "sqlite:") && !strings.HasPrefix(c.DatabaseURL, "postgres") {
		problems = append(problems, errors.New("--database-url must begin with sqlite: or postgres://"))
	}
	if c.Fixtures != "" {
		if _, err := os.Stat(c.Fixtures); err != nil {
			problems = append(problems, fmt.Errorf("--fixtures: %w", err))
		}
	}
	return errors.Join(problems...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func newLog(w io.Writer, format string) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// announce prints where to go, once the port answers.
func announce(w io.Writer, url string) {
	fmt.Fprintf(w, "API         %s\nSwagger UI  %s/docs\n", url, url)
}
