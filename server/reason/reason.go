// Package reason sets the reason phrase of an HTTP/1 response, which net/http
// always prints as the standard text of the status. COmanage Registry puts its
// error texts there (COmanage "REST API v1").
package reason

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"sync"
)

// Conn is a connection on which the next response's status line may get a
// phrase of its own.
type Conn struct {
	net.Conn
	mu      sync.Mutex
	pending phrase
}

// phrase is the text for a response of one status; the zero phrase is none.
type phrase struct {
	status int
	text   string
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

// Set makes text, which holds no line break, the reason phrase of the response to
// the request that ctx belongs to. It is called before the response's status is
// written, and the last call counts. A response of another status keeps its
// standard phrase: the handler failed after it had chosen one. Without a [Conn]
// below (HTTP/2, say, which has no phrase) Set does nothing.
func Set(ctx context.Context, status int, text string) {
	c, ok := ctx.Value(key{}).(*Conn)
	if !ok {
		return
	}
	c.mu.Lock()
	c.pending = phrase{status, text}
	c.mu.Unlock()
}

// Write implements [net.Conn]. net/http flushes every response before it reads
// the next request, so a status line stands at the beginning of what it writes,
// and a pending phrase belongs to the first final one that comes by.
func (c *Conn) Write(b []byte) (int, error) {
	status, lineEnd := finalStatus(b)
	if status == 0 {
		return c.Conn.Write(b)
	}
	text := c.take(status)
	if text == "" {
		return c.Conn.Write(b)
	}
	out := make([]byte, 0, len(b)+len(text))
	out = append(out, b[:statusEnd]...)
	out = append(out, ' ')
	out = append(out, text...)
	out = append(out, b[lineEnd:]...)
	if n, err := c.Conn.Write(out); err != nil {
		return min(n, len(b)), err
	}
	return len(b), nil
}

// CloseWrite ends the sending half, where the connection below can: net/http does
// so before it drops a connection whose request it has not read to the end, lest
// the client lose the answer.
func (c *Conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// take returns the pending phrase if it is for the status, and forgets it.
func (c *Conn) take(status int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pending
	c.pending = phrase{}
	if p.status != status {
		return ""
	}
	return p.text
}

const (
	versionEnd = len("HTTP/1.1 ")
	statusEnd  = len("HTTP/1.1 200")
)

// finalStatus returns the status, and the end, of the status line that b begins
// with; 0 if there is none or it is an interim one (1xx).
func finalStatus(b []byte) (status, lineEnd int) {
	if !bytes.HasPrefix(b, []byte("HTTP/1.1 ")) && !bytes.HasPrefix(b, []byte("HTTP/1.0 ")) {
		return 0, 0
	}
	lineEnd = bytes.Index(b, []byte("\r\n"))
	if lineEnd < statusEnd {
		return 0, 0
	}
	status, err := strconv.Atoi(string(b[versionEnd:statusEnd]))
	if err != nil || status < 200 {
		return 0, 0
	}
	return status, lineEnd
}
