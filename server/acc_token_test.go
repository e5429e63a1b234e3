package server_test

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

func accBasic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// accTokenCall asks for a token; pairs are the form's fields.
func accTokenCall(authorization string, pairs ...string) call {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return call{
		method: "POST", path: accToken, body: form.Encode(),
		header: map[string]string{"Content-Type": accForm, "Authorization": authorization},
	}
}

// accTokenOf gets a token and fails the test unless it comes as documented.
func (s *site) accTokenOf(t *testing.T, c call) string {
	t.Helper()
	a := s.want(t, 200, c)
	var body struct {
		AccessToken string `json:"access_token"`
	}
	a.json(t, &body)
	if want := `{"access_token":"` + body.AccessToken + `","token_type":"Bearer","expires_in":3599}`; a.body != want {
		t.Errorf("got %s, want %s", a.body, want)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Error("the answer may be cached")
	}
	return body.AccessToken
}

func TestAccIssuesTokensToApps(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		app := accBasic("demo-client", "demo-secret")
		for name, test := range map[string]struct {
			call        call
			read, write int
		}{
			"Basic":              {accTokenCall(app, "grant_type", "client_credentials", "scope", "account:read account:write"), 200, 200},
			"form":               {accTokenCall("", "grant_type", "client_credentials", "scope", "account:read account:write", "client_id", "demo-client", "client_secret", "demo-secret"), 200, 200},
			"one scope":          {accTokenCall(app, "grant_type", "client_credentials", "scope", "account:write"), 403, 200},
			"the other scope":    {accTokenCall(app, "grant_type", "client_credentials", "scope", "account:read"), 200, 403},
			"a scope of neither": {accTokenCall(app, "grant_type", "client_credentials", "scope", "data:read"), 403, 403},
			"no scope: all":      {accTokenCall(app, "grant_type", "client_credentials"), 200, 200},
			"unknown field":      {accTokenCall(app, "grant_type", "client_credentials", "audience", "x"), 200, 200},
			"scope twice":        {accTokenCall(app, "grant_type", "client_credentials", "scope", " account:read  account:read "), 200, 403},
		} {
			t.Run(name, func(t *testing.T) {
				header := with(accHeader, "Authorization", "Bearer "+s.accTokenOf(t, test.call))
				s.want(t, test.read, call{method: "GET", path: accUS, header: header})
				s.want(t, test.write, call{method: "PUT", path: accUS, header: header, body: `{"business_units":[]}`})
			})
		}
		spaces := accTokenCall(app)
		spaces.body = "grant_type=client_credentials&scope=account%3Aread%20account%3Awrite"
		spaces.path = "//authentication/v2/token/"
		s.accTokenOf(t, spaces)
		s.CloseDatabase(t)
		s.accCode(t, spaces, 500, 1000)
	})
}

func TestAccTokensExpireAfterAnHour(t *testing.T) {
	t.Parallel()
	clock := &tickingClock{}
	s := start(t, servertest.Demo(), servertest.Clock(clock.now))
	token := s.accTokenOf(t, accTokenCall(accBasic("demo-client", "demo-secret"), "grant_type", "client_credentials"))
	read := call{method: "GET", path: accUS, header: map[string]string{"Authorization": "Bearer " + token}}
	clock.seconds.Store(int64(time.Hour/time.Second) - 1)
	s.want(t, 200, read)
	clock.tick()
	clock.tick()
	s.accCode(t, read, 401, "AUTH-006")
}

