package server_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

const (
	accIntrospect = "/authentication/v2/introspect"
	accRevoke     = "/authentication/v2/revoke"
	accOldToken   = "/authentication/v1/authenticate"
)

// accBasicDemo are the credentials of the demo's app.
var accBasicDemo = accBasic("demo-client", "demo-secret")

// accFormCall posts a form; pairs are its fields.
func accFormCall(path, authorization string, pairs ...string) call {
	c := accTokenCall(authorization, pairs...)
	c.path = path
	return c
}

// accIssued gets a token of the demo's app.
func accIssued(t *testing.T, s *site, scope string) string {
	t.Helper()
	return s.accTokenOf(t, accTokenCall(accBasicDemo, "grant_type", "client_credentials", "scope", scope))
}

func TestAccIntrospectionTellsAnAppOfItsOwnTokens(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }), servertest.Fixtures(`
acc:
  clients:
    - {id: other, secret: demo-secret, scopes: ['account:read']}
    - {id: public, secret: ''}
  tokens:
    - {token: of-public, subject: public, scopes: ['data:read']}
`))
		issued := accIssued(t, s, "account:read account:write")
		const sample = "9ezBnx9Rd5D1xG4KMt6b72T4w0MG"
		for name, test := range map[string]struct {
			call call
			want string
		}{
			"issued": {
				accFormCall(accIntrospect, accBasicDemo, "token", issued),
				`{"active":true,"scope":"account:read account:write","client_id":"demo-client","exp":1778054889}`,
			},
			"credentials in the form": {
				accFormCall(accIntrospect, "", "token", issued, "client_id", "demo-client", "client_secret", "demo-secret"),
				`{"active":true,"scope":"account:read account:write","client_id":"demo-client","exp":1778054889}`,
			},
			"of fixtures": {
				accFormCall(accIntrospect, accBasicDemo, "token", sample),
				`{"active":true,"scope":"account:read account:write data:read","client_id":"demo-client"}`,
			},
			"of a public app":       {accFormCall(accIntrospect, "", "token", "of-public", "client_id", "public"), `{"active":true,"scope":"data:read","client_id":"public"}`},
			"of another app":        {accFormCall(accIntrospect, accBasic("other", "demo-secret"), "token", issued), `{"active":false}`},
			"no token":              {accFormCall(accIntrospect, accBasicDemo, "token", "x.y.z"), `{"active":false}`},
			"of another family":     {accFormCall(accIntrospect, accBasicDemo, "token", "demo-token"), `{"active":false}`},
			"with a trailing slash": {accFormCall("//authentication/v2/introspect/", accBasicDemo, "token", "no"), `{"active":false}`},
		} {
			t.Run(name, func(t *testing.T) {
				if a := s.want(t, 200, test.call); a.body != test.want || a.header.Get("Cache-Control") != "no-store" {
					t.Errorf("got %s, want %s; headers %v", a.body, test.want, a.header)
				}
			})
		}
		now = now.Add(time.Hour)
		if a := s.want(t, 200, accFormCall(accIntrospect, accBasicDemo, "token", issued)); a.body != `{"active":false}` {
			t.Errorf("an expired token: %s", a.body)
		}
	})
}

func TestAccRevokedTokensAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(`
acc: {clients: [{id: other, secret: demo-secret}], tokens: [{token: static, subject: demo-client, scopes: ['account:read']}]}`))
		issued, kept := accIssued(t, s, "account:read"), accIssued(t, s, "account:read")
		get := func(token string) call {
			return call{method: "GET", path: accUS, header: with(accHeader, "Authorization", "Bearer "+token)}
		}
		revoke := func(authorization, token string) {
			t.Helper()
			a := s.want(t, 200, accFormCall(accRevoke, authorization, "token", token, "token_type_hint", "access_token"))
			if a.body != "" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("revoke: %q %v", a.body, a.header)
			}
		}
		revoke(accBasic("other", "demo-secret"), issued) // not its own
		revoke(accBasicDemo, "no token at all")
		s.want(t, 200, get(issued))
		for _, token := range []string{issued, "static"} {
			revoke(accBasicDemo, token)
			revoke(accBasicDemo, token) // again: nothing to do
			s.accCode(t, get(token), 401, "AUTH-006")
			if a := s.want(t, 200, accFormCall(accIntrospect, accBasicDemo, "token", token)); a.body != `{"active":false}` {
				t.Errorf("a revoked token: %s", a.body)
			}
		}
		s.want(t, 200, accApply("", `{"acc":{"tokens":[{"token":"static","subject":"demo-client","scopes":["account:read"]}]}}`))
		s.accCode(t, get("static"), 401, "AUTH-006") // it was the app's own wish
		s.want(t, 200, get(kept))
		s.want(t, 200, get(accIssued(t, s, "account:read")))
	})
}

