package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// accRedefines makes the demo's accounts take each request for the whole structure.
const accRedefines = `
acc:
  accounts:
    - {id: e3d5ef8d-5c37-4b9d-925d-1e6d24753ace, name: US, region: US, putDeletesOmittedUnits: true}
    - {id: b7c1d4a2-5f0e-4a86-9c3d-2e8f1a6b0d47, name: EMEA, region: EMEA, putDeletesOmittedUnits: true}
`

func TestAccDeletesOmittedUnitsWhereTheAccountIsSetUpSo(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := &tickingClock{}
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accFixture), servertest.Fixtures(accRedefines), servertest.Clock(clock.now))
		for name, at := range accAddresses {
			t.Run(name, func(t *testing.T) {
				n := accFill(t, s, at.path, name) // A above B above C
				before := s.want(t, 200, accGet(at.path)).accUnits(t).BusinessUnits
				clock.tick()
				a := s.want(t, 200, accPut(at.path, accUnits(accUnit(n+2, n+3, "C"), accUnit(n+3, 0, "D"), accUnit(n, 0, "A"))))
				if got := a.accUnits(t).outline(); got != "C<D D<- A<-" {
					t.Errorf("got %q", got)
				}
				s.accHolds(t, at.path, "A<- C<D D<-")
				after := s.want(t, 200, accGet(at.path)).accUnits(t).BusinessUnits
				if c, old := after[1], before[2]; c.ID != old.ID || c.CreatedAt != old.CreatedAt || c.UpdatedAt == old.UpdatedAt {
					t.Errorf("%+v was kept as %+v", old, c)
				}
				accRedefineRefusals(t, s, at.path, n)
			})
		}
		// Each account has lost its own units only.
		s.accHolds(t, accUS, "A<- C<D D<-")
		s.accHolds(t, accEU, "A<- C<D D<-")

		// Fixtures delete nothing, and take the setting away where they do not name it.
		s.want(t, 200, accApply("", `{"acc":{"accounts":[{"id":"e3d5ef8d-5c37-4b9d-925d-1e6d24753ace","name":"US","region":"US",
			"businessUnits":[{"id":"`+accID(900)+`","parentId":"`+accID(len("address")*10)+`","name":"N"}]}]}}`))
		s.accHolds(t, accUS, "A<- C<D D<- N<A")
		s.want(t, 200, accPut(accUS, `{"business_units":[]}`))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(901, 900, "M"))))
		s.accHolds(t, accUS, "A<- C<D D<- N<A M<A/N")
	})
}

// accRedefineRefusals expects requests to be refused that hold no whole structure. The
// account has the units n above nothing, and n+2 below n+3.
func accRedefineRefusals(t *testing.T, s *site, path string, n int) {
	for name, test := range map[string]struct {
		body   string
		status int
		code   int
	}{
		"no units":                      {`{"business_units":[]}`, 422, 1002},
		"a parent that is stored only":  {accUnits(accUnit(n+2, n+3, "C")), 422, 1002},
		"an unknown parent":             {accUnits(accUnit(n, 404, "A")), 422, 1002},
		"its own parent":                {accUnits(accUnit(n, n, "A")), 422, 1002},
		"a cycle":                       {accUnits(accUnit(n, n+2, "A"), accUnit(n+2, n, "C")), 422, 1002},
		"the same id twice":             {accUnits(accUnit(n, 0, "A"), accUnit(n, 0, "A")), 422, 1002},
		"too deep":                      {accUnits(accChain(0, n*100, n*100+64)...), 422, 1002},
		"a blank name":                  {accUnits(accUnit(n, 0, " ")), 422, 1002},
		"id of another account":         {`{"business_units":[{"id":"99999999-9999-4999-8999-999999999999","name":"x"}]}`, 409, 1005},
		"id of another account as last": {accUnits(accUnit(n+5, 0, "new"), `{"id":"99999999-9999-4999-8999-999999999999","name":"x"}`), 409, 1005},
		"malformed":                     {`{`, 400, 1001},
	} {
		t.Run(name, func(t *testing.T) {
			s.accCode(t, accPut(path, test.body), test.status, test.code)
			s.accHolds(t, path, "A<- C<D D<-")
		})
	}
}

