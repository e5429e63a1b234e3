package server_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"orglink/server/servertest"
)

func cuxEnrol(body string) call {
	return call{method: "POST", path: "/client/users", header: cuxBearer, body: body}
}

// cuxEnrolled is the answer of an enrolment.
type cuxEnrolled struct{ AccountID, LoyaltyID, Status, CardType, CorrelationID string }

// cuxMember has the members that must be there, and more.
func cuxMember(email, more string) string {
	return `{"email":"` + email + `","postalZipCode":"H0H 0H0"` + more + `}`
}

// cuxFullMember has every attribute of an enrolment.
const cuxFullMember = `{"externalIdentifier":"crm-1","dateOfBirth":"1980-02-29","gender":"PreferNotToSay","firstName":"Zoë",
	"lastName":"O'Neil","email":"Zoe@Example.com","businessName":"Z & Co","postalZipCode":"00000","postalCode":"00000",
	"physicalCard":"7000 1","street":"1 Main St","street2":"Unit 2","provinceState":"NL","city":"St. John's","country":"CA",
	"phoneNumber":"+1 555 0100","languagePreference":"fr","channel":"APP","extendedData":{"pets":["cat",{"n":1e999}],"x":null},
	"correlationId":"trace me","unknown":[1]}`

func TestCuxEnrolsMembers(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		ids := "9b2f6c1e-3a57-4f0d-8b61-0c9d5a7e4f12"
		s := start(t, database, servertest.Demo(), servertest.IDs(func() string { return ids }))
		a := s.want(t, 200, cuxEnrol(cuxMember("m@example.com", `,"correlationId":"c"`)))
		want := `{"accountId":"` + ids + `","loyaltyId":"6001504840396300","status":"ACTIVE","cardType":"DIGITAL","correlationId":"c"}`
		if a.body != want {
			t.Errorf("got %s, want %s", a.body, want)
		}
		ids = uuid.NewString()
		a = s.want(t, 200, cuxEnrol(cuxFullMember))
		want = `{"accountId":"` + ids + `","loyaltyId":"7000 1","status":"ACTIVE","cardType":"PHYSICAL","correlationId":"trace me"}`
		if a.body != want {
			t.Errorf("got %s, want %s", a.body, want)
		}
		for kind, identifier := range map[string]string{
			"ACCOUNT_ID": strings.ToUpper(ids), "LOYALTY_ID": "7000%201", "EXTERNAL_ID": "crm-1", "EMAIL": "zOE%40eXAMPLE.COM", "PHONE_NUMBER": "+1%20555%200100",
		} {
			a := s.want(t, 200, cuxStart(identifier, kind, `{"correlationId":"`+kind+`"}`))
			if want := `{"accountId":"` + ids + `","loyaltyId":"7000 1","correlationId":"` + kind + `","channel":"APP"}`; a.body != want {
				t.Errorf("%s: got %s, want %s", kind, a.body, want)
			}
			s.want(t, 200, call{method: "PUT", path: cuxPathOf(kind, "BUYCO", "1"), header: cuxBearer})
		}

		// Nulls and blanks are absent, and so no two accounts have them in common.
		const none = `,"externalIdentifier":%s,"physicalCard":%[1]s,"phoneNumber":%[1]s,"firstName":%[1]s,"lastName":%[1]s`
		for i, blank := range []string{`null`, `""`, `" "`, `""`, `" "`} {
			ids = uuid.NewString()
			a := s.want(t, 200, cuxEnrol(cuxMember(fmt.Sprintf("blank%d@example.com", i), fmt.Sprintf(none, blank)+`,"correlationId":null,"gender":null,"dateOfBirth":null,"extendedData":null`)))
			if !strings.HasSuffix(a.body, `"cardType":"DIGITAL"}`) {
				t.Errorf("with %s: got %s", blank, a.body)
			}
		}
	})
}

func TestCuxEnrolmentKeepsWhatWasGiven(t *testing.T) {
	t.Parallel()
	demo := func(t *testing.T, opts ...servertest.Option) *site {
		return start(t, append(opts, servertest.Demo())...)
	}
	eachLongSite(t, demo, func(t *testing.T, s longListSite) {
		full := strings.Replace(cuxFullMember, "1e999", "12.5", 1)
		s.want(t, 200, cuxEnrol(full))
		var email, profile string
		if err := s.db.QueryRow("SELECT email, profile FROM cux_accounts WHERE external_id = 'crm-1'").Scan(&email, &profile); err != nil {
			t.Fatal(err)
		}
		if email != "zoe@example.com" {
			t.Errorf("the address is %s, want it in lower case", email)
		}
		answer{body: profile}.wantJSON(t, strings.Replace(full, `,"unknown":[1]`, "", 1))
	})
}

