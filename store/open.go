package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// dialect is what differs between the databases outside of GORM.
type dialect struct {
	name     string // directory below migrations/
	driver   string // of database/sql
	goose    goose.Dialect
	embedded bool // the database lives in this process and migrates itself
}

var (
	sqliteDialect   = dialect{name: "sqlite", driver: "sqlite3", goose: goose.DialectSQLite3, embedded: true}
	postgresDialect = dialect{name: "postgres", driver: "pgx", goose: goose.DialectPostgres}
)

// parseURL tells the dialect of a database URL and its data source name.
func parseURL(databaseURL string) (d dialect, dataSource string, err error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite:"); ok {
		if path == "" {
			return d, "", errors.New("the database URL names no file: write sqlite:PATH")
		}
		// WAL lets readers go on beside the writer; FULL is set expressly, since the
		// driver's default under WAL loses the last commits when power fails. To prepare a
		// statement costs more than to run it: each connection keeps those it had.
		return sqliteDialect, "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1&_stmt_cache_size=128", nil
	}
	if strings.HasPrefix(databaseURL, "postgres://") || strings.HasPrefix(databaseURL, "postgresql://") {
		return postgresDialect, databaseURL, nil
	}
	return d, "", errors.New("the database URL must begin with sqlite: or postgres://")
}

// connect opens the database of the configuration, without touching its schema.
func connect(ctx context.Context, config Config) (*Store, error) {
	d, dataSource, err := parseURL(config.URL)
	if err != nil {
		return nil, err
	}
	open := connectPostgres
	if d.embedded {
		open = connectSQLite
	}
	onCommit := config.OnCommit
	if onCommit == nil {
		onCommit = func(Commit) {}
	}
	s, err := open(ctx, d.driver, dataSource, onCommit)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s.dialect = d
	return s, nil
}

// ormConfig keeps GORM from logging (statements hold values), from wrapping
// single statements in transactions of their own, and from leaking driver errors.
func ormConfig() *gorm.Config {
	return &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		TranslateError:         true,
	}
}

func connectSQLite(ctx context.Context, driver, dataSource string, onCommit func(Commit)) (*Store, error) {
	writes, err := sql.Open(driver, dataSource)
	if err != nil {
		return nil, err
	}
	group, err := newGroupWriter(ctx, writes, onCommit)
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	reads, err := gorm.Open(sqlite.Open(dataSource+"&_query_only=1"), ormConfig())
	if err != nil {
		return nil, errors.Join(err, group.close())
	}
	return &Store{reads: reads, writer: group}, errors.Join(useSentinels(reads), limitPool(reads, max(4, runtime.GOMAXPROCS(0))))
}

func connectPostgres(ctx context.Context, _, dataSource string, onCommit func(Commit)) (*Store, error) {
	config, err := postgresConfig(dataSource)
	if err != nil {
		return nil, err
	}
	pool := stdlib.OpenDB(*config)
	db, err := gorm.Open(postgres.New(postgres.Config{Conn: rereader{pool}}), ormConfig())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	s := &Store{reads: db, writer: retryWriter{pool, db, onCommit}}
	if err := s.ping(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return s, errors.Join(useSentinels(db), limitPool(db, poolSize))
}

// poolSize is how many connections to Postgres a process has at most.
const poolSize = 32

// limitPool bounds a pool and keeps its connections open for the next request.
func limitPool(db *gorm.DB, connections int) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	return nil
}
