package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"time"
)

// ioTimeout bounds how long a connection waits for an answer.
const ioTimeout = 60 * time.Second

// connection is one keep-alive connection of the load, with a loop of its own instead of
// net/http's client, which would take as much of the machine as the servers.
type connection struct {
	index  int // among the connections of its server
	conn   net.Conn
	in     *bufio.Reader
	out    []byte
	random *rand.Rand
	answer answer
}

// answer is what is read of an answer.
type answer struct {
	status int
	etag   string // without its quotes
	length int64  // of the body
}

func dial(addr string, index int) (*connection, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &connection{
		index: index, conn: conn, in: bufio.NewReaderSize(conn, 32<<10),
		random: newRandom(index),
	}, nil
}

// newRandom is the same in every run.
func newRandom(index int) *rand.Rand { return rand.New(rand.NewPCG(uint64(index), 1)) }

func (c *connection) close() { _ = c.conn.Close() } // nothing is on its way

// request begins a request, which body or noBody ends.
func (c *connection) request(t *target, authorization, method, path string) {
	c.out = append(c.out[:0], method...)
	c.out = append(c.out, ' ')
	c.out = append(c.out, path...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, t.process.addr...)
	c.out = append(c.out, "\r\nAuthorization: "...)
	c.out = append(c.out, authorization...)
	c.out = append(c.out, "\r\n"...)
}

func (c *connection) header(name, value string) {
	c.out = fmt.Appendf(c.out, "%s: %s\r\n", name, value)
}

func (c *connection) body(text string) {
	c.out = append(c.out, "Content-Type: application/json\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(text)), 10)
	c.out = append(c.out, "\r\n\r\n"...)
	c.out = append(c.out, text...)
}

func (c *connection) noBody() { c.out = append(c.out, "\r\n"...) }

// roundTrip sends the request and reads its answer.
func (c *connection) roundTrip() error {
	if err := c.conn.SetDeadline(time.Now().Add(ioTimeout)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.out); err != nil {
		return err
	}
	return c.answer.read(c.in)
}

var errNotHTTP = errors.New("this is no HTTP/1.1 answer")

// read reads an answer and throws its body away. It knows what servers send to plain
// requests: a body with a length, or in chunks.
func (a *answer) read(in *bufio.Reader) error {
	*a = answer{}
	line, err := readLine(in)
	if err != nil {
		return err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return errNotHTTP
	}
	if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return errNotHTTP
	}
	length, chunked := int64(-1), false
	for {
		if line, err = readLine(in); err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return errNotHTTP
		}
		value = bytes.TrimSpace(value)
		switch {
		case is(name, "content-length"):
			if length, err = strconv.ParseInt(string(value), 10, 64); err != nil || length < 0 {
				return errNotHTTP
			}
		case is(name, "transfer-encoding"):
			chunked = is(value, "chunked")
		case is(name, "etag"):
			a.etag = string(bytes.Trim(value, `"`))
		}
	}
	switch {
	case chunked:
		return a.readChunks(in)
	case length >= 0:
		a.length = length
		return discard(in, length)
	}
	return errNotHTTP
}

func (a *answer) readChunks(in *bufio.Reader) error {
	for {
		line, err := readLine(in)
		if err != nil {
			return err
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 64)
		if err != nil || size < 0 {
			return errNotHTTP
		}
		if size > 0 {
			a.length += size
			if err := discard(in, size); err != nil {
				return err
			}
		}
		if line, err = readLine(in); err != nil {
			return err
		}
		if len(line) > 0 {
			return errNotHTTP
		}
		if size == 0 {
			return nil
		}
	}
}

// is compares without regard to case.
func is(name []byte, lower string) bool {
	return len(name) == len(lower) && bytes.EqualFold(name, []byte(lower))
}

func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

func discard(in *bufio.Reader, length int64) error {
	_, err := io.CopyN(io.Discard, in, length)
	return err
}
