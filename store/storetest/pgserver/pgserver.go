// Package pgserver starts throw-away Postgres servers from the programs that are
// installed: for tests, benchmarks and rehearsals of failures.
package pgserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
)

// Config says how a server runs.
type Config struct {
	// Dir is where the server's directory is made; empty means the system's for
	// temporary files, which may well be memory. Postgres' account must be able to
	// reach it.
	Dir string
	// Durable has commits flushed to the disk, as a server in earnest does.
	Durable bool
	// Settings are set on the server's command line, beside those of this package.
	Settings map[string]string
}

// Server is a Postgres server of this process. It ends with it, also if this
// process is killed.
type Server struct {
	config   Config
	programs string // directory
	account  *syscall.Credential
	dir      string
	port     int
	process  *exec.Cmd
	lifeline io.Closer
	admin    *sql.DB
}

// Start makes an empty database cluster and serves it on a free port of loopback.
// Where Postgres is not installed the error is [ErrNotInstalled].
func Start(config Config) (*Server, error) {
	s, err := prepare(config)
	if err != nil {
		return nil, err
	}
	err = s.run("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	return s.begin(err)
}

// prepare makes the server's directory and chooses its port.
func prepare(config Config) (*Server, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, programs: programs}
	if s.account, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(config.Dir, "orglink-postgres-"); err != nil {
		return nil, err
	}
	if s.account != nil {
		err = os.Chown(s.dir, int(s.account.Uid), int(s.account.Gid))
	}
	if err == nil {
		s.admin, err = sql.Open("pgx", s.URL("postgres"))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	// An idle connection would be a dead one after a restart.
	s.admin.SetMaxIdleConns(-1)
	return s, nil
}

// begin starts the server unless its making failed, and leaves nothing behind if
// either did.
func (s *Server) begin(made error) (*Server, error) {
	err := made
	if err == nil {
		err = s.Restart()
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// run runs one of Postgres' programs to its end.
func (s *Server) run(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.programs, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, out)
	}
	return nil
}

// Exec executes a statement in the database "postgres", as the superuser.
func (s *Server) Exec(ctx context.Context, statement string) error {
	_, err := s.admin.ExecContext(ctx, statement)
	return err
}

// URL is that of a database of the server, for its superuser.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: "sslmode=disable",
		Host: s.Addr(),
	}
	return u.String()
}

// Addr is the host and port that the server listens on, also after a restart.
func (s *Server) Addr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
}

// Stop stops the server and removes its directory.
func (s *Server) Stop() error {
	s.admin.Close()
	s.halt()
	return os.RemoveAll(s.dir)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
