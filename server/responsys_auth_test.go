package server_test

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/server/auth"
	"orglink/server/servertest"
	"orglink/store"
)

const responsysCredentials = "user_name=demo&password=demo-secret&auth_type=password"

// responsysToken logs in or refreshes and returns the new token.
func (s *site) responsysToken(t *testing.T, c call) string {
	t.Helper()
	var login struct{ AuthToken string }
	s.want(t, 200, c).json(t, &login)
	return login.AuthToken
}

func TestResponsysLogin(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC))
		s := start(t, database, servertest.Demo(), servertest.Clock(clock.Now))
		for _, media := range []string{"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", "", "text/plain"} {
			a := s.want(t, 200, call{method: "POST", path: responsysLogin, header: map[string]string{"Content-Type": media}, body: responsysCredentials})
			var login struct{ AuthToken string }
			a.json(t, &login)
			if want := `{"authToken":"` + login.AuthToken + `","issuedAt":1767323045678,"endPoint":"` + s.URL + `"}`; a.body != want {
				t.Errorf("got %s\nwant %s", a.body, want)
			}
			if got := a.header.Get("Content-Type"); got != responsysMedia {
				t.Errorf("Content-Type is %q", got)
			}
			for _, header := range []string{login.AuthToken, "Bearer " + login.AuthToken, "bearer " + login.AuthToken} {
				s.want(t, 200, call{method: "GET", path: responsysProgram, header: map[string]string{"Authorization": header}})
			}
		}
		for _, path := range []string{"/rest/api/v1/auth/token", "/rest/api/v1.1/auth/token", "//rest//api/v1.3/auth/token"} {
			s.want(t, 200, call{method: "POST", path: path, body: responsysCredentials})
		}
	})
}

func TestResponsysTokensAreRefreshedAndExpire(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		s := start(t, database, servertest.Demo(), servertest.Clock(clock.Now))
		get := func(token string) call {
			return call{method: "GET", path: responsysProgram, header: map[string]string{"Authorization": token}}
		}
		old := s.responsysToken(t, call{method: "POST", path: responsysLogin, body: responsysCredentials})
		clock.add(time.Hour)
		refreshes := []call{
			{method: "POST", path: responsysLogin, body: "auth_type=token", header: map[string]string{"Authorization": old}},
			{method: "POST", path: responsysLogin + "?auth_type=token", header: map[string]string{"Authorization": old}},
			{method: "POST", path: responsysLogin + "?auth_type=token", header: map[string]string{"Authorization": "Bearer " + old, "Content-Type": "application/json"}},
			{method: "POST", path: responsysLogin, body: "auth_type=token", header: responsysHeader},
		}
		seen := map[string]bool{old: true}
		for _, c := range refreshes {
			a := s.want(t, 200, c)
			if got := a.header.Get("Content-Type"); got != "application/json" {
				t.Errorf("the Content-Type of a refresh is %q", got)
			}
			token := s.responsysToken(t, c)
			if seen[token] {
				t.Error("a refresh answered a token that was known")
			}
			seen[token] = true
		}
		clock.add(2*time.Hour - time.Second)
		for token := range seen {
			s.want(t, 200, get(token))
		}
		clock.add(time.Second)
		s.wantResponsysError(t, 401, "TOKEN_EXPIRED", "Token expired", get(old))
		for _, c := range refreshes[:3] {
			s.wantResponsysError(t, 401, "TOKEN_EXPIRED", "Token expired", c)
		}
		s.wantResponsysError(t, 401, "TOKEN_EXPIRED", "Token expired", call{method: "GET", path: "/rest/nope", header: get(old).header})
		for token := range seen {
			if token != old {
				s.want(t, 200, get(token))
			}
		}
		s.want(t, 200, get("demo-token"))
	})
}

