package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// accPlan describes an app with a token, an account and a small tree, as JSON.
const accPlan = `{"acc":{
  "clients":[{"id":"app","secret":"app-secret","scopes":["account:read","account:write"],"grants":["client_credentials"]}],
  "tokens":[{"token":"app-token","subject":"app","scopes":["account:read","account:write"]}],
  "accounts":[{"id":"E3D5EF8D-5c37-4b9d-925d-1e6d24753ace","name":"Plan","region":"US","clients":["app"],"businessUnits":[
    {"id":"00000000-0000-4000-8000-000000000002","parentId":"00000000-0000-4000-8000-000000000001","name":"Below","description":"d"},
    {"id":"00000000-0000-4000-8000-000000000001","name":"Top","createdAt":"2020-01-02T03:04:05.678Z","updatedAt":"2021-01-02T03:04:05+01:00"}]}]}}`

var accApp = with(accHeader, "Authorization", "Bearer app-token")

func accApply(workspace, body string) call {
	return call{method: "PUT", path: workspace + "/orglink/v1/fixtures", header: admin, body: body}
}

func TestAccFixturesMakeAccountsOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := &tickingClock{}
		s := start(t, database, servertest.Clock(clock.now))
		read := call{method: "GET", path: accUS, header: accApp}
		s.want(t, 200, accApply("", accPlan))
		first := s.want(t, 200, read)
		units := first.accUnits(t)
		if got := units.outline(); got != "Below<Top Top<-" {
			t.Fatalf("got %q", got)
		}
		if top := units.BusinessUnits[1]; top.CreatedAt != "2020-01-02T03:04:05.678Z" || top.UpdatedAt != "2021-01-02T02:04:05.000Z" {
			t.Errorf("the times are not those of the fixtures: %+v", top)
		}
		clock.tick()
		s.want(t, 200, accApply("", accPlan))
		if second := s.want(t, 200, read); second.body != first.body {
			t.Errorf("a second apply changed the units:\n%s\n%s", first.body, second.body)
		}
		// What a caller changed stays; what is missing is made; the account is set.
		s.want(t, 200, call{method: "PUT", path: accUS, header: accApp, body: accUnits(accUnit(1, 0, "Mine"), accUnit(2, 0, "Moved"))})
		more := strings.Replace(accPlan, `"businessUnits":[`, `"businessUnits":[{"id":"00000000-0000-4000-8000-000000000003","parentId":"00000000-0000-4000-8000-000000000002","name":"New"},`, 1)
		s.want(t, 200, accApply("", strings.Replace(more, `"US"`, `"JPN"`, 1)))
		s.want(t, 404, read)
		read.header = with(accApp, "Region", "JPN")
		if got := s.want(t, 200, read).accUnits(t).outline(); got != "Moved<- Mine<- New<Moved" {
			t.Errorf("got %q", got)
		}
		s.accTokenOf(t, accTokenCall(accBasic("app", "app-secret"), "grant_type", "client_credentials"))
	})
}

