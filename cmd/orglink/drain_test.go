package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const ready = "/orglink/v1/health/ready"

// A load balancer sees that a server is about to stop while it still answers; a
// request that is under way gets its answer after the port is closed.
func TestReadinessFailsWhileDraining(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "sqlite:"+filepath.Join(t.TempDir(), "drain.db"), "--drain-delay", "2s")
	p.wantStatus(t, 200, ready)
	finish := p.beginWrite(t)
	p.signal(t, syscall.SIGTERM)
	eventually(t, "the server says that it is not ready", func() bool {
		status, _, err := p.do("GET", ready, "")
		return err == nil && status == http.StatusServiceUnavailable
	})
	p.wantStatus(t, 200, "/orglink/v1/health/live")
	p.wantStatus(t, 200, demoStructure)
	eventually(t, "the port is closed", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if status := finish(); status != http.StatusOK {
		t.Errorf("the request that was under way got %d", status)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server exits with %v; log: %s", err, p.log)
	}
}

func TestASecondSignalEndsADrainingServer(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "sqlite:"+filepath.Join(t.TempDir(), "drain.db"), "--drain-delay", "1h")
	p.signal(t, syscall.SIGTERM)
	eventually(t, "the server says that it is not ready", func() bool {
		status, _, err := p.do("GET", ready, "")
		return err == nil && status == http.StatusServiceUnavailable
	})
	p.signal(t, syscall.SIGTERM)
	if err := p.cmd.Wait(); err == nil {
		t.Error("want the signal in the process's outcome")
	}
}

// beginWrite sends the first half of a write, and returns once the server reads its
// body. finish sends the rest and returns the answer's status.
func (p *process) beginWrite(t *testing.T) (finish func() int) {
	t.Helper()
	const body = `{"business_units": [{"id": "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d11", "name": "slow"}]}`
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", demoStructure, demoToken, len(body))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
		t.Fatalf("got %q (%v)", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, body[:10])
	return func() int {
		io.WriteString(conn, body[10:])
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
}

func (p *process) wantStatus(t *testing.T, want int, path string) {
	t.Helper()
	if status, text, err := p.do("GET", path, ""); err != nil || status != want {
		t.Errorf("GET %s: got %d (%v), want %d; %s", path, status, err, want, text)
	}
}

func (p *process) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// eventually polls until the condition holds, and fails the test if it does not in time.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}
