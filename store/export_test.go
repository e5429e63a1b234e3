package store

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"
)

// Models lists every model, for the test that holds the migrations against them.
func Models() []any { return append([]any{&Workspace{}}, models()...) }

// AutoMigrate makes the tables as GORM reads the models, in the database that the
// URL names.
func AutoMigrate(databaseURL string) (*gorm.DB, error) {
	s, err := connect(context.Background(), Config{URL: databaseURL})
	if err != nil {
		return nil, err
	}
	if g, ok := s.writer.(*groupWriter); ok {
		s.reads = g.db.Session(&gorm.Session{})
	}
	return s.reads, s.reads.AutoMigrate(Models()...)
}

// MaxRemembered bounds what Remembered returns.
const MaxRemembered = maxRemembered

// Remembered is of how many workspaces something is remembered.
func (s *Store) Remembered() int { return max(len(s.workspaces.entries), len(s.access.entries)) }

// DB is the database as reads see it.
func (s *Store) DB() *gorm.DB { return s.reads }

// DB is the database as the read sees it.
func (q *Query) DB() *gorm.DB { return q.orm() }

// Exec runs a statement of a test.
func (tx *Tx) Exec(statement string, args ...any) error {
	return tx.base.Exec(statement, args...).Error
}

// OpenDriver opens a SQLite database whose writes go through another driver of
// database/sql.
func OpenDriver(ctx context.Context, databaseURL, driver string) (*Store, error) {
	d, dataSource, err := parseURL(databaseURL)
	if err != nil {
		return nil, err
	}
	if err := Migrate(ctx, databaseURL); err != nil {
		return nil, err
	}
	s, err := connectSQLite(ctx, driver, dataSource, func(Commit) {})
	if err != nil {
		return nil, err
	}
	s.dialect, s.now = d, time.Now
	return s, nil
}

// MaxPending is how many writes are let in at once.
const MaxPending = maxPending

// SharedTime is for how long the statements of those who share a commit run.
const SharedTime = sharedTime

// Queued is how many writes wait for the group writer.
func (s *Store) Queued() int { return len(s.writer.(*groupWriter).jobs) }

// MigrateTo brings the database that the URL names to an older schema.
func MigrateTo(ctx context.Context, databaseURL string, version int64) error {
	return withPool(databaseURL, func(d dialect, pool *sql.DB) error {
		provider, err := d.provider(pool)
		if err != nil {
			return err
		}
		_, err = provider.UpTo(ctx, version)
		return err
	})
}

// ExecURL runs statements in the database that the URL names, whatever its schema.
func ExecURL(ctx context.Context, databaseURL string, statements ...string) error {
	return withPool(databaseURL, func(_ dialect, pool *sql.DB) error {
		for _, statement := range statements {
			if _, err := pool.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func withPool(databaseURL string, use func(dialect, *sql.DB) error) error {
	d, name, err := parseURL(databaseURL)
	if err != nil {
		return err
	}
	pool, err := sql.Open(d.driver, name)
	if err != nil {
		return err
	}
	defer pool.Close()
	return use(d, pool)
}

// Statement is a statement as it was sent to the database.
type Statement struct {
	SQL  string
	Vars []any
}

// Recorded runs reads and returns their statements.
func (s *Store) Recorded(ctx context.Context, read func(*Query) error) (list []Statement, err error) {
	db := s.reads.WithContext(ctx)
	pool := &recordingPool{ConnPool: db.Statement.ConnPool}
	db.Statement.ConnPool = pool
	err = read(&Query{base: db, workspace: workspaceOf(ctx)})
	return pool.list, err
}

// recordingPool keeps the statements that read.
type recordingPool struct {
	gorm.ConnPool
	list []Statement
}

func (p *recordingPool) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p.list = append(p.list, Statement{query, args})
	return p.ConnPool.QueryContext(ctx, query, args...)
}

func (p *recordingPool) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	p.list = append(p.list, Statement{query, args})
	return p.ConnPool.QueryRowContext(ctx, query, args...)
}

// WithPool calls use with connections of their own to the database that the URL
// names.
func WithPool(databaseURL string, use func(*sql.DB) error) error {
	return withPool(databaseURL, func(_ dialect, pool *sql.DB) error { return use(pool) })
}
