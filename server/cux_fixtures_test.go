package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

func cuxApply(body string) call {
	return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"cux":` + body + `}`}
}

func TestCuxFixturesMakeCallersDataOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := cuxTime
		s := start(t, database, servertest.Clock(func() time.Time { return now }))
		fixtures := cuxApply(`{
			"tokens":[{"token":"demo-token","subject":"x"}],
			"businessUnits":["BUYCO"],
			"accounts":[{"accountId":"4F0C2A6E-8D31-4B7A-9E52-6C1D0F3B8A94","loyaltyId":"1",
				"sessions":[{"correlationId":"for ever"},{"correlationId":"a day","channel":"POS","expiresAt":"2020-12-19T00:00:00+01:00"}],
				"links":[{"businessUnit":"BUYCO","linkId":"1","dateLinked":"2001-02-03"},
					{"businessUnit":"BUYCO","linkId":"2","dateLinked":"2001-02-03","status":"UNLINKED"}]}]}`)
		s.want(t, 200, fixtures)
		const made = `[{"linkId":"1","businessUnit":"BUYCO","dateLinked":"2001-02-03","status":"LINKED"},` +
			`{"linkId":"2","businessUnit":"BUYCO","dateLinked":"2001-02-03","status":"UNLINKED"}]`
		if got := cuxList(t, s, "a%20day"); got != made {
			t.Fatalf("got %s, want %s", got, made)
		}
		s.want(t, 200, fixtures)
		if got := cuxList(t, s, "for%20ever"); got != made {
			t.Fatalf("after a second apply: got %s, want %s", got, made)
		}

		// What a caller has changed since stays.
		s.want(t, 200, call{method: "PUT", path: cuxPathOf("for ever", "BUYCO", "1"), header: cuxBearer, body: `{"dateLinked":"2002-03-04"}`})
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a day"}`))
		s.want(t, 200, fixtures)
		now = cuxTime.Add(23 * time.Hour)
		if got, want := cuxList(t, s, "a%20day"), strings.Replace(made, "2001-02-03", "2002-03-04", 1); got != want {
			t.Fatalf("after a third apply: got %s, want %s", got, want)
		}
		// Provisioning objects are set.
		s.want(t, 200, cuxApply(`{"accounts":[{"accountId":"`+cuxAccount+`","loyaltyId":"2","email":"m@example.com"}]}`))
		s.want(t, 400, cuxStart("1", "LOYALTY_ID", `{"correlationId":"c"}`))
		s.want(t, 200, cuxStart("m@example.com", "EMAIL", `{"correlationId":"c"}`))
	})
}

func TestCuxFixturesWithContradictionsChangeNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
		account := func(members string) string {
			return `{"businessUnits":["NEW"],"accounts":[{"accountId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","loyaltyId":"3",` + members + `}]}`
		}
		for name, test := range map[string]struct{ body, message string }{
			"secret twice":         {`{"businessUnits":["NEW"],"clients":[{"id":"c","secret":"s","secretDigest":"` + strings.Repeat("0", 64) + `"}]}`, "client c: "},
			"blank unit":           {`{"businessUnits":["NEW"," "]}`, "a business unit must not be blank"},
			"account twice":        {account(`"links":[]},{"accountId":"7C9E6679-7425-40DE-944B-E07FC1F90AE7","loyaltyId":"4"`), "given twice"},
			"loyalty id of others": {account(`"links":[]},{"accountId":"8c9e6679-7425-40de-944b-e07fc1f90ae7","loyaltyId":"` + cuxLoyalty + `"`), "another account has one of its identifiers"},
			"email of others":      {account(`"email":"m25@example.com"`), "another account has one of its identifiers"},
			"session of others":    {account(`"sessions":[{"correlationId":"` + cuxSession + `"}]`), "is another account's"},
			"blank session":        {account(`"sessions":[{"correlationId":" "}]`), "correlationId must not be blank"},
			"blank channel":        {account(`"sessions":[{"correlationId":"c","channel":" "}]`), "channel must not be blank"},
			"unknown unit":         {account(`"links":[{"businessUnit":"NOPE","linkId":"1","dateLinked":"2001-02-03"}]`), "business unit NOPE of link 1 is not configured"},
			"bad date":             {account(`"links":[{"businessUnit":"NEW","linkId":"1","dateLinked":"2001-02-30"}]`), "the date of link 1 is not an ISO date"},
			"blank link":           {account(`"links":[{"businessUnit":"NEW","linkId":"\t","dateLinked":"2001-02-03"}]`), "linkId must not be blank"},
		} {
			if a := s.want(t, 422, cuxApply(test.body)); !strings.Contains(a.body, test.message) {
				t.Errorf("%s: got %s", name, a.body)
			}
		}
		for name, body := range map[string]string{
			"no UUID":        `{"accounts":[{"accountId":"x","loyaltyId":"3"}]}`,
			"no loyalty id":  `{"accounts":[{"accountId":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}]}`,
			"unknown member": `{"accounts":[{"accountId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","loyaltyId":"3","cards":[]}]}`,
			"unknown status": account(`"links":[{"businessUnit":"NEW","linkId":"1","dateLinked":"2001-02-03","status":"x"}]`),
			"long link":      account(`"links":[{"businessUnit":"NEW","linkId":"` + strings.Repeat("x", 129) + `","dateLinked":"2001-02-03"}]`),
		} {
			if a := s.do(t, cuxApply(body)); a.status != 400 {
				t.Errorf("%s: got %d %s, want 400", name, a.status, a.body)
			}
		}
		a := s.want(t, 400, call{method: "PUT", path: cuxPathOf(cuxSession, "NEW", "1"), header: cuxBearer})
		if want := fmt.Sprintf("%q", "Provided business unit is not configured: NEW."); !strings.Contains(a.body, want) {
			t.Errorf("refused fixtures left something: %s", a.body)
		}
		s.want(t, 400, cuxStart("3", "LOYALTY_ID", `{"correlationId":"c"}`))
	})
}
