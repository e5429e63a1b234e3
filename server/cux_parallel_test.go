package server_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"orglink/server/servertest"
)

func TestCuxParallelPutsOfLinks(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		const callers = 32
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() { // one link, by all of them
				body := fmt.Sprintf(`{"dateLinked":"20%02d-01-01","status":"%s"}`, i, []string{"LINKED", "UNLINKED"}[i%2])
				a := s.do(t, cuxPut("same", body))
				if a.status != 200 || !strings.Contains(a.body, body[1:]) {
					t.Errorf("got %d %s, want 200 and what was sent: %s", a.status, a.body, body)
				}
			})
			all.Go(func() { // a link of its own
				if a := s.do(t, cuxPut(fmt.Sprintf("own-%02d", i), `{"dateLinked":"2020-12-18"}`)); a.status != 200 {
					t.Errorf("got %d %s", a.status, a.body)
				}
			})
		}
		all.Wait()

		list := cuxList(t, s, cuxSession)
		if got := strings.Count(list, `"linkId"`); got != callers+1 {
			t.Errorf("%d links are listed, want %d: %s", got, callers+1, list)
		}
		for i := range callers {
			if entry := fmt.Sprintf(`{"linkId":"own-%02d","businessUnit":"BUYCO","dateLinked":"2020-12-18","status":"LINKED"}`, i); strings.Count(list, entry) != 1 {
				t.Errorf("the list lacks %s", entry)
			}
		}
		// The last write won whole: date and status are of one caller.
		var links []struct{ LinkID, DateLinked, Status string }
		answer{body: list}.json(t, &links)
		for _, l := range links {
			if l.LinkID != "same" {
				continue
			}
			var i int
			if _, err := fmt.Sscanf(l.DateLinked, "20%02d-01-01", &i); err != nil || l.Status != []string{"LINKED", "UNLINKED"}[i%2] {
				t.Errorf("the link is of two callers: %+v", l)
			}
		}
	})
}

// TestCuxParallelStartsOfOneSession: a correlation id goes to one account only,
// however many ask for it at once.
func TestCuxParallelStartsOfOneSession(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(cuxFixture))
		accounts := []string{cuxAccount, cuxOther}
		for round := range 8 {
			id := fmt.Sprintf("contested-%d", round)
			var wins [2]atomic.Int32
			var all sync.WaitGroup
			for i := range 16 {
				all.Go(func() {
					switch a := s.do(t, cuxStart(accounts[i%2], "", `{"correlationId":"`+id+`"}`)); {
					case a.status == 200 && strings.Contains(a.body, accounts[i%2]):
						wins[i%2].Add(1)
					case a.status != 400:
						t.Errorf("got %d %s", a.status, a.body)
					}
				})
			}
			all.Wait()
			winner := 0
			if wins[0].Load() == 0 {
				winner = 1
			}
			if wins[winner].Load() != 8 || wins[1-winner].Load() != 0 {
				t.Fatalf("the accounts' starts succeeded %d and %d times, want 8 of one", wins[0].Load(), wins[1].Load())
			}
			s.want(t, 200, call{method: "PUT", path: cuxPathOf(id, "BUYCO", id), header: cuxBearer})
			if got := strings.Contains(cuxList(t, s, []string{cuxSession, "other-session"}[winner]), id); !got {
				t.Fatalf("the session of %s wrote to another account", accounts[winner])
			}
		}
	})
}

// TestCuxParallelRenewalsAndPuts: a session that is renewed all the time serves all the
// while.
func TestCuxParallelRenewalsAndPuts(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		begin := cuxStart(cuxAccount, "", `{"correlationId":"busy"}`)
		s.want(t, 200, begin)
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				if a := s.do(t, begin); a.status != 200 {
					t.Errorf("renewed: got %d %s", a.status, a.body)
				}
			})
			all.Go(func() {
				if a := s.do(t, call{method: "PUT", path: cuxPathOf("busy", "BUYCO", "same"), header: cuxBearer}); a.status != 200 {
					t.Errorf("put: got %d %s", a.status, a.body)
				}
			})
		}
		all.Wait()
		if got := strings.Count(cuxList(t, s, "busy"), `"linkId"`); got != 1 {
			t.Errorf("%d links are listed, want 1", got)
		}
	})
}
