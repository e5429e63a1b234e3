package pgserver

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrNoPooler says that there is no pgbouncer on this machine.
var ErrNoPooler = errors.New("pgbouncer was not found: install it")

// Pooler is a pgbouncer in transaction mode in front of a server.
type Pooler struct {
	dir     string
	account *syscall.Credential
	port    int
	process *child
}

// poolerSettings are those of the README's section on operations. server_login_retry is
// how long pgbouncer waits before it looks again for a server that did not answer:
// fifteen seconds, if nothing is said.
const poolerSettings = `[databases]
* = host=127.0.0.1 port=%d user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 40
max_client_conn = 400
server_login_retry = 1
pidfile = %s
`

// StartPooler starts a pooler in front of the server. Where pgbouncer is not installed
// the error is [ErrNoPooler].
func StartPooler(to *Server) (*Pooler, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil { // Debian's sbin is not in everybody's PATH
		if program, err = exec.LookPath("/usr/sbin/pgbouncer"); err != nil {
			return nil, ErrNoPooler
		}
	}
	p := &Pooler{account: to.account}
	if p.port, err = freePort(); err != nil {
		return nil, err
	}
	if p.dir, err = makeDir("", p.account); err != nil {
		return nil, err
	}
	if err = p.configure(to); err == nil {
		p.process, err = startChild(p.dir, p.account, "TERM", program, "-q", p.config())
	}
	if err == nil {
		err = p.await()
	}
	if err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	return p, nil
}

func (p *Pooler) config() string { return filepath.Join(p.dir, "pgbouncer.ini") }

func (p *Pooler) pidFile() string { return filepath.Join(p.dir, "pid") }

func (p *Pooler) configure(to *Server) error {
	text := fmt.Sprintf(poolerSettings, to.port, p.port, p.pidFile())
	return os.WriteFile(p.config(), []byte(text), 0o644)
}

func (p *Pooler) await() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		conn, err := net.Dial("tcp", p.addr())
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(childLog(p.dir))
			return fmt.Errorf("pgbouncer does not answer: %w\n%s", err, said)
		}
		time.Sleep(5 * time.Millisecond) // between polls, up to the deadline
	}
}

// Follow leads to another server from now on.
func (p *Pooler) Follow(to *Server) error {
	if err := p.configure(to); err != nil {
		return err
	}
	text, err := os.ReadFile(p.pidFile())
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGHUP)
}

func (p *Pooler) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// URL is that of a database of the server, through the pooler. In transaction mode each
// transaction may be on another connection, where a statement that pgx prepared on the
// one is missing, or another is in its place: exec has it prepare none.
func (p *Pooler) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Host: p.addr(), Path: "/" + database,
		RawQuery: "sslmode=disable&default_query_exec_mode=exec",
	}
	return u.String()
}

// Stop stops the pooler.
func (p *Pooler) Stop() error {
	p.process.stop()
	return os.RemoveAll(p.dir)
}
