package server_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

const cuxOther = "11111111-2222-4333-8444-555555555555"

func cuxBasic(id, secret string) map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))}
}

// cuxIssued gets a token of the demo's client and returns the header that carries it.
func cuxIssued(t *testing.T, s *site, prefix string) map[string]string {
	t.Helper()
	return cuxIssuedAt(t, s, prefix+"/oauth/token")
}

func cuxIssuedAt(t *testing.T, s *site, path string) map[string]string {
	t.Helper()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	s.want(t, 200, call{method: "POST", path: path, header: cuxBasic("demo-client", "demo-secret"), body: "grant_type=client_credentials"}).json(t, &token)
	return map[string]string{"Authorization": "Bearer " + token.AccessToken}
}

func cuxStart(identifier, kind, body string) call {
	return call{method: "POST", path: "/client/users/" + identifier + "/sessions", header: cuxWith(cuxBearer, "X-Identifier-Type", kind), body: body}
}

func TestCuxIssuesTokensByClientCredentials(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxIssuesTokensByClientCredentials)
}

func testCuxIssuesTokensByClientCredentials(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo(), servertest.Fixtures(`cux: {clients: [{id: 'a:b +', secret: 'c%+/='}]}`))
	const form = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret"
	for name, c := range map[string]call{
		"form":                      {body: form},
		"form with a media type":    {body: form, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}},
		"form with an odd one":      {body: form, header: map[string]string{"Content-Type": "text/plain"}},
		"a scope":                   {body: form + "&scope=any"},
		"basic":                     {body: "grant_type=client_credentials", header: cuxBasic("demo-client", "demo-secret")},
		"form-encoded basic":        {body: "grant_type=client_credentials", header: cuxBasic("a%3Ab+%2B", "c%25%2B%2F%3D")},
		"basic, and the id in form": {body: "grant_type=client_credentials&client_id=demo-client", header: cuxBasic("demo-client", "demo-secret")},
	} {
		c.method, c.path = "POST", "/oauth/token"
		a := s.want(t, 200, c)
		if !strings.HasPrefix(a.body, `{"access_token":"`) || !strings.HasSuffix(a.body, `","token_type":"Bearer","expires_in":3600}`) {
			t.Errorf("%s: got %s", name, a.body)
		}
		if a.header.Get("Pragma") != "no-cache" || !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: the token may be cached: %v", name, a.header)
		}
		var token struct {
			AccessToken string `json:"access_token"`
		}
		a.json(t, &token)
		s.want(t, 200, call{method: "PUT", path: cuxPath("1"), header: map[string]string{"Authorization": "Bearer " + token.AccessToken}})
	}
}

func TestCuxRefusesBadTokenRequests(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxRefusesBadTokenRequests)
}

func testCuxRefusesBadTokenRequests(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo())
	right := cuxBasic("demo-client", "demo-secret")
	for name, test := range map[string]struct {
		status int
		code   string
		call   call
	}{
		"no body":               {400, "invalid_request", call{header: right}},
		"no grant type":         {400, "invalid_request", call{header: right, body: "scope=x"}},
		"JSON":                  {400, "invalid_request", call{header: right, body: `{"grant_type":"client_credentials"}`}},
		"broken form":           {400, "invalid_request", call{header: right, body: "grant_type=%zz"}},
		"NUL":                   {400, "invalid_request", call{header: right, body: "grant_type=%00"}},
		"credentials twice":     {400, "invalid_request", call{header: right, body: "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret"}},
		"another grant":         {400, "unsupported_grant_type", call{header: right, body: "grant_type=password"}},
		"no client":             {401, "invalid_client", call{body: "grant_type=client_credentials"}},
		"unknown client":        {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("nobody", "demo-secret")}},
		"wrong secret":          {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("demo-client", "nope")}},
		"no secret":             {401, "invalid_client", call{body: "grant_type=client_credentials&client_id=demo-client"}},
		"NUL in the id":         {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("a\x00b", "x")}},
		"an encoded NUL in it":  {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("a%00b", "x")}},
		"encoded bad UTF-8":     {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("a%ffb", "x%zz")}},
		"bad UTF-8 in the id":   {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBasic("a\xffb", "x")}},
		"NUL in the form's id":  {400, "invalid_request", call{body: "grant_type=client_credentials&client_id=%00&client_secret=x"}},
		"secret in the query":   {401, "invalid_client", call{path: "?client_id=demo-client&client_secret=demo-secret", body: "grant_type=client_credentials"}},
		"a token for a secret":  {401, "invalid_client", call{body: "grant_type=client_credentials", header: cuxBearer}},
		"body over the limit":   {413, "", call{header: right, body: "grant_type=" + strings.Repeat("x", 64<<10)}},
		"GET":                   {405, "", call{method: "GET"}},
		"another path of oauth": {404, "", call{path: "/nope"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := test.call
			if c.method == "" {
				c.method = "POST"
			}
			c.path = "/oauth/token" + c.path
			a := s.want(t, test.status, c)
			if test.code == "" {
				return // the suite's error object, by its schema
			}
			if !strings.HasPrefix(a.body, `{"error":"`+test.code+`","error_description":"`) {
				t.Errorf("got %s, want %s", a.body, test.code)
			}
			if challenge := a.header.Get("WWW-Authenticate"); (challenge == `Basic realm="orglink"`) != (test.status == 401) {
				t.Errorf("WWW-Authenticate is %q", challenge)
			}
		})
	}
}

