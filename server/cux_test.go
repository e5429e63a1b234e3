package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

const (
	cuxSession = "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10"
	cuxAccount = "4f0c2a6e-8d31-4b7a-9e52-6c1d0f3b8a94"
	cuxLoyalty = "6001000000000017"
)

var (
	cuxBearer = map[string]string{"Authorization": "Bearer demo-token"}
	cuxTime   = time.Date(2020, 12, 18, 15, 27, 27, 0, time.UTC)
)

// cuxPath is the path of a link of the demo's session on BUYCO.
func cuxPath(linkID string) string { return cuxPathOf(cuxSession, "BUYCO", linkID) }

func cuxPathOf(session, unit, linkID string) string {
	return "/client/users/" + url.PathEscape(session) + "/business/units/" + url.PathEscape(unit) +
		"/links/" + url.PathEscape(linkID)
}

// cuxList lists the links of a session.
func cuxList(t *testing.T, s *site, session string) string {
	t.Helper()
	return s.want(t, 200, call{method: "GET", path: "/client/users/" + session + "/business/units/links/", header: cuxBearer}).body
}

func cuxPut(linkID, body string) call {
	return call{method: "PUT", path: cuxPath(linkID), header: cuxBearer, body: body}
}

func cuxClock() servertest.Option { return servertest.Clock(func() time.Time { return cuxTime }) }

// cuxFixture adds to the demo what its one account cannot show.
const cuxFixture = `
cux:
  businessUnits: [BUYCO, 'Pets & Co', links]
  accounts:
    - {accountId: 11111111-2222-4333-8444-555555555555, loyaltyId: '6001000000000025', externalId: crm-25,
       email: m25@example.com, partnerLinkId: partner-25, phoneNumber: '+15550100025', externalAgentId: agent-25,
       sessions: [{correlationId: other-session},
                  {correlationId: expired-session, expiresAt: '2020-12-18T15:27:27Z'},
                  {correlationId: open-session, expiresAt: '2020-12-18T15:27:28Z'}]}
`

// TestCuxAnswersThePagesHeaders compares the whole answer on a raw socket, where
// the case of the headers' names still shows.
func TestCuxAnswersThePagesHeaders(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), cuxClock())
		const body = `{"dateLinked":"2020-12-18T15:27:27.000Z","status":"LINKED"}`
		request := "PUT " + cuxPath("12345") + " HTTP/1.1\r\nHost: " + s.Addr + "\r\n" +
			"Authorization: Bearer demo-token\r\nContent-Type: application/json\r\n" +
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
		for range 2 { // added, then updated: no difference
			golden(t, "cux/put_link.http", cuxNormal(cuxRaw(t, s.Addr, request)))
		}
		golden(t, "cux/list_links.json", cuxList(t, s, cuxSession))
	})
}

// cuxRaw sends a request and returns the response as it came, with its body.
func cuxRaw(t *testing.T, addr, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	var raw strings.Builder
	response, err := http.ReadResponse(bufio.NewReader(io.TeeReader(conn, &raw)), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return raw.String()
}

var cuxRandom = []struct {
	pattern *regexp.Regexp
	same    string
}{
	{regexp.MustCompile(`(?m)^x-amzn-RequestId: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r$`), "x-amzn-RequestId: {uuid}\r"},
	{regexp.MustCompile(`(?m)^x-amz-apigw-id: [A-Za-z0-9_-]{15}=\r$`), "x-amz-apigw-id: {id}\r"},
	{regexp.MustCompile(`(?m)^X-Amzn-Trace-Id: Root=1-5fdcca5f-[0-9a-f]{24};Sampled=0\r$`), "X-Amzn-Trace-Id: Root=1-5fdcca5f-{random};Sampled=0\r"},
}

func cuxNormal(raw string) string {
	for _, r := range cuxRandom {
		raw = r.pattern.ReplaceAllString(raw, r.same)
	}
	return strings.ReplaceAll(raw, "\r\n", "\n")
}

// TestCuxHeadersAreOnEveryAnswer also holds the identifiers apart: none is sent twice.
func TestCuxHeadersAreOnEveryAnswer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxHeadersAreOnEveryAnswer)
}

