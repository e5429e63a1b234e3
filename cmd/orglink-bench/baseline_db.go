package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strings"
	"sync"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver
	_ "github.com/mattn/go-sqlite3"    // the "sqlite3" driver
)

// maxBatch is how many writes share a commit at most, as in Orglink.
const maxBatch = 128

// sqlitePragmas are those of Orglink.
const sqlitePragmas = "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=1"

// statements runs SQL. What Postgres' driver is given it prepares by itself.
type statements interface {
	Query(statement string, args ...any) (*sql.Rows, error)
	Exec(statement string, args ...any) (sql.Result, error)
}

// queryRow reads the one row that a statement finds, or fails with sql.ErrNoRows.
func queryRow(s statements, into []any, statement string, args ...any) error {
	rows, err := s.Query(statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}
	return rows.Close()
}

// orRefused is the refusal where a statement found no row.
func orRefused(err error, status refusal) error {
	if errors.Is(err, sql.ErrNoRows) {
		return status
	}
	return err
}

// baselineDB is the baseline's database.
type baselineDB struct {
	postgres bool
	reads    statements
	// write runs a function in a transaction and returns after a durable commit.
	write func(func(statements) error) error
	close func() error
}

func openBaseline(url string, batch int) (*baselineDB, error) {
	path, embedded := strings.CutPrefix(url, "sqlite:")
	if !embedded {
		return openBaselinePostgres(url)
	}
	return openBaselineSQLite("file:"+path+sqlitePragmas, batch)
}

func openBaselinePostgres(url string) (*baselineDB, error) {
	pool, err := sql.Open("pgx", url)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(32) // as Orglink
	pool.SetMaxIdleConns(32)
	write := func(fn func(statements) error) error {
		tx, err := pool.Begin()
		if err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	}
	return &baselineDB{postgres: true, reads: pool, write: write, close: pool.Close}, pool.Ping()
}

func openBaselineSQLite(source string, batch int) (*baselineDB, error) {
	writes, err := sql.Open("sqlite3", source)
	if err != nil {
		return nil, err
	}
	writes.SetMaxOpenConns(1)
	reads, err := sql.Open("sqlite3", source+"&_query_only=1")
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	readers := max(4, runtime.GOMAXPROCS(0))
	reads.SetMaxOpenConns(readers)
	reads.SetMaxIdleConns(readers)
	conn, err := writes.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(err, reads.Close(), writes.Close())
	}
	g := &sharedCommits{conn: &prepared{by: conn}, batch: batch, jobs: make(chan *writeJob, maxBatch), done: make(chan struct{})}
	go g.run()
	end := func() error {
		close(g.jobs)
		<-g.done
		return errors.Join(conn.Close(), writes.Close(), reads.Close())
	}
	return &baselineDB{reads: &prepared{by: reads}, write: g.write, close: end}, nil
}

// sharedCommits is the one writer of a SQLite database: it commits together what waits.
type sharedCommits struct {
	conn  *prepared
	batch int
	jobs  chan *writeJob
	done  chan struct{}
}

type writeJob struct {
	fn     func(statements) error
	err    error
	result chan error
}

func (g *sharedCommits) write(fn func(statements) error) error {
	j := &writeJob{fn: fn, result: make(chan error, 1)}
	g.jobs <- j
	return <-j.result
}

func (g *sharedCommits) run() {
	defer close(g.done)
	var batch []*writeJob
	for first := range g.jobs {
		batch = append(batch[:0], first)
		for len(batch) < g.batch && len(g.jobs) > 0 {
			batch = append(batch, <-g.jobs)
		}
		failed := g.commit(batch)
		for _, j := range batch {
			j.result <- errors.Join(failed, j.err)
		}
	}
}

// commit fails for all of the batch if one of it fails; one that is refused has written
// nothing.
func (g *sharedCommits) commit(batch []*writeJob) error {
	if _, err := g.conn.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	for _, j := range batch {
		j.err = j.fn(g.conn)
		var refused refusal
		if j.err != nil && !errors.As(j.err, &refused) {
			_, err := g.conn.Exec("ROLLBACK")
			return errors.Join(j.err, err)
		}
	}
	_, err := g.conn.Exec("COMMIT")
	return err
}

// prepared runs statements that it prepares once.
type prepared struct {
	by interface {
		PrepareContext(ctx context.Context, statement string) (*sql.Stmt, error)
	}
	statements sync.Map // of *sql.Stmt, by their text
}

func (p *prepared) statement(text string) (*sql.Stmt, error) {
	if s, ok := p.statements.Load(text); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := p.by.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, err
	}
	p.statements.Store(text, s)
	return s, nil
}

// Query implements statements.
func (p *prepared) Query(text string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(text)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// Exec implements statements.
func (p *prepared) Exec(text string, args ...any) (sql.Result, error) {
	s, err := p.statement(text)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}
