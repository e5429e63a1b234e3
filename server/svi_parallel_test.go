package server_test

import (
	"sync"
	"testing"

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
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
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
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		counts := s.together(t, 16, func(int) call { return sviPut(sviLoose, `{"fieldValues":{"note":"n"}}`) })
		if counts[200] != 16 {
			t.Errorf("got %v, want 16 times 200", counts)
		}
	})
}
