package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

const (
	// maxBatch bounds how many callers share one commit.
	maxBatch = 128
	// sharedTime bounds for how long the statements of those who share a commit run, and
	// with it how long the first of them waits for the others. One that needs more by
	// itself has a commit of its own.
	sharedTime = 25 * time.Millisecond
)

// groupWriter is the single writer of a SQLite database. It takes the functions
// that wait in its queue and commits them together: one flush for many callers,
// each of whom returns only after that flush.
//
// A batch runs without savepoints, which would cost half of the gain. When a function
// fails after it may have written, the batch is rolled back and runs again with them,
// so that nobody fails for a neighbour and no error rests on a row that was never
// committed.
//
// Large writes take turns with batches of small ones, so that neither waits for more
// than one of the others. Which ones are large shows when they run.
type groupWriter struct {
	pool     *sql.DB
	conn     *writeConn
	db       *gorm.DB
	jobs     chan *job
	done     chan struct{}
	onCommit func(Commit)
	standing []byte // the key of the workspace that is there, in the transaction

	mu     sync.RWMutex // held for reading while a job enters the queue
	closed bool
}

type job struct {
	ctx    context.Context
	held   *Workspace // nobody else writes meanwhile: it is only to be there still
	fn     func(*gorm.DB) error
	err    error
	result chan error
}

func newGroupWriter(ctx context.Context, pool *sql.DB, onCommit func(Commit)) (*groupWriter, error) {
	pool.SetMaxOpenConns(1)
	conn := &writeConn{pool: pool}
	if err := conn.open(ctx); err != nil {
		return nil, err
	}
	db, err := gorm.Open(sqlite.New(sqlite.Config{Conn: conn}), ormConfig())
	if err == nil {
		err = useSentinels(db)
	}
	if err != nil {
		return nil, errors.Join(err, conn.close())
	}
	w := &groupWriter{
		pool: pool, conn: conn, db: db, onCommit: onCommit,
		jobs: make(chan *job, maxPending), done: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

func (w *groupWriter) write(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error {
	j := &job{ctx: ctx, held: held, fn: fn, result: make(chan error, 1)}
	if err := w.enqueue(j); err != nil {
		return err
	}
	return <-j.result
}

func (w *groupWriter) enqueue(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	w.jobs <- j // there is room for all that [Store.Write] lets in
	return nil
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
	return errors.Join(w.conn.close(), w.pool.Close())
}

func (w *groupWriter) run() {
	defer close(w.done)
	var large []*job
	for open := true; open || len(large) > 0; {
		var batch []*job
		batch, open = w.gather(len(large) == 0)
		large = append(large, w.decide(batch)...)
		if len(large) > 0 {
			w.decide(large[:1])
			large = large[1:]
		}
	}
}

// gather takes what waits in the queue; with nothing there it waits for a job, if it
// is to. It reports whether more may come.
func (w *groupWriter) gather(wait bool) (batch []*job, open bool) {
	if wait {
		first, open := <-w.jobs
		if !open {
			return nil, false
		}
		batch = append(batch, first)
	}
	for len(batch) < maxBatch {
		select {
		case j, open := <-w.jobs:
			if !open {
				return batch, false
			}
			batch = append(batch, j)
		default:
			return batch, true
		}
	}
	return batch, true
}

// decide commits the jobs of the batch, or refuses them, and tells their callers. It
// returns those that are too large to share a commit.
func (w *groupWriter) decide(batch []*job) (large []*job) {
	savepoints := false
	for len(batch) > 0 {
		ran, failed, err := w.attempt(batch, savepoints)
		switch {
		case err != nil: // of the commit, or of the connection: nothing of it is stored
			for _, j := range batch[:ran] {
				j.result <- err
			}
			batch = batch[ran:]
		case failed == nil:
			for _, j := range batch[:ran] {
				j.result <- j.err
			}
			batch = batch[ran:]
		case errors.Is(failed.err, errTooLong):
			large = append(large, failed)
			batch = without(batch, failed)
		case ran == 1 || errors.Is(failed.err, errTransactionLost):
			// Nobody wrote before it, or there is no telling whose statements stand.
			failed.result <- failed.err
			batch = without(batch, failed)
		default:
			savepoints = true
		}
	}
	return large
}

func without(batch []*job, out *job) []*job {
	return slices.DeleteFunc(slices.Clone(batch), func(j *job) bool { return j == out })
}

// attempt runs the first jobs of the batch, as many as their time allows, in one
// transaction. After the commit failed is nil, and the outcomes are in the jobs. Else
// the transaction was rolled back for the failed job, the last that ran. err is what
// kept the transaction from being begun or committed.
func (w *groupWriter) attempt(batch []*job, savepoints bool) (ran int, failed *job, err error) {
	if err := w.conn.begin(); err != nil {
		return len(batch), nil, fmt.Errorf("begin: %w", err)
	}
	w.standing = nil
	began := time.Now()
	for i, j := range batch {
		if i > 0 && time.Since(began) > sharedTime {
			break
		}
		ran++
		if j.err = j.ctx.Err(); j.err != nil {
			continue
		}
		if !w.runJob(j, len(batch) > 1, savepoints) {
			w.conn.rollback()
			return ran, j, nil
		}
	}
	flush := time.Now()
	err = w.conn.commit()
	w.onCommit(Commit{Writes: ran, Took: time.Since(flush), Err: err})
	return ran, nil, err
}

// runJob runs the job in the transaction. It reports whether the transaction may be
// committed.
func (w *groupWriter) runJob(j *job, shared, savepoints bool) bool {
	if savepoints {
		if j.err = w.conn.savepoint(); j.err != nil {
			return false
		}
	}
	w.conn.enter(shared)
	if j.err = w.hold(j.held); j.err == nil {
		j.err = j.run(w.db)
	}
	if j.held == nil && w.conn.wrote {
		w.standing = nil // it may have dropped a workspace
	}
	if left := w.conn.leave(); left != nil {
		j.err = errors.Join(j.err, left)
		return false
	}
	if j.err == nil || !w.conn.wrote {
		return true
	}
	if savepoints {
		if err := w.conn.rollbackToSavepoint(); err != nil {
			j.err = errors.Join(j.err, err)
			return false
		}
	}
	return savepoints
}

// hold makes sure that the workspace is there, if one is given: once in a transaction, as
// long as nobody may have dropped it.
func (w *groupWriter) hold(held *Workspace) error {
	if held == nil || w.standing != nil && bytes.Equal(held.SigningKey, w.standing) {
		return nil
	}
	if err := (&Query{base: w.db}).Standing(*held); err != nil {
		return err
	}
	w.standing = held.SigningKey
	return nil
}

// run turns a panic of the job into an error: the writer serves others, too.
func (j *job) run(db *gorm.DB) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return j.fn(db)
}
