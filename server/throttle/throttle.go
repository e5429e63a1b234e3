// Package throttle counts calls by the minute, as the vendors' gateways do where a
// limit is set. It counts in this process only: replicas do not share their counts.
package throttle

import (
	"context"
	"sync"
	"time"

	"orglink/server/fault"
	"orglink/store"
)

// Limiter holds callers to the limits that the workspaces' fixtures set. It is safe
// for concurrent use.
type Limiter struct {
	store *store.Store
	now   func() time.Time

	mu     sync.Mutex
	minute int64 // since the epoch; the counts are those of this minute
	counts map[Call]int
}

// Call is what is counted.
type Call struct {
	Workspace, Family string
	// Function is the family's own name of a group of operations.
	Function string
	// Caller is the client or user who calls.
	Caller string
}

// New makes a limiter that has counted nothing.
func New(st *store.Store, now func() time.Time) *Limiter {
	return &Limiter{store: st, now: now, counts: map[Call]int{}}
}

// Take counts the call. A fault of kind Throttled says that it is one too many in
// this minute.
func (l *Limiter) Take(ctx context.Context, call Call) error {
	access, err := l.store.Access(ctx)
	if err != nil {
		return err
	}
	limit := access.Limit(call.Family, call.Function)
	if limit == 0 {
		return nil
	}
	seconds := l.now().Unix()
	if l.count(call, seconds/60) <= limit {
		return nil
	}
	return &fault.Fault{Kind: fault.Throttled, RetryAfter: int(60 - seconds%60)}
}

// maxCallers bounds what is kept of a minute: a name need not be anybody's.
const maxCallers = 1 << 16

// count counts the call in the minute and returns which one it is. Callers beyond
// maxCallers are counted as one.
func (l *Limiter) count(call Call, minute int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if minute != l.minute {
		l.minute = minute
		clear(l.counts)
	}
	if _, known := l.counts[call]; !known && len(l.counts) >= maxCallers {
		call.Caller = ""
	}
	l.counts[call]++
	return l.counts[call]
}
