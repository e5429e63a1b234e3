package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

const (
	responsysUserInfo = "/rest/api/v1.3/user/info"
	responsysLimits   = "/rest/api/ratelimit"
)

func TestResponsysTellsWhoTheUserIs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 23, 4, 5, 0, time.UTC))
		s := start(t, database, servertest.Clock(clock.Now), servertest.Fixtures(responsysUserOnly))
		a := s.want(t, 200, call{method: "GET", path: responsysUserInfo, header: responsysHeader})
		if want := `{"accountName":"default","userName":"u","userEmail":"","userLocale":"en","accountDisplayName":"default","accountTimeZone":"UTC","createdDate":"2026-01-02"}`; a.body != want {
			t.Errorf("got  %s\nwant %s", a.body, want)
		}
		clock.add(24 * time.Hour)
		hash := `"passwordHash": "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"`
		s.applyResponsys(t, 200, `{"account": {"name": "oracleapi"}, "users": [{"name": "u", `+hash+`},
			{"name": "oracle-api", `+hash+`, "email": "ocxmarketing@oracle.com", "createdDate": "2018-08-02"}], "tokens": [{"token": "second", "subject": "oracle-api"}]}`)
		a = s.want(t, 200, call{method: "GET", path: responsysUserInfo, header: responsysHeader})
		if !strings.Contains(a.body, `"createdDate":"2026-01-02"`) {
			t.Errorf("a second apply made the user anew: %s", a.body)
		}
		s.applyResponsys(t, 200, `{"account": {"name": "oracleapi", "timeZone": "Asia/Calcutta"}}`)
		a = s.want(t, 200, call{method: "GET", path: responsysUserInfo, header: map[string]string{"Authorization": "second"}})
		golden(t, "responsys/user-info.json", a.body)

		s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", call{method: "GET", path: responsysUserInfo})
		s.wantResponsysError(t, 405, "METHOD_NOT_SUPPORTED", "", call{method: "POST", path: responsysUserInfo, header: responsysHeader})
		for _, section := range []string{`{"account": {"name": ""}}`, `{"users": [{"name": "v", "password": "p", "createdDate": "02/08/2018"}]}`, `{"users": [{"name": "v", "password": "p", "loginState": "LOCKED"}]}`} {
			s.applyResponsys(t, 400, section)
		}
	})
}

// Every operation has a limit, under its path below the version.
func TestResponsysListsTheLimitsOfEveryFunction(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	var limits []struct {
		Limit                  int
		API, Verb, Description string
		Path                   string `json:"resource_path"`
	}
	s.want(t, 200, call{method: "GET", path: responsysLimits, header: responsysHeader}).json(t, &limits)
	var want, got []string
	for path, item := range contract.Paths.Map() {
		for method, op := range item.Operations() {
			if op.Tags[0] == "responsys" {
				path = strings.TrimPrefix(strings.TrimPrefix(path, "/rest/api"), "/v1.3")
				want = append(want, method+" "+path)
			}
		}
	}
	names := map[string]bool{}
	for _, l := range limits {
		got = append(got, l.Verb+" "+l.Path)
		limit := 200
		if l.API == "login" {
			limit = 10
		}
		if l.Limit != limit || l.API == "" || l.Description == "" || names[l.API] {
			t.Errorf("unexpected entry: %+v", l)
		}
		names[l.API] = true
	}
	slices.Sort(want)
	slices.Sort(got)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", call{method: "GET", path: responsysLimits})
	s.wantResponsysError(t, 404, "RESOURCE_NOT_FOUND", "Resource not found", call{method: "GET", path: "/rest/api/v1.3/ratelimit", header: responsysHeader})
	s.wantResponsysError(t, 405, "METHOD_NOT_SUPPORTED", "", call{method: "POST", path: responsysLimits, header: responsysHeader})
}

// What keeps a user from logging in is told to those who know the password only, and
// it is no matter of tokens.
func TestResponsysLoginIsRefusedByTheStateOfTheUser(t *testing.T) {
	t.Parallel()
	titles := map[string]string{
		"PASSWORD_LOCKOUT":              "Password locked",
		"PASSWORD_EXPIRED":              "Password expired",
		"LOGIN_BLOCKED_TEMPORARILY":     "Login is blocked temporarily",
		"LOGIN_BLOCKED_INVALID_IPRANGE": "Not a valid client IP range",
		"ACCOUNT_SUSPENDED":             "Account is in suspended state",
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		set := func(state string) {
			t.Helper()
			s.applyResponsys(t, 200, `{"users": [{"name": "demo", "password": "demo-secret"`+state+`}]}`)
		}
		login := call{method: "POST", path: responsysLogin, body: responsysCredentials}
		wrong := call{method: "POST", path: responsysLogin, body: responsysCredentials + "x"}
		wrong.body = strings.Replace(responsysCredentials, "demo-secret", "x", 1)
		for code, title := range titles {
			set(`, "loginState": "` + code + `"`)
			s.wantResponsysError(t, 401, code, "", login)
			if body := s.do(t, login).body; !strings.Contains(body, `"title":"`+title+`"`) {
				t.Errorf("%s has another title: %s", code, body)
			}
			s.wantResponsysError(t, 400, "INVALID_USER_NAME_PASSWORD", "", wrong)
			s.want(t, 200, call{method: "POST", path: responsysLogin, header: responsysHeader, body: "auth_type=token"})
		}
		set(`, "loginState": "PASSWORD_EXPIRED", "enabled": false`)
		s.wantResponsysError(t, 401, "PASSWORD_EXPIRED", "", login)
		for _, state := range []string{`, "loginState": "ACTIVE"`, ``} {
			set(state)
			s.want(t, 200, login)
		}
	})
}