func TestCuxHoldsClientsToTheirGrants(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(`{cux: {clients: [
			{id: any, secret: s}, {id: empty, secret: s, grants: []},
			{id: right, secret: s, grants: [password, client_credentials]},
			{id: other, secret: s, grants: [password]}]}}`))
		for _, test := range []struct {
			status       int
			client, want string
			secret, body string
		}{
			{200, "any", `{"access_token":`, "s", "grant_type=client_credentials"},
			{200, "empty", `{"access_token":`, "s", "grant_type=client_credentials"},
			{200, "right", `{"access_token":`, "s", "grant_type=client_credentials"},
			{400, "other", `{"error":"unauthorized_client",`, "s", "grant_type=client_credentials"},
			{400, "other", `{"error":"unsupported_grant_type",`, "s", "grant_type=password"},
			{401, "other", `{"error":"invalid_client",`, "wrong", "grant_type=client_credentials"},
		} {
			a := s.want(t, test.status, call{method: "POST", path: "/oauth/token", header: cuxBasic(test.client, test.secret), body: test.body})
			if !strings.HasPrefix(a.body, test.want) {
				t.Errorf("client %s, %s: got %s, want %s", test.client, test.body, a.body, test.want)
			}
		}
	})
}

func TestCuxSessionsFindTheirAccount(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
		for i, test := range []struct{ kind, identifier string }{
			{"", cuxOther},
			{"ACCOUNT_ID", strings.ToUpper(cuxOther)},
			{"LOYALTY_ID", "6001000000000025"},
			{"EXTERNAL_ID", "crm-25"},
			{"EMAIL", "m25%40example.com"},
			{"PARTNER_LINK_ID", "partner-25"},
			{"PHONE_NUMBER", "+15550100025"},
			{"EXTERNAL_AGENT_ID", "agent-25"},
		} {
			id := fmt.Sprintf("session %d/%s", i, test.kind)
			body := fmt.Sprintf(`{"correlationId":%q,"channel":"My Kiosk","externalAgentSessionId":"7c9e6679-7425-40de-944b-e07fc1f90ae7","more":1}`, id)
			a := s.want(t, 200, cuxStart(test.identifier, test.kind, body))
			want := fmt.Sprintf(`{"accountId":%q,"loyaltyId":"6001000000000025","correlationId":%q,"channel":"My Kiosk"}`, cuxOther, id)
			if a.body != want {
				t.Errorf("%s: got %s, want %s", test.kind, a.body, want)
			}
			s.want(t, 200, call{method: "PUT", path: cuxPathOf(id, "BUYCO", fmt.Sprint(i)), header: cuxBearer})
		}
		if got := strings.Count(cuxList(t, s, "other-session"), "linkId"); got != 8 {
			t.Errorf("the account has %d links, want those of all 8 sessions", got)
		}
		golden(t, "cux/start_session.json", s.want(t, 200, cuxStart(cuxLoyalty, "LOYALTY_ID", `{"correlationId":"c","externalAgentSessionId":null}`)).body)
	})
}

