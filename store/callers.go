package store

import (
	"context"
	"sync"
	"time"
)

// StaticToken finds a provisioned token of a family by its digest, or ErrNotFound. What
// other replicas changed may be up to a second old, as of [Store.Access].
func (s *Store) StaticToken(ctx context.Context, family, digest string) (StaticToken, error) {
	return remembered(ctx, s, [2]string{family, digest}, func(q *Query) (StaticToken, error) {
		return q.StaticToken(family, digest)
	})
}

// ComanageAPIUser finds an API user by name, or ErrNotFound. What other replicas changed
// may be up to a second old, as of [Store.Access].
func (s *Store) ComanageAPIUser(ctx context.Context, name string) (ComanageAPIUser, error) {
	return remembered(ctx, s, name, func(q *Query) (ComanageAPIUser, error) { return q.ComanageAPIUser(name) })
}

// remembered reads what belongs to a caller of the context's workspace, at most once in
// accessTTL. What does not exist is not remembered: anybody can ask for it.
func remembered[T any](ctx context.Context, s *Store, key any, read func(*Query) (T, error)) (found T, err error) {
	callers := &s.access.entry(workspaceOf(ctx)).callers
	if known, ok := callers.recall(key); ok {
		return known.(T), nil
	}
	err = s.Read(ctx, func(q *Query) (err error) {
		found, err = read(q)
		return err
	})
	if err == nil {
		callers.remember(key, found)
	}
	return found, err
}

// callers are rows that say who calls, remembered for accessTTL.
type callers struct {
	mu   sync.RWMutex
	rows map[any]callerRow
}

type callerRow struct {
	row   any
	until time.Time
}

func (c *callers) recall(key any) (any, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	caller, ok := c.rows[key]
	return caller.row, ok && time.Now().Before(caller.until)
}

func (c *callers) remember(key, row any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rows == nil || len(c.rows) >= maxRemembered {
		c.rows = map[any]callerRow{}
	}
	c.rows[key] = callerRow{row, time.Now().Add(accessTTL)}
}
