package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// sviForm is the header of a token call by a client.
func sviForm(client, secret string) map[string]string {
	return map[string]string{
		"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(client+":"+secret)),
		"Content-Type":  "application/x-www-form-urlencoded",
	}
}

type sviTokens struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
	Scope        string `json:"scope"`
	JTI          string `json:"jti"`
}

func sviToken(t *testing.T, s *site, client, secret, form string) (tokens sviTokens) {
	t.Helper()
	a := s.want(t, 200, call{method: "POST", path: sviTokenPath, header: sviForm(client, secret), body: form})
	if !strings.HasPrefix(a.body, `{"access_token":"`) {
		t.Errorf("access_token is not the first member: %s", a.body)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the token may be cached: %v", a.header)
	}
	a.json(t, &tokens)
	return tokens
}

const sviPasswordForm = "grant_type=password&username=demo&password=demo-secret"

func TestSviTokenOpensLinks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		tokens := sviToken(t, s, "sas.ec", "", sviPasswordForm+"&scope=datahub.write&client_id=sas.ec")
		if tokens.TokenType != "bearer" || tokens.ExpiresIn != 43200 || tokens.Scope != "Investigators RevealMasked SASAdministrators" || tokens.JTI == "" {
			t.Errorf("got %+v", tokens)
		}
		a := s.want(t, 200, sviGet(sviFourParts, "Authorization", "Bearer "+tokens.AccessToken).with("_includeDisplayLabel=true"))
		golden(t, "svi/link.json", a.body)

		refreshed := sviToken(t, s, "sas.ec", "", "grant_type=refresh_token&refresh_token="+url.QueryEscape(tokens.RefreshToken))
		a = s.want(t, 200, sviPut(sviFourParts, a.body, "Authorization", "Bearer "+refreshed.AccessToken))
		if !strings.Contains(a.body, `"last_updated_by_user_id":"demo"`) {
			t.Errorf("the update does not name its user: %s", a.body)
		}
		s.want(t, 401, sviGet(sviFourParts, "Authorization", "Bearer "+tokens.RefreshToken))
	})
}

