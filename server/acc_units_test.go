package server_test

import (
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// tickingClock is a clock that a test moves.
type tickingClock struct{ seconds atomic.Int64 }

func (c *tickingClock) now() time.Time { return time.Unix(1_460_346_549+c.seconds.Load(), 170_000_000) }
func (c *tickingClock) tick()          { c.seconds.Add(1) }

func TestAccReplacesGivenUnitsAndLeavesTheOthers(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := &tickingClock{}
		s := start(t, database, servertest.Demo(), servertest.Clock(clock.now))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "Root"),
			`{"id":"`+accID(2)+`","parent_id":"`+accID(1)+`","name":"Middle","description":"kept?"}`, accUnit(3, 2, "Leaf"))))
		before := s.want(t, 200, accGet(accUS)).accUnits(t)

		clock.tick()
		a := s.want(t, 200, accPut(accUS, `{"business_units":[{"id":"`+accID(2)+`","name":"Middle"}]}`))
		changed := a.accUnits(t).BusinessUnits
		if len(changed) != 1 {
			t.Fatalf("want the request's unit only: %s", a.body)
		}
		u, old := changed[0], before.BusinessUnits[1]
		if u.ParentID != nil || u.Path != nil || u.Description != nil {
			t.Errorf("what was omitted was kept: %s", a.body)
		}
		if u.CreatedAt != old.CreatedAt || u.UpdatedAt == old.UpdatedAt {
			t.Errorf("created_at must stay and updated_at move: %s", a.body)
		}
		if u.UpdatedAt != "2016-04-11T03:49:10.170Z" {
			t.Errorf("updated_at is not UTC with three decimals: %s", u.UpdatedAt)
		}
		s.accHolds(t, accUS, "Root<- Middle<- Leaf<Middle")

		clock.tick()
		equal := s.want(t, 200, accPut(accUS, `{"business_units":[{"id":"`+accID(2)+`","name":"Middle"}]}`)).accUnits(t).BusinessUnits[0]
		if equal.UpdatedAt == u.UpdatedAt {
			t.Error("a replacement by equal values did not move updated_at")
		}
		leaf := s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits[2]
		if leaf.UpdatedAt != before.BusinessUnits[2].UpdatedAt {
			t.Error("updated_at of a unit below moved")
		}
	})
}

func TestAccMakesIdsForUnitsWithoutOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		const body = `{"business_units":[{"name":"a"},{"id":null,"name":"a"}]}`
		units := s.want(t, 200, accPut(accUS, body)).accUnits(t).BusinessUnits
		uuid := regexp.MustCompile(`^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)
		if !uuid.MatchString(units[0].ID) || units[0].ID == units[1].ID {
			t.Fatalf("want two new UUIDs: %+v", units)
		}
		s.want(t, 200, accPut(accUS, body))
		s.accHolds(t, accUS, "a<- a<- a<- a<-")
	})
}

func TestAccKeepsIdsInLowerCase(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	upper := strings.ToUpper(accID(0xabc))
	s.want(t, 200, accPut(strings.Replace(accUS, "e3d5ef8d", "E3D5EF8D", 1),
		`{"business_units":[{"id":"00000000-0000-1000-8000-ABCDEFABCDEF","name":"Root"},
		  {"id":"`+upper+`","parent_id":"00000000-0000-1000-8000-abcdefABCDEF","name":"Child"}]}`))
	units := s.want(t, 200, accGet(accUS)).accUnits(t).BusinessUnits
	if units[0].ID != "00000000-0000-1000-8000-abcdefabcdef" || *units[1].ParentID != units[0].ID ||
		units[0].AccountID != "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace" {
		t.Fatalf("ids are not in lower case: %+v", units)
	}
	s.want(t, 200, accPut(accUS, `{"business_units":[{"id":"00000000-0000-1000-8000-ABCDEFABCDEF","name":"Again"}]}`))
	s.accHolds(t, accUS, "Again<- Child<Again")
}

func TestAccTakesAHierarchyInAnyOrderAndAnswersInThatOrder(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		a := s.want(t, 200, accPut(accUS, accUnits(accUnit(3, 2, "C"), accUnit(2, 1, "B"), accUnit(1, 0, "A"), accUnit(4, 3, "D"))))
		const want = "C<A/B B<A A<- D<A/B/C"
		if got := a.accUnits(t).outline(); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		s.accHolds(t, accUS, want)
	})
}

func TestAccPathsFollowMovesAndRenames(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "A"), accUnit(2, 0, "B"), accUnit(3, 1, "C"), accUnit(4, 3, "D"))))
		moved := s.want(t, 200, accPut(accUS, accUnits(accUnit(3, 2, "C/c"))))
		if got := moved.accUnits(t).outline(); got != "C/c<B" {
			t.Fatalf("got %q", got)
		}
		s.accHolds(t, accUS, "A<- B<- C/c<B D<B/C/c")
		// Two units change places: valid only on the merged tree.
		s.want(t, 200, accPut(accUS, accUnits(accUnit(3, 4, "C"), accUnit(4, 2, "D"))))
		s.accHolds(t, accUS, "A<- B<- C<B/D D<B")
	})
}

func TestAccKeepsTextsAsTheyAre(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		long := strings.Repeat("🏗", 255)
		a := s.want(t, 200, accPut(accUS, `{"business_units":[{"id":"`+accID(1)+`","name":" R&D <b>\u00e9\t ","description":""},{"name":"`+long+`","description":"`+long+`"}]}`))
		for _, text := range []string{`"name":" R&D <b>é\t "`, `"description":""`, long} {
			if !strings.Contains(a.body, text) {
				t.Errorf("the answer lacks %s: %s", text, a.body)
			}
		}
		if got := s.want(t, 200, accGet(accUS)).body; got != a.body {
			t.Errorf("GET answers %s, PUT answered %s", got, a.body)
		}
	})
}

func TestAccTakesEveryKindOfUUID(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for _, id := range []string{
		"00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "c232ab00-9414-11ec-b3c8-9e6bdeced846",
		"5df41881-3aed-3515-88a7-2f4a814cf09e", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "12345678-1234-1234-1234-123456789012",
	} {
		a := s.want(t, 200, accPut(accUS, `{"business_units":[{"id":"`+id+`","parent_id":null,"name":"x","description":null}]}`))
		if u := a.accUnits(t).BusinessUnits[0]; u.ID != id || u.Description != nil || u.ParentID != nil {
			t.Errorf("%s: got %+v", id, u)
		}
	}
}

func TestAccTakesBackWhatItAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "A"), accUnit(2, 1, "B"))))
	got := s.want(t, 200, accGet(accUS)).body
	s.want(t, 200, accPut(accUS, strings.Replace(got, `{`, `{"extra":[1],`, 1)))
	s.accHolds(t, accUS, "A<- B<A")
}

func TestAccAnswersEmptyListsWithAnEmptyArray(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, c := range []call{accGet(accUS), accPut(accUS, `{"business_units":[]}`), accGet(accEU), accPut(accEU, `{"business_units":[]}`)} {
			if a := s.want(t, 200, c); a.body != `{"business_units":[]}` {
				t.Errorf("%s %s: %s", c.method, c.path, a.body)
			}
		}
	})
}

func TestAccToleratesHowClientsWriteTheAddress(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	eu := strings.Replace(accEU, "/regions/eu", "", 1)
	for name, c := range map[string]call{
		"trailing slash":           {path: accUS + "/"},
		"double slash":             {path: "/" + accUS},
		"double slashes inside":    {path: strings.ReplaceAll(accUS, "/", "//") + "//"},
		"unknown query":            {path: accUS + "?limit=1&offset=2&sort=name"},
		"unreadable query":         {path: accUS + "?x=%zz&%ff=%00;"},
		"region of the account":    {path: accUS, header: with(accHeader, "Region", "us")},
		"region with spaces":       {path: accUS, header: with(accHeader, "Region", " US ")},
		"EMEA in the header":       {path: eu, header: with(accHeader, "Region", "Emea")},
		"legacy address":           {path: accEU},
		"the address wins":         {path: accEU, header: with(accHeader, "Region", "US")},
		"scheme in lower case":     {path: accUS, header: with(accHeader, "Authorization", strings.ToLower("Bearer ")+"9ezBnx9Rd5D1xG4KMt6b72T4w0MG")},
		"content type in capitals": {path: accUS, header: with(accHeader, "Content-Type", "Application/JSON")},
		"charset in content type":  {path: accUS, header: with(accHeader, "Content-Type", "application/json; charset=utf-8")},
		"accept of the SDK":        {path: accUS, header: with(accHeader, "Accept", "application/json, text/plain, */*")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.header == nil {
				c.header = accHeader
			}
			c.method = "GET"
			s.want(t, 200, c)
			c.method, c.body = "PUT", `{"business_units":[]}`
			s.want(t, 200, c)
		})
	}
}

func TestAccHoldsAnAccountInOneRegion(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(`
acc:
  accounts:
    - {id: 0d7c6f52-1b0e-4a57-9d6f-3c9b0e1a2f34, name: Sydney, region: AUS, clients: [demo-client]}`))
	au := "/hq/v1/accounts/0d7c6f52-1b0e-4a57-9d6f-3c9b0e1a2f34/business_units_structure"
	for _, region := range []string{"AUS", "aus", "APAC"} {
		s.want(t, 200, call{method: "GET", path: au, header: with(accHeader, "Region", region)})
	}
	for _, region := range []string{"", "US", "EMEA", "CAN", "DEU", "IND", "JPN", "GBR"} {
		a := s.want(t, 404, call{method: "GET", path: au, header: with(accHeader, "Region", region)})
		a.wantJSON(t, `{"code":1004,"message":"this account doesn't exist."}`)
	}
}
