package server_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

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
		s.want(t, 200, cuxApply(`{"accounts":[{"accountId":"`+cuxAccount+`","loyaltyId":"2","email":"M@Example.com","profile":{"firstName":"Maria"}}]}`))
		s.want(t, 400, cuxStart("1", "LOYALTY_ID", `{"correlationId":"c"}`))
		s.want(t, 200, cuxStart("m@example.com", "EMAIL", `{"correlationId":"c"}`))
		s.want(t, 400, cuxEnrol(`{"email":"m@example.COM","postalZipCode":"00000"}`))
	})
}

// TestCuxFixturesLeaveCallersTheirIdentifiers: what enrolments take never keeps the same
// fixtures from being applied again, in a running server or at the start of one.
func TestCuxFixturesLeaveCallersTheirIdentifiers(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
		const phone = "+15550100025"
		owner := func(s *site, number string) string {
			t.Helper()
			var session struct{ AccountID string }
			s.want(t, 200, cuxStart(number, "PHONE_NUMBER", `{"correlationId":"`+uuid.NewString()+`"}`)).json(t, &session)
			return session.AccountID
		}
		var enrolled cuxEnrolled
		s.want(t, 200, cuxEnrol(cuxMember("m@example.com", `,"phoneNumber":"`+phone+`","externalIdentifier":"crm-1"`))).json(t, &enrolled)
		again := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
		for _, s := range []*site{s, again} {
			if got := owner(s, phone); got != enrolled.AccountID {
				t.Errorf("the phone number is that of %s, want %s", got, enrolled.AccountID)
			}
		}
		const fixed = "11111111-2222-4333-8444-555555555555"
		account := func(members string) string {
			return `{"accountId":"` + fixed + `","loyaltyId":"6001000000000025","phoneNumber":` + members + `}`
		}
		s.want(t, 200, cuxApply(`{"accounts":[`+account(`"+15550101","email":"m25@example.com"`)+`]}`))
		if got := owner(s, "+15550101"); got != fixed {
			t.Errorf("a new phone number is that of %s, want %s", got, fixed)
		}
		s.want(t, 422, cuxApply(`{"accounts":[`+account(`"+15550102","email":"m@example.com"`)+`]}`))
		s.want(t, 422, cuxApply(`{"accounts":[`+account(`"+15550102"},{"accountId":"`+cuxAccount+`","loyaltyId":"`+cuxLoyalty+`","phoneNumber":"+15550102"`)+`]}`))
		s.want(t, 200, cuxApply(`{"accounts":[`+account(`"`+phone+`"`)+`]}`))
		if got := owner(s, "+15550101"); got != fixed {
			t.Errorf("the phone number is that of %s, want %s", got, fixed)
		}
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
			"its other spelling":   {account(`"email":"M25@Example.com"`), "another account has one of its identifiers"},
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

// randomText has as many characters of four bytes each, which no database can compress.
func randomText(length int) string {
	text := make([]rune, length)
	for i := range text {
		text[i] = 0x20000 + rand.N[rune](0xa000) // Han
	}
	return string(text)
}

// TestCuxFixturesTakeNoTextTooLongForAnIndex: a row of a Postgres index has at most 2704
// bytes. The longest texts that are taken fit in with the others of their index.
func TestCuxFixturesTakeNoTextTooLongForAnIndex(t *testing.T) {
	t.Parallel()
	account := func(member string, id int) string {
		return fmt.Sprintf(`{"cux":{"businessUnits":["BU"],"accounts":[{"accountId":"7c9e6679-7425-40de-944b-e07fc1f9%04d","loyaltyId":"%d",%s}]}}`, id, id, member)
	}
	members := map[string]struct {
		longest int
		body    string // with %s for the text
	}{
		"client id":      {255, `{"cux":{"clients":[{"id":"%s","secret":"s"}]}}`},
		"acc client id":  {255, `{"acc":{"clients":[{"id":"%s","secret":"s"}]}}`},
		"subject":        {255, `{"cux":{"tokens":[{"token":"long-subject","subject":"%s"}]}}`},
		"unit":           {128, `{"cux":{"businessUnits":["%s"]}}`},
		"loyaltyId":      {255, `{"cux":{"accounts":[{"accountId":"7c9e6679-7425-40de-944b-e07fc1f90000","loyaltyId":"%s"}]}}`},
		"externalId":     {255, account(`"externalId":"%s"`, 1)},
		"email":          {255, account(`"email":"%s"`, 2)},
		"partner link":   {255, account(`"partnerLinkId":"%s"`, 3)},
		"phone number":   {255, account(`"phoneNumber":"%s"`, 4)},
		"external agent": {255, account(`"externalAgentId":"%s"`, 5)},
		"session":        {128, account(`"sessions":[{"correlationId":"%s"}]`, 6)},
		"link":           {128, account(`"links":[{"businessUnit":"BU","linkId":"%s","dateLinked":"2020-12-18"}]`, 7)},
		"program":        {0, `{"responsys":{"organizations":[{"name":"Root"}],"programs":[{"name":"%s"}]}}`}, // letters and digits only
		"campaign":       {255, `{"responsys":{"organizations":[{"name":"Root"}],"campaigns":[{"name":"%s"}]}}`},
		"organization":   {255, `{"responsys":{"organizations":[{"name":"Root","children":[{"name":"%s"}]}]}}`},
		"user":           {255, `{"responsys":{"users":[{"name":"%s","password":"p"}]}}`},
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		for name, test := range members {
			apply := func(status, length int) {
				t.Helper()
				body := strings.Replace(test.body, "%s", randomText(length), 1)
				if a := s.do(t, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: body}); a.status != status {
					t.Errorf("%s of %d characters: got %d %s, want %d", name, length, a.status, a.body, status)
				}
			}
			if test.longest > 0 {
				apply(200, test.longest)
			}
			apply(400, test.longest+1)
			apply(400, 9000)
		}
	})
}

func TestCuxCallersTextsFitAnIndex(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		unit, session, link := randomText(128), randomText(128), randomText(128)
		s := start(t, database, servertest.Demo())
		s.want(t, 200, cuxApply(`{"businessUnits":["`+unit+`"]}`))
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"`+session+`","channel":"`+randomText(128)+`"}`))
		s.want(t, 200, call{method: "PUT", path: cuxPathOf(session, unit, link), header: cuxBearer})
		long := randomText(9000)
		for name, c := range map[string]call{
			"correlationId": cuxStart(cuxAccount, "", `{"correlationId":"`+long+`"}`),
			"channel":       cuxStart(cuxAccount, "", `{"correlationId":"c","channel":"`+long+`"}`),
			"identifier":    cuxStart(long, "EMAIL", `{"correlationId":"c"}`),
			"business unit": {method: "PUT", path: cuxPathOf(session, long, "1"), header: cuxBearer},
			"link id":       {method: "PUT", path: cuxPathOf(session, unit, long), header: cuxBearer},
		} {
			if a := s.do(t, c); a.status != 400 || !strings.Contains(a.body, cuxBadRequest) {
				t.Errorf("a long %s: got %d %s", name, a.status, a.body)
			}
		}
		s.want(t, 401, call{method: "PUT", path: cuxPathOf(long, unit, link), header: cuxBearer})
	})
}
