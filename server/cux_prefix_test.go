package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// What the servers with configured paths are started with.
const (
	cuxPrefix    = "/prod/loyalty/cux"
	cuxTokenPath = "/auth/v1/token"
)

func TestCuxAnswersUnderItsPrefixAndTokenPath(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.CuxPaths(cuxPrefix, cuxTokenPath), cuxClock())
		s.want(t, 200, call{method: "PUT", path: "/w/ci-42/orglink/v1/fixtures", header: admin, body: `{"cux":{
			"clients":[{"id":"demo-client","secret":"demo-secret"}],"businessUnits":["BUYCO"],
			"accounts":[{"accountId":"` + cuxAccount + `","loyaltyId":"1"}]}}`})
		for _, workspace := range []string{"", "/w/ci-42"} {
			var listed string
			for _, base := range []string{workspace, workspace + cuxPrefix, workspace + "/" + cuxPrefix + "/"} {
				for _, path := range []string{"/oauth/token", cuxTokenPath} {
					header := cuxIssuedAt(t, s, base+path)
					id := "session of " + base + path
					begin := cuxStart(cuxAccount, "", `{"correlationId":"`+id+`"}`)
					begin.path, begin.header = base+begin.path, header
					s.want(t, 200, begin)
					link := base + cuxPathOf(id, "BUYCO", "1")
					s.want(t, 200, call{method: "PUT", path: link, header: header, body: `{"dateLinked":"2001-02-03"}`})
					for _, slash := range []string{"", "/"} {
						list := strings.TrimSuffix(link, "BUYCO/links/1") + "links" + slash
						listed = s.want(t, 200, call{method: "GET", path: list, header: header}).body
					}
					if want := `[{"linkId":"1","businessUnit":"BUYCO","dateLinked":"2001-02-03","status":"LINKED"}]`; listed != want {
						t.Errorf("%s lists %s, want %s", base, listed, want)
					}
				}
			}
		}
	})
}

// TestCuxErrorsUnderItsPrefixAreItsOwn: they have its shape and its headers.
func TestCuxErrorsUnderItsPrefixAreItsOwn(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.CuxPaths(cuxPrefix, cuxTokenPath))
		for _, test := range []struct {
			status int
			call   call
		}{
			{404, call{method: "GET", path: cuxPrefix}},
			{404, call{method: "GET", path: cuxPrefix + "/"}},
			{404, call{method: "GET", path: cuxPrefix + "/nope"}},
			{404, call{method: "GET", path: cuxPrefix + "/orglink/v1/version"}},
			{404, call{method: "GET", path: cuxPrefix + "/docs/"}},
			{404, call{method: "PUT", path: "/w/nope" + cuxPrefix + cuxPath("1"), header: cuxBearer}},
			{405, call{method: "DELETE", path: cuxPrefix + cuxPath("1"), header: cuxBearer}},
			{405, call{method: "GET", path: cuxTokenPath}},
			{405, call{method: "GET", path: cuxPrefix + cuxTokenPath}},
			{401, call{method: "PUT", path: cuxPrefix + cuxPath("1")}},
			{401, call{method: "PUT", path: cuxPrefix + cuxPathOf("nobody", "BUYCO", "1"), header: cuxBearer}},
			{400, call{method: "PUT", path: cuxPrefix + cuxPathOf(" ", "BUYCO", "1"), header: cuxBearer}},
			{400, call{method: "PUT", path: cuxPrefix + cuxPathOf(cuxSession, "BUYCO", ""), header: cuxBearer}},
			{413, call{method: "PUT", path: cuxPrefix + cuxPath("1"), header: cuxBearer, body: strings.Repeat(" ", 70<<10)}},
		} {
			a := s.want(t, test.status, test.call)
			if !strings.HasPrefix(a.body, `{"statusCode":`) || a.header.Get("X-Frame-Options") != "sameorigin" {
				t.Errorf("%s %s: not the suite's error: %s", test.call.method, test.call.path, a.body)
			}
		}
		// What is beside the prefix and the token path is not the suite's.
		for _, path := range []string{"/prod/loyalty/cuxx/client/users", "/prod/loyalty", "/auth/v1", cuxTokenPath + "/x", "/prod"} {
			if a := s.want(t, 404, call{method: "GET", path: path}); a.header.Get("X-Frame-Options") != "" {
				t.Errorf("%s: answered by the suite: %s", path, a.body)
			}
		}
	})
}