// sviClaims are the claims of a token, the times apart.
func sviClaims(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	if claims["exp"].(float64)-claims["iat"].(float64) != 43200 || claims["jti"] == "" {
		t.Errorf("got claims %s", text)
	}
	for _, name := range []string{"exp", "iat", "jti"} {
		delete(claims, name)
	}
	text, err = json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Clients read a user's name and groups off the token itself.
func TestSviClaimsOfTokens(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	user := `{"aud":"svi","cid":"sas.ec","client_id":"sas.ec","grant_type":"password",` +
		`"iss":"` + s.URL + `/SASLogon/oauth/token","scope":["Investigators","RevealMasked","SASAdministrators"],"sub":"demo","user_id":"demo","user_name":"demo"}`
	tokens := sviToken(t, s, "sas.ec", "", sviPasswordForm)
	if got := sviClaims(t, tokens.AccessToken); got != user {
		t.Errorf("got\n%s, want\n%s", got, user)
	}
	refreshed := sviToken(t, s, "sas.ec", "", "grant_type=refresh_token&refresh_token="+url.QueryEscape(tokens.RefreshToken))
	if got, want := sviClaims(t, refreshed.AccessToken), strings.Replace(user, `"password"`, `"refresh_token"`, 1); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	client := `{"aud":"svi","cid":"writer","client_id":"writer","grant_type":"client_credentials",` +
		`"iss":"` + s.URL + `/SASLogon/oauth/token","scope":["datahub.write","other"],"sub":"writer"}`
	if got := sviClaims(t, sviToken(t, s, "writer", "writer-secret", "grant_type=client_credentials").AccessToken); got != client {
		t.Errorf("got\n%s, want\n%s", got, client)
	}
}

// A group and a client's scope stand in one claim, and yet are two things.
func TestSviGroupsAreNoScopesOfClients(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{"clients":[{"id":"agent","secret":"s","grants":["client_credentials"],"scopes":["Agents"]}]}}`})
	token := sviToken(t, s, "agent", "s", "grant_type=client_credentials").AccessToken
	s.want(t, 404, sviGet(sviHidden, "Authorization", "Bearer "+token))
	s.want(t, 403, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Authorization", "Bearer "+token))
	token = sviToken(t, s, "writer", "writer-secret", "grant_type=password&username=anna&password=demo-secret").AccessToken
	s.want(t, 200, sviGet(sviHidden, "Authorization", "Bearer "+token))
}

func TestSviTokenOfAUserWhoMayNotReveal(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	tokens := sviToken(t, s, "sas.ec", "", "grant_type=password&username=demo-reader&password=demo-secret")
	var link sviLink
	s.want(t, 200, sviGet(sviFourParts, "Authorization", "Bearer "+tokens.AccessToken)).json(t, &link)
	if link.RestrictedFields["ssn"].Masked.CurrentUserIsAuthorizedToReveal {
		t.Error("demo-reader may reveal")
	}
}

func TestSviTokensEnd(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	now.Store(sviClock().Unix())
	s := start(t, servertest.Demo(), servertest.Clock(func() time.Time { return time.Unix(now.Load(), 0) }))
	tokens := sviToken(t, s, "sas.ec", "", sviPasswordForm)
	refresh := "grant_type=refresh_token&refresh_token=" + url.QueryEscape(tokens.RefreshToken)
	now.Add(43199)
	s.want(t, 200, sviGet(sviFourParts, "Authorization", "Bearer "+tokens.AccessToken))
	now.Add(1)
	s.want(t, 401, sviGet(sviFourParts, "Authorization", "Bearer "+tokens.AccessToken))
	sviToken(t, s, "sas.ec", "", refresh)
	now.Add(30 * 24 * 3600)
	a := s.want(t, 401, call{method: "POST", path: sviTokenPath, header: sviForm("sas.ec", ""), body: refresh})
	a.wantJSON(t, `{"error":"invalid_token","error_description":"The refresh token is not valid"}`)
}

func TestSviTokenRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	foreign := sviToken(t, s, "sas.ec", "", sviPasswordForm).RefreshToken
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{"clients":[{"id":"second","secret":"s","grants":["refresh_token"]}]}}`})
	const bad = `{"error":"unauthorized","error_description":"Bad credentials"}`
	const refused = `{"error":"invalid_token","error_description":"The refresh token is not valid"}`
	for name, test := range map[string]struct {
		status int
		header map[string]string
		body   string
		want   string
	}{
		"wrong password":              {401, sviForm("sas.ec", ""), "grant_type=password&username=demo&password=x", bad},
		"unknown user":                {401, sviForm("sas.ec", ""), "grant_type=password&username=x&password=demo-secret", bad},
		"wrong client secret":         {401, sviForm("sas.ec", "x"), sviPasswordForm, bad},
		"unknown client":              {401, sviForm("x", ""), sviPasswordForm, bad},
		"no client":                   {401, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, sviPasswordForm, bad},
		"malformed Basic":             {401, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic %%%"}, sviPasswordForm, bad},
		"client before form":          {401, sviForm("x", ""), "", bad},
		"grant not granted":           {401, sviForm("reader", "reader-secret"), sviPasswordForm, `{"error":"invalid_client","error_description":"Unauthorized grant type: password"}`},
		"client grant not granted":    {401, sviForm("sas.ec", ""), "grant_type=client_credentials", `{"error":"invalid_client","error_description":"Unauthorized grant type: client_credentials"}`},
		"authorization code":          {401, sviForm("sas.ec", ""), "grant_type=authorization_code&code=x", `{"error":"invalid_client","error_description":"Unauthorized grant type: authorization_code"}`},
		"unknown grant":               {400, sviForm("sas.ec", ""), "grant_type=implicit", `{"error":"unsupported_grant_type","error_description":"Unsupported grant type"}`},
		"no grant":                    {400, sviForm("sas.ec", ""), "username=demo", ""},
		"no body":                     {400, sviForm("sas.ec", ""), "", ""},
		"no password":                 {400, sviForm("sas.ec", ""), "grant_type=password&username=demo", `{"error":"invalid_request","error_description":"Missing username or password"}`},
		"no refresh token":            {400, sviForm("sas.ec", ""), "grant_type=refresh_token", `{"error":"invalid_request","error_description":"Missing refresh token"}`},
		"wrong refresh token":         {401, sviForm("sas.ec", ""), "grant_type=refresh_token&refresh_token=a.b.c", refused},
		"static token as refresh":     {401, sviForm("sas.ec", ""), "grant_type=refresh_token&refresh_token=demo-token", refused},
		"another client's refresh":    {401, sviForm("second", "s"), "grant_type=refresh_token&refresh_token=" + url.QueryEscape(foreign), refused},
		"credentials in the query":    {400, sviForm("sas.ec", ""), "grant_type=password", ""},
		"JSON":                        {415, map[string]string{"Authorization": sviBasic, "Content-Type": "application/json"}, `{"grant_type":"password"}`, ""},
		"NUL in the form":             {400, sviForm("sas.ec", ""), "grant_type=password&username=%00&password=x", ""},
		"body over the limit":         {413, sviForm("sas.ec", ""), "grant_type=password&username=" + strings.Repeat("x", 65536), ""},
		"password longer than bcrypt": {401, sviForm("sas.ec", ""), "grant_type=password&username=demo&password=" + strings.Repeat("x", 100), bad},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := sviTokenPath
			if name == "credentials in the query" {
				path += "?username=demo&password=demo-secret"
			}
			a := s.want(t, test.status, call{method: "POST", path: path, header: test.header, body: test.body})
			if test.want != "" {
				a.wantJSON(t, test.want)
			}
			if test.status == 401 && a.header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 without WWW-Authenticate")
			}
		})
	}
	s.want(t, 405, call{method: "GET", path: sviTokenPath})
	s.want(t, 404, call{method: "POST", path: "/SASLogon/oauth/nope"})
}

