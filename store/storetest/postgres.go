// Package storetest holds the conformance suite of the store and the databases
// that tests run on.
package storetest

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
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver

	"orglink/store"
)

// postgresVariable, set to "require", makes a missing Postgres a failure.
const postgresVariable = "ORGLINK_TEST_POSTGRES"

// Main runs a package's tests and then stops the Postgres server that they may
// have started. Packages that call [Postgres] call it from TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	if err := cluster.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop Postgres:", err)
		return max(code, 1)
	}
	return code
}

// Postgres returns the URL of a fresh, migrated database on a Postgres server
// that this process starts for its tests. Where Postgres is not installed the
// test is skipped, or fails if ORGLINK_TEST_POSTGRES=require.
func Postgres(t testing.TB) string {
	t.Helper()
	cluster.once.Do(cluster.start)
	if errors.Is(cluster.err, errNotInstalled) && os.Getenv(postgresVariable) != "require" {
		t.Skip("SKIPPED ON POSTGRES: initdb was not found; install PostgreSQL 15 or later to run this test")
	}
	if cluster.err != nil {
		t.Fatalf("start Postgres: %v", cluster.err)
	}
	name := fmt.Sprintf("test_%d", cluster.databases.Add(1))
	if err := cluster.exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + templateDatabase); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := cluster.exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	return cluster.url(name)
}

// templateDatabase is migrated once and copied for every test.
const templateDatabase = "orglink_template"

var (
	errNotInstalled = errors.New("initdb was not found")
	cluster         postgresCluster
)

// postgresCluster is one throw-away Postgres server, shared by a process's tests.
type postgresCluster struct {
	once      sync.Once
	err       error
	dir       string
	port      int
	lifeline  io.Closer // the server stops when this closes, also if we are killed
	process   *exec.Cmd
	admin     *sql.DB
	databases atomic.Int64
}

func (c *postgresCluster) start() { c.err = c.tryStart() }

func (c *postgresCluster) tryStart() error {
	initdb, err := findBinary("initdb")
	if err != nil {
		return err
	}
	account, err := unprivileged()
	if err != nil {
		return err
	}
	if c.dir, err = os.MkdirTemp("", "orglink-postgres-"); err != nil {
		return err
	}
	if account != nil {
		if err := os.Chown(c.dir, int(account.Uid), int(account.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(c.dir, "data")
	setup := exec.Command(initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	setup.Dir = c.dir
	setup.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	if out, err := setup.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if c.port, err = freePort(); err != nil {
		return err
	}
	if err := c.launch(filepath.Join(filepath.Dir(initdb), "postgres"), data, account); err != nil {
		return err
	}
	if c.admin, err = sql.Open("pgx", c.url("postgres")); err != nil {
		return err
	}
	if err := c.await(); err != nil {
		return err
	}
	if err := c.exec(`CREATE DATABASE ` + templateDatabase); err != nil {
		return err
	}
	return store.Migrate(context.Background(), c.url(templateDatabase))
}

// launch starts the server below a shell that stops it when our end of a pipe
// closes, so that a killed test process leaves none behind.
func (c *postgresCluster) launch(postgres, data string, account *syscall.Credential) error {
	const script = `"$0" "$@" & pid=$!; cat >/dev/null; kill -QUIT $pid; wait $pid`
	c.process = exec.Command("sh", "-c", script, postgres, "-D", data, "-p", strconv.Itoa(c.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "max_connections=400", "-c", "log_min_messages=fatal")
	c.process.Dir = c.dir
	c.process.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	stdin, err := c.process.StdinPipe()
	if err != nil {
		return err
	}
	c.lifeline = stdin
	return c.process.Start()
}

func (c *postgresCluster) await() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := c.admin.Ping()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}

func (c *postgresCluster) exec(statement string) error {
	_, err := c.admin.Exec(statement)
	return err
}

func (c *postgresCluster) url(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: "sslmode=disable",
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port)),
	}
	return u.String()
}

func (c *postgresCluster) stop() error {
	if c.dir == "" {
		return nil
	}
	if c.admin != nil {
		c.admin.Close()
	}
	if c.lifeline != nil {
		c.lifeline.Close()
		c.process.Wait() // its exit code tells of the signal only
	}
	return os.RemoveAll(c.dir)
}

// findBinary looks where Debian puts the server's programs, which is not in PATH.
func findBinary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/", "/usr/local/opt/postgresql*/bin/", "/opt/homebrew/opt/postgresql*/bin/"} {
		found, _ := filepath.Glob(pattern + name)
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", errNotInstalled
}

// unprivileged is the account to run Postgres under when we are root, which it
// refuses; nil means our own.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no unprivileged account to run Postgres under")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
