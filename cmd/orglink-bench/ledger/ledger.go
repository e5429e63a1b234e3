// Package ledger writes to Orglink in all families at once, keeps account of what was
// acknowledged, and tells afterwards whether it is there.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Ledger is a number of authors, each on a connection of its own.
type Ledger struct {
	authors []*author
}

// Open makes the authors. They use the Orglinks at the given URLs in turn, which have
// [Fixtures] applied; what cannot be asked of Orglink is read from their database.
func Open(urls []string, database *sql.DB) *Ledger {
	l := &Ledger{}
	for i := range authors {
		a := &author{number: i, api: newAPI(urls[i%len(urls)]), book: book{}}
		a.works = families[i%len(families)](a, database)
		l.authors = append(l.authors, a)
	}
	return l
}

// AfterFailure says what an author does when a call of it was not acknowledged.
type AfterFailure bool

// What an author does then.
const (
	Stop AfterFailure = false // writes no more
	GoOn AfterFailure = true  // looks what became of it, as long as it takes, and writes on
)

// Run has all authors write until stop is closed. A call under way comes to its end.
func (l *Ledger) Run(ctx context.Context, stop <-chan struct{}, then AfterFailure) error {
	return l.each(func(a *author) error { return a.run(ctx, stop, then) })
}

// Settle has all authors look whether what was acknowledged is there.
func (l *Ledger) Settle(ctx context.Context) error {
	return l.each(func(a *author) error { return a.settle(ctx) })
}

// Recover returns after a write is acknowledged, which the first author tries until then.
func (l *Ledger) Recover(ctx context.Context) error {
	first := l.authors[0]
	for {
		err := first.settle(ctx)
		if err == nil {
			err = first.write(ctx)
		}
		if !errors.Is(err, errNoAnswer) {
			return err
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (l *Ledger) each(do func(*author) error) error {
	var wg sync.WaitGroup
	failed := make([]error, len(l.authors))
	for i, a := range l.authors {
		wg.Go(func() { failed[i] = do(a) })
	}
	wg.Wait()
	return errors.Join(failed...)
}

// Totals are what became of all calls so far.
type Totals struct {
	Acknowledged int
	// Failed counts the calls without an answer, or with one of 5xx.
	Failed int
	// LongestGap is the longest time of one author in a Run without an acknowledged
	// write.
	LongestGap time.Duration
	// Lost are things whose last acknowledged content is gone, Half those with a content
	// that nobody wrote.
	Lost, Half []string
}

// Totals adds up all authors. It is not for the time of a Run.
func (l *Ledger) Totals() Totals {
	var sum Totals
	for _, a := range l.authors {
		sum.Acknowledged += a.acknowledged
		sum.Failed += a.failed
		sum.LongestGap = max(sum.LongestGap, a.longestGap)
		sum.Lost = append(sum.Lost, a.lost...)
		sum.Half = append(sum.Half, a.half...)
	}
	return sum
}

// pause is what a client waits before it tries again.
func pause(ctx context.Context) error {
	select {
	case <-time.After(20 * time.Millisecond):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("orglink does not recover: %w", ctx.Err())
	}
}
