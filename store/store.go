// Package store persists what Orglink serves, through GORM, on SQLite or
// Postgres. Every row belongs to a workspace, and every key begins with it.
//
// Reads run through [Store.Read], changes through [Store.Write]; both take the
// workspace from the context (see [WithWorkspace]). Errors are the sentinels
// below, wrapped; anything else is a fault of the database.
package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// Sentinel errors, to be tested with [errors.Is].
var (
	// ErrNotFound says that a named row does not exist in the workspace.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a row would break a uniqueness rule.
	ErrConflict = errors.New("conflict")
	// ErrStale says that a row changed since the caller read it.
	ErrStale = errors.New("stale")
	// ErrNoWorkspace says that the workspace of a write was dropped, perhaps made
	// again, since its request came in.
	ErrNoWorkspace = errors.New("no such workspace")
	// ErrBusy says that more writes wait than are let in, that another process keeps the
	// database locked, or that a write did not reach it: nothing was done, and the caller
	// may try again.
	ErrBusy = errors.New("writes have to wait")
	// ErrClosed says that the store was closed before the call.
	ErrClosed = errors.New("store is closed")
	// ErrSchema says that the database's schema is not the one of this build.
	ErrSchema = errors.New("database schema is not the one of this build")
)

// DefaultWorkspace is the workspace of requests that name none. It always exists.
const DefaultWorkspace = "default"

// Config says which database to open and how.
type Config struct {
	// URL is `sqlite:PATH` or `postgres://...`.
	URL string
	// Migrate brings an older Postgres schema up to date. SQLite, being
	// embedded, always migrates itself.
	Migrate bool
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
	// OnCommit, if set, is told of every commit that was tried. It must be quick and may
	// be called from many goroutines at once.
	OnCommit func(Commit)
}

// Commit is one commit of the database.
type Commit struct {
	// Writes is how many callers shared it.
	Writes int
	// Took is how long the commit itself took: the flush to disk.
	Took time.Duration
	// Err is nil if it is durable now.
	Err error
}

// maxPending bounds how many writes are let in at once. It is a fraction of a second's
// work, of small writes; beyond that it is kinder to say so at once.
const maxPending = 1024

// Store is an open database. It is safe for concurrent use.
type Store struct {
	reads      *gorm.DB
	writer     writer
	pending    atomic.Int64 // writes that wait or run
	dialect    dialect
	now        func() time.Time
	workspaces workspaceCache
	access     accessCache
}

// writer runs a function in a transaction and returns after its durable commit.
type writer interface {
	// write holds the workspace meanwhile, if one is given: it is not dropped, or the
	// write fails with ErrNoWorkspace.
	write(ctx context.Context, held *Workspace, fn func(*gorm.DB) error) error
	close() error
}

// Open opens the database, brings its schema up to date where it may, and makes
// sure that the default workspace exists. A schema that is not this build's is
// ErrSchema.
func Open(ctx context.Context, config Config) (*Store, error) {
	d, _, err := parseURL(config.URL)
	if err != nil {
		return nil, err
	}
	if d.embedded || config.Migrate {
		if err := Migrate(ctx, config.URL); err != nil {
			return nil, err
		}
	}
	s, err := connect(ctx, config)
	if err != nil {
		return nil, err
	}
	s.now = config.Now
	if s.now == nil {
		s.now = time.Now
	}
	if err := s.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.Write(ctx, func(tx *Tx) error { return tx.ensureDefault(s.now()) }); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close waits for the writes under way and closes the database. Calls after it
// fail with [ErrClosed] or the database's own error.
func (s *Store) Close() error {
	return errors.Join(s.writer.close(), closeDB(s.reads))
}

// Ready reports whether the database answers with the schema of this build.
func (s *Store) Ready(ctx context.Context) error {
	return s.checkSchema(ctx)
}

// Read runs fn with access to the context's workspace. Each statement of fn sees
// what was committed when it began; fn is not a transaction.
func (s *Store) Read(ctx context.Context, fn func(*Query) error) error {
	return fn(&Query{base: s.reads, ctx: ctx, workspace: workspaceOf(ctx)})
}

// Write runs fn in a transaction on the context's workspace and returns after a
// durable commit, or with fn's error and nothing changed.
//
// With too many writes waiting it is ErrBusy, at once.
//
// fn may be run more than once: it has no effect outside the transaction and
// assigns its results afresh. It must not keep the Tx.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	defer s.pending.Add(-1)
	if s.pending.Add(1) > maxPending {
		return ErrBusy
	}
	in := scopeOf(ctx)
	accessChanged := false
	err := s.writer.write(ctx, in.held, func(db *gorm.DB) error {
		tx := &Tx{Query: Query{base: db, workspace: in.name}, now: s.now().UTC()}
		err := fn(tx)
		accessChanged = tx.accessChanged
		return err
	})
	if accessChanged {
		s.access.forget(in.name)
	}
	return err
}

// QueueDepth is how many writes wait or run.
func (s *Store) QueueDepth() int { return int(s.pending.Load()) }

// Pools are the statistics of the connection pools, by what they are for.
func (s *Store) Pools() map[string]sql.DBStats {
	pool, err := s.reads.DB()
	if err != nil {
		return nil
	}
	if w, ok := s.writer.(*groupWriter); ok {
		return map[string]sql.DBStats{"reads": pool.Stats(), "writes": w.pool.Stats()}
	}
	return map[string]sql.DBStats{"all": pool.Stats()}
}

// Now is the store's clock.
func (s *Store) Now() time.Time { return s.now() }

// Query reads rows of one workspace.
type Query struct {
	base      *gorm.DB
	ctx       context.Context // of the statements; nil is that of base
	workspace string
}

// orm is GORM with the query's context.
func (q *Query) orm() *gorm.DB {
	if q.ctx == nil {
		return q.base
	}
	return q.base.WithContext(q.ctx)
}

// Tx reads and changes rows of one workspace in a transaction.
type Tx struct {
	Query
	now time.Time
	// accessChanged says that [Store.Access], and the rows that say who calls, have to be
	// read anew after the commit.
	accessChanged bool
}

// rows starts a statement on the rows of the query's workspace.
func (q *Query) rows() *gorm.DB {
	return q.orm().Where("workspace = ?", q.workspace)
}

// Workspace is the name of the workspace that the query reads.
func (q *Query) Workspace() string { return q.workspace }

type scopeKey struct{}

// scope is what a context says of the workspace of its reads and writes.
type scope struct {
	name string
	// held is the stored workspace that writes are to find; nil is any of the name.
	held *Workspace
}

func scopeOf(ctx context.Context) scope {
	if s, ok := ctx.Value(scopeKey{}).(scope); ok {
		return s
	}
	return scope{name: DefaultWorkspace}
}

// WithWorkspace returns a context whose reads and writes are on the workspace.
func WithWorkspace(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, scopeKey{}, scope{name: name})
}

// InWorkspace is WithWorkspace for a stored workspace: writes fail with
// ErrNoWorkspace once that one was dropped, also if another of its name was made.
func InWorkspace(ctx context.Context, w Workspace) context.Context {
	return context.WithValue(ctx, scopeKey{}, scope{w.Name, &w})
}

func workspaceOf(ctx context.Context) string { return scopeOf(ctx).name }

func closeDB(db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}