func TestCuxRefusesBadEnrolments(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxRefusesBadEnrolments)
}

func testCuxRefusesBadEnrolments(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
	const gone = "gone@example.com"
	for name, test := range map[string]struct {
		status  int
		message string
		body    string
	}{
		"no body":                 {400, "The request body is required.", ""},
		"no email":                {400, "email is required.", `{"postalZipCode":"00000"}`},
		"null email":              {400, "email must not be null.", `{"email":null,"postalZipCode":"00000"}`},
		"empty email":             {400, "email has the wrong format.", cuxMember("", "")},
		"email without at":        {400, "email has the wrong format.", cuxMember("m.example.com", "")},
		"email without dot":       {400, "email has the wrong format.", cuxMember("m@example", "")},
		"email with a space":      {400, "email has the wrong format.", cuxMember("m m@example.com", "")},
		"long email":              {400, "email is too long or too large.", cuxMember(strings.Repeat("m", 250)+"@b.com", "")},
		"no postal code":          {400, "postalZipCode is required.", `{"email":"` + gone + `"}`},
		"the deprecated one":      {400, "postalZipCode is required.", `{"email":"` + gone + `","postalCode":"00000"}`},
		"blank postal code":       {400, "postalZipCode has the wrong format.", `{"email":"` + gone + `","postalZipCode":" "}`},
		"number as postal code":   {400, "postalZipCode has the wrong type.", `{"email":"` + gone + `","postalZipCode":12345}`},
		"unknown gender":          {400, "gender is not one of the allowed values.", cuxMember(gone, `,"gender":"F "`)},
		"no date":                 {400, "dateOfBirth has the wrong format.", cuxMember(gone, `,"dateOfBirth":"29.2.1980"`)},
		"impossible date":         {400, "dateOfBirth has the wrong format.", cuxMember(gone, `,"dateOfBirth":"1981-02-29"`)},
		"number as card":          {400, "physicalCard has the wrong type.", cuxMember(gone, `,"physicalCard":6001`)},
		"long card":               {400, "physicalCard is too long or too large.", cuxMember(gone, `,"physicalCard":"`+strings.Repeat("6", 256)+`"`)},
		"text as extended data":   {400, "extendedData has the wrong type.", cuxMember(gone, `,"extendedData":"x"`)},
		"NUL":                     {400, cuxNotUTF8, cuxMember(gone, `,"firstName":"\u0000"`)},
		"malformed JSON":          {400, cuxBadJSON, cuxMember(gone, "") + "}"},
		"a list":                  {400, cuxWrongType, "[]"},
		"body over the limit":     {413, cuxTooLarge, cuxMember(gone, `,"firstName":"`+strings.Repeat("x", 64<<10)+`"`)},
		"another's email":         {400, "The email is in use by another account", cuxMember("M25@Example.COM", `,"externalIdentifier":"gone"`)},
		"another's external id":   {400, "The externalIdentifier is in use by another account", cuxMember(gone, `,"externalIdentifier":"crm-25"`)},
		"another's card":          {400, "The physicalCard is in use by another account", cuxMember(gone, `,"physicalCard":"`+cuxLoyalty+`"`)},
		"another's card and more": {400, "The email is in use by another account", cuxMember("m25@example.com", `,"externalIdentifier":"crm-25","physicalCard":"`+cuxLoyalty+`"`)},
		"another's email, phone":  {400, "The email is in use by another account", cuxMember("m25@example.com", `,"phoneNumber":"+15550100025"`)},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.want(t, test.status, cuxEnrol(test.body))
			if want := cuxRefusal(test.status, cuxBadRequest, test.message); a.body != want {
				t.Errorf("got %s, want %s", a.body, want)
			}
		})
	}
	a := s.want(t, 401, call{method: "POST", path: "/client/users", body: cuxMember(gone, "")})
	if want := cuxRefusal(401, "UNAUTHORIZED", cuxNoToken); a.body != want || a.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("without a token: got %s", a.body)
	}
	if allow := s.want(t, 405, call{method: "GET", path: "/client/users", header: cuxBearer}).header.Get("Allow"); allow != "POST" {
		t.Errorf("Allow is %q, want POST", allow)
	}
	s.want(t, 400, cuxStart(gone, "EMAIL", `{"correlationId":"c"}`))
	s.want(t, 400, cuxStart("gone", "EXTERNAL_ID", `{"correlationId":"c"}`))
	s.want(t, 200, cuxStart("+15550100025", "PHONE_NUMBER", `{"correlationId":"c"}`)) // still its owner's
}

