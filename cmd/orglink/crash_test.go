package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

const (
	demoStructure = "/hq/v1/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/business_units_structure"
	demoToken     = "Bearer 9ezBnx9Rd5D1xG4KMt6b72T4w0MG"
)

// process is orglink in a process of its own.
type process struct {
	cmd     *exec.Cmd
	url     string
	metrics string // URL of the operators' listener, if the flags ask for one
	client  *http.Client
	log     *bytes.Buffer
}

// startProcess starts `orglink serve` with the demo data on the database that the
// URL names, and waits for its port.
func startProcess(t *testing.T, databaseURL string, flags ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{client: http.DefaultClient, log: &bytes.Buffer{}}
	p.cmd = &exec.Cmd{
		Path:   self,
		Args:   append([]string{"orglink", "serve", "--demo", "--addr", "127.0.0.1:0", "--database-url", databaseURL}, flags...),
		Env:    os.Environ(),
		Stderr: p.log,
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() }) // it may be gone already
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if what, url, ok := strings.Cut(lines.Text(), " http"); ok && strings.TrimSpace(what) == "Metrics" {
			p.metrics = "http" + url
		} else if ok {
			p.url = "http" + url
			go io.Copy(io.Discard, stdout)
			return p
		}
	}
	p.cmd.Wait()
	t.Fatalf("orglink did not start: %s", p.log)
	return nil
}

func (p *process) do(method, path, body string) (status int, text string, err error) {
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", demoToken)
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

// writers creates units from many connections until the server dies, and returns
// the ids whose creation was acknowledged. killed is called after enough of them.
func (p *process) writers(t *testing.T, enough int, kill func()) []string {
	t.Helper()
	var mu sync.Mutex
	var acknowledged []string
	var once sync.Once
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				id := uuid.NewString()
				status, _, err := p.do("PUT", demoStructure, fmt.Sprintf(`{"business_units":[{"id":%q,"name":"unit"}]}`, id))
				if err != nil {
					return // the server was killed
				}
				if status != http.StatusOK {
					t.Errorf("a write answered %d", status)
					return
				}
				mu.Lock()
				acknowledged = append(acknowledged, id)
				done := len(acknowledged) >= enough
				mu.Unlock()
				if done {
					once.Do(kill)
				}
			}
		})
	}
	wg.Wait()
	return acknowledged
}

func TestShutdownDrainsRequestsAndASecondStartChangesNothing(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + filepath.Join(t.TempDir(), "drain.db")
	p := startProcess(t, database)
	var once sync.Once
	acknowledged := p.writers(t, 50, func() {
		once.Do(func() { p.cmd.Process.Signal(os.Interrupt) })
	})
	exited := make(chan error, 1)
	go func() { exited <- p.cmd.Wait() }()
	select {
	case err := <-exited:
		if err != nil {
			t.Fatalf("an interrupted server exits with %v; log: %s", err, p.log)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the server did not stop")
	}
	before := readStructure(t, startProcess(t, database))
	after := readStructure(t, startProcess(t, database))
	if before != after {
		t.Error("a second start with the demo changed the data")
	}
	for _, id := range acknowledged {
		if !strings.Contains(after, id) {
			t.Errorf("the acknowledged unit %s is lost", id)
		}
	}
}

func readStructure(t *testing.T, p *process) string {
	t.Helper()
	status, text, err := p.do("GET", demoStructure, "")
	if err != nil || status != http.StatusOK {
		t.Fatalf("read the structure: %d, %v", status, err)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	return text
}
