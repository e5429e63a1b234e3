package server_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

// accChain is a chain of units from first to last below parent.
func accChain(parent, first, last int) []string {
	var units []string
	for id := first; id <= last; id++ {
		units = append(units, accUnit(id, parent, fmt.Sprint("u", id)))
		parent = id
	}
	return units
}

func TestAccBoundsTheDepthOfATree(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.accCode(t, accPut(accUS, accUnits(accChain(0, 1, 65)...)), 422, 1002)
		s.want(t, 200, accPut(accUS, accUnits(accChain(0, 1, 64)...)))
		s.accCode(t, accPut(accUS, accUnits(accUnit(65, 64, "too deep"))), 422, 1002)

		// A subtree of 3 levels fits below level 61, not below level 62; the bottom
		// unit of it is neither in the request nor above a unit of it.
		s.want(t, 200, accPut(accUS, accUnits(accChain(0, 101, 103)...)))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(101, 61, "u101"))))
		s.accCode(t, accPut(accUS, accUnits(accUnit(101, 62, "u101"))), 422, 1002)
		// It fits when the same request takes the bottom unit out of it, or its middle.
		s.want(t, 200, accPut(accUS, accUnits(accUnit(101, 62, "u101"), accUnit(103, 1, "u103"))))
		s.accCode(t, accPut(accUS, accUnits(accUnit(103, 102, "u103"))), 422, 1002)
		s.want(t, 200, accPut(accUS, accUnits(accUnit(101, 63, "u101"), accUnit(102, 0, "u102"))))
		// Above a deep unit a new root would push it down.
		s.accCode(t, accPut(accUS, accUnits(accUnit(200, 0, "new root"), accUnit(1, 200, "u1"))), 422, 1002)
		if n := len(s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits); n != 67 {
			t.Errorf("%d units, want 67", n)
		}
	})
}

func TestAccTakesTwentyThousandUnitsAtOnce(t *testing.T) {
	t.Parallel()
	notUnderRace(t, muchData)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		const n = 20_000
		units := make([]string, n)
		for i := range units {
			id := n - i // children before their parents
			units[i] = accUnit(id, id/4, fmt.Sprint("u", id))
		}
		body := accUnits(units...)
		first := s.want(t, 200, accPut(accUS, body)).accUnits(t)
		second := s.want(t, 200, accPut(accUS, body)).accUnits(t)
		listed := s.want(t, 200, accGet(accUS)).accUnits(t)
		if len(listed.BusinessUnits) != n || first.outline() != second.outline() || first.outline() != listed.outline() {
			t.Fatal("the answers differ in units, order or paths")
		}
		if got := listed.BusinessUnits[0]; got.Name != "u20000" || *got.Path != "u1/u4/u19/u78/u312/u1250/u5000" {
			t.Errorf("got %s below %s", got.Name, *got.Path)
		}
		// A chain as long as a request can hold one is refused, not followed for ever.
		s.accCode(t, accPut(accUS, accUnits(accChain(0, 100_001, 120_000)...)), 422, 1002)
		cycle := append(accChain(0, 100_002, 120_000), accUnit(100_001, 120_000, "x"))
		cycle[0] = accUnit(100_002, 100_001, "x")
		s.accCode(t, accPut(accUS, accUnits(cycle...)), 422, 1002)
	})
}

// Writers that move two chains of units below each other, half of them in either
// direction, and add and rename others in the same requests, leave a tree in which
// every request is whole.
func TestAccParallelWritersLeaveATree(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		const writers, rounds = 16, 20
		pairs := map[string]string{} // both halves of what one request made, by id
		for round := range rounds {
			// 1 is above 2, and 3 above 4: a cycle needs both directions.
			s.want(t, 200, accPut(accUS, accUnits(append(accChain(0, 1, 2), accChain(0, 3, 4)...)...)))
			got := make([]int, writers)
			each(writers, func(writer int) {
				top, below := 1, 4
				if writer%2 == 1 {
					top, below = 3, 2
				}
				mark, x := fmt.Sprintf("w%d-%d", writer, round), 1000+2*(writer+round*writers)
				got[writer] = s.do(t, accPut(accUS, accUnits(accUnit(x, top, mark), accUnit(top, below, mark), accUnit(x+1, below, mark)))).status
			})
			winner := slices.Index(got, 200) % 2
			for writer, status := range got {
				if want := map[bool]int{true: 200, false: 422}[writer%2 == winner]; status != want {
					t.Fatalf("round %d: one direction must win and the other be refused: %v", round, got)
				}
				if x := 1000 + 2*(writer+round*writers); status == 200 {
					mark := fmt.Sprintf("w%d-%d", writer, round)
					pairs[accID(x)], pairs[accID(x+1)] = mark, mark
				}
			}
			if err := accCheckTree(s.want(t, 200, accGet(accUS)).accUnits(t), 4, pairs); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
	})
}

// each runs fn n times at once and waits for all.
func each(n int, fn func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { fn(i) })
	}
	group.Wait()
}

// accCheckTree makes sure that the units form a tree, that their paths are those
// of their ancestors, and that just the acknowledged requests left their units.
func accCheckTree(got accAnswer, shared int, acknowledged map[string]string) error {
	parents, names := map[string]*string{}, map[string]string{}
	for _, u := range got.BusinessUnits {
		parents[u.ID], names[u.ID] = u.ParentID, u.Name
	}
	if len(parents) != shared+len(acknowledged) {
		return fmt.Errorf("%d units, want %d", len(parents), shared+len(acknowledged))
	}
	for id, mark := range acknowledged {
		if names[id] != mark {
			return fmt.Errorf("unit %s is named %q, want %q", id, names[id], mark)
		}
	}
	for _, u := range got.BusinessUnits {
		var above []string
		for id := u.ParentID; id != nil; id = parents[*id] {
			if _, exists := parents[*id]; !exists {
				return fmt.Errorf("unit %s is an orphan", u.ID)
			}
			if above = append([]string{names[*id]}, above...); len(above) > len(parents) {
				return errors.New("there is a cycle")
			}
		}
		path := strings.Join(above, "/")
		if (u.Path == nil) != (u.ParentID == nil) || u.Path != nil && *u.Path != path {
			return fmt.Errorf("unit %s has path %v, want %q", u.ID, u.Path, path)
		}
	}
	return nil
}

// The same id put into two accounts at once ends up in one of them.
func TestAccGivesAnIdToOneAccount(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		for round := 1; round <= 20; round++ {
			got := make([]int, 8)
			each(len(got), func(i int) {
				path := []string{accUS, accEU}[i%2]
				got[i] = s.do(t, accPut(path, accUnits(accUnit(round, 0, "x"), accUnit(1000+round, round, "y")))).status
			})
			winner := slices.Index(got, 200) % 2
			for i, status := range got {
				if want := map[bool]int{true: 200, false: 409}[i%2 == winner]; status != want {
					t.Fatalf("round %d: statuses %v", round, got)
				}
			}
		}
		us := len(s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits)
		eu := len(s.want(t, 200, accGet(accEU)).accUnits(t).BusinessUnits)
		if us+eu != 40 {
			t.Errorf("%d + %d units, want 40 in all", us, eu)
		}
	})
}