func testCuxHeadersAreOnEveryAnswer(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo(), cuxClock())
	seen := map[string]bool{}
	var first http.Header
	for name, c := range map[string]call{
		"link":           cuxPut("1", ""),
		"invalid status": cuxPut("1", `{"status":"x"}`),
		"no token":       {method: "PUT", path: cuxPath("1")},
		"no session":     {method: "PUT", path: cuxPathOf("nobody", "BUYCO", "1"), header: cuxBearer},
		"list":           {method: "GET", path: "/client/users/" + cuxSession + "/business/units/links", header: cuxBearer},
		"enrolment":      cuxEnrol(`{"email":"m@example.com","postalZipCode":"00000"}`),
		"no email":       cuxEnrol(`{}`),
		"large body":     cuxPut("1", strings.Repeat(" ", 70<<10)),
		"session":        {method: "POST", path: "/client/users/" + cuxAccount + "/sessions", header: cuxBearer, body: `{"correlationId":"c"}`},
		"token":          {method: "POST", path: "/oauth/token"},
		"unknown path":   {method: "GET", path: "/client/nope"},
		"wrong method":   {method: "DELETE", path: cuxPath("1"), header: cuxBearer},
		"bad path":       {method: "GET", path: "/client/%FF"},
		"no workspace":   {method: "GET", path: "/w/nope/client/users/x/business/units/links/", header: cuxBearer},
	} {
		a := s.do(t, c)
		if length := a.header.Get("Content-Length"); length != fmt.Sprint(len(a.body)) {
			t.Errorf("%s: Content-Length is %q, the body has %d bytes", name, length, len(a.body))
		}
		for _, id := range []string{"X-Amzn-Requestid", "X-Amz-Apigw-Id", "X-Amzn-Trace-Id"} {
			value := a.header.Get(id)
			if value == "" || seen[value] {
				t.Errorf("%s: %s is %q, want one that was not sent before", name, id, value)
			}
			seen[value] = true
			a.header.Del(id)
		}
		for _, own := range []string{"Content-Length", "Www-Authenticate", "Allow", "Pragma"} {
			a.header.Del(own)
		}
		if first == nil {
			first = a.header
		} else if diff := cmp.Diff(first, a.header); diff != "" {
			t.Errorf("%s: other headers than before:\n%s", name, diff)
		}
	}
	if len(first) != 13 { // sixteen but for three identifiers and Content-Length, with Content-Type
		t.Errorf("got %d headers, want 13: %v", len(first), first)
	}
}

// cuxSpelling are the headers of the page, in its spelling.
var cuxSpelling = []string{
	"Date", "Content-Length", "Connection", "x-amzn-RequestId", "Referrer-Policy", "X-XSS-Protection", "Access-Control-Allow-Origin",
	"Expect-CT", "Strict-Transport-Security", "Feature-Policy", "X-Frame-Options", "Content-Security-Policy", "x-amz-apigw-id",
	"cache-control", "X-Content-Type-Options", "X-Amzn-Trace-Id",
}

// TestCuxSpellsHeadersAsThePage looks at every kind of answer on a raw socket.
func TestCuxSpellsHeadersAsThePage(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.CuxPaths(cuxPrefix, cuxTokenPath), cuxClock())
		for request, status := range map[string]string{
			"PUT " + cuxPath("1"): "200 OK",
			"GET /client/users/" + cuxSession + "/business/units/links": "200 OK",
			"PUT " + cuxPathOf(" ", "BUYCO", "1"):                       "400 Bad Request",
			"PUT " + cuxPathOf("nobody", "BUYCO", "1"):                  "401 Unauthorized",
			"POST /oauth/token":                                         "400 Bad Request",
			"POST " + cuxTokenPath:                                      "400 Bad Request",
			"POST " + cuxPrefix + "/client/users":                       "400 Bad Request",
			"DELETE " + cuxPath("1"):                                    "405 Method Not Allowed",
			"OPTIONS " + cuxPath("1"):                                   "405 Method Not Allowed",
			"GET /client":                                               "404 Not Found",
			"GET " + cuxPrefix + "/nope":                                "404 Not Found",
			"GET /w/nope/client/users/x/business/units/links/":          "404 Not Found",
		} {
			raw := cuxRaw(t, s.Addr, request+" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-token\r\n\r\n")
			if !strings.HasPrefix(raw, "HTTP/1.1 "+status+"\r\n") {
				t.Errorf("%s: want %s, got %.40s", request, status, raw)
			}
			for _, name := range cuxSpelling {
				if strings.Count(raw, "\r\n"+name+": ") != 1 {
					t.Errorf("%s: %s is not there once:\n%s", request, name, raw)
				}
			}
			normal := cuxNormal(raw)
			for _, identifier := range []string{"{uuid}", "{id}", "{random}"} {
				if !strings.Contains(normal, identifier) {
					t.Errorf("%s: %s is not well-formed:\n%s", request, identifier, raw)
				}
			}
		}
	})
}