func TestAccFixturesThatContradictThemselvesChangeNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.want(t, 200, accApply("", accPlan))
	read := call{method: "GET", path: accUS, header: accApp}
	before := s.want(t, 200, read).body
	account := func(id, rest string) string {
		return `{"acc":{"accounts":[{"id":"` + id + `","name":"Other","region":"US"` + rest + `}]}}`
	}
	const us, other = "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace", "33333333-3333-4333-8333-333333333333"
	units := func(list string) string { return account(us, `,"businessUnits":[`+list+`]`) }
	const new1 = `{"id":"00000000-0000-4000-8000-000000000011","name":"x"`
	for name, test := range map[string]struct {
		status int
		body   string
	}{
		"unknown parent":          {422, units(new1 + `,"parentId":"00000000-0000-4000-8000-000000000099"}`)},
		"a cycle":                 {422, units(new1 + `,"parentId":"00000000-0000-4000-8000-000000000011"}`)},
		"the same unit twice":     {422, units(new1 + `},` + new1 + `}`)},
		"a blank name":            {422, units(`{"id":"00000000-0000-4000-8000-000000000011","name":" "}`)},
		"unit of two accounts":    {422, account(other, `,"businessUnits":[{"id":"00000000-0000-4000-8000-000000000001","name":"x"}]`)},
		"unknown client":          {422, account(us, `,"clients":["nobody"]`)},
		"the account twice":       {422, `{"acc":{"accounts":[{"id":"` + other + `","name":"a","region":"US"},{"id":"` + other + `","name":"b","region":"US"}]}}`},
		"two secrets":             {422, `{"acc":{"clients":[{"id":"app","secret":"x","secretDigest":"` + strings.Repeat("0", 64) + `"}]}}`},
		"the client twice":        {422, `{"acc":{"clients":[{"id":"twin","secret":"x"},{"id":"twin","secret":"y"}]}}`},
		"the token twice":         {422, `{"acc":{"tokens":[{"token":"twin","subject":"app"},{"token":"twin","subject":"other"}]}}`},
		"a year of five digits":   {422, units(new1 + `,"createdAt":"9999-12-31T23:59:59-23:00"}`)},
		"a year before the first": {422, units(new1 + `,"createdAt":"2026-01-02T03:04:05Z","updatedAt":"0001-01-01T00:00:00+23:00"}`)},
		"no time at all":          {422, units(new1 + `,"createdAt":"0001-01-01T00:00:00Z"}`)},
		"a token without one":     {422, `{"acc":{"tokens":[{"subject":"app"}]}}`},
		"unknown region":          {400, strings.Replace(account(us, ""), `"US"`, `"APAC"`, 1)},
		"account not a UUID":      {400, account("b.c8b0c73d-3ae9", "")},
		"a member of no meaning":  {400, account(us, `,"path":"x"`)},
	} {
		t.Run(name, func(t *testing.T) {
			s.want(t, test.status, accApply("", test.body))
			if after := s.want(t, 200, read).body; after != before {
				t.Errorf("the refused fixtures changed %s to %s", before, after)
			}
		})
	}
	s.want(t, 200, accApply("", `{"acc":{}}`))
}

func TestAccWorkspacesDoNotMeet(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, workspace := range []string{"/w/one", "/w/two"} {
			s.want(t, 200, accApply(workspace, accPlan))
		}
		one := accTokenCall(accBasic("app", "app-secret"), "grant_type", "client_credentials")
		one.path = "/w/one" + one.path
		token := with(accHeader, "Authorization", "Bearer "+s.accTokenOf(t, one))

		// The same ids in two workspaces are two units.
		s.want(t, 200, call{method: "PUT", path: "/w/one" + accUS, header: token, body: accUnits(accUnit(1, 0, "One"), accUnit(7, 2, "Seven"))})
		s.want(t, 200, accPut(accUS, accUnits(accUnit(1, 0, "Default"))))
		for path, want := range map[string]string{"/w/one": "Below<One One<- Seven<One/Below", "/w/two": "Below<Top Top<-"} {
			got := s.want(t, 200, call{method: "GET", path: path + accUS, header: accApp}).accUnits(t).outline()
			if got != want {
				t.Errorf("%s holds %q, want %q", path, got, want)
			}
		}
		s.accHolds(t, accUS, "Default<-")
		s.accCode(t, call{method: "PUT", path: "/w/two" + accUS, header: accApp, body: accUnits(accUnit(8, 7, "x"))}, 422, 1002)

		// A token of one is nothing in another, whether issued or provisioned.
		s.accCode(t, call{method: "GET", path: "/w/two" + accUS, header: token}, 401, "AUTH-006")
		s.accCode(t, call{method: "GET", path: accUS, header: token}, 401, "AUTH-006")
		s.accCode(t, call{method: "GET", path: accUS, header: accApp}, 401, "AUTH-006")
		s.accCode(t, accGet("/w/one"+accUS), 401, "AUTH-006")
		s.accCode(t, accGet("/w/nowhere"+accUS), 404, 1004)
		s.accCode(t, call{method: "POST", path: "/w/nowhere" + accToken, header: one.header, body: one.body}, 404, 1004)

		s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/one", header: admin})
		s.accCode(t, call{method: "GET", path: "/w/one" + accUS, header: token}, 404, 1004)
		s.want(t, 200, accApply("/w/one", accPlan))
		s.accCode(t, call{method: "GET", path: "/w/one" + accUS, header: token}, 401, "AUTH-006")
	})
}
