package server_test

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// longListLinks is how many links fillLongList adds: more than any socket's buffers
// hold of a list.
const longListLinks = 100_000

// longListSite is a server with many links, whose database a test can reach beside it.
type longListSite struct {
	*site
	db  *sql.DB
	log *safeBuffer
}

// eachLongSite runs a test on every database, with a site that start makes.
func eachLongSite(t *testing.T, start func(t *testing.T, opts ...servertest.Option) *site, test func(t *testing.T, s longListSite)) {
	t.Helper()
	run := func(driver string, open func(t *testing.T) (url, dataSource string)) func(t *testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			url, dataSource := open(t)
			s := longListSite{log: &safeBuffer{}}
			s.site = start(t, servertest.Database(url), servertest.Log(slog.New(slog.NewTextHandler(s.log, nil))))
			var err error
			if s.db, err = sql.Open(driver, dataSource); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.db.Close() })
			test(t, s)
		}
	}
	t.Run("sqlite", run("sqlite3", func(t *testing.T) (string, string) {
		path := filepath.Join(t.TempDir(), "orglink.db")
		return "sqlite:" + path, "file:" + path + "?_busy_timeout=5000&_synchronous=OFF"
	}))
	t.Run("postgres", run("pgx", func(t *testing.T) (string, string) {
		url := storetest.Postgres(t)
		return url, url
	}))
}

// eachLongList runs a test on every database, with a registry and many links of
// person 13.
func eachLongList(t *testing.T, test func(t *testing.T, s longListSite)) {
	t.Helper()
	eachLongSite(t, startRegistry, func(t *testing.T, s longListSite) {
		s.exec(t, fmt.Sprintf(`WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
			INSERT INTO comanage_links (workspace, id, co, person_id, org_identity_id,
				created, modified, revision, deleted, actor_identifier)
			SELECT 'default', 1000 + i, 2, 13, 1000 + i,
				'2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', 0, false, 'co_1.platform'
			FROM numbers`, longListLinks))
		s.exec(t, "ANALYZE comanage_links")
		test(t, s)
	})
}

func (s longListSite) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := s.db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// begin asks for the long list of links on a connection of its own (see beginList).
func (s longListSite) begin(t *testing.T, version, query string) *rawConn {
	t.Helper()
	return s.beginList(t, 256<<10, strings.Replace(raw(platform, "GET", links+".json"+query, ""), "HTTP/1.1", version, 1))
}

// beginList sends a request on a connection of its own and reads the beginning of the
// answer, so that the server is in the middle of it: the rest is more than the buffers
// between hold, of which the last one has the given size.
func (s longListSite) beginList(t *testing.T, buffer int, request string) *rawConn {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := errors.Join(conn.(*net.TCPConn).SetReadBuffer(buffer), conn.SetDeadline(time.Now().Add(time.Minute))); err != nil {
		t.Fatal(err)
	}
	c := &rawConn{conn, bufio.NewReaderSize(conn, min(buffer, 64<<10))}
	c.send(t, request)
	if line, err := c.in.Peek(len("HTTP/1.1 200 OK")); err != nil || !strings.HasSuffix(string(line), " 200 OK") {
		t.Fatalf("got %q (%v)", line, err)
	}
	return c
}

// beginJSON is beginList for a GET with a bearer token.
func (s longListSite) beginJSON(t *testing.T, path, token string) *rawConn {
	t.Helper()
	return s.beginList(t, 64<<10, "GET "+path+" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+token+"\r\n\r\n")
}

// wantBrokenOff reads the rest of the answer, which must not look whole.
func (c *rawConn) wantBrokenOff(t *testing.T) {
	t.Helper()
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if resp.ProtoAtLeast(1, 1) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the chunked body ended with %v", err)
	}
	if len(body) == 0 || json.Valid(body) {
		t.Errorf("%s: %d bytes that look whole", resp.Proto, len(body))
	}
}

// logged waits until the log has the given number of lines on lists, and returns
// them.
func (s longListSite) logged(t *testing.T, count int) (lines []string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d requests are in the log", count), func() bool {
		lines = nil
		for _, line := range strings.Split(s.log.String(), "\n") {
			if strings.Contains(line, "operation_id=comanageListCoOrgIdentityLinks ") {
				lines = append(lines, line)
			}
		}
		return len(lines) >= count
	})
	return lines
}

func TestComanageAListThatFailsInItsMiddleDoesNotLookWhole(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query string
		fail  func(t *testing.T, s longListSite)
	}{
		"the table is gone": {"", func(t *testing.T, s longListSite) {
			s.exec(t, "ALTER TABLE comanage_links RENAME TO elsewhere")
		}},
		"the workspace is dropped": {"", func(t *testing.T, s longListSite) {
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/default", header: admin})
		}},
		"the CO is deleted": {"?coid=2", func(t *testing.T, s longListSite) {
			s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/cos/2.json", ""))
		}},
		"the person's CO is deleted": {"?copersonid=13", func(t *testing.T, s longListSite) {
			s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/cos/2.json", ""))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachLongList(t, func(t *testing.T, s longListSite) {
				chunked, plain := s.begin(t, "HTTP/1.1", test.query), s.begin(t, "HTTP/1.0", test.query)
				test.fail(t, s)
				for _, c := range []*rawConn{chunked, plain} {
					c.wantBrokenOff(t)
				}
				for _, line := range s.logged(t, 2) {
					if !strings.Contains(line, " cause=") || !strings.Contains(line, " broken_off=true") {
						t.Errorf("the log says: %s", line)
					}
				}
				if lines := s.logged(t, 2); len(lines) != 2 {
					t.Errorf("%d lines for 2 requests", len(lines))
				}
			})
		})
	}
}