func TestCuxSessionsEndAndAreRenewed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := cuxTime
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }))
		link := call{method: "PUT", path: cuxPathOf("mine", "BUYCO", "1"), header: cuxBearer}
		begin := cuxStart(cuxAccount, "", `{"correlationId":"mine"}`)
		s.want(t, 401, link)
		s.want(t, 200, begin)
		now = now.Add(23 * time.Hour)
		s.want(t, 200, link)
		s.want(t, 200, begin)
		now = now.Add(24*time.Hour - time.Millisecond)
		s.want(t, 200, link)
		now = now.Add(time.Millisecond)
		s.want(t, 401, link)
		s.want(t, 200, begin)
		s.want(t, 200, link)

		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"`+cuxSession+`"}`))
		now = now.Add(1000 * time.Hour)
		s.want(t, 200, cuxPut("1", "")) // the demo's session never expires
	})
}

// TestCuxSessionsLastAsTheWorkspaceIsSetUp: sessions that are open keep their end.
func TestCuxSessionsLastAsTheWorkspaceIsSetUp(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := cuxTime
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }))
		wantOpen := func(open bool, id string) {
			t.Helper()
			status := 401
			if open {
				status = 200
			}
			s.want(t, status, call{method: "PUT", path: cuxPathOf(id, "BUYCO", "1"), header: cuxBearer})
		}
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a day"}`))
		for range 2 { // a second time it is the same
			s.want(t, 200, cuxApply(`{"sessionLifetime":60}`))
		}
		s.want(t, 200, cuxApply(`{"businessUnits":["X"]}`)) // it says nothing of lifetimes, and changes none
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a minute"}`))
		now = now.Add(time.Minute - time.Millisecond)
		wantOpen(true, "a minute")
		now = now.Add(time.Millisecond)
		wantOpen(false, "a minute")
		wantOpen(true, "a day")
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a day"}`)) // renewed, it has a minute
		now = now.Add(time.Minute)
		wantOpen(false, "a day")
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a day"}`))
		wantOpen(true, "a day")
		for _, bad := range []string{`0`, `-1`, `1.5`, `"60"`, `3153600001`} {
			s.want(t, 400, cuxApply(`{"sessionLifetime":`+bad+`}`))
		}
		s.want(t, 200, cuxApply(`{"sessionLifetime":3153600000}`))
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"a day"}`))
		now = now.Add(50 * 365 * 24 * time.Hour)
		token := cuxIssued(t, s, "")
		s.want(t, 200, call{method: "PUT", path: cuxPathOf("a day", "BUYCO", "1"), header: token})
	})
}

// TestCuxExpiredSessionsStayTheirAccounts: another account may not have the correlation
// id, and the links are the account's all the time.
func TestCuxExpiredSessionsStayTheirAccounts(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := cuxTime
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture), servertest.Clock(func() time.Time { return now }))
		const mine = `{"correlationId":"mine"}`
		s.want(t, 200, cuxStart(cuxAccount, "", mine))
		s.want(t, 200, call{method: "PUT", path: cuxPathOf("mine", "BUYCO", "1"), header: cuxBearer, body: `{"dateLinked":"2001-02-03"}`})
		now = now.Add(25 * time.Hour)
		if a := s.want(t, 400, cuxStart(cuxOther, "", mine)); a.body != cuxRefusal(400, cuxBadRequest, "The correlationId is in use by another account") {
			t.Errorf("got %s", a.body)
		}
		s.want(t, 200, cuxStart(cuxAccount, "", `{"correlationId":"new"}`))
		s.want(t, 401, call{method: "PUT", path: cuxPathOf("mine", "BUYCO", "1"), header: cuxBearer})
		const links = `[{"linkId":"1","businessUnit":"BUYCO","dateLinked":"2001-02-03","status":"LINKED"}]`
		if got := cuxList(t, s, "new"); got != links {
			t.Errorf("a new session sees %s, want %s", got, links)
		}
		s.want(t, 200, cuxStart(cuxAccount, "", mine))
		if got := cuxList(t, s, "mine"); got != links {
			t.Errorf("the renewed session sees %s, want %s", got, links)
		}
	})
}

// TestCuxChannels: the client's own are taken, none is APP.
func TestCuxChannels(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, channel := range []string{"", "APP", "STORE", "POS", "PARTNER", "WEBSITE", "My Kiosk & Co"} {
			body, want := `{"correlationId":"c","channel":"`+channel+`"}`, channel
			if channel == "" {
				body, want = `{"correlationId":"c"}`, "APP"
			}
			if a := s.want(t, 200, cuxStart(cuxAccount, "", body)); !strings.HasSuffix(a.body, `,"channel":"`+want+`"}`) {
				t.Errorf("channel %q: got %s", channel, a.body)
			}
		}
	})
}

func TestCuxRefusesBadSessions(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxRefusesBadSessions)
}

func testCuxRefusesBadSessions(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture))
	const mine = `{"correlationId":"mine"}`
	for name, test := range map[string]struct {
		status  int
		message string
		call    call
	}{
		"unknown account":        {400, "No account has this identifier", cuxStart("7c9e6679-7425-40de-944b-e07fc1f90ae7", "", mine)},
		"another kind's value":   {400, "No account has this identifier", cuxStart(cuxLoyalty, "EXTERNAL_ID", mine)},
		"anonymous":              {400, "No account has this identifier", cuxStart("anonymous", "", mine)},
		"blank identifier":       {400, "No account has this identifier", cuxStart("%20", "EMAIL", mine)},
		"no identifier":          {400, "No account has this identifier", call{method: "POST", path: "/client/users//sessions", header: cuxBearer, body: mine}},
		"slash in an identifier": {400, "No account has this identifier", cuxStart(cuxAccount+"%2F", "", mine)},
		"NUL in an identifier":   {400, "The path holds what is not text.", cuxStart("%00", "", mine)},
		"unknown kind":           {400, "The header parameter X-Identifier-Type is not one of the allowed values.", cuxStart(cuxAccount, "CARD", mine)},
		"kind in lower case":     {400, "The header parameter X-Identifier-Type is not one of the allowed values.", cuxStart(cuxAccount, "account_id", mine)},
		"another's session":      {400, "The correlationId is in use by another account", cuxStart(cuxAccount, "", `{"correlationId":"other-session"}`)},
		"another's, expired":     {400, "The correlationId is in use by another account", cuxStart(cuxAccount, "", `{"correlationId":"expired-session"}`)},
		"no body":                {400, "The request body is required.", cuxStart(cuxAccount, "", "")},
		"no correlation id":      {400, "correlationId is required.", cuxStart(cuxAccount, "", `{}`)},
		"null correlation id":    {400, "correlationId must not be null.", cuxStart(cuxAccount, "", `{"correlationId":null}`)},
		"number for one":         {400, "correlationId has the wrong type.", cuxStart(cuxAccount, "", `{"correlationId":1}`)},
		"one beyond a float":     {400, "correlationId has the wrong type.", cuxStart(cuxAccount, "", `{"x":1e999,"correlationId":1e999}`)},
		"empty correlation id":   {400, "correlationId is too short or too small.", cuxStart(cuxAccount, "", `{"correlationId":""}`)},
		"blank correlation id":   {400, "correlationId must not be blank", cuxStart(cuxAccount, "", `{"correlationId":" \t"}`)},
		"long correlation id":    {400, "correlationId is too long or too large.", cuxStart(cuxAccount, "", `{"correlationId":"`+strings.Repeat("x", 129)+`"}`)},
		"control character":      {400, "correlationId must not have control characters", cuxStart(cuxAccount, "", `{"correlationId":"a\nb"}`)},
		"null channel":           {400, "channel must not be null.", cuxStart(cuxAccount, "", `{"correlationId":"mine","channel":null}`)},
		"blank channel":          {400, "channel must not be blank", cuxStart(cuxAccount, "", `{"correlationId":"mine","channel":" "}`)},
		"bad agent session":      {400, "externalAgentSessionId has the wrong format.", cuxStart(cuxAccount, "", `{"correlationId":"mine","externalAgentSessionId":"x"}`)},
		"malformed JSON":         {400, cuxBadJSON, cuxStart(cuxAccount, "", `{`)},
		"a list":                 {400, cuxWrongType, cuxStart(cuxAccount, "", `[]`)},
		"bad UTF-8":              {400, cuxNotUTF8, cuxStart(cuxAccount, "", "{\"correlationId\":\"\xff\"}")},
		"body over the limit":    {413, cuxTooLarge, cuxStart(cuxAccount, "", strings.Repeat(" ", 64<<10)+mine)},
		"GET":                    {405, "Method Not Allowed", call{method: "GET", path: "/client/users/" + cuxAccount + "/sessions", header: cuxBearer}},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.want(t, test.status, test.call)
			if want := cuxRefusal(test.status, cuxBadRequest, test.message); a.body != want {
				t.Errorf("got %s, want %s", a.body, want)
			}
		})
	}
	s.want(t, 401, call{method: "PUT", path: cuxPathOf("mine", "BUYCO", "1"), header: cuxBearer})
	s.want(t, 200, call{method: "PUT", path: cuxPathOf("other-session", "BUYCO", "1"), header: cuxBearer})
	if got := cuxList(t, s, cuxSession); got != "[]" {
		t.Errorf("a session was moved to another account: %s", got)
	}
}
