// Package pgserver starts throw-away Postgres servers from the programs that are
// installed: for tests, benchmarks and rehearsals of failures.
package pgserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
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
	// Settings are written into the server's postgresql.conf.
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
	process  *child
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
	if err == nil {
		err = s.configure()
	}
	return s.begin(err)
}

// configure writes the settings into a file, where Postgres' other programs find them,
// too.
func (s *Server) configure() error {
	file, err := os.OpenFile(filepath.Join(s.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	for name, value := range s.config.Settings {
		fmt.Fprintf(file, "%s = '%s'\n", name, value)
	}
	return file.Close()
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
	if s.dir, err = makeDir(config.Dir, s.account); err != nil {
		return nil, err
	}
	if s.admin, err = sql.Open("pgx", s.URL("postgres")); err != nil {
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
	return serversURL(database, "sslmode=disable", s)
}

// FailoverURL is that of a database of the one of both servers that takes writes.
func FailoverURL(database string, a, b *Server) string {
	return serversURL(database, "sslmode=disable&target_session_attrs=read-write&connect_timeout=2", a, b)
}

func serversURL(database, parameters string, servers ...*Server) string {
	var hosts []string
	for _, s := range servers {
		hosts = append(hosts, s.Addr())
	}
	return "postgres://postgres@" + strings.Join(hosts, ",") + "/" + database + "?" + parameters
}

// Addr is the host and port that the server listens on, also after a restart.
func (s *Server) Addr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
}

// Stop stops the server and removes its directory.
func (s *Server) Stop() error {
	s.admin.Close()
	s.process.stop()
	return os.RemoveAll(s.dir)
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
