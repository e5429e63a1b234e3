package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"orglink/server/servertest"
)

// Everybody is called app or second in every family and workspace, so that nothing but
// a secret tells them apart.
const accessFixture = `{
"acc": {
	"clients": [
		{"id": "app", "secret": "acc-app-%[1]s", "scopes": ["account:read", "data:read"]},
		{"id": "second", "secret": "acc-second-%[1]s", "scopes": ["account:read", "data:read"]}],
	"tokens": [
		{"token": "acc-static-%[1]s", "subject": "app", "scopes": ["account:read", "data:read"]}],
	"accounts": [
		{"id": "11111111-1111-4111-8111-111111111111", "name": "One", "region": "US", "clients": ["app"]},
		{"id": "22222222-2222-4222-8222-222222222222", "name": "Two", "region": "US", "clients": ["second"]}]},
"comanage": {
	"cos": [{"id": 2, "name": "CO"}],
	"apiUsers": [{"name": "co_1.app", "secretHash": "%[2]s"}]},
"cux": {
	"clients": [{"id": "app", "secret": "cux-app-%[1]s"}],
	"tokens": [{"token": "cux-static-%[1]s", "subject": "app"}],
	"businessUnits": ["BU"],
	"accounts": [
		{"accountId": "11111111-1111-4111-8111-111111111111", "loyaltyId": "1",
		 "sessions": [{"correlationId": "session-one-%[1]s"}],
		 "links": [{"businessUnit": "BU", "linkId": "of-one-%[1]s", "dateLinked": "2026-01-02"}]},
		{"accountId": "22222222-2222-4222-8222-222222222222", "loyaltyId": "2",
		 "sessions": [{"correlationId": "session-two-%[1]s"}],
		 "links": [{"businessUnit": "BU", "linkId": "of-two-%[1]s", "dateLinked": "2026-01-02"}]}]},
"responsys": {
	"users": [{"name": "app", "passwordHash": "%[3]s"}],
	"tokens": [{"token": "responsys-static-%[1]s", "subject": "app"}],
	"organizations": [{"name": "Root"}]},
"svi": {
	"clients": [{"id": "app", "secret": "svi-app-%[1]s", "grants": ["password", "refresh_token", "client_credentials"]}],
	"users": [{"name": "app", "passwordHash": "%[4]s"}],
	"tokens": [{"token": "svi-static-%[1]s", "subject": "app"}]}
}`

// accessWorkspaces are where the fixture is applied, each with secrets of its own.
var accessWorkspaces = []string{"default", "other"}

// credential is a secret that opens some doors: a token, or what belongs to a name.
type credential struct{ name, user, secret string }

// door is a call that takes a credential: the workspace and kind of those that open it,
// and how the others are refused.
type door struct {
	name    string
	opens   []string // names of credentials
	refused []int
	call    func(c credential) call
}

// hashed reports whether the door holds secrets against a slow hash: texts that are too
// long to be a password take it long, and are left out.
func (d door) hashed() bool {
	return strings.HasPrefix(d.name, "comanage") || strings.Contains(d.name, "login") || strings.Contains(d.name, "password")
}

// A token, session or credential of one family, workspace, account or app is refused
// everywhere else.
func TestNoCredentialOpensWhatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		var credentials []credential
		var doors []door
		for _, w := range accessWorkspaces {
			s.want(t, 200, call{
				method: "PUT", path: "/w/" + w + "/orglink/v1/fixtures",
				header: map[string]string{"Authorization": "Bearer " + servertest.AdminToken, "Content-Type": "application/json"},
				body: fmt.Sprintf(accessFixture, w, quickHash(t, "comanage-"+w), quickHash(t, "responsys-"+w),
					quickHash(t, "svi-user-"+w)),
			})
			credentials = append(credentials, accessCredentials(t, s, w)...)
			doors = append(doors, accessDoors(w)...)
		}
		credentials = append(credentials,
			credential{"admin", "app", servertest.AdminToken}, credential{"nothing", "", ""}, credential{"nonsense", "app", "x.y.z"})
		opened := map[string]int{}
		for _, d := range doors {
			for _, c := range credentials {
				if d.hashed() && len(c.secret) > longestPassword {
					continue
				}
				got := s.do(t, d.call(c)).status
				want := d.refused
				for _, name := range d.opens {
					if name == c.name {
						want = []int{200}
						opened[d.name]++
					}
				}
				if !containsInt(want, got) {
					t.Errorf("%s with %s: got %d, want one of %v", d.name, c.name, got, want)
				}
			}
			if opened[d.name] != len(d.opens) {
				t.Errorf("%s was opened by %d credentials, want %v", d.name, opened[d.name], d.opens)
			}
		}
		for _, w := range accessWorkspaces {
			accessSessions(t, s, w)
			accessIntrospection(t, s, w, credentials)
		}
	})
}