func TestCuxConnectionEndsWhenTheClientAsksForIt(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxConnectionEndsWhenTheClientAsksForIt)
}

func testCuxConnectionEndsWhenTheClientAsksForIt(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo())
	raw := cuxRaw(t, s.Addr, "GET /client/users/"+cuxSession+"/business/units/links/ HTTP/1.1\r\nHost: x\r\n"+
		"Authorization: Bearer demo-token\r\nConnection: close\r\n\r\n")
	if !strings.Contains(raw, "\r\nConnection: close\r\n") || strings.Contains(raw, "keep-alive") {
		t.Errorf("want Connection: close alone:\n%s", raw)
	}
}

func TestCuxPutSetsBothFieldsEachTime(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), cuxClock())
		const now = "2020-12-18T15:27:27.000Z"
		for _, step := range []struct{ name, body, date, status string }{
			{"an unlinked link that was never seen", `{"dateLinked":"2001-02-03T04:05:06Z","status":"UNLINKED"}`, "2001-02-03T04:05:06Z", "UNLINKED"},
			{"nothing given links it again, now", `{}`, now, "LINKED"},
			{"status alone", `{"status":"UNLINKED"}`, now, "UNLINKED"},
			{"no body at all", ``, now, "LINKED"},
			{"date alone", `{"dateLinked":"2001-02-03"}`, "2001-02-03", "LINKED"},
			{"the same again", `{"dateLinked":"2001-02-03"}`, "2001-02-03", "LINKED"},
			{"nulls are absent", `{"dateLinked":null,"status":null}`, now, "LINKED"},
			{"an answer sent back, the path wins", `{"linkId":"x","businessUnit":"Y","dateLinked":"2001-02-03","status":"UNLINKED","more":{"a":[1]}}`, "2001-02-03", "UNLINKED"},
			{"a member that no float can hold", `{"x":1e999,"dateLinked":"2001-02-03"}`, "2001-02-03", "LINKED"},
			{"members in another case are unknown", `{"Status":"UNLINKED","DATELINKED":5}`, now, "LINKED"},
		} {
			want := fmt.Sprintf(`{"linkId":"12345","businessUnit":"BUYCO","dateLinked":"%s","status":"%s"}`, step.date, step.status)
			if got := s.want(t, 200, cuxPut("12345", step.body)).body; got != want {
				t.Fatalf("%s: got %s, want %s", step.name, got, want)
			}
			if got := cuxList(t, s, cuxSession); got != "["+want+"]" {
				t.Fatalf("%s: the list has %s, want %s alone", step.name, got, want)
			}
		}
	})
}

func TestCuxTakesAndEchoesIsoDates(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxTakesAndEchoesIsoDates)
}

func testCuxTakesAndEchoesIsoDates(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo())
	for _, date := range []string{
		"2020-12-18T15:27:27Z", "2020-12-18T15:27:27.1Z", "2020-12-18T15:27:27.123456789Z", "2020-12-18T15:27:27+02:00",
		"2020-12-18T15:27:27.000-11:30", "2020-12-18T15:27:27", "2020-12-18T15:27:27.50", "2020-12-18", "2020-02-29",
		"1900-01-01T00:00:00Z", "2999-12-31T23:59:59Z", "2020-12-18t15:27:27z",
	} {
		a := s.want(t, 200, cuxPut("1", `{"dateLinked":"`+date+`"}`))
		if want := `{"linkId":"1","businessUnit":"BUYCO","dateLinked":"` + date + `","status":"LINKED"}`; a.body != want {
			t.Errorf("got %s, want %s", a.body, want)
		}
	}
}

