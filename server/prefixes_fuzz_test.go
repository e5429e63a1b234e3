package server

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"orglink/server/fault"
	"orglink/server/workbench"
)

// Whatever the path, the router sees one whose two forms agree and whose text a
// database can hold.
func FuzzPathsReachTheRouterDecodable(f *testing.F) {
	for _, seed := range []string{"/", "//a//b", "/w/ci/links/@item", "/w//x", "/a%2Fb", "/%ff", "/%00", "/w/%2e%2e/x", "/registry", "/a%25%41"} {
		f.Add(seed)
	}
	s := &Server{log: slog.New(slog.DiscardHandler), families: []family{
		{name: "other", segments: []string{"a*"}, alias: "/registry", rewrite: func(p string) string { return strings.TrimSuffix(p, "/") }, render: func(http.ResponseWriter, *http.Request, *fault.Fault) {}},
		{name: workbench.Name, render: func(http.ResponseWriter, *http.Request, *fault.Fault) {}},
	}}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || u.Host != "" || !strings.HasPrefix(path, "/") {
			t.Skip() // net/http refuses it before we see it
		}
		r := httptest.NewRequest(http.MethodGet, "http://host/", nil)
		r.URL.Path, r.URL.RawPath = u.Path, u.RawPath
		s.logged(s.enter(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			decoded, err := url.PathUnescape(r.URL.RawPath)
			if err != nil || decoded != r.URL.Path {
				t.Errorf("RawPath %q does not decode to Path %q", r.URL.RawPath, r.URL.Path)
			}
			if strings.Contains(r.URL.RawPath, "//") {
				t.Errorf("slashes are not folded in %q", r.URL.RawPath)
			}
		}))).ServeHTTP(httptest.NewRecorder(), r)
	})
}

// A JSON body that passes holds no text that Postgres would refuse.
func FuzzCleanBodiesDecodeToCleanText(f *testing.F) {
	for _, seed := range []string{`"\u0000"`, `"\\u0000"`, `"\\\u0000"`, `{"a\u0000":1}`, "\"\x00\"", `"\ud800"`, `"\ud83d\ude00"`, `"\ude00\ud83d"`, `"\\\\ud800"`, `"\ufffd"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var value any
		if json.Unmarshal(body, &value) != nil {
			t.Skip() // it is refused as malformed before this check
		}
		if cleanText(string(body)) && cleanJSON(body) && !cleanText(fmt.Sprint(value)) {
			t.Errorf("%q passed, but holds a NUL", body)
		}
	})
}