func TestResponsysLoginRefusesBadRequests(t *testing.T) {
	t.Parallel()
	const (
		authType = "Request parameter 'auth_type' should be set as 'password' or 'token'"
		noToken  = "Not a valid authentication token"
		noBody   = "Request body is empty or invalid"
	)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(
			`{responsys: {users: [{name: disabled, password: demo-secret, enabled: false}], tokens: [{token: disabled-token, subject: disabled}]}}`))
		for name, test := range map[string]struct {
			status       int
			code, detail string
			query, body  string
			token        string
		}{
			"wrong password":            {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&user_name=demo&password=Demo-secret", ""},
			"empty password":            {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&user_name=demo&password=", ""},
			"no password":               {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&user_name=demo", ""},
			"no user":                   {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&password=demo-secret", ""},
			"unknown user":              {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&user_name=Demo&password=demo-secret", ""},
			"disabled user":             {401, "API_DISABLED_FOR_USER", "", "", "auth_type=password&user_name=disabled&password=demo-secret", ""},
			"disabled, wrong password":  {400, "INVALID_USER_NAME_PASSWORD", "", "", "auth_type=password&user_name=disabled&password=x", ""},
			"disabled user's refresh":   {401, "API_DISABLED_FOR_USER", "", "", "auth_type=token", "disabled-token"},
			"credentials in the query":  {400, "INVALID_USER_NAME_PASSWORD", "", "?" + responsysCredentials, "", ""},
			"password in the query":     {400, "INVALID_USER_NAME_PASSWORD", "", "?password=demo-secret", "auth_type=password&user_name=demo", ""},
			"user in the query":         {400, "INVALID_USER_NAME_PASSWORD", "", "?user_name=demo", "auth_type=password&password=demo-secret", ""},
			"query beside the form":     {400, "INVALID_USER_NAME_PASSWORD", "", "?password=x", responsysCredentials, ""},
			"empty body":                {400, "INVALID_PARAMETER", authType, "", "", ""},
			"no auth_type":              {400, "INVALID_PARAMETER", authType, "", "user_name=demo&password=demo-secret", ""},
			"empty auth_type":           {400, "INVALID_PARAMETER", authType, "", "auth_type=&user_name=demo&password=demo-secret", ""},
			"unknown auth_type":         {400, "INVALID_PARAMETER", authType, "", "auth_type=Password&user_name=demo&password=demo-secret", ""},
			"certificate login, first":  {400, "INVALID_PARAMETER", authType, "", "auth_type=server&user_name=demo&client_challenge=eA", ""},
			"certificate login, second": {400, "INVALID_PARAMETER", authType, "", "auth_type=client&user_name=demo&server_challenge=eA", "demo-token"},
			"password login by query":   {400, "INVALID_PARAMETER", authType, "?auth_type=password", "user_name=demo&password=demo-secret", ""},
			"JSON":                      {400, "INVALID_PARAMETER", authType, "", `{"user_name":"demo","password":"demo-secret","auth_type":"password"}`, ""},
			"refresh without a token":   {401, "INVALID_TOKEN", noToken, "", "auth_type=token", ""},
			"refresh by a wrong token":  {401, "INVALID_TOKEN", noToken, "?auth_type=token", "", "x"},
			"bad escape":                {400, "INVALID_REQUEST_CONTENT", noBody, "", "auth_type=password&user_name=%zz&password=x", ""},
			"NUL":                       {400, "INVALID_REQUEST_CONTENT", noBody, "", "auth_type=password&user_name=%00&password=x", ""},
			"bad UTF-8":                 {400, "INVALID_REQUEST_CONTENT", noBody, "", "auth_type=password&user_name=%FF&password=x", ""},
			"raw bad UTF-8":             {400, "INVALID_REQUEST_CONTENT", noBody, "", "auth_type=password&user_name=\xff&password=x", ""},
			"body over the limit":       {413, "INVALID_REQUEST_CONTENT", "Request body is too large", "", responsysCredentials + "&x=" + strings.Repeat("x", 1<<20), ""},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s.wantResponsysError(t, test.status, test.code, test.detail, call{
					method: "POST", path: responsysLogin + test.query, body: test.body,
					header: map[string]string{"Authorization": test.token, "Content-Type": "application/x-www-form-urlencoded"},
				})
			})
		}
	})
}

func TestResponsysRefusesTokensThatItDidNotIssue(t *testing.T) {
	t.Parallel()
	database := "sqlite:" + filepath.Join(t.TempDir(), "orglink.db")
	s := start(t, servertest.Database(database), servertest.Demo())
	st, err := store.Open(t.Context(), store.Config{URL: database})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	w, err := st.Workspace(t.Context(), store.DefaultWorkspace)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(family string, key []byte) string {
		tokens := auth.NewTokens(family, st, time.Now, func() string { return "id" })
		w.SigningKey = key
		token, err := tokens.Issue(w, auth.Claims{Subject: "demo"}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	genuine := issue("responsys", w.SigningKey)
	s.want(t, 200, call{method: "GET", path: responsysProgram, header: map[string]string{"Authorization": genuine}})
	for name, token := range map[string]string{
		"none":                   "",
		"unknown":                "x",
		"the admin token":        "demo-secret",
		"Basic":                  "Basic ZGVtbzpkZW1vLXNlY3JldA==",
		"a scheme alone":         "Bearer",
		"of another family":      issue("svi", w.SigningKey),
		"with another key":       issue("responsys", []byte("0123456789abcdef0123456789abcdef")),
		"cut off":                genuine[:len(genuine)-2],
		"without its signature":  genuine[:strings.LastIndex(genuine, ".")+1],
		"with a changed payload": strings.Replace(genuine, ".", ".e", 1),
		"unsigned":               "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkZW1vIiwiYXVkIjoicmVzcG9uc3lzIn0.",
		"dots":                   "..",
	} {
		t.Run(name, func(t *testing.T) {
			header := map[string]string{"Authorization": token}
			for _, c := range []call{
				{method: "GET", path: responsysProgram, header: header},
				{method: "POST", path: responsysProgram, header: header, body: responsysBody("APAC")},
				{method: "GET", path: responsysTree, header: header},
				{method: "POST", path: responsysLogin, header: header, body: "auth_type=token"},
			} {
				s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", c)
			}
		})
	}
	s.wantResponsysAccess(t, "USA")
}

// Whoever is disabled has no valid token any more, wherever it came from, until enabled
// again.
func TestResponsysTokensAreRefusedWhileTheirUserIsDisabled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		issued := s.responsysToken(t, call{method: "POST", path: responsysLogin, body: responsysCredentials})
		calls := func(token string) []call {
			header := map[string]string{"Authorization": token}
			return []call{
				{method: "GET", path: responsysProgram, header: header},
				{method: "POST", path: responsysProgram, header: header, body: responsysBody("APAC")},
				{method: "GET", path: responsysTree, header: header},
				{method: "POST", path: responsysLogin, header: header, body: "auth_type=token"},
				{method: "GET", path: "/rest/nope", header: header},
				{method: "PUT", path: responsysProgram, header: header},
			}
		}
		for _, c := range calls("nobodys") {
			s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", c)
		}
		enable := func(enabled string) {
			s.applyResponsys(t, 200, `{"users": [{"name": "demo", "password": "demo-secret", "enabled": `+enabled+`}]}`)
		}
		enable("false")
		for _, c := range append(calls("demo-token"), calls(issued)...) {
			s.wantResponsysError(t, 401, "API_DISABLED_FOR_USER", "", c)
		}
		enable("true")
		s.wantResponsysAccess(t, "USA")
		s.want(t, 200, calls(issued)[0])
	})
}

