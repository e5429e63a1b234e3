// Package reason sets the reason phrase of an HTTP/1 response, which net/http
// always prints as the standard text of the status. COmanage Registry puts its
// error texts there (COmanage "REST API v1").
package reason

import (
	"bytes"
	"context"
	"net"
	"sync"
)

// Conn is a connection on which the next response's status line may get a
// phrase of its own.
type Conn struct {
	net.Conn
	mu      sync.Mutex
	pending string
}

// Listener hands out connections as *Conn.
type Listener struct{ net.Listener }

// Accept implements [net.Listener].
func (l Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: c}, nil
}

type key struct{}

// ConnContext is for http.Server.ConnContext: it lets [Set] find the connection.
func ConnContext(ctx context.Context, c net.Conn) context.Context {
	if c, ok := c.(*Conn); ok {
		return context.WithValue(ctx, key{}, c)
	}
	return ctx
}

// Set makes phrase the reason phrase of the response to the request that ctx
// belongs to. It is called before the response's status is written; without a
// [Conn] below (HTTP/2, say, which has no phrase) it does nothing.
func Set(ctx context.Context, phrase string) {
	c, ok := ctx.Value(key{}).(*Conn)
	if !ok {
		return
	}
	c.mu.Lock()
	c.pending = phrase
	c.mu.Unlock()
}

// Write implements [net.Conn]. net/http flushes every response before it reads
// the next request, so a pending phrase belongs to the first final status line
// that comes by.
func (c *Conn) Write(b []byte) (int, error) {
	phrase := c.take(b)
	if phrase == "" {
		return c.Conn.Write(b)
	}
	const statusEnd = len("HTTP/1.1 200")
	lineEnd := bytes.Index(b, []byte("\r\n"))
	out := make([]byte, 0, len(b)+len(phrase))
	out = append(out, b[:statusEnd]...)
	out = append(out, ' ')
	out = append(out, phrase...)
	out = append(out, b[lineEnd:]...)
	if n, err := c.Conn.Write(out); err != nil {
		return min(n, len(b)), err
	}
	return len(b), nil
}

// take returns the pending phrase if b begins with a final status line.
func (c *Conn) take(b []byte) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pending == "" || !finalStatusLine(b) {
		return ""
	}
	phrase := c.pending
	c.pending = ""
	return phrase
}

// finalStatusLine reports whether b begins with the status line of an HTTP/1
// response that is not an interim one (1xx).
func finalStatusLine(b []byte) bool {
	if len(b) < len("HTTP/1.1 200") || !bytes.Contains(b, []byte("\r\n")) {
		return false
	}
	version := string(b[:len("HTTP/1.1 ")])
	return (version == "HTTP/1.1 " || version == "HTTP/1.0 ") && b[len(version)] != '1'
}
