package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/store"
)

// large is a write whose statements take longer than a shared commit allows. eachRun is
// called when it begins, with the number of the run.
func large(id string, eachRun func(run int)) func(*store.Tx) error {
	run := 0
	return func(tx *store.Tx) error {
		run++
		eachRun(run)
		for began := time.Now(); time.Since(began) < 2*store.SharedTime; {
			if err := tx.Exec("SELECT 1"); err != nil {
				return err
			}
		}
		return insert(id)(tx)
	}
}

func TestSmallWritesAreCommittedBeforeALargeOneAmongThem(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	b.add(t, "before", insert("before"))
	runs := 0
	b.add(t, "large", large("large", func(run int) {
		if runs = run; run == 2 {
			b.wantStored(t, map[string]bool{"before": true, "after": true}) // as others see it
		}
	}))
	b.add(t, "after", insert("after"))
	wantOutcomes(t, b.release())
	if runs != 2 {
		t.Errorf("the large write ran %d times, want once beside others and once alone", runs)
	}
	b.wantStored(t, map[string]bool{"large": true})
}

func TestLargeWritesTakeTurnsWithSmallOnes(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	var mu sync.Mutex
	var order []string
	done := func(name string) { mu.Lock(); order = append(order, name); mu.Unlock() }
	for i := range 3 {
		name := fmt.Sprint("large ", i)
		b.add(t, name, large(name, func(run int) {
			if run == 2 {
				done(name)
			}
		}))
	}
	b.add(t, "small", func(tx *store.Tx) error { done("small"); return insert("small")(tx) })
	wantOutcomes(t, b.release())
	if order[0] != "small" {
		t.Errorf("the writes were done in the order %v, want the small one before the large ones", order)
	}
}

func TestSmallWritesDoNotKeepALargeOneWaiting(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	close(b.held)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := b.Write(context.Background(), insert(fmt.Sprint("small ", i, " ", n))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	err := b.Write(context.Background(), large("large", func(int) {}))
	if err != nil || ctx.Err() != nil {
		t.Errorf("the large write: %v, %v", err, ctx.Err())
	}
	cancel()
	writers.Wait()
}

func TestAFullQueueRefusesAtOnceAndHarmsNobody(t *testing.T) {
	t.Parallel()
	b := holdWriter(t)
	var letIn sync.WaitGroup
	var stored atomic.Int64
	for i := range store.MaxPending - 1 { // the one that holds the writer is one, too
		letIn.Go(func() {
			if err := b.Write(context.Background(), insert(fmt.Sprint("row ", i))); err != nil {
				t.Error(err)
				return
			}
			stored.Add(1)
		})
	}
	for deadline := time.Now().Add(20 * time.Second); b.QueueDepth() < store.MaxPending; {
		if time.Now().After(deadline) {
			t.Fatalf("only %d writes wait", b.QueueDepth())
		}
		time.Sleep(time.Millisecond) // between polls, up to the deadline
	}
	if err := b.Write(t.Context(), insert("one too many")); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a write into a full queue: got %v, want ErrBusy", err)
	}
	close(b.held)
	letIn.Wait()
	if stored.Load() != store.MaxPending-1 {
		t.Errorf("%d writes were stored, want %d", stored.Load(), store.MaxPending-1)
	}
	b.wantStored(t, map[string]bool{"one too many": false})
	if err := b.Write(t.Context(), insert("later")); err != nil {
		t.Errorf("a write after the queue was full: %v", err)
	}
}