func TestSviClientTokensWriteOnlyIfGranted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		reader := sviToken(t, s, "reader", "reader-secret", "grant_type=client_credentials")
		writer := sviToken(t, s, "writer", "writer-secret", "grant_type=client_credentials")
		if reader.RefreshToken != "" || writer.Scope != "datahub.write other" {
			t.Errorf("got %+v and %+v", reader, writer)
		}
		before := sviState(t, s, sviNear)
		for _, token := range []string{reader.AccessToken, "reader-token"} {
			s.want(t, 200, sviGet(sviNear, "Authorization", "Bearer "+token))
			s.want(t, 403, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Authorization", "Bearer "+token))
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused client changed the link to %s", after)
		}
		s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Authorization", "Bearer "+writer.AccessToken))
		s.want(t, 200, sviPut(sviNear, sviBody(t, 5, sviNearFields()), "Authorization", "Bearer writer-token"))
		user := sviToken(t, s, "writer", "writer-secret", "grant_type=password&username=bert&password=demo-secret")
		s.want(t, 200, sviPut(sviNear, sviBody(t, 6, sviNearFields()), "Authorization", "Bearer "+user.AccessToken))
	})
}

func TestSviRefusesTokensOfOtherFamilies(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	var foreign sviTokens
	s.want(t, 200, call{method: "POST", path: "/oauth/token", header: sviForm("demo-client", "demo-secret"), body: "grant_type=client_credentials"}).json(t, &foreign)
	s.want(t, 401, sviGet(sviFourParts, "Authorization", "Bearer "+foreign.AccessToken))
	s.want(t, 401, sviPut(sviFourParts, `{"fieldValues":{"version":1}}`, "Authorization", "Bearer "+foreign.AccessToken))
	own := sviToken(t, s, "sas.ec", "", sviPasswordForm)
	s.want(t, 401, call{method: "GET", path: "/client/users/0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10/business/units/links/", header: map[string]string{"Authorization": "Bearer " + own.AccessToken}})
	s.want(t, 401, call{method: "POST", path: sviTokenPath, header: sviForm("demo-client", "demo-secret"), body: "grant_type=client_credentials"})
}