func TestResponsysLogsNoCredentials(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, servertest.Demo(), servertest.Log(slog.New(slog.NewTextHandler(&log, nil))))
	s.want(t, 400, call{method: "POST", path: responsysLogin + "?" + responsysCredentials})
	s.want(t, 400, call{method: "POST", path: responsysLogin, body: strings.Replace(responsysCredentials, "demo-secret", "demo-secret-2", 1)})
	token := s.responsysToken(t, call{method: "POST", path: responsysLogin, body: responsysCredentials})
	s.want(t, 200, call{method: "POST", path: responsysProgram, header: map[string]string{"Authorization": token}, body: responsysBody()})
	s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader}) // the lines before it are written
	for _, secret := range []string{"demo-secret", "demo-token", token, "user_name"} {
		if text := log.String(); strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
}

// Each change of a set is a line in the log; what changes nothing is none.
func TestResponsysLogsEachChangeOfASet(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, servertest.Demo(), servertest.Log(slog.New(slog.NewTextHandler(&log, nil))))
	for _, set := range [][]string{{"USA"}, {"APAC", "Global"}, {"APAC", "nope"}, {"APAC", "Global"}, {}, {"Global", "APAC"}} {
		s.do(t, call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody(set...)})
	}
	s.want(t, 200, call{method: "POST", path: responsysCampaign, header: responsysHeader, body: responsysBody("APAC")})
	s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/responsys/organizations/4000007", header: admin})
	s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader})
	var lines []string
	for line := range strings.SplitSeq(untraced(log.String()), "\n") {
		if _, text, ok := strings.Cut(line, "level="); ok && !strings.Contains(line, "msg=request") {
			lines = append(lines, text)
		}
	}
	const (
		changed = ` msg="the organizations that can access an object changed" user=demo workspace=default `
		lost    = `INFO msg="an object lost organizations that could access it to a deletion" workspace=default organization=4000007 `
	)
	want := []string{
		"INFO" + changed + `kind=program name=example_program before=[USA] after="[APAC Global]"`,
		"WARN" + changed + `kind=program name=example_program before="[APAC Global]" after=[]`,
		"INFO" + changed + `kind=program name=example_program before=[] after="[Global APAC]"`,
		"INFO" + changed + `kind=campaign name=example_campaign before=[USA] after=[APAC]`,
		lost + `kind=campaign name=example_campaign before=1 after=0`,
		lost + `kind=program name=example_program before=2 after=1`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("the audit (-want +got):\n%s", diff)
	}
}

// The endPoint of a login is the URL that the operator set, so that clients call the
// proxy in front; without a slash at its end, since clients append paths to it.
func TestResponsysEndPointIsThePublicURL(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"https://api5-009.example.org", "https://api5-009.example.org/"} {
		s := start(t, servertest.Demo(), servertest.PublicURL(public))
		s.want(t, 200, call{method: "PUT", path: "/w/ci/orglink/v1/fixtures", header: admin, body: `{"responsys": {"users": [{"name": "demo", "password": "demo-secret"}]}}`})
		for prefix, want := range map[string]string{"": "https://api5-009.example.org", "/w/ci": "https://api5-009.example.org/w/ci"} {
			var login struct{ EndPoint string }
			s.want(t, 200, call{method: "POST", path: prefix + responsysLogin, body: responsysCredentials}).json(t, &login)
			if login.EndPoint != want {
				t.Errorf("%s: the endPoint is %q, want %q", public, login.EndPoint, want)
			}
		}
	}
}
