package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/mattn/go-sqlite3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

// maxBatch bounds how many callers share one commit, and with it how long the
// first of them waits for the others' statements.
const maxBatch = 128

var errTransactionLost = errors.New("the transaction was rolled back by the database")

// groupWriter is the single writer of a SQLite database. It takes the functions
// that wait in its queue and commits them together: one flush for many callers,
// each of whom returns only after that flush.
//
// A batch runs without savepoints. When a function fails after it may have
// written, the batch is rolled back, the others run again together and the
// failed one alone, so that nobody fails for a neighbour and no error rests on a
// row that was never committed.
type groupWriter struct {
	pool *sql.DB
	conn *writeConn
	db   *gorm.DB
	jobs chan *job
	done chan struct{}

	mu     sync.RWMutex // held for reading while a job enters the queue
	closed bool
}

type job struct {
	ctx    context.Context
	fn     func(*gorm.DB) error
	err    error
	result chan error
}

func newGroupWriter(ctx context.Context, pool *sql.DB) (*groupWriter, error) {
	pool.SetMaxOpenConns(1)
	raw, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	conn := &writeConn{Conn: raw}
	dialector := sqlite.New(sqlite.Config{Conn: conn})
	db, err := gorm.Open(dialector, ormConfig())
	if err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	if err := useSentinels(db); err != nil {
		return nil, errors.Join(err, raw.Close())
	}
	w := &groupWriter{pool: pool, conn: conn, db: db, jobs: make(chan *job, maxBatch), done: make(chan struct{})}
	go w.run()
	return w, nil
}

func (w *groupWriter) write(ctx context.Context, fn func(*gorm.DB) error) error {
	j := &job{ctx: ctx, fn: fn, result: make(chan error, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	return <-j.result
}

func (w *groupWriter) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close lets the queued writes finish and closes the connection.
func (w *groupWriter) close() error {
	w.mu.Lock()
	wasClosed := w.closed
	w.closed = true
	w.mu.Unlock()
	if wasClosed {
		return nil
	}
	close(w.jobs)
	<-w.done
	return errors.Join(w.conn.Close(), w.pool.Close())
}

func (w *groupWriter) run() {
	defer close(w.done)
	for first := range w.jobs {
		batch := []*job{first}
		for len(batch) < maxBatch && len(w.jobs) > 0 {
			batch = append(batch, <-w.jobs)
		}
		w.commit(batch)
		for _, j := range batch {
			j.result <- j.err
		}
	}
}

// commit decides every job of the batch and leaves its outcome in job.err.
func (w *groupWriter) commit(batch []*job) {
	for len(batch) > 0 {
		failed, err := w.attempt(batch)
		if err != nil {
			for _, j := range batch {
				j.err = err
			}
			return
		}
		if failed < 0 {
			return
		}
		alone := batch[failed]
		rest := append(append([]*job{}, batch[:failed]...), batch[failed+1:]...)
		if len(rest) == 0 {
			return // it was alone already: rolled back, its error stands
		}
		w.commit(rest)
		batch = []*job{alone}
	}
}

// attempt runs the batch in one transaction. It returns the index of a job that
// failed after it may have written (the transaction is then rolled back), or -1
// after the commit, or the error that kept the transaction from being committed.
func (w *groupWriter) attempt(batch []*job) (failed int, err error) {
	// The writer's own context: a caller that goes away must not interrupt a
	// statement in the middle of its neighbours' transaction.
	ctx := context.Background()
	if err := w.conn.begin(ctx); err != nil {
		return -1, fmt.Errorf("begin: %w", err)
	}
	for i, j := range batch {
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		w.conn.wrote = false
		j.err = runGuarded(j.fn, w.db.WithContext(ctx))
		if !w.conn.stands() {
			j.err = errors.Join(j.err, errTransactionLost)
			return i, w.conn.rollback(ctx)
		}
		if j.err != nil && w.conn.wrote {
			return i, w.conn.rollback(ctx)
		}
	}
	if _, err := w.conn.Conn.ExecContext(ctx, "COMMIT"); err != nil {
		return -1, errors.Join(fmt.Errorf("commit: %w", err), w.conn.rollback(ctx))
	}
	return -1, nil
}

// runGuarded turns a panic of fn into an error: the writer serves others, too.
func runGuarded(fn func(*gorm.DB) error, db *gorm.DB) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(db)
}

// writeConn is the writer's connection as GORM sees it. It notes whether a job
// may have written, and refuses statements once the database has rolled the
// transaction back by itself (an interrupt, a full disk, an I/O error): what
// follows would commit on its own.
type writeConn struct {
	*sql.Conn
	inTransaction bool
	wrote         bool
}

func (c *writeConn) begin(ctx context.Context) error {
	_, err := c.Conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	c.inTransaction = err == nil
	return err
}

func (c *writeConn) rollback(ctx context.Context) error {
	defer func() { c.inTransaction = false }()
	if !c.stands() {
		return nil
	}
	_, err := c.Conn.ExecContext(ctx, "ROLLBACK")
	return err
}

// stands reports whether the transaction is still open.
func (c *writeConn) stands() bool {
	open := false
	err := c.Raw(func(driverConn any) error {
		open = !driverConn.(*sqlite3.SQLiteConn).AutoCommit()
		return nil
	})
	return err == nil && open
}

func (c *writeConn) guard(statement string) error {
	if !c.inTransaction {
		return nil // GORM asks for the library's version when it opens
	}
	if !c.stands() {
		return errTransactionLost
	}
	c.wrote = c.wrote || !readOnly(statement)
	return nil
}

// readOnly reports whether the statement surely changes nothing. To be wrong the
// other way costs time only: a failed batch runs again.
func readOnly(statement string) bool {
	upper := strings.ToUpper(statement)
	if strings.HasPrefix(upper, "WITH") {
		return !strings.Contains(upper, "INSERT") && !strings.Contains(upper, "UPDATE") && !strings.Contains(upper, "DELETE")
	}
	return strings.HasPrefix(upper, "SELECT")
}

// ExecContext implements [gorm.ConnPool].
func (c *writeConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := c.guard(query); err != nil {
		return nil, err
	}
	return c.Conn.ExecContext(ctx, query, args...)
}

// QueryContext implements [gorm.ConnPool].
func (c *writeConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := c.guard(query); err != nil {
		return nil, err
	}
	return c.Conn.QueryContext(ctx, query, args...)
}

// QueryRowContext implements [gorm.ConnPool]; an error shows when the row is read.
func (c *writeConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if c.guard(query) != nil {
		lost, cancel := context.WithCancel(ctx)
		cancel()
		return c.Conn.QueryRowContext(lost, query, args...)
	}
	return c.Conn.QueryRowContext(ctx, query, args...)
}
