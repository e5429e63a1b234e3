package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"orglink/store/storetest/pgserver"
)

// The databases, as they are named on the command line and in the tables.
const (
	sqliteName   = "sqlite"
	postgresName = "postgres"
)

// engine is where databases are made.
type engine struct {
	name    string
	dir     string
	server  *pgserver.Server // of Postgres
	stats   *sql.DB          // of Postgres
	binary  string           // Orglink's
	self    string           // the baseline's
	created int
	large   map[string]string // URLs of large databases that are made, by server
}

func newEngine(name, dir, binary string) (*engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	e := &engine{name: name, dir: dir, binary: binary, self: self, large: map[string]string{}}
	if name == sqliteName {
		return e, nil
	}
	// As it comes, but for what a throw-away server differs in: commits are durable.
	if e.server, err = pgserver.Start(pgserver.Config{Dir: dir, Durable: true}); err != nil {
		return nil, err
	}
	e.stats, err = sql.Open("pgx", e.server.URL("postgres"))
	return e, err
}

func (e *engine) close() error {
	if e.server == nil {
		return nil
	}
	return errors.Join(e.stats.Close(), e.server.Stop())
}

// create makes an empty database and returns its URL.
func (e *engine) create(ctx context.Context) (string, error) {
	e.created++
	name := fmt.Sprintf("bench_%d", e.created)
	if e.server == nil {
		return "sqlite:" + filepath.Join(e.dir, name+".db"), nil
	}
	return e.server.URL(name), e.server.Exec(ctx, "CREATE DATABASE "+name)
}

// filled runs fill on a database that no server has open.
func (e *engine) filled(url string, fill func(*sql.DB) error) error {
	db, err := openForFill(url)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := fill(db); err != nil {
		return err
	}
	after := []string{"PRAGMA wal_checkpoint(TRUNCATE)"}
	if e.server != nil {
		after = []string{"VACUUM ANALYZE", "CHECKPOINT"} // what it would do by itself, while something is measured
	}
	for _, statement := range after {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
}

// openForFill opens a database without flushes, on SQLite: nothing is measured yet.
func openForFill(url string) (*sql.DB, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=OFF&_cache_size=-200000")
	}
	return sql.Open("pgx", url)
}

// orglink is the command that serves the database, as an operator would.
func (e *engine) orglink(url string, more ...string) (serverCommand, error) {
	return e.command(e.binary, "/orglink/v1/health/ready", append([]string{"serve", "--database-url", url}, more...))
}

func (e *engine) baseline(url, commit string) (serverCommand, error) {
	return e.command(e.self, "/", []string{"baseline", "--database-url", url, "--commit", commit})
}

func (e *engine) command(binary, ready string, args []string) (serverCommand, error) {
	addr, err := freeAddr()
	return serverCommand{
		binary: binary, args: append(args, "--addr", addr), addr: addr, ready: ready,
		log: filepath.Join(e.dir, "servers.log"),
	}, err
}

// newOrglink makes a database with the dataset for Orglink.
func (e *engine) newOrglink(ctx context.Context, d dataset) (url string, err error) {
	if url, err = e.create(ctx); err != nil {
		return "", err
	}
	fixtures, err := d.fixtures()
	if err != nil {
		return "", err
	}
	file := filepath.Join(e.dir, "fixtures.json")
	if err := os.WriteFile(file, fixtures, 0o600); err != nil {
		return "", err
	}
	c, err := e.orglink(url, "--demo", "--migrate", "--fixtures", file)
	if err != nil {
		return "", err
	}
	p, err := c.start(ctx)
	if err != nil {
		return "", err
	}
	if err := p.stop(); err != nil {
		return "", err
	}
	return url, e.filled(url, func(db *sql.DB) error { return d.fill(db, e.server != nil, orglinkFill) })
}

// newBaseline makes a database with the dataset for the baseline.
func (e *engine) newBaseline(ctx context.Context, d dataset) (url string, err error) {
	if url, err = e.create(ctx); err != nil {
		return "", err
	}
	return url, e.filled(url, func(db *sql.DB) error { return fillBaseline(db, e.server != nil, d) })
}

// newDatabase makes a database with the dataset for the server.
func (e *engine) newDatabase(ctx context.Context, server string, d dataset) (url string, err error) {
	if server == orglinkName {
		url, err = e.newOrglink(ctx, d)
	} else {
		url, err = e.newBaseline(ctx, d)
	}
	if err != nil {
		return "", fmt.Errorf("make a database for %s: %w", server, err)
	}
	return url, nil
}

// The servers, as they are named in the tables.
const (
	orglinkName  = "orglink"
	baselineName = "baseline"
	eachName     = "baseline, commit each"
)

// inTurn is Orglink and the baseline in the order of a round: who was last is first.
func inTurn(round int) []string {
	if round%2 == 1 {
		return []string{baselineName, orglinkName}
	}
	return []string{orglinkName, baselineName}
}

// serve starts a server on a new database with the dataset.
func (e *engine) serve(ctx context.Context, name string, d dataset) (*target, error) {
	url, err := e.newDatabase(ctx, name, d)
	if err != nil {
		return nil, err
	}
	return e.serveFrom(ctx, name, url, d)
}

// serveFrom starts a server on a database that has the dataset.
func (e *engine) serveFrom(ctx context.Context, name, url string, d dataset) (*target, error) {
	var c serverCommand
	var err error
	switch name {
	case orglinkName:
		c, err = e.orglink(url)
	case eachName:
		c, err = e.baseline(url, "each")
	default:
		c, err = e.baseline(url, "shared")
	}
	if err != nil {
		return nil, err
	}
	p, err := c.start(ctx)
	if err != nil {
		return nil, err
	}
	t := &target{name: name, process: p, data: d, url: url}
	if name == orglinkName {
		err = t.logIn(ctx)
	}
	if err != nil {
		p.kill()
	}
	return t, err
}
