package server_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// together runs the call from n callers at once and counts their statuses.
func (s *site) together(t *testing.T, n int, next func(i int) call) map[int]int {
	t.Helper()
	statuses := make([]int, n)
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			c := next(i)
			ready.Done()
			ready.Wait()
			statuses[i] = s.do(t, c).status
		})
	}
	done.Wait()
	counts := map[int]int{}
	for _, status := range statuses {
		counts[status]++
	}
	return counts
}

func TestSviOneOfManyWritersOfAVersionWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		const writers = 16
		for version := 1; version <= 3; version++ {
			counts := s.together(t, writers, func(int) call { return sviPut(sviFiveParts, sviBody(t, version, nil)) })
			if counts[200] != 1 || counts[412] != writers-1 {
				t.Fatalf("version %d: got %v, want one 200 and %d times 412", version, counts, writers-1)
			}
			var link sviLink
			s.want(t, 200, sviGet(sviFourParts)).json(t, &link)
			if link.FieldValues["version"] != float64(version+1) {
				t.Fatalf("got version %v, want %d", link.FieldValues["version"], version+1)
			}
		}
	})
}

func TestSviWritersOfATypeWithoutVersionAllWin(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(sviTypes))
		counts := s.together(t, 16, func(int) call { return sviPut(sviLoose, `{"fieldValues":{"note":"n"}}`) })
		if counts[200] != 16 {
			t.Errorf("got %v, want 16 times 200", counts)
		}
	})
}

// An administrator masks a field while an update of its link is under way: the clock
// is read between the look at the link and the write. The answer must not show what
// is masked by then.
func TestSviUpdateUnderWayWhenItsFieldIsMasked(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		var armed atomic.Bool
		var mask func()
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Clock(func() time.Time {
			if armed.CompareAndSwap(true, false) {
				mask()
			}
			return sviClock()
		}))
		masking := strings.Replace(sviTypes, "{name: count, dataType: integer}", "{name: count, dataType: integer, masked: true}", 1)
		mask = func() {
			s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, masking)})
		}
		armed.Store(true)
		a := s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("count", 424242))).with("_includeEntityLabels=true"))
		if strings.Contains(a.body, "424242") || !strings.Contains(a.body, `"count":{"masked"`) {
			t.Errorf("the answer shows the field: %s", a.body)
		}
		if armed.Load() || !strings.Contains(a.body, `"fromObjectDisplayLabel":"Harbour 12"`) {
			t.Errorf("got %s", a.body)
		}
	})
}
