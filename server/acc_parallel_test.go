package server_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// Sixteen callers move pairs of units below each other, put units below others and
// delete these. No unit is ever without its parent or above itself, and the two of a
// pair, which are always in one request, bear the same name.
func TestAccParallelMovesAndDeletionsLeaveATree(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		const callers, pairs, others = 16, 4, 6
		random := rand.New(rand.NewPCG(1, 2))
		anywhere := func() int { // a unit of a pair, another one, or none
			return []int{0, 10 + random.IntN(2*pairs), 100 + random.IntN(others)}[random.IntN(3)]
		}
		seen := map[int]int{}
		for round := range 12 {
			calls := make([]call, callers)
			for i := range calls {
				mark, first := fmt.Sprintf("m%d-%d", round, i), 10+2*random.IntN(pairs)
				switch other := 100 + random.IntN(others); random.IntN(3) {
				case 0:
					calls[i] = accPut(accUS, accUnits(accUnit(first, anywhere(), mark), accUnit(first+1, anywhere(), mark)))
				case 1:
					calls[i] = accPut(accUS, accUnits(accUnit(other, anywhere(), mark)))
				case 2:
					calls[i] = accDelete(other)
				}
			}
			statuses := make([]int, callers)
			each(callers, func(i int) { statuses[i] = s.do(t, calls[i]).status })
			for i, status := range statuses {
				if allowed := map[string][]int{"PUT": {200, 422}, "DELETE": {204, 404, 409}}; !slices.Contains(allowed[calls[i].method], status) {
					t.Errorf("%s %s: %d", calls[i].method, calls[i].body, status)
				}
				seen[status]++
			}
			got := s.want(t, 200, accGet(accUS)).accUnits(t)
			if err := accCheckTree(got, len(got.BusinessUnits), nil); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			names := map[string]string{}
			for _, u := range got.BusinessUnits {
				names[u.ID] = u.Name
			}
			for i := range pairs {
				if a, b := names[accID(10+2*i)], names[accID(11+2*i)]; a != b {
					t.Fatalf("round %d: one of a pair is %q, the other %q", round, a, b)
				}
			}
		}
		for _, status := range []int{200, 204, 404, 409, 422} {
			if seen[status] == 0 {
				t.Errorf("nobody got %d: %v", status, seen)
			}
		}
	})
}

// Where a request holds the whole structure, one of those that come at once is left,
// whole, but for a unit that was deleted.
func TestAccParallelRedefinitionsLeaveOneWhole(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(accRedefines))
		const callers, shared, leaf = 16, 1, 500
		for round := range 8 {
			each(callers, func(i int) {
				mark, own := fmt.Sprintf("m%d-%d", round, i), 10*(i+1)
				if i%4 == 3 { // a unit of the next caller's, which may or may not be there
					if status := s.do(t, accDelete(leaf)).status; status != 204 && status != 404 && status != 409 {
						t.Errorf("DELETE: %d", status)
					}
					return
				}
				s.want(t, 200, accPut(accUS, accUnits(accUnit(own, shared, mark), accUnit(shared, own+1, mark),
					accUnit(own+1, 0, mark), accUnit(leaf, own, mark))))
			})
			got := s.want(t, 200, accGet(accUS)).accUnits(t)
			if err := accCheckTree(got, len(got.BusinessUnits), nil); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
			leaves := 0
			for _, u := range got.BusinessUnits {
				if u.ID == accID(leaf) {
					leaves++
				}
				if u.Name != got.BusinessUnits[0].Name {
					t.Fatalf("round %d: two requests are mixed: %s", round, got.outline())
				}
			}
			if len(got.BusinessUnits)-leaves != 3 {
				t.Fatalf("round %d: %s", round, got.outline())
			}
		}
	})
}

// Of the deletion of a unit and a request that puts another one below it, which come at
// once, one wins and the other is refused.
func TestAccADeletionAndAnAdditionBelowDoNotBothSucceed(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		const pairs = 8
		for round := range 15 {
			var parents []string
			for i := range pairs {
				parents = append(parents, accUnit(1+i, 0, "x"))
			}
			s.want(t, 200, accPut(accUS, accUnits(parents...)))
			var statuses [2 * pairs]int
			each(2*pairs, func(i int) {
				c := accDelete(1 + i/2)
				if i%2 == 0 {
					c = accPut(accUS, accUnits(accUnit(100*(1+round)+i, 1+i/2, "below")))
				}
				statuses[i] = s.do(t, c).status
			})
			for i := 0; i < len(statuses); i += 2 {
				if got := [2]int(statuses[i : i+2]); got != [2]int{200, 409} && got != [2]int{422, 204} {
					t.Fatalf("round %d: the addition got %d, the deletion %d", round, got[0], got[1])
				}
			}
			got := s.want(t, 200, accGet(accUS)).accUnits(t)
			if err := accCheckTree(got, len(got.BusinessUnits), nil); err != nil {
				t.Fatal(err)
			}
			// What is below is taken away, so that the next round can delete again.
			var below []string
			for i := range pairs {
				below = append(below, accUnit(100*(1+round)+2*i, 0, "elsewhere"))
			}
			s.want(t, 200, accPut(accUS, accUnits(below...)))
		}
	})
}

// Of requests that come at once, the one that is stored last bears the latest time.
func TestAccTimesFollowTheOrderOfWrites(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		var ticks atomic.Int64
		clock := func() time.Time { return time.UnixMilli(1_800_000_000_000 + ticks.Add(1)) }
		s := start(t, deployment, servertest.Demo(), servertest.Clock(clock))
		for range 4 {
			times := make([]string, 16)
			each(len(times), func(i int) {
				times[i] = s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "x")))).accUnits(t).BusinessUnits[0].UpdatedAt
			})
			if got := s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits[0].UpdatedAt; got != slices.Max(times) {
				t.Errorf("stored is %s, answered were %v", got, times)
			}
		}
	})
}