// TestCuxPhoneNumbersGoOver: a phone number goes to the account that is enrolled with it.
func TestCuxPhoneNumbersGoOver(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
		var first, second cuxEnrolled
		const phone = `,"phoneNumber":"+15550100025"`
		for _, enrolled := range []*cuxEnrolled{&first, &second} {
			s.want(t, 200, cuxEnrol(cuxMember(uuid.NewString()+"@example.com", phone))).json(t, enrolled)
			var session struct{ AccountID string }
			s.want(t, 200, cuxStart("+15550100025", "PHONE_NUMBER", `{"correlationId":"`+enrolled.AccountID+`"}`)).json(t, &session)
			if session.AccountID != enrolled.AccountID {
				t.Errorf("the number is of %s, want %s", session.AccountID, enrolled.AccountID)
			}
		}
		s.want(t, 200, cuxStart(first.AccountID, "", `{"correlationId":"without a phone"}`))
		s.want(t, 200, cuxStart("m25%40example.com", "EMAIL", `{"correlationId":"nor this one"}`))
	})
}

// TestCuxCardNumbersAreTriedUntilOneIsFree: somebody has the first number that suits
// the account.
func TestCuxCardNumbersAreTriedUntilOneIsFree(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		ids := uuid.NewString()
		s := start(t, database, servertest.Demo(), servertest.IDs(func() string { return ids }))
		s.want(t, 200, cuxEnrol(cuxMember("a@example.com", `,"physicalCard":"6001504840396300"`)))
		ids = "9b2f6c1e-3a57-4f0d-8b61-0c9d5a7e4f12"
		var b cuxEnrolled
		s.want(t, 200, cuxEnrol(cuxMember("b@example.com", ""))).json(t, &b)
		if len(b.LoyaltyID) != 16 || b.LoyaltyID == "6001504840396300" {
			t.Errorf("got the card %s", b.LoyaltyID)
		}
		s.want(t, 200, cuxStart(b.LoyaltyID, "LOYALTY_ID", `{"correlationId":"c"}`))
	})
}

// TestCuxParallelEnrolments: of those who give the same address one is enrolled, however
// it is written; a number that all give ends up with one account; the others' cards differ.
func TestCuxParallelEnrolments(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		var wins atomic.Int32
		var cards sync.Map
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				email := []string{"Same@example.com", "same@Example.com"}[i%2]
				switch a := s.do(t, cuxEnrol(cuxMember(email, fmt.Sprintf(`,"externalIdentifier":"same-%d"`, i)))); {
				case a.status == 200:
					wins.Add(1)
				case a.status != 400 || !strings.Contains(a.body, "The email is in use by another account"):
					t.Errorf("got %d %s", a.status, a.body)
				}
			})
			all.Go(func() {
				var own cuxEnrolled
				a := s.do(t, cuxEnrol(cuxMember(fmt.Sprintf("own-%d@example.com", i), `,"phoneNumber":"+1"`)))
				if a.status != 200 {
					t.Errorf("got %d %s", a.status, a.body)
					return
				}
				a.json(t, &own)
				if _, taken := cards.LoadOrStore(own.LoyaltyID, true); taken {
					t.Errorf("card %s is given twice", own.LoyaltyID)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 {
			t.Errorf("%d accounts have the address, want 1", wins.Load())
		}
		s.want(t, 200, cuxStart("same%40example.com", "EMAIL", `{"correlationId":"c"}`))
		s.want(t, 200, cuxStart("+1", "PHONE_NUMBER", `{"correlationId":"d"}`))
		found := 0
		for i := range 16 { // the refused left nothing
			if s.do(t, cuxStart(fmt.Sprintf("same-%d", i), "EXTERNAL_ID", fmt.Sprintf(`{"correlationId":"e%d"}`, i))).status == 200 {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d external ids are stored, want 1", found)
		}
	})
}
