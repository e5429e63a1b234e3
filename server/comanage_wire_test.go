package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// rawConn is a connection on which a test reads what is really sent.
type rawConn struct {
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, s *site) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c := &rawConn{conn, bufio.NewReader(conn)}
	c.extend(t)
	return c
}

// extend gives what follows a minute: a long conversation may take more, all in all.
func (c *rawConn) extend(t *testing.T) {
	t.Helper()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// send writes one request, or several.
func (c *rawConn) send(t *testing.T, text string) {
	t.Helper()
	c.extend(t)
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// want reads the status line, and then the rest of the response, whose body it
// returns.
func (c *rawConn) want(t *testing.T, line, method string) string {
	t.Helper()
	first, err := c.in.Peek(len(line) + 2)
	if err != nil || string(first) != line+"\r\n" {
		t.Fatalf("got %q (%v), want %q", first, err, line)
	}
	resp, err := http.ReadResponse(c.in, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// raw is a request as it is sent.
func raw(user, method, path, body string, header ...string) string {
	text := method + " " + path + " HTTP/1.1\r\nHost: registry.example\r\n"
	if user != "" {
		text += "Authorization: " + basic(user, "demo-secret") + "\r\n"
	}
	for _, line := range header {
		text += line + "\r\n"
	}
	if body != "" {
		text += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	return text + "\r\n" + body
}

func TestComanagePhrasesAreOnTheWire(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	c := dial(t, s)
	for _, step := range []struct{ line, user, method, path, body string }{
		{"HTTP/1.1 201 Added", platform, "POST", links + ".json", request("12", "34")},
		{"HTTP/1.1 200 OK", platform, "GET", links + ".json", ""},
		{"HTTP/1.1 403 OrgIdentity Already Linked", platform, "POST", links + ".json", request("12", "34")},
		{"HTTP/1.1 200 Deleted", platform, "DELETE", links + "/47.json", ""},
		{"HTTP/1.1 404 CoOrgIdentityLink Unknown", platform, "DELETE", links + "/47.json", ""},
		{"HTTP/1.1 204 Org Identity Has No CoOrgIdentityLink", platform, "GET", links + ".json?orgidentityid=34", ""},
		{"HTTP/1.1 404 Not Found", "", "GET", "/nope", ""},
		{"HTTP/1.1 401 Unauthorized", "", "GET", links + ".json", ""},
		{"HTTP/1.1 401 No CO Specified", coAdmin, "GET", links + ".json", ""},
		{"HTTP/1.1 200 OK", "", "GET", "/orglink/v1/health/live", ""},
		{"HTTP/1.1 404 Unknown", "", "GET", links + ".yaml", ""},
		{"HTTP/1.1 404 Unknown", "", "GET", links + "x", ""},
		{"HTTP/1.1 404 Unknown", "", "HEAD", links + ".json", ""},
		{"HTTP/1.1 400 Bad Request", platform, "POST", links + ".json", "{"},
		{"HTTP/1.1 400 Invalid Fields", platform, "POST", links + ".json", "{}"},
		{"HTTP/1.1 403 CoPersonRole Does Not Exist", platform, "PUT", links + "/44.json", `{"Version":1}`},
		{"HTTP/1.1 200 OK", platform, "PUT", links + "/44.json", request("12", "34")},
		{"HTTP/1.1 405 Method Not Allowed", "", "POST", "/orglink/v1/version", ""},
	} {
		c.send(t, raw(step.user, step.method, step.path, step.body))
		c.want(t, step.line, step.method)
	}
}

func TestComanagePipelinedRequestsKeepTheirPhrases(t *testing.T) {
	t.Parallel()
	c := dial(t, startRegistry(t))
	c.send(t, raw(platform, "POST", links+".json", request("12", "34"))+
		raw("", "GET", "/orglink/v1/health/live", "")+
		raw(platform, "DELETE", links+"/44.json", "")+
		raw(platform, "GET", links+"/44.json", ""))
	c.want(t, "HTTP/1.1 201 Added", "POST")
	c.want(t, "HTTP/1.1 200 OK", "GET")
	c.want(t, "HTTP/1.1 200 Deleted", "DELETE")
	if body := c.want(t, "HTTP/1.1 200 OK", "GET"); !strings.Contains(body, `"Deleted":true`) {
		t.Errorf("the link is not deleted: %s", body)
	}
}

func TestComanagePhraseFollowsA100Continue(t *testing.T) {
	t.Parallel()
	c := dial(t, startRegistry(t))
	body := request("12", "34")
	text := raw(platform, "POST", links+".json", body, "Expect: 100-continue")
	c.send(t, strings.TrimSuffix(text, body))
	for _, line := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
		if got, err := c.in.ReadString('\n'); err != nil || got != line {
			t.Fatalf("got %q (%v), want %q", got, err, line)
		}
	}
	c.send(t, body)
	c.want(t, "HTTP/1.1 201 Added", "POST")
	c.send(t, raw("", "GET", "/orglink/v1/health/live", ""))
	c.want(t, "HTTP/1.1 200 OK", "GET")
}

// A refusal that does not read the body still arrives, under its phrase.
func TestComanageRefusesALargeBodyInTime(t *testing.T) {
	t.Parallel()
	c := dial(t, startRegistry(t))
	c.send(t, raw(platform, "POST", links+".json", "", "Content-Length: 50000000")+strings.Repeat(" ", 1000))
	c.want(t, "HTTP/1.1 400 Bad Request", "POST")
}

func TestComanageLargeListsAreWhole(t *testing.T) {
	t.Parallel()
	const count = 2000
	var fixtures strings.Builder
	fixtures.WriteString(`{"comanage":{"apiUsers":[{"name":"co_1.platform","secret":"demo-secret"}],"people":[{"id":1,"co":1}],"orgIdentities":[`)
	for i := 1; i <= count; i++ {
		fmt.Fprintf(&fixtures, `{"id":%d,"co":1},`, i)
	}
	text := strings.TrimSuffix(fixtures.String(), ",") + `],"links":[`
	for i := 1; i <= count; i++ {
		text += fmt.Sprintf(`{"id":%d,"coPersonId":1,"orgIdentityId":%d},`, count+1-i, i)
	}
	s := start(t)
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: strings.TrimSuffix(text, ",") + `]}}`})
	c := dial(t, s)
	for _, path := range []string{links + ".json", links + ".json?copersonid=1", links + ".json?coid=1"} {
		c.send(t, raw(platform, "GET", path, "")+raw(platform, "DELETE", links+"/99999.json", ""))
		body := c.want(t, "HTTP/1.1 200 OK", "GET")
		last := 0
		for _, row := range strings.Split(body, `"Id":"`)[1:] {
			var id int
			if fmt.Sscanf(row, "%d", &id); id != last+1 {
				t.Fatalf("%s: link %d follows %d", path, id, last)
			}
			last = id
		}
		if last != count || len(body) < 180_000 {
			t.Fatalf("%s: got %d links in %d bytes", path, last, len(body))
		}
		c.want(t, "HTTP/1.1 404 CoOrgIdentityLink Unknown", "DELETE")
	}
}
