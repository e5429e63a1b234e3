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
	// largeURLs are the large databases, by server, once they are made.
	largeURLs map[string]string
}

func newEngine(name, dir, binary string) (*engine, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	e := &engine{name: name, dir: dir, binary: binary, self: self}
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
	driver, source, after := "pgx", url, []string{"VACUUM ANALYZE", "CHECKPOINT"}
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		// Nothing is measured yet: no flush is needed before the end.
		driver, source, after = "sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=OFF", []string{"PRAGMA wal_checkpoint(TRUNCATE)"}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if err := fill(db); err != nil {
		return err
	}
	for _, statement := range after {
		if _, err := db.Exec(statement); err != nil {
			return err
		}
	}
	return nil
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

// The servers, as they are named in the tables.
const (
	orglinkName  = "orglink"
	baselineName = "baseline"
	eachName     = "baseline, commit each"
)

// serve starts a server on a new database with the dataset.
func (e *engine) serve(ctx context.Context, name string, d dataset) (*target, error) {
	make := e.newBaseline
	if name == orglinkName {
		make = e.newOrglink
	}
	url, err := make(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("make a database for %s on %s: %w", name, e.name, err)
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
