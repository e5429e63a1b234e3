package server_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

const links = "/co_org_identity_links"

// registry is a Registry with two COs beside the platform's, links in both, and
// API users of every kind. Every key is demo-secret, hashed cheaply.
var registry = strings.ReplaceAll(`
comanage:
  cos: [{id: 2, name: Two}, {id: 3, name: Three}]
  apiUsers:
    - {name: co_1.platform, secretHash: HASH}
    - {name: co_2.admin, secretHash: HASH, privileged: true}
    - {name: co_2.plain, secretHash: HASH}
    - {name: co_1.suspended, secretHash: HASH, status: Suspended}
    - {name: co_1.early, secretHash: HASH, validFrom: '2026-01-02T03:04:06Z'}
    - {name: co_1.late, secretHash: HASH, validThrough: '2026-01-02T03:04:04Z'}
    - {name: co_1.timely, secretHash: HASH, validFrom: '2026-01-02T03:04:05Z', validThrough: '2026-01-02T03:04:05Z'}
    - {name: co_1.elsewhere, secretHash: HASH, remoteIp: '^10\.'}
    - {name: co_1.here, secretHash: HASH, remoteIp: '/^127\.0\.0\.1$/'}
  people: [{id: 12, co: 2}, {id: 13, co: 2}, {id: 14, co: 2, deleted: true}, {id: 21, co: 3}]
  orgIdentities:
    - {id: 34, co: 2}
    - {id: 35, co: 2}
    - {id: 36, co: 2}
    - {id: 37, co: 2, deleted: true}
    - {id: 41, co: 3}
    - {id: 42, co: 3}
  links:
    - {id: 44, coPersonId: 12, orgIdentityId: 35, actorIdentifier: co_2.admin}
    - {id: 45, coPersonId: 13, orgIdentityId: 36, deleted: true, revision: 3, created: '2025-01-01T00:00:00Z', modified: '2025-06-01T12:30:59.9Z', actorIdentifier: co_9.gone}
    - {id: 46, coPersonId: 21, orgIdentityId: 41}
`, "HASH", "$2a$04$TCylkZ6h7/cdfDi4twbFFO.llaNa0tCAln8SFgKg8gkB6CAUc0/3q")

func comanageClock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 999_000_000, time.UTC) }

// startRegistry starts a server with the registry in it.
func startRegistry(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	return start(t, append([]servertest.Option{servertest.Fixtures(registry), servertest.Clock(comanageClock)}, opts...)...)
}

func basic(name, key string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+key))
}

// as is a call by the API user; a body is sent as JSON.
func as(user, method, path, body string) call {
	header := map[string]string{}
	if user != "" {
		header["Authorization"] = basic(user, "demo-secret")
	}
	if body != "" {
		header["Content-Type"] = "application/json"
	}
	return call{method: method, path: path, header: header, body: body}
}

const platform, coAdmin = "co_1.platform", "co_2.admin"

// request is a request document for the two ids, which are JSON values.
func request(person, org string) string {
	return fmt.Sprintf(`{"RequestType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[{"Version":"1.0","CoPersonId":%s,"OrgIdentityId":%s}]}`, person, org)
}

// wantLine sends the call and fails the test unless the status line is as
// expected, and the rest of the answer what goes with it.
func (s *site) wantLine(t *testing.T, line string, c call) answer {
	t.Helper()
	a := s.do(t, c)
	if a.line != line {
		t.Fatalf("%s %s: got %q, want %q; body: %s", c.method, c.path, a.line, line, a.body)
	}
	media := a.header.Get("Content-Type")
	switch {
	case a.status == 204:
		if media != "" || a.body != "" {
			t.Fatalf("%s: want neither body nor type, got %q of type %q", line, a.body, media)
		}
	case a.body == "":
		if media != "text/html; charset=UTF-8" || c.method != "HEAD" && a.header.Get("Content-Length") != "0" {
			t.Fatalf("%s: an empty body with the headers %v", line, a.header)
		}
	case strings.HasPrefix(a.body, "<"):
		if media != "application/xml; charset=UTF-8" || !strings.HasSuffix(a.body, ">\n") {
			t.Fatalf("%s: an XML document of type %q: %q", line, media, a.body)
		}
	case media != "application/json; charset=UTF-8" || !strings.HasSuffix(a.body, "}\n"):
		t.Fatalf("%s: a document of type %q: %q", line, media, a.body)
	}
	if challenge := a.header.Get("WWW-Authenticate"); (a.status == 401) != (challenge == `Basic realm="COmanage Registry"`) {
		t.Fatalf("%s: the challenge is %q", line, challenge)
	}
	return a
}

// wantEmpty is wantLine for answers that have no body.
func (s *site) wantEmpty(t *testing.T, line string, c call) {
	t.Helper()
	if a := s.wantLine(t, line, c); a.body != "" {
		t.Fatalf("%s %s: %s has a body: %s", c.method, c.path, line, a.body)
	}
}

// registryState is all that the API shows: the list, and links by id.
func registryState(t *testing.T, s *site) string {
	t.Helper()
	state := s.wantLine(t, "200 OK", as(platform, "GET", links+".json", "")).body
	for id := 40; id < 52; id++ {
		a := s.do(t, as(platform, "GET", fmt.Sprintf("%s/%d.json", links, id), ""))
		state += a.line + a.body
	}
	return state
}

// unchanged runs test and fails if it changed the data.
func unchanged(t *testing.T, s *site, test func()) {
	t.Helper()
	before := registryState(t, s)
	test()
	if diff := cmp.Diff(before, registryState(t, s)); diff != "" {
		t.Errorf("the data changed (-before +after):\n%s", diff)
	}
}
