package main

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// With --validate-responses, what the document does not have is not sent, wherever it
// comes from: here, from a row that somebody else wrote.
func TestARowThatTheDocumentDoesNotHaveIsNotAnswered(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "o.db")
	p := startProcess(t, "sqlite:"+file, "--validate-responses")
	db, err := sql.Open("sqlite3", "file:"+file+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO cux_links VALUES ('default', '4f0c2a6e-8d31-4b7a-9e52-6c1d0f3b8a94', 'BUYCO', '1', '2020-12-18', 'secret')`); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest("GET", p.url+"/client/users/0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10/business/units/links/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-token")
	resp, err := p.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	const want = "cuxListBusinessUnitLinks 200: body #/0/status: enum"
	if got := resp.Header.Get("X-Orglink-Violation"); resp.StatusCode != 500 || got != want {
		t.Errorf("got %d %q, want 500 %q", resp.StatusCode, got, want)
	}
	p.cmd.Process.Kill()
	p.cmd.Wait() // its error tells of the signal
	if log := p.log.String(); !strings.Contains(log, want) || strings.Contains(log, "secret") {
		t.Errorf("log: %s", log)
	}
}
