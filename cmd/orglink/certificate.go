package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

type tlsFlags struct {
	TLSCert string `name:"tls-cert" env:"ORGLINK_TLS_CERT" placeholder:"FILE" help:"Serve HTTPS with the certificate in FILE (PEM, with its chain); a renewed one is taken up."`
	TLSKey  string `name:"tls-key" env:"ORGLINK_TLS_KEY" placeholder:"FILE" help:"The certificate's private key (PEM)."`
}

func (f tlsFlags) check() error {
	if f == (tlsFlags{}) {
		return nil
	}
	if f.TLSCert == "" || f.TLSKey == "" {
		return errors.New("--tls-cert and --tls-key go together")
	}
	_, err := newCertificate(f, slog.New(slog.DiscardHandler))
	return err
}

// certificate is a certificate in two files. Each handshake looks whether they have
// changed, so that whatever renews them need not know of the server, and may write one
// after the other: until they fit, the certificate before is served.
type certificate struct {
	files tlsFlags
	log   *slog.Logger

	mu      sync.Mutex
	seen    [2]fileState
	current *tls.Certificate
}

// fileState tells one content of a file from another; the zero one is of no file.
type fileState struct {
	modified time.Time
	size     int64
}

func newCertificate(files tlsFlags, log *slog.Logger) (*certificate, error) {
	c := &certificate{files: files, log: log}
	c.seen = c.state() // before the files are read: a later change shows
	first, err := tls.LoadX509KeyPair(files.TLSCert, files.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	c.current = &first
	return c, nil
}

// get is for tls.Config.GetCertificate.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := c.state()
	if found == c.seen {
		return c.current, nil
	}
	c.seen = found
	renewed, err := tls.LoadX509KeyPair(c.files.TLSCert, c.files.TLSKey)
	if err != nil {
		c.log.Warn("the changed certificate cannot be used, the one before is kept", "cause", err.Error())
		return c.current, nil
	}
	c.current = &renewed
	c.log.Info("the certificate was renewed", "not_after", renewed.Leaf.NotAfter)
	return c.current, nil
}

func (c *certificate) state() (states [2]fileState) {
	for i, name := range []string{c.files.TLSCert, c.files.TLSKey} {
		if info, err := os.Stat(name); err == nil {
			states[i] = fileState{info.ModTime(), info.Size()}
		}
	}
	return states
}
