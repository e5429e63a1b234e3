package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"orglink/server/servertest"
)

// fuzzed sends a request whose path is sent as it stands, and returns its status and body.
func fuzzed(t *testing.T, s *servertest.Server, method, path string, header map[string]string, body string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = "//" + s.Addr + path
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

// The name of a program is decoded once, whatever it is, and an odd one is unknown.
func FuzzResponsysProgramNames(f *testing.F) {
	for _, seed := range []string{"p%201", "%70%20%31", "p+1", "p%2B1", "p%25201", "%2F", "a%2Fb", "..", "%2e%2e", ".", "%00", "%FF", "%C3%A9", "p%201/", "%", "%zz", "a;b", "a,b", "~", "%5BTEST%5D", "a.json", "", `"%2F`, "{a}%2F|b"} {
		f.Add(seed)
	}
	s := servertest.Start(f, servertest.Fixtures(responsysUserOnly), servertest.Fixtures(`responsys: {organizations: [{name: Root}], programs: [{name: p 1}]}`))
	f.Fuzz(func(t *testing.T, segment string) {
		path := "/rest/api/v1.3/attributes/programs/" + segment
		name, err := url.PathUnescape(segment)
		if u, bad := url.ParseRequestURI(path); err != nil || bad != nil || u.Path != "/rest/api/v1.3/attributes/programs/"+name || strings.ContainsAny(segment, " /") {
			t.Skip() // net/http refuses it, or it is another path
		}
		for _, method := range []string{"GET", "POST"} {
			status, body := fuzzed(t, s, method, path, responsysHeader, responsysBody("Root"))
			var refusal struct{ ErrorCode, Detail string }
			if err := json.Unmarshal([]byte(body), &refusal); err != nil {
				t.Fatalf("%s %q: %d %s", method, segment, status, body)
			}
			shown := strings.ReplaceAll(strings.ToValidUTF8(name, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
			switch {
			case name == "p 1":
				if status != 200 {
					t.Errorf("%s %q: %d %s", method, segment, status, body)
				}
			case name == "":
				if refusal.ErrorCode != "RESOURCE_NOT_FOUND" {
					t.Errorf("%s %q: %d %s", method, segment, status, body)
				}
			case status != 404 || refusal.Detail != "Program with the name "+shown+" not found":
				t.Errorf("%s %q: %d %s, want the name %q", method, segment, status, body, shown)
			}
		}
	})
}

// No form logs anybody in without the right password, and none breaks the login.
func FuzzResponsysLoginForms(f *testing.F) {
	for _, seed := range []string{
		responsysCredentials, "auth_type=token", "auth_type=password&user_name=demo&password=", "auth_type=password&password=demo-secret", "auth_type=password&user_name=demo&user_name=x&password=demo-secret",
		"auth_type=password&auth_type=token&user_name=demo&password=demo-secret", "auth_type=password&user_name=demo&password=demo-secret%00", "%zz", "a;b", "{}", "=", "&&", "auth_type", "auth_type=server&user_name=demo&client_challenge=eA",
		"auth_type=password&user_name=%64emo&password=demo%2Dsecret", "auth_type=password&user_name=demo&password=demo-secret;x=1", "\xff", "auth_type=password&user_name[]=demo&password=demo-secret",
	} {
		f.Add(seed)
	}
	s := servertest.Start(f, servertest.Demo())
	f.Fuzz(func(t *testing.T, form string) {
		header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		status, body := fuzzed(t, s, "POST", responsysLogin, header, form)
		if status >= 500 {
			t.Errorf("%q: %d %s", form, status, body)
		}
		if status != 200 && !strings.Contains(body, "authToken") {
			return
		}
		fields, err := url.ParseQuery(form)
		if err != nil || fields.Get("user_name") != "demo" || fields.Get("password") != "demo-secret" || fields.Get("auth_type") != "password" {
			t.Errorf("%q was answered with a token: %s", form, body)
		}
	})
}
