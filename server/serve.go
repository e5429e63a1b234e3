package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"orglink/server/reason"
)

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

// Serve answers on the listener until ctx ends. Then the server is not ready any
// more: after the drain delay it accepts no more connections and lets the requests
// under way finish, at most shutdownTimeout long.
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
	go func() { failed <- httpServer.Serve(reason.Listener{Listener: s.secured(listener)}) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.draining.Store(true)
	select {
	case err := <-failed:
		return err
	case <-time.After(s.config.DrainDelay):
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := httpServer.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(err, httpServer.Close())
	}
	return err
}

// secured puts TLS on the listener, if there is a certificate: below the connections
// that rewrite status lines, and for HTTP/1.1 only, as HTTP/2 has no reason phrase.
func (s *Server) secured(listener net.Listener) net.Listener {
	if s.config.Certificate == nil {
		return listener
	}
	return tls.NewListener(listener, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"http/1.1"},
		GetCertificate: s.config.Certificate,
	})
}