// What one replica revokes, another refuses within a second. (A SQLite file belongs to
// one process.)
func TestAccRevocationReachesOtherReplicas(t *testing.T) {
	t.Parallel()
	database := servertest.Database(storetest.Postgres(t))
	one, other := start(t, database, servertest.Demo()), start(t, database)
	token := accIssued(t, one, "account:read")
	get := call{method: "GET", path: accUS, header: with(accHeader, "Authorization", "Bearer "+token)}
	other.want(t, 200, get)
	one.want(t, 200, accFormCall(accRevoke, accBasicDemo, "token", token, "token_type_hint", "access_token"))
	one.want(t, 401, get)
	eventually(t, "the other replica refuses the token", func() bool { return other.do(t, get).status == 401 })
}

func TestAccDisabledAppsAreRefusedUntilTheyAreEnabled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		issued := accIssued(t, s, "account:read")
		apply := func(enabled string) {
			t.Helper()
			s.want(t, 200, accApply("", `{"acc":{"clients":[{"id":"demo-client","secret":"demo-secret","scopes":["account:read"],"enabled":`+enabled+`}]}}`))
		}
		for range 2 {
			apply("false")
			s.accCode(t, accGet(accUS), 401, "AUTH-006") // a token of fixtures
			s.accCode(t, call{method: "GET", path: accUS, header: with(accHeader, "Authorization", "Bearer "+issued)}, 401, "AUTH-006")
			s.accCode(t, accTokenCall(accBasicDemo, "grant_type", "client_credentials"), 403, "AUTH-001")
			s.accCode(t, accFormCall(accIntrospect, accBasicDemo, "token", issued), 401, "AUTH-003")
		}
		apply("true")
		s.want(t, 200, accGet(accUS))
		s.want(t, 200, call{method: "GET", path: accUS, header: with(accHeader, "Authorization", "Bearer "+issued)})
		accIssued(t, s, "account:read")
	})
}

func TestAccOldAddressIssuesTokensForHalfAnHour(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }))
		a := s.want(t, 200, accFormCall(accOldToken, "", "grant_type", "client_credentials",
			"client_id", "demo-client", "client_secret", "demo-secret", "scope", "account:read"))
		var body struct {
			AccessToken string `json:"access_token"`
			ExpiresIn   int    `json:"expires_in"`
		}
		a.json(t, &body)
		if body.ExpiresIn != 1799 || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("got %s %v", a.body, a.header)
		}
		get := call{method: "GET", path: accUS, header: with(accHeader, "Authorization", "Bearer "+body.AccessToken)}
		now = now.Add(30*time.Minute - time.Second)
		s.want(t, 200, get)
		now = now.Add(time.Second)
		s.accCode(t, get, 401, "AUTH-006")
	})
}