// More units than one statement names are deleted, the others of the account alone.
func TestAccDeletesThousandsOfOmittedUnits(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accRedefines))
		var units []string
		for i := range 3000 {
			units = append(units, accUnit(1+i, i/2, fmt.Sprint("u", 1+i)))
		}
		s.want(t, 200, accPut(accUS, accUnits(units...)))
		s.want(t, 200, accPut(accEU, accUnits(accUnit(5000, 0, "E"))))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(3000, 2999, "C"), accUnit(2999, 0, "B"))))
		s.accHolds(t, accUS, "B<- C<B")
		s.accHolds(t, accEU, "E<-")
		// What was deleted is made anew, at the end of the order.
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "New"), accUnit(3000, 1, "C"))))
		s.accHolds(t, accUS, "C<New New<-")
	})
}

const accBench = "/orglink/v1/acc/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/business_units/"

func accDelete(id int) call { return call{method: "DELETE", path: accBench + accID(id), header: admin} }

func TestWorkbenchDeletesABusinessUnitThatHasNoneBelow(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accFixture))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "A"), accUnit(2, 1, "B"), accUnit(3, 2, "C"))))
		const foreign = "/orglink/v1/acc/accounts/11111111-1111-4111-8111-111111111111/business_units/"
		for name, test := range map[string]struct {
			status int
			call   call
		}{
			"units below it":          {409, accDelete(1)},
			"a unit below it":         {409, accDelete(2)},
			"unknown unit":            {404, accDelete(9)},
			"unknown account":         {404, call{method: "DELETE", path: strings.Replace(accBench, "e3d5", "ffff", 1) + accID(3), header: admin}},
			"unit of another account": {404, call{method: "DELETE", path: foreign + accID(3), header: admin}},
			"another account's":       {404, call{method: "DELETE", path: accBench + "99999999-9999-4999-8999-999999999999", header: admin}},
			"another workspace":       {404, call{method: "DELETE", path: "/w/nowhere" + accBench + accID(3), header: admin}},
			"account not a UUID":      {400, call{method: "DELETE", path: strings.Replace(accBench, "e3d5", "b.e3d5", 1) + accID(3), header: admin}},
			"unit not a UUID":         {400, call{method: "DELETE", path: accBench + "x", header: admin}},
			"a NUL":                   {400, call{method: "DELETE", path: accBench + "%00", header: admin}},
			"no token":                {401, call{method: "DELETE", path: accBench + accID(3)}},
			"an app's token":          {401, call{method: "DELETE", path: accBench + accID(3), header: accHeader}},
			"another method":          {405, call{method: "GET", path: accBench + accID(3), header: admin}},
			"no unit":                 {404, call{method: "DELETE", path: accBench, header: admin}},
			"more after the unit":     {404, call{method: "DELETE", path: accBench + accID(3) + "/x", header: admin}},
			"separator in the unit's": {400, call{method: "DELETE", path: accBench + accID(3) + "%2Fx", header: admin}},
			"the UUID of zeros":       {404, call{method: "DELETE", path: accBench + "00000000-0000-0000-0000-000000000000", header: admin}},
		} {
			t.Run(name, func(t *testing.T) {
				s.want(t, test.status, test.call)
				s.accHolds(t, accUS, "A<- B<A C<A/B")
			})
		}
		upper := accDelete(3)
		upper.path = strings.Replace(upper.path, "e3d5ef8d", "E3D5EF8D", 1)
		if a := s.want(t, 204, upper); a.body != "" {
			t.Errorf("got %s", a.body)
		}
		s.want(t, 404, accDelete(3))
		s.accHolds(t, accUS, "A<- B<A")
		s.want(t, 204, accDelete(2))
		s.want(t, 204, accDelete(1))
		s.accHolds(t, accUS, "")
		// The order goes on where it was.
		s.want(t, 200, accPut(accUS, accUnits(accUnit(2, 0, "B"))))
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "A"))))
		s.accHolds(t, accUS, "B<- A<-")
		s.CloseDatabase(t)
		s.want(t, 500, accDelete(1))
	})
}