func TestAccRefusesBadTokenRequests(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(`
acc:
  clients:
    - {id: other-grant, secret: s, scopes: ['account:read'], grants: [authorization_code]}`))
	app := accBasic("demo-client", "demo-secret")
	const grant, cc = "grant_type", "client_credentials"
	raw := func(contentType, body string) call {
		return call{method: "POST", path: accToken, header: map[string]string{"Content-Type": contentType, "Authorization": app}, body: body}
	}
	for name, test := range map[string]struct {
		call   call
		status int
		code   any
	}{
		"unknown app":              {accTokenCall(accBasic("nobody", "demo-secret"), grant, cc), 403, "AUTH-001"},
		"unknown app in the form":  {accTokenCall("", grant, cc, "client_id", "nobody", "client_secret", "x"), 403, "AUTH-001"},
		"app of another grant":     {accTokenCall(accBasic("other-grant", "s"), grant, cc), 403, "AUTH-001"},
		"wrong secret":             {accTokenCall(accBasic("demo-client", "x"), grant, cc), 401, "AUTH-003"},
		"wrong secret in the form": {accTokenCall("", grant, cc, "client_id", "demo-client", "client_secret", "x"), 401, "AUTH-003"},
		"unknown scope":            {accTokenCall(app, grant, cc, "scope", "account:read x:y"), 400, "AUTH-004"},
		"scopes with a comma":      {accTokenCall(app, grant, cc, "scope", "account:read,account:write"), 400, "AUTH-004"},
		"no credentials":           {accTokenCall("", grant, cc), 400, "AUTH-008"},
		"bearer as credentials":    {accTokenCall("Bearer x", grant, cc), 400, "AUTH-008"},
		"broken Basic":             {accTokenCall("Basic %%%", grant, cc), 400, "AUTH-008"},
		"no secret":                {accTokenCall("", grant, cc, "client_id", "demo-client"), 400, "AUTH-008"},
		"no id":                    {accTokenCall("", grant, cc, "client_secret", "demo-secret"), 400, "AUTH-008"},
		"both kinds":               {accTokenCall(app, grant, cc, "client_id", "demo-client", "client_secret", "demo-secret"), 400, "AUTH-008"},
		"both, the form half":      {accTokenCall(app, grant, cc, "client_id", "demo-client"), 400, "AUTH-008"},
		"no grant type":            {accTokenCall(app, "scope", "account:read"), 400, "AUTH-008"},
		"grant type in the query":  {call{method: "POST", path: accToken + "?grant_type=client_credentials", body: "scope=account:read", header: map[string]string{"Content-Type": accForm, "Authorization": app}}, 400, "AUTH-008"},
		"id in the query":          {call{method: "POST", path: accToken + "?client_id=demo-client&client_secret=demo-secret", body: "grant_type=client_credentials", header: map[string]string{"Content-Type": accForm}}, 400, "AUTH-008"},
		"no body":                  {raw(accForm, ""), 400, "AUTH-008"},
		"broken form":              {raw(accForm, "grant_type=%zz"), 400, "AUTH-008"},
		"bad UTF-8":                {raw(accForm, "grant_type=client_credentials&scope=%ff"), 400, "AUTH-008"},
		"a NUL":                    {raw(accForm, "grant_type=client_credentials&client_id=%00"), 400, "AUTH-008"},
		"another grant type":       {accTokenCall(app, grant, "password"), 400, "AUTH-009"},
		"grant type in upper case": {accTokenCall(app, grant, "CLIENT_CREDENTIALS"), 400, "AUTH-009"},
		"JSON":                     {raw("application/json", `{"grant_type":"client_credentials"}`), 415, "AUTH-007"},
		"no content type":          {raw("", "grant_type=client_credentials"), 415, "AUTH-007"},
		"body over the limit":      {raw(accForm, "grant_type=client_credentials&x="+strings.Repeat("x", 1<<16)), 413, 1001},
		"grant type before secret": {accTokenCall(accBasic("demo-client", "x"), grant, "password"), 400, "AUTH-009"},
		"secret before scope":      {accTokenCall(accBasic("demo-client", "x"), grant, cc, "scope", "x:y"), 401, "AUTH-003"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.accCode(t, test.call, test.status, test.code)
		})
	}
}

func TestAccRefusesCredentialsThatAreNotText(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, id := range []string{"demo-client\x00", "demo-client\xff"} {
			s.accCode(t, accTokenCall(accBasic(id, "demo-secret"), "grant_type", "client_credentials"), 400, "AUTH-008")
			s.accCode(t, accTokenCall("", "grant_type", "client_credentials", "client_id", id, "client_secret", "demo-secret"), 400, "AUTH-008")
		}
	})
}

func TestAccNamesWhatATokenRequestLacks(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	const more = `","moreInfo":"https://aps.autodesk.com/en/docs/oauth/v2/developers_guide/error_handling/","errorCode":"`
	for _, test := range []struct {
		call call
		body string
	}{
		{
			accTokenCall("", "grant_type", "client_credentials"),
			`{"developerMessage":"The required parameter(s) client_id,client_secret not present in the request` + more + `AUTH-008"}`,
		},
		{
			accTokenCall("", "grant_type", "client_credentials", "client_id", "x"),
			`{"developerMessage":"The required parameter(s) client_secret not present in the request` + more + `AUTH-008"}`,
		},
		{
			accTokenCall("", "grant_type", "<x>"),
			`{"developerMessage":"Unsupported grant_type <x> specified. The grant_type must be either client_credentials or authorization_code or refresh_token.` + more + `AUTH-009"}`,
		},
	} {
		if a := s.do(t, test.call); a.body != test.body {
			t.Errorf("got %s, want %s", a.body, test.body)
		}
	}
}