// TestCuxIdsInPathsAreDecodedOnce: what a client escapes comes back as it was.
func TestCuxIdsInPathsAreDecodedOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture), cuxClock())
		ids := []string{
			"a/b", "a b", "100%", "%41", "%2F", "%20", "%2520", "a+b", "a,b;c=d", "ü", "日本語", "👩‍👩‍👧", `"quoted"`, "<&>", "..", ".", "links", "?x=1#y",
			strings.Repeat("é", 128),
		}
		for _, id := range ids {
			var got struct{ LinkID, BusinessUnit string }
			s.want(t, 200, call{method: "PUT", path: cuxPathOf("open-session", "Pets & Co", id), header: cuxBearer}).json(t, &got)
			if got.LinkID != id || got.BusinessUnit != "Pets & Co" {
				t.Errorf("link %q came back as %q of %q", id, got.LinkID, got.BusinessUnit)
			}
		}
		for _, session := range []string{"open-session", "other-session"} { // two sessions of one account
			var list []struct{ LinkID string }
			if s.want(t, 200, call{method: "GET", path: "/client/users/" + session + "/business/units/links/", header: cuxBearer}).json(t, &list); len(list) != len(ids) {
				t.Errorf("%s lists %d links, want %d", session, len(list), len(ids))
			}
		}
		if got := cuxList(t, s, cuxSession); got != "[]" {
			t.Errorf("another account has links: %s", got)
		}
		// `<`, `>` and `&` are not escaped in the body.
		if body := s.want(t, 200, cuxPut("<&>", "")).body; !strings.HasPrefix(body, `{"linkId":"<&>",`) {
			t.Errorf("got %s", body)
		}
	})
}

func TestCuxListsByBusinessUnitAndLinkID(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture), cuxClock())
		for _, link := range [][2]string{{"links", "b"}, {"BUYCO", "b"}, {"Pets & Co", "a"}, {"BUYCO", "a"}, {"BUYCO", "B"}, {"BUYCO", "10"}, {"BUYCO", "9"}} {
			s.want(t, 200, call{method: "PUT", path: cuxPathOf("other-session", link[0], link[1]), header: cuxBearer, body: `{"status":"UNLINKED"}`})
		}
		want := ""
		for _, link := range [][2]string{{"BUYCO", "10"}, {"BUYCO", "9"}, {"BUYCO", "B"}, {"BUYCO", "a"}, {"BUYCO", "b"}, {"Pets & Co", "a"}, {"links", "b"}} {
			want += fmt.Sprintf(`,{"linkId":"%s","businessUnit":"%s","dateLinked":"2020-12-18T15:27:27.000Z","status":"UNLINKED"}`, link[1], link[0])
		}
		want = "[" + want[1:] + "]"
		for _, path := range []string{
			"/client/users/other-session/business/units/links/", "/client/users/other-session/business/units/links",
			"//client//users/other-session/business/units/links//",
		} {
			if got := s.want(t, 200, call{method: "GET", path: path, header: cuxBearer}).body; got != want {
				t.Errorf("%s: got %s, want %s", path, got, want)
			}
		}
	})
}

func TestCuxReadsBodiesWhateverTheirContentType(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxReadsBodiesWhateverTheirContentType)
}

func testCuxReadsBodiesWhateverTheirContentType(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo())
	for _, contentType := range []string{"", "text/plain", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "nonsense;;"} {
		c := cuxPut("1", `{"status":"UNLINKED"}`)
		c.header = map[string]string{"Authorization": "bearer demo-token", "Content-Type": contentType}
		if a := s.want(t, 200, c); !strings.Contains(a.body, `"UNLINKED"`) {
			t.Errorf("Content-Type %q: got %s", contentType, a.body)
		}
	}
}