// Each function has a limit of its own for each user, of which nothing is counted
// where none is set; each minute starts anew.
func TestResponsysLimitsCountTheCallsOfAUserByTheMinute(t *testing.T) {
	t.Parallel()
	calls := []struct {
		api string
		call
	}{
		{"login", call{method: "POST", path: responsysLogin, body: responsysCredentials}},
		{"getOrganizations", call{method: "GET", path: responsysTree}},
		{"getProgramAttributes", call{method: "GET", path: responsysProgram}},
		{"setProgramAttributes", call{method: "POST", path: responsysProgram, body: responsysBody("USA")}},
		{"getCampaignAttributes", call{method: "GET", path: responsysCampaign}},
		{"setCampaignAttributes", call{method: "POST", path: responsysCampaign, body: responsysBody("USA")}},
		{"getAllPrograms", call{method: "GET", path: responsysPrograms}},
		{"getProgramByName", call{method: "GET", path: responsysPrograms + "/example_program"}},
		{"updateProgramState", call{method: "PATCH", path: responsysPrograms + "/example_program", body: `{"action":"publish"}`}},
		{"getUserInfo", call{method: "GET", path: responsysUserInfo}},
		{"getRateLimit", call{method: "GET", path: responsysLimits}},
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 5, 6, 7, 8, 20, 0, time.UTC))
		s := start(t, database, servertest.Demo(), servertest.Clock(clock.Now), servertest.Fixtures(
			`{responsys: {users: [{name: v, password: demo-secret}], tokens: [{token: second, subject: v}]}}`))
		exceeded := func(api string, c call) {
			t.Helper()
			s.wantResponsysError(t, 429, "API_LIMIT_EXCEEDED", "You exceeded your allowable limit to call the "+api+" API function. Please try again in a minute.", c)
			if after := s.do(t, c).header.Get("Retry-After"); after != "" {
				t.Errorf("%s: Retry-After is %q", api, after)
			}
		}
		var limits []string
		for _, c := range calls {
			limits = append(limits, `{"api": "`+c.api+`", "limit": 2}`)
			for range 3 {
				if c.api != "login" {
					c.header = responsysHeader
				}
				s.want(t, 200, c.call)
			}
		}
		s.applyResponsys(t, 200, `{"rateLimits": [`+strings.Join(limits, ",")+`]}`)
		clock.add(time.Minute)
		for _, c := range calls {
			if c.api != "login" {
				c.header = responsysHeader
			}
			s.want(t, 200, c.call)
			a := s.want(t, 200, c.call)
			if c.api == "getRateLimit" && strings.Count(a.body, `"limit":2,`) != len(calls) {
				t.Errorf("the limits are shown as %s", a.body)
			}
			exceeded(c.api, c.call)
		}
		// A refresh is a login; so is one that fails. Others have not called yet.
		exceeded("login", call{method: "POST", path: responsysLogin, header: responsysHeader, body: "auth_type=token"})
		exceeded("login", call{method: "POST", path: responsysLogin, body: strings.Replace(responsysCredentials, "demo-secret", "x", 1)})
		second := map[string]string{"Authorization": "second"}
		for range 2 {
			s.want(t, 200, call{method: "GET", path: responsysTree, header: second})
			s.want(t, 400, call{method: "POST", path: responsysLogin, body: "auth_type=password&password=x&user_name=" + strings.Repeat("nobody", 1000)})
		}
		exceeded("getOrganizations", call{method: "GET", path: responsysTree, header: second})
		exceeded("login", call{method: "POST", path: responsysLogin, body: "auth_type=password&password=x&user_name=" + strings.Repeat("nobody", 1000)})
		// What is wrong with the token, the path or the method comes first.
		s.want(t, 401, call{method: "GET", path: responsysTree})
		s.want(t, 404, call{method: "GET", path: "/rest/nope", header: responsysHeader})
		s.want(t, 405, call{method: "PUT", path: responsysProgram, header: responsysHeader})
		clock.add(time.Minute)
		for _, c := range calls[1:] {
			c.header = responsysHeader
			s.want(t, 200, c.call)
		}
		s.applyResponsys(t, 200, `{"rateLimits": [{"api": "getOrganizations", "limit": 0}]}`)
		for range 3 {
			s.want(t, 200, call{method: "GET", path: responsysTree, header: responsysHeader})
		}
		for _, section := range []string{`{"rateLimits": [{"api": "nope", "limit": 1}]}`, `{"rateLimits": [{"api": "login", "limit": -1}]}`, `{"rateLimits": [{"api": "login"}]}`} {
			s.applyResponsys(t, 400, section)
		}
	})
}
