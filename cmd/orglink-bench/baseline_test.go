package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// All works are done on both servers, with answers of the same members: else what they
// cost could not be compared.
func TestTheBaselineAnswersAsOrglink(t *testing.T) {
	t.Parallel()
	for name, urls := range map[string]func(*testing.T) (orglink, baseline string){
		sqliteName: func(t *testing.T) (string, string) {
			dir := t.TempDir()
			return "sqlite:" + filepath.Join(dir, "orglink.db"), "sqlite:" + filepath.Join(dir, "baseline.db")
		},
		postgresName: func(t *testing.T) (string, string) {
			url := storetest.Postgres(t)
			return url, emptyBeside(t, url)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			orglinkURL, baselineURL := urls(t)
			d := dataset{rows: 2 * maxConnections, spare: 4}
			orglink := startOrglink(t, orglinkURL, d)
			baseline := startBaseline(t, baselineURL, d)
			for _, w := range works {
				for range 2 { // SAS' second update follows the version of the first
					for _, target := range []*target{orglink, baseline} {
						if _, _, err := w.once(target); err != nil {
							t.Error(err)
						}
					}
				}
				if diff := cmp.Diff(members(t, w, orglink), members(t, w, baseline)); diff != "" {
					t.Errorf("%s: answers of Orglink (-) and of the baseline (+): %s", w.name, diff)
				}
			}
		})
	}
}

func startOrglink(t *testing.T, url string, d dataset) *target {
	t.Helper()
	fixtures, err := d.fixtures()
	if err != nil {
		t.Fatal(err)
	}
	s := servertest.Start(t, servertest.Database(url), servertest.Demo(), servertest.Fixtures(string(fixtures)))
	fill(t, url, func(db *sql.DB, postgres bool) error { return d.fill(db, postgres, orglinkFill) })
	o := &target{name: orglinkName, process: &serverProcess{addr: s.Addr}, data: d}
	if err := o.logIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	return o
}

func startBaseline(t *testing.T, url string, d dataset) *target {
	t.Helper()
	fill(t, url, func(db *sql.DB, postgres bool) error { return fillBaseline(db, postgres, d) })
	db, err := openBaseline(url, maxBatch)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.close() })
	s := httptest.NewServer(baseline{db}.routes())
	t.Cleanup(s.Close)
	return &target{name: baselineName, process: &serverProcess{addr: s.Listener.Addr().String()}, data: d}
}

func fill(t *testing.T, url string, fill func(db *sql.DB, postgres bool) error) {
	t.Helper()
	db, err := openForFill(url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := fill(db, strings.HasPrefix(url, "postgres")); err != nil {
		t.Fatal(err)
	}
}

// emptyBeside makes an empty database on the server of another one.
func emptyBeside(t *testing.T, beside string) string {
	t.Helper()
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", beside)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	name := strings.TrimPrefix(u.Path, "/") + "_baseline"
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Exec("DROP DATABASE " + name + " WITH (FORCE)") })
	u.Path = "/" + name
	return u.String()
}

// members are the paths of all members of an answer to the work, sorted.
func members(t *testing.T, w work, on *target) []string {
	t.Helper()
	c := &connection{random: newRandom(0)}
	path, body := w.next(on, c)
	req, err := http.NewRequest(w.method, "http://"+on.process.addr+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", on.tokens[w.family])
	req.Header.Set("Content-Type", "application/json")
	if w.match != nil {
		req.Header.Set("If-Match", `"`+w.match(on, c)+`"`)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer any
	if err := json.Unmarshal(raw, &answer); err != nil || resp.StatusCode != w.status {
		t.Fatalf("%s of %s: %s %s", w.name, on.name, resp.Status, raw)
	}
	found := map[string]bool{}
	walk(answer, "", found)
	var list []string
	for path := range found {
		list = append(list, path)
	}
	slices.Sort(list)
	return list
}

// walk finds the paths, each with the type of its value; the elements of an array are
// alike.
func walk(value any, path string, found map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			walk(member, path+"."+name, found)
		}
	case []any:
		for _, element := range v {
			walk(element, path+"[]", found)
		}
	default:
		found[fmt.Sprintf("%s: %T", path, v)] = true
	}
}
