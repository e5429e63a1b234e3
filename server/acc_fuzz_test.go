package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Whatever stands for the account in the path, as it comes over the wire, it is the
// demo's account in some case of its letters, or there is no such account: nobody
// meets a 500 or another account's units.
func FuzzAccAccountsInThePath(f *testing.F) {
	const id = accAccountUS
	for _, seed := range []string{
		id, strings.ToUpper(id), "", ".", "..", "b." + id, id + "/", "/" + id, id + "%2F", id + "%252F", id + "%00", "%00", "%ff", "%C3%28",
		"%65" + id[1:], "%2565" + id[1:], id[:8] + "%2D" + id[9:], id[:8] + "%252d" + id[9:], id + "%20", "%20" + id, id + ";x=1", id + "?", id + "#",
		"11111111-1111-4111-8111-111111111111", "..%2F11111111-1111-4111-8111-111111111111", id + "%2F..%2F11111111-1111-4111-8111-111111111111",
		"%", "%2", "%zz", "*", ":account_id", "{account_id}", "'%20OR%201=1--", "%E2%80%AE", strings.Repeat("a", 5000), "𝟘", "e3d5ef8d%2D5c37", id + "\x7f", "Ⅷ",
	} {
		f.Add(seed)
	}
	s := servertest.Start(f, servertest.Database("sqlite:"+filepath.Join(f.TempDir(), "orglink.db")), servertest.Demo(), servertest.Fixtures(accFixture))
	send := func(t testing.TB, method, account, body string) (status int, answer string, sent bool) {
		t.Helper()
		req, err := http.NewRequest(method, s.URL+accUS, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		// As it stands: Opaque is not encoded on its way.
		req.URL.Opaque = "//" + s.Addr + strings.Replace(accUS, id, account, 1)
		for name, value := range accHeader {
			req.Header.Set(name, value)
		}
		resp, err := s.Client().Do(req)
		if err != nil {
			return 0, "", false // no HTTP at all
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text), true
	}
	if status, answer, _ := send(f, http.MethodPut, id, accUnits(accUnit(1, 0, "Own"))); status != 200 {
		f.Fatalf("%d %s", status, answer)
	}
	f.Fuzz(func(t *testing.T, account string) {
		if strings.ContainsAny(account, "?# \r\n\t") {
			t.Skip() // it ends the path, or the request's line
		}
		status, answer, sent := send(t, http.MethodGet, account, "")
		if !sent {
			t.Skip() // no URL can be made of it
		}
		decoded, err := url.PathUnescape(strings.Trim(account, "/")) // slashes are folded
		switch own := err == nil && strings.EqualFold(decoded, id); {
		case own && (status != 200 || !strings.Contains(answer, `"Own"`)):
			t.Errorf("%q is the account: got %d %s", account, status, answer)
		case !own && status == 400 && answer == "400 Bad Request":
			return // the HTTP layer's, which has no family
		case !own && status != 404 && status != 403:
			t.Errorf("%q is no account: got %d %s", account, status, answer)
		case !own && strings.Contains(answer, `"Foreign"`) || !json.Valid([]byte(answer)):
			t.Errorf("%q: got %d %s", account, status, answer)
		}
		if status == 200 {
			return
		}
		if put, answer, _ := send(t, http.MethodPut, account, accUnits(accUnit(2, 0, "Stray"))); put != status {
			t.Errorf("PUT to %q: got %d %s, GET got %d", account, put, answer, status)
		}
	})
}
