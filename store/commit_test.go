package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"orglink/store"
)

// batch is a SQLite store whose writer is held, so that what is written meanwhile
// is committed together.
type batch struct {
	*store.Store
	held    chan struct{}
	results map[string]chan error
}

func holdWriter(t *testing.T) *batch {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "b.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return holdWriterOf(t, s)
}

func holdWriterOf(t *testing.T, s *store.Store) *batch {
	t.Helper()
	b := &batch{Store: s, held: make(chan struct{}), results: map[string]chan error{}}
	entered := make(chan struct{})
	go s.Write(context.Background(), func(*store.Tx) error {
		close(entered)
		<-b.held
		return nil
	})
	<-entered
	return b
}

// add queues a write behind the ones before it.
func (b *batch) add(t *testing.T, name string, fn func(*store.Tx) error) {
	t.Helper()
	b.results[name] = b.queue(t, context.Background(), fn)
}

// queue starts a write, waits until it stands in the queue, and returns where its
// outcome will come.
func (b *batch) queue(t *testing.T, ctx context.Context, fn func(*store.Tx) error) chan error {
	t.Helper()
	queued := b.Queued()
	result := make(chan error, 1)
	go func() { result <- b.Write(ctx, fn) }()
	for deadline := time.Now().Add(10 * time.Second); b.Queued() == queued; {
		if time.Now().After(deadline) {
			t.Fatal("the write did not enter the queue")
		}
		time.Sleep(time.Millisecond) // between polls, up to the deadline
	}
	return result
}

// release lets the writer go on and returns the outcome of every write by name.
func (b *batch) release() map[string]error {
	close(b.held)
	outcomes := map[string]error{}
	for name, result := range b.results {
		outcomes[name] = <-result
	}
	return outcomes
}

func insert(id string) func(*store.Tx) error {
	return func(tx *store.Tx) error {
		return tx.Exec("INSERT INTO clients (workspace, family, id, secret_digest, scopes, grants) VALUES ('default', 'f', ?, '', '', '')", id)
	}
}

func (b *batch) wantStored(t *testing.T, want map[string]bool) {
	t.Helper()
	for id, stored := range want {
		var n int64
		if err := b.DB().Raw("SELECT COUNT(*) FROM clients WHERE id = ?", id).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		if (n == 1) != stored {
			t.Errorf("row %s: stored %v, want %v", id, n == 1, stored)
		}
	}
}

func wantOutcomes(t *testing.T, got map[string]error, failing ...string) {
	t.Helper()
	should := map[string]bool{}
	for _, name := range failing {
		should[name] = true
	}
	for name, err := range got {
		if (err != nil) != should[name] {
			t.Errorf("write %s: got %v, want failure %v", name, err, should[name])
		}
	}
}

var errOwn = errors.New("own failure")

func TestOneWritesFailureLeavesNothingAndSparesItsNeighbours(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	b.add(t, "first", insert("first"))
	b.add(t, "failing", func(tx *store.Tx) error { return errors.Join(insert("failing")(tx), errOwn) })
	b.add(t, "last", insert("last"))
	outcomes := b.release()
	wantOutcomes(t, outcomes, "failing")
	if !errors.Is(outcomes["failing"], errOwn) {
		t.Errorf("the failing write got %v, want its own error", outcomes["failing"])
	}
	b.wantStored(t, map[string]bool{"first": true, "failing": false, "last": true})
}

func TestNoErrorRestsOnARowThatWasNeverCommitted(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	b.add(t, "withdrawn", func(tx *store.Tx) error { return errors.Join(insert("same")(tx), errOwn) })
	b.add(t, "second", insert("same"))
	b.add(t, "third", insert("same"))
	outcomes := b.release()
	wantOutcomes(t, outcomes, "withdrawn", "third")
	if !errors.Is(outcomes["third"], store.ErrConflict) {
		t.Errorf("the third write got %v, want ErrConflict", outcomes["third"])
	}
	b.wantStored(t, map[string]bool{"same": true})
}

func TestAPanicInAWriteIsItsCallersErrorOnly(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	b.add(t, "panicking", func(tx *store.Tx) error {
		if err := insert("panicking")(tx); err != nil {
			return err
		}
		panic("boom")
	})
	b.add(t, "last", insert("last"))
	wantOutcomes(t, b.release(), "panicking")
	b.wantStored(t, map[string]bool{"panicking": false, "last": true})
}

// An interrupt, a full disk or an I/O error can roll the whole transaction back
// in the middle of a function; what follows must not commit by itself.
func TestNothingIsWrittenAfterTheDatabaseRolledBack(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	b.add(t, "first", insert("first"))
	b.add(t, "losing", func(tx *store.Tx) error {
		if err := tx.Exec("ROLLBACK"); err != nil {
			return err
		}
		_ = insert("orphan")(tx) // a caller that does not look
		return nil
	})
	b.add(t, "last", insert("last"))
	wantOutcomes(t, b.release(), "losing")
	b.wantStored(t, map[string]bool{"first": true, "orphan": false, "last": true})
}

func TestAWriteWhoseCallerLeftWhileItWaitedDoesNotRun(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.add(t, "before", insert("before"))
	result := b.queue(t, ctx, insert("abandoned"))
	cancel()
	wantOutcomes(t, b.release())
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	b.wantStored(t, map[string]bool{"before": true, "abandoned": false})
}

func TestCloseLetsQueuedWritesFinishAndRefusesLaterOnes(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	for i := range 5 {
		b.add(t, fmt.Sprint(i), insert(fmt.Sprint("row", i)))
	}
	closed := make(chan error, 1)
	go func() { closed <- b.Close() }()
	wantOutcomes(t, b.release())
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if err := b.Write(t.Context(), insert("late")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a write after Close: got %v, want ErrClosed", err)
	}
}