// longestPassword is how many bytes bcrypt takes.
const longestPassword = 72

func quickHash(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

func containsInt(list []int, n int) bool {
	for _, i := range list {
		if i == n {
			return true
		}
	}
	return false
}

// accessCredentials are all secrets of a workspace: those of the fixture, and tokens
// that were got for them.
func accessCredentials(t *testing.T, s *site, w string) []credential {
	t.Helper()
	tokenOf := func(member, path, authorization, form string) string {
		t.Helper()
		var body map[string]any
		s.want(t, 200, call{
			"POST", "/w/" + w + path,
			map[string]string{"Authorization": authorization, "Content-Type": accForm},
			form,
		}).json(t, &body)
		return body[member].(string)
	}
	const own = "grant_type=client_credentials"
	svi := accBasic("app", "svi-app-"+w)
	person := "grant_type=password&username=app&password=svi-user-" + w
	list := []credential{
		{"acc app", "app", "acc-app-" + w},
		{"acc second app", "second", "acc-second-" + w},
		{"acc static token", "app", "acc-static-" + w},
		{"acc token", "app", tokenOf("access_token", accToken, accBasic("app", "acc-app-"+w), own)},
		{"acc second token", "second", tokenOf("access_token", accToken, accBasic("second", "acc-second-"+w), own)},
		{"comanage user", "co_1.app", "comanage-" + w},
		{"cux app", "app", "cux-app-" + w},
		{"cux static token", "app", "cux-static-" + w},
		{"cux token", "app", tokenOf("access_token", "/oauth/token", accBasic("app", "cux-app-"+w), own)},
		{"cux session", "app", "session-one-" + w},
		{"responsys user", "app", "responsys-" + w},
		{"responsys static token", "app", "responsys-static-" + w},
		{"responsys token", "app", tokenOf("authToken", "/rest/api/v1.3/auth/token", "", "auth_type=password&user_name=app&password=responsys-"+w)},
		{"svi app", "app", "svi-app-" + w},
		{"svi user", "app", "svi-user-" + w},
		{"svi static token", "app", "svi-static-" + w},
		{"svi token", "app", tokenOf("access_token", sviTokenPath, svi, person)},
		{"svi app token", "app", tokenOf("access_token", sviTokenPath, svi, own)},
		{"svi refresh token", "app", tokenOf("refresh_token", sviTokenPath, svi, person)},
	}
	for i := range list {
		list[i].name += " of " + w
	}
	return list
}

// accessDoors are calls of every family in a workspace that need a credential.
func accessDoors(w string) []door {
	at := "/w/" + w
	bearer := func(path string) func(credential) call {
		return func(c credential) call {
			return call{"GET", at + path, map[string]string{"Authorization": "Bearer " + c.secret}, ""}
		}
	}
	form := func(path string, fields ...string) func(credential) call {
		return func(c credential) call {
			values := url.Values{}
			for i := 0; i < len(fields); i += 2 {
				values.Set(fields[i], strings.NewReplacer("USER", c.user, "SECRET", c.secret).Replace(fields[i+1]))
			}
			return call{"POST", at + path, map[string]string{"Content-Type": accForm}, values.Encode()}
		}
	}
	account := func(digit string) string {
		return strings.Replace(accUS, "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace", strings.NewReplacer("D", digit).Replace("DDDDDDDD-DDDD-4DDD-8DDD-DDDDDDDDDDDD"), 1)
	}
	sviClient := []string{"client_id", "app", "client_secret", "svi-app-" + w}
	doors := []door{
		{"acc account of the first app", []string{"acc static token", "acc token"}, []int{401, 403}, bearer(account("1"))},
		{"acc account of the second app", []string{"acc second token"}, []int{401, 403}, bearer(account("2"))},
		{"acc hubs", []string{"acc static token", "acc token", "acc second token"}, []int{401}, bearer(accHubs)},
		{"acc hub of the second app", []string{"acc second token"}, []int{401, 403}, bearer(accHubs + "/b.22222222-2222-4222-8222-222222222222")},
		{"acc token call", []string{"acc app", "acc second app"}, []int{400, 401, 403}, form(accToken, "grant_type", "client_credentials", "client_id", "USER", "client_secret", "SECRET")},
		{"acc old token call", []string{"acc app", "acc second app"}, []int{400, 401, 403}, form(accOldToken, "grant_type", "client_credentials", "client_id", "USER", "client_secret", "SECRET")},
		{"acc introspection", []string{"acc app", "acc second app"}, []int{401}, form(accIntrospect, "token", "x", "client_id", "USER", "client_secret", "SECRET")},
		{"acc revocation", []string{"acc app", "acc second app"}, []int{401}, form(accRevoke, "token", "x", "token_type_hint", "access_token", "client_id", "USER", "client_secret", "SECRET")},
		{"comanage", []string{"comanage user"}, []int{401}, func(c credential) call {
			return call{"GET", at + "/co_org_identity_links.json", map[string]string{"Authorization": accBasic("co_1.app", c.secret)}, ""}
		}},
		{"cux links", []string{"cux static token", "cux token"}, []int{401}, bearer("/client/users/session-one-" + w + "/business/units/links/")},
		{"cux token call", []string{"cux app"}, []int{400, 401}, form("/oauth/token", "grant_type", "client_credentials", "client_id", "USER", "client_secret", "SECRET")},
		{"responsys", []string{"responsys static token", "responsys token"}, []int{401}, func(c credential) call {
			return call{"GET", at + "/rest/api/v1.3/attributes/organizations", map[string]string{"Authorization": c.secret}, ""}
		}},
		{"responsys login", []string{"responsys user"}, []int{400}, form("/rest/api/v1.3/auth/token", "auth_type", "password", "user_name", "app", "password", "SECRET")},
		{"responsys refresh", []string{"responsys static token", "responsys token"}, []int{401}, func(c credential) call {
			return call{"POST", at + "/rest/api/v1.3/auth/token?auth_type=token", map[string]string{"Authorization": c.secret}, ""}
		}},
		{"svi", []string{"svi static token", "svi token", "svi app token"}, []int{401, 403}, bearer("/admin/relationships")},
		{"svi token call", []string{"svi app"}, []int{401}, form(sviTokenPath, "grant_type", "client_credentials", "client_id", "app", "client_secret", "SECRET")},
		{"svi password grant", []string{"svi user"}, []int{401}, form(sviTokenPath, append([]string{"grant_type", "password", "username", "app", "password", "SECRET"}, sviClient...)...)},
		{"svi refresh", []string{"svi refresh token"}, []int{400, 401}, form(sviTokenPath, append([]string{"grant_type", "refresh_token", "refresh_token", "SECRET"}, sviClient...)...)},
	}
	for i := range doors {
		doors[i].name += " of " + w
		for j := range doors[i].opens {
			doors[i].opens[j] += " of " + w
		}
	}
	// The admin token is the server's.
	return append(doors, door{"workbench through " + w, []string{"admin"}, []int{401}, bearer("/orglink/v1/workspaces")})
}

// accessSessions makes sure that a session shows the links of its own account, in its
// own workspace.
func accessSessions(t *testing.T, s *site, w string) {
	t.Helper()
	for _, session := range accessWorkspaces {
		for _, account := range []string{"one", "two"} {
			a := s.do(t, call{
				"GET", "/w/" + w + "/client/users/session-" + account + "-" + session + "/business/units/links/",
				map[string]string{"Authorization": "Bearer cux-static-" + w},
				"",
			})
			switch {
			case session != w && a.status != 401:
				t.Errorf("a session of %s is open in %s: %d %s", session, w, a.status, a.body)
			case session == w && (strings.Count(a.body, "linkId") != 1 || !strings.Contains(a.body, `"of-`+account+`-`+w+`"`)):
				t.Errorf("the session of account %s in %s shows %s", account, w, a.body)
			}
		}
	}
}

// accessIntrospection makes sure that an app is told of its own tokens only.
func accessIntrospection(t *testing.T, s *site, w string, credentials []credential) {
	t.Helper()
	own := map[string][]string{
		"app":    {"acc static token of " + w, "acc token of " + w},
		"second": {"acc second token of " + w},
	}
	for app, tokens := range own {
		for _, c := range credentials {
			if c.secret == "" {
				continue
			}
			a := s.want(t, 200, accFormCall("/w/"+w+accIntrospect, accBasic(app, "acc-"+app+"-"+w), "token", c.secret))
			if active, want := strings.Contains(a.body, `"active":true`), strings.Contains(strings.Join(tokens, "\n"), c.name); active != want {
				t.Errorf("app %s of %s asks about the %s: %s", app, w, c.name, a.body)
			}
		}
	}
}
