package throttle

import (
	"strconv"
	"sync"
	"testing"
)

func TestEveryCallOfAMinuteCountsOnce(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	call := Call{Workspace: "w", Family: "f", Function: "g", Caller: "c"}
	const callers, calls = 16, 100
	seen := make([]bool, callers*calls+1)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range calls {
				n := l.count(call, 1)
				mu.Lock()
				if seen[n] {
					t.Errorf("two calls are the one with the number %d", n)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for _, other := range []Call{
		{"x", "f", "g", "c"}, {"w", "x", "g", "c"}, {"w", "f", "x", "c"}, {"w", "f", "g", "x"},
	} {
		if n := l.count(other, 1); n != 1 {
			t.Errorf("the first call of %v has the number %d", other, n)
		}
	}
	if n := l.count(call, 2); n != 1 {
		t.Errorf("the first call of the next minute has the number %d", n)
	}
}

func TestCallersBeyondTheBoundAreCountedAsOne(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	for i := range maxCallers + 10 {
		n := l.count(Call{Caller: strconv.Itoa(i)}, 1)
		if want := max(1, i-maxCallers+1); n != want {
			t.Fatalf("call %d has the number %d, want %d", i, n, want)
		}
	}
	if n := l.count(Call{Caller: "7"}, 1); n != 2 {
		t.Errorf("the second call of one that is counted has the number %d", n)
	}
	if len(l.counts) > maxCallers+1 {
		t.Errorf("%d callers are kept", len(l.counts))
	}
}
