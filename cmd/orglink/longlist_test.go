package main

import (
	"database/sql"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"orglink/store/storetest"
)

// fillLinks adds links with ascending ids from 1001 on, every twentieth of them to
// the demo's person.
const fillLinks = `
	WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < %d)
	INSERT INTO comanage_links (workspace, id, co, person_id, org_identity_id,
		created, modified, revision, deleted, actor_identifier)
	SELECT 'default', 1000 + i, 2, CASE i %% 20 WHEN 0 THEN 12 ELSE 1000 + i %% 5000 END, 1000 + i,
		'2026-01-02 03:04:05+00:00', '2026-01-02 03:04:05+00:00', 0, false, 'co_1.demo'
	FROM numbers`

// demoLinks are the links of the demo, all of them of the demo's person.
const demoLinks = 1

// allowedGrowth is by how many bytes the server may grow for a list of any length.
const allowedGrowth = 64 << 20

// A list of a million links is whole and in order, and the server never holds more
// than a small part of it. The test is not parallel: it measures.
func TestAMillionLinksAreListedInLittleMemory(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the memory of a process is read from /proc, which is Linux's")
	}
	for name, database := range map[string]struct {
		url  func(t *testing.T) string
		open func(url string) (*sql.DB, error)
	}{
		"sqlite": {
			url: func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "list.db") },
			open: func(url string) (*sql.DB, error) {
				return sql.Open("sqlite3", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_synchronous=OFF")
			},
		},
		"postgres": {
			url:  func(t *testing.T) string { return storetest.Postgres(t) },
			open: func(url string) (*sql.DB, error) { return sql.Open("pgx", url) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			links := 1_000_000
			if underRace {
				links = 20_000
			}
			url := database.url(t)
			readStructure(t, startProcess(t, url)) // makes the schema and stops
			db, err := database.open(url)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			for _, statement := range []string{fmt.Sprintf(fillLinks, links), "ANALYZE comanage_links"} {
				if _, err := db.Exec(statement); err != nil {
					t.Fatal(err)
				}
			}
			p := startProcess(t, url)
			for range 20 { // grow to what small requests take
				p.readList(t, ".json?orgidentityid=35", jsonIDs)
				p.readList(t, ".xml?orgidentityid=35", xmlIDs)
			}
			for _, list := range []struct {
				path  string
				ids   idReader
				links int
			}{
				{".xml?copersonid=12", xmlIDs, links/20 + demoLinks},
				{".json", jsonIDs, links + demoLinks},
			} {
				before, began := p.memory(t), time.Now()
				count, largest := p.readList(t, list.path, list.ids)
				grown := largest - before
				t.Logf("%s: %d links in %v, grown by %d KiB", list.path, count, time.Since(began), grown>>10)
				if count != list.links {
					t.Errorf("%s: %d links, want %d", list.path, count, list.links)
				}
				if !underRace && grown >= allowedGrowth {
					t.Errorf("%s: the server grew by %d bytes", list.path, grown)
				}
			}
		})
	}
}

// readList reads a list of links to its end and returns how many there are, and the
// largest memory of the process meanwhile. It fails the test if ids do not ascend or
// the document is not whole.
func (p *process) readList(t *testing.T, path string, ids idReader) (count int, largest int64) {
	t.Helper()
	req, err := http.NewRequest("GET", p.url+"/co_org_identity_links"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("co_1.demo", "demo-secret")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %s", path, resp.Status)
	}
	last := 0
	err = ids(resp.Body, func(text string) error {
		id, err := strconv.Atoi(text)
		if err != nil || id <= last {
			return fmt.Errorf("id %q follows %d", text, last)
		}
		last = id
		count++
		if count%2000 == 1 {
			largest = max(largest, p.memory(t))
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: after %d links: %v", path, count, err)
	}
	return count, largest
}

// idReader calls each with the id of every row of a list, and fails unless the list
// is one whole document.
type idReader func(list io.Reader, each func(id string) error) error

func jsonIDs(list io.Reader, each func(id string) error) error {
	decoder := json.NewDecoder(list)
	for token := json.Token(nil); token != json.Delim('['); {
		var err error
		if token, err = decoder.Token(); err != nil {
			return err
		}
	}
	for decoder.More() {
		var row struct{ ID string }
		if err := decoder.Decode(&row); err != nil {
			return err
		}
		if err := each(row.ID); err != nil {
			return err
		}
	}
	for _, end := range []json.Token{json.Delim(']'), json.Delim('}'), nil} {
		token, err := decoder.Token()
		if token != end || err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("%v where %v ends the document: %w", token, end, err)
		}
	}
	return nil
}

func xmlIDs(list io.Reader, each func(id string) error) error {
	decoder := xml.NewDecoder(list)
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row, ok := token.(xml.StartElement)
		if !ok || row.Name.Local != "CoOrgIdentityLink" {
			continue
		}
		for _, attribute := range row.Attr {
			if attribute.Name.Local != "Id" {
				continue
			}
			if err := each(attribute.Value); err != nil {
				return err
			}
		}
	}
}

// memory is what the process holds in memory, in bytes.
func (p *process) memory(t *testing.T) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatalf("%v in %s", err, status)
	}
	return kilobytes << 10
}
