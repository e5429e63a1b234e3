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

// cuxFuzzCall sends a request as it stands; skipped is one that no HTTP client sends.
func cuxFuzzCall(t *testing.T, s *servertest.Server, method, path, body string, header http.Header) (status int, text string, skipped bool) {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", true
	}
	r.Header = header
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %q: %v", method, path, err)
	}
	if resp.StatusCode >= 500 {
		t.Fatalf("%s %q: %d %s", method, path, resp.StatusCode, all)
	}
	return resp.StatusCode, string(all), false
}

// What is put under an escaped id comes back as the id, unescaped once; no id, unit or
// session in a path makes the server fail.
func FuzzCuxPathsAreDecodedOnce(f *testing.F) {
	for _, seed := range [][3]string{
		{"session", "BUYCO", "1"},
		{"session", "BUYCO", "%2F"},
		{"session", "BUYCO", "%2520"},
		{"session", "BUYCO", "a%20b"},
		{"session", "BUYCO", ""},
		{"", "BUYCO", "1"},
		{"session", "", "x"},
		{"%00", "%ff", "%C3%A9"},
		{"session", "%42UYCO", "%25"},
		{"session", "BUYCO", ".."},
		{"session", "BUYCO", "a;b=c,d"},
		{"links", "links", "links"},
		{"session", "BUYCO", "日本語"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	s := servertest.Start(f, servertest.Demo(), servertest.Fixtures(`{cux: {accounts: [
		{accountId: 11111111-2222-4333-8444-555555555555, loyaltyId: '1', sessions: [{correlationId: session}]}]}}`))
	bearer := http.Header{"Authorization": {"Bearer demo-token"}}
	f.Fuzz(func(t *testing.T, session, unit, link string) {
		if strings.ContainsAny(session+unit+link, "/?#") {
			t.Skip() // the path would be another one
		}
		const base = "/client/users/"
		status, answer, skipped := cuxFuzzCall(t, s, "PUT", base+session+"/business/units/"+unit+"/links/"+link, `{"dateLinked":"2020-12-18"}`, bearer.Clone())
		if skipped || status != http.StatusOK {
			return
		}
		id, err := url.PathUnescape(link)
		if err != nil || !utf8.ValidString(id) {
			t.Fatalf("the id %q was taken", link)
		}
		var put, found struct{ LinkID, BusinessUnit string }
		if err := json.Unmarshal([]byte(answer), &put); err != nil || put.LinkID != id || put.BusinessUnit != "BUYCO" {
			t.Fatalf("%q was put as %s", link, answer)
		}
		_, list, _ := cuxFuzzCall(t, s, "GET", base+session+"/business/units/links/", "", bearer.Clone())
		var links []json.RawMessage
		if err := json.Unmarshal([]byte(list), &links); err != nil {
			t.Fatal(err)
		}
		for _, l := range links {
			if err := json.Unmarshal(l, &found); err != nil {
				t.Fatal(err)
			}
			if found == put {
				return
			}
		}
		t.Fatalf("%q is not in the list", id)
	})
}

// Whatever the form and the credentials, the token call does not fail, and gives a token
// to nobody without the secret.
func FuzzCuxTokensNeedTheSecret(f *testing.F) {
	const right = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret"
	for _, seed := range [][2]string{
		{right, ""},
		{right + "&client_secret=x", ""},
		{"client_secret=x&" + right, ""},
		{"grant_type=client_credentials", "demo-client:demo-secret"},
		{right, "demo-client:x"},
		{right[:len(right)-1], ""},
		{"grant_type=%zz", ""},
		{"{}", "a:b"},
		{right + ";x", ""},
		{"grant_type=client_credentials&client_id=demo-client", "demo-client:"},
		{"grant_type=client_credentials&client_id=other", "demo-client:demo-secret"},
		{strings.ReplaceAll(right, "-", "%2D"), ""},
	} {
		f.Add(seed[0], seed[1])
	}
	s := servertest.Start(f, servertest.Demo())
	f.Fuzz(func(t *testing.T, form, basic string) {
		header := http.Header{}
		if basic != "" {
			id, secret, _ := strings.Cut(basic, ":")
			header.Set("Authorization", cuxBasic(id, secret)["Authorization"])
		}
		status, answer, skipped := cuxFuzzCall(t, s, "POST", "/oauth/token", form, header)
		if skipped || status != http.StatusOK {
			return
		}
		values, err := url.ParseQuery(form)
		if err != nil || !strings.Contains(answer, `"access_token"`) {
			t.Fatalf("%q got %s", form, answer)
		}
		inForm := values.Get("client_id") == "demo-client" && values.Get("client_secret") == "demo-secret"
		if basic != "demo-client:demo-secret" && !inForm || values.Get("grant_type") != "client_credentials" {
			t.Fatalf("the form %q with %q bought a token", form, basic)
		}
	})
}