func TestComanageStalledListsHarmNobody(t *testing.T) {
	t.Parallel()
	notUnderRace(t, muchData)
	eachLongList(t, func(t *testing.T, s longListSite) {
		const stalled = 40 // more than the pool has connections
		var conns []*rawConn
		for range stalled {
			conns = append(conns, s.begin(t, "HTTP/1.1", ""))
		}
		for range 3 {
			s.wantLine(t, "200 OK", as(platform, "GET", links+".json?copersonid=12", ""))
			var added struct{ ID string }
			s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request("12", "34"))).json(t, &added)
			s.wantLine(t, "200 Deleted", as(platform, "DELETE", links+"/"+added.ID+".json", ""))
		}
		for _, line := range s.logged(t, 0) {
			if strings.Contains(line, "broken_off") {
				t.Fatalf("a stalled list came to an end: %s", line)
			}
		}
		finished := len(s.logged(t, 0))
		for _, c := range conns {
			c.Close()
		}
		s.logged(t, finished+stalled) // every handler ended
	})
}

func TestComanageAListHoldsWhatWasThereAllTheTime(t *testing.T) {
	t.Parallel()
	notUnderRace(t, muchData)
	eachLongList(t, func(t *testing.T, s longListSite) {
		c := s.begin(t, "HTTP/1.1", "")
		const removed, edited = 1000 + longListLinks - 1, 1000 + longListLinks - 2
		s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request("12", "36")))
		s.wantLine(t, "200 OK", as(platform, "PUT", fmt.Sprintf("%s/%d.json", links, edited), request("12", "34")))
		s.wantLine(t, "200 Deleted", as(platform, "DELETE", fmt.Sprintf("%s/%d.json", links, removed), ""))
		s.wantLine(t, "200 Deleted", as(platform, "DELETE", links+"/1001.json", ""))
		resp, err := http.ReadResponse(c.in, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var list struct {
			CoOrgIdentityLinks []struct {
				ID            int `json:"Id,string"`
				OrgIdentityID int `json:"OrgIdentityId,string"`
			}
		}
		if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
			t.Fatal(err)
		}
		seen, last := map[int]int{}, 0
		for _, row := range list.CoOrgIdentityLinks {
			if row.ID <= last {
				t.Fatalf("link %d follows %d", row.ID, last)
			}
			last = row.ID
			seen[row.ID] = row.OrgIdentityID
		}
		for id := 1001; id <= 1000+longListLinks; id++ {
			if seen[id] == 0 && id != removed && id != 1001 {
				t.Fatalf("link %d is missing", id)
			}
		}
		if seen[removed] != 0 || seen[edited] != 34 {
			t.Errorf("what was changed ahead of the reader is shown as it was: %d, %d", seen[removed], seen[edited])
		}
	})
}

// People found by a search come in pages, too: each person once, in order, and the
// list goes on after a page whose owners are gone.
func TestComanageASearchIsPagedByOwners(t *testing.T) {
	t.Parallel()
	eachLongList(t, func(t *testing.T, s longListSite) {
		const firstStanding, last = 1601, 3000
		owned := `'default', 2, person.id, 'x', false, 0, '2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', ''`
		for _, statement := range []string{
			`INSERT INTO comanage_people (workspace, id, co, status, created, modified, revision, deleted, actor_identifier)
				SELECT 'default', id, 2, 'Active', created, modified, 0, false, '' FROM comanage_links WHERE id BETWEEN 1001 AND 3000`,
			`INSERT INTO comanage_identifiers (workspace, co, person_id, type, deleted, revision, created, modified, actor_identifier,
				id, identifier, folded, status, login)
				SELECT ` + owned + `, person.id * 2 + copy.id - 12, 'U' || person.id || copy.id, 'u' || person.id || copy.id, 'Active', false
				FROM comanage_people AS person, comanage_people AS copy WHERE person.id > 1000 AND copy.id IN (12, 13)`,
			`INSERT INTO comanage_names (workspace, co, person_id, type, deleted, revision, created, modified, actor_identifier,
				id, given, given_folded, family_folded, primary_name)
				SELECT ` + owned + `, person.id, 'x', CASE person.id % 3 WHEN 0 THEN 'anna' ELSE 'otto' END, '', true
				FROM comanage_people AS person WHERE person.id > 1000`,
			"UPDATE comanage_people SET deleted = true WHERE id BETWEEN 1001 AND 1600",
		} {
			s.exec(t, statement)
		}
		for query, divisor := range map[string]int{
			"search.identifier=U": 1, "search.identifier=U&coid=2": 1, "given=Ann": 3,
			"search.identifier=U&given=Ann&coid=2": 3, "search.identifier=U&coid=3": 0, "search.identifier=U&given=Nobody": 0,
		} {
			var want, got []string
			for id := firstStanding; id <= last && divisor > 0; id++ {
				if id%divisor == 0 {
					want = append(want, strconv.Itoa(id))
				}
			}
			var list struct{ CoPeople []struct{ ID string } }
			s.wantLine(t, "200 OK", as(platform, "GET", "/co_people.json?"+query, "")).json(t, &list)
			for _, person := range list.CoPeople {
				got = append(got, person.ID)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %d people, want %d: %v", query, len(got), len(want), got)
			}
		}
	})
}