func TestAccFormsAreRefusedInTheGatewaysWords(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		credentials := []string{"client_id", "demo-client", "client_secret", "demo-secret"}
		fields := func(more ...string) []string { return append(append([]string{}, credentials...), more...) }
		json := accFormCall(accRevoke, accBasicDemo)
		json.header["Content-Type"], json.body = "application/json", `{"token":"x"}`
		big := url.Values{"token": {strings.Repeat("x", 70000)}}.Encode()
		for name, test := range map[string]struct {
			call   call
			status int
			code   any
		}{
			"old: Basic only":                 {accFormCall(accOldToken, accBasicDemo, "grant_type", "client_credentials"), 400, "AUTH-008"},
			"old: wrong secret":               {accFormCall(accOldToken, "", "grant_type", "client_credentials", "client_id", "demo-client", "client_secret", "x"), 401, "AUTH-003"},
			"old: unknown app":                {accFormCall(accOldToken, "", "grant_type", "client_credentials", "client_id", "x", "client_secret", "x"), 403, "AUTH-001"},
			"old: scope":                      {accFormCall(accOldToken, "", fields("grant_type", "client_credentials", "scope", "x")...), 400, "AUTH-004"},
			"old: grant":                      {accFormCall(accOldToken, "", fields("grant_type", "x")...), 400, "AUTH-009"},
			"old: no form":                    {call{"POST", accOldToken, nil, "x"}, 415, "AUTH-007"},
			"old: too large":                  {call{"POST", accOldToken, map[string]string{"Content-Type": accForm}, big}, 413, 1001},
			"introspect: no token":            {accFormCall(accIntrospect, accBasicDemo, "x", "y"), 400, "AUTH-008"},
			"introspect: both":                {accFormCall(accIntrospect, accBasicDemo, fields("token", "x")...), 400, "AUTH-008"},
			"introspect: id beside Basic":     {accFormCall(accIntrospect, accBasicDemo, "token", "x", "client_id", "demo-client"), 400, "AUTH-008"},
			"introspect: nobody":              {accFormCall(accIntrospect, "", "token", "x"), 401, "AUTH-003"},
			"introspect: wrong secret":        {accFormCall(accIntrospect, accBasic("demo-client", "x"), "token", "x"), 401, "AUTH-003"},
			"introspect: secret left out":     {accFormCall(accIntrospect, "", "token", "x", "client_id", "demo-client"), 401, "AUTH-003"},
			"introspect: unknown app":         {accFormCall(accIntrospect, accBasic("x", "demo-secret"), "token", "x"), 401, "AUTH-003"},
			"introspect: no form":             {call{"POST", accIntrospect, nil, ""}, 400, "AUTH-008"},
			"introspect: other media type":    {call{"POST", accIntrospect, map[string]string{"Content-Type": "text/plain"}, "token=x"}, 415, "AUTH-007"},
			"introspect: too large":           {call{"POST", accIntrospect, map[string]string{"Content-Type": accForm}, big}, 413, 1001},
			"introspect: not text":            {call{"POST", accIntrospect, map[string]string{"Content-Type": accForm}, "token=%ff"}, 400, "AUTH-008"},
			"revoke: no token":                {accFormCall(accRevoke, accBasicDemo, "token_type_hint", "access_token"), 400, "AUTH-008"},
			"revoke: no hint":                 {accFormCall(accRevoke, accBasicDemo, "token", "x"), 400, "AUTH-008"},
			"revoke: unknown hint":            {accFormCall(accRevoke, accBasicDemo, "token", "x", "token_type_hint", "id_token"), 400, "AUTH-008"},
			"revoke: nobody":                  {accFormCall(accRevoke, "", "token", "x", "token_type_hint", "access_token"), 401, "AUTH-003"},
			"revoke: JSON":                    {json, 415, "AUTH-007"},
			"revoke: too large":               {call{"POST", accRevoke, map[string]string{"Content-Type": accForm}, big}, 413, 1001},
			"revoke: other method":            {call{"GET", accRevoke, nil, ""}, 405, 1001},
			"not served: users":               {call{"GET", "/authentication/v2/authorize", nil, ""}, 404, 1004},
			"not served: account admin":       {call{"GET", "/construction/admin/v1/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/companies", accHeader, ""}, 404, 1004},
			"not served: other well-knowns":   {call{"GET", "/.well-known/jwks.json", nil, ""}, 404, 1004},
			"not served: companies":           {call{"GET", "/hq/v1/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/companies", accHeader, ""}, 404, 1004},
			"configuration: other method":     {call{"POST", "/.well-known/openid-configuration", nil, ""}, 405, 1001},
			"construction below a workspace":  {call{"GET", "/w/default/construction/admin/v1/x", nil, ""}, 404, 1004},
			"token_type_hint in the query":    {accFormCall(accRevoke+"?token_type_hint=access_token", accBasicDemo, "token", "x"), 400, "AUTH-008"},
			"credentials in the query string": {accFormCall(accIntrospect+"?client_id=demo-client&client_secret=demo-secret", "", "token", "x"), 401, "AUTH-003"},
		} {
			t.Run(name, func(t *testing.T) { s.accCode(t, test.call, test.status, test.code) })
		}
		s.CloseDatabase(t)
		s.accCode(t, accFormCall(accOldToken, "", fields("grant_type", "client_credentials")...), 500, 1000)
		s.accCode(t, accFormCall(accIntrospect, accBasicDemo, "token", "x"), 500, 1000)
		s.accCode(t, accFormCall(accRevoke, accBasicDemo, "token", "x", "token_type_hint", "access_token"), 500, 1000)
	})
}

func TestAccOpenIDConfigurationListsWhatIsServed(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.PublicURL("https://orglink.example/"))
		const path = "/.well-known/openid-configuration"
		for prefix, base := range map[string]string{
			"":           "https://orglink.example",
			"/w/default": "https://orglink.example/w/default",
		} {
			a := s.want(t, 200, call{method: "GET", path: prefix + path})
			want := `{"issuer":"` + base + `","token_endpoint":"` + base + `/authentication/v2/token","revoke_endpoint":"` + base +
				`/authentication/v2/revoke","introspect_endpoint":"` + base + `/authentication/v2/introspect",` +
				`"scopes_supported":["account:read","account:write","data:read"],"grant_types_supported":["client_credentials"]}`
			if a.body != want {
				t.Errorf("got %s\nwant %s", a.body, want)
			}
		}
		s.want(t, 404, call{method: "GET", path: "/w/nowhere" + path})
		s.CloseDatabase(t)
		eventually(t, "the workspace is looked for again", func() bool {
			return s.do(t, call{method: "GET", path: path}).status == 500
		})
	})
}
