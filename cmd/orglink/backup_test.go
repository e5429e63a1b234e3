package main

import (
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"orglink/store/storetest"
)

// A backup that is made while sixteen clients write holds every write that was
// acknowledged before it began, and serves as a database.
func TestABackupUnderLoadHoldsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	original, loaded, quiet := filepath.Join(dir, "o.db"), filepath.Join(dir, "loaded.db"), filepath.Join(dir, "quiet.db")
	const before = 200
	p := startProcess(t, "sqlite:"+original)
	acknowledged := p.writers(t, before, func() {
		backUp(t, original, loaded) // the other clients go on
		p.cmd.Process.Kill()
	})
	p.cmd.Wait() // its error tells of the signal
	if t.Failed() {
		t.Fatalf("log: %s", p.log)
	}
	checkIntegrity(t, loaded)
	restored := readStructure(t, startProcess(t, "sqlite:"+loaded))
	for _, id := range acknowledged[:before] {
		if !strings.Contains(restored, id) {
			t.Errorf("the acknowledged unit %s is not in the backup", id)
		}
	}
	t.Logf("%d writes were acknowledged before the backup, %d while it ran", before, len(acknowledged)-before)

	p = startProcess(t, "sqlite:"+original)
	backUp(t, original, quiet)
	if readStructure(t, p) != readStructure(t, startProcess(t, "sqlite:"+quiet)) {
		t.Error("the backup of a server without load differs from what it serves")
	}
}

// backUp runs `orglink backup` in a process of its own.
func backUp(t *testing.T, database, file string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	backup := &exec.Cmd{Path: self, Args: []string{"orglink", "backup", "--database-url", "sqlite:" + database, "--to", file}}
	if out, err := backup.CombinedOutput(); err != nil {
		t.Errorf("backup: %v: %s", err, out)
	}
}

func checkIntegrity(t *testing.T, database string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+database+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("%s: %s (%v)", database, verdict, err)
	}
}

var readmeDump = regexp.MustCompile("(?s)```sh\n(pg_dump .*?)```")

// The README's lines that back Postgres up and restore it, run while a server writes,
// carry over what was acknowledged before.
func TestThePostgresDumpOfTheReadmeHoldsWhatWasAcknowledged(t *testing.T) {
	if underRace {
		t.Skip("SKIPPED under the race detector: the backup is Postgres' own")
	}
	t.Parallel()
	database, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("pg_dump"); err != nil {
		if os.Getenv("ORGLINK_TEST_POSTGRES") == "require" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: pg_dump was not found; install PostgreSQL's client programs to run this test")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := readmeDump.FindSubmatch(readme)
	if lines == nil {
		t.Fatal("the README has no lines that begin with pg_dump")
	}
	env := append(os.Environ(), "PGHOST="+database.Hostname(), "PGPORT="+database.Port(), "PGUSER="+database.User.Username())
	sh := func(script string) {
		t.Helper()
		shell := exec.Command("sh", "-ec", script)
		shell.Dir, shell.Env = t.TempDir(), append(env, "ORGLINK_DATABASE_URL="+database.String())
		if out, err := shell.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	const before = 200
	p := startProcess(t, database.String())
	acknowledged := p.writers(t, before, func() {
		sh(string(lines[1]))
		p.cmd.Process.Kill()
	})
	p.cmd.Wait() // its error tells of the signal
	if t.Failed() {
		t.Fatalf("log: %s", p.log)
	}
	t.Cleanup(func() { sh("dropdb --force orglink_restored") })
	database.Path = "/orglink_restored"
	restored := readStructure(t, startProcess(t, database.String()))
	for _, id := range acknowledged[:before] {
		if !strings.Contains(restored, id) {
			t.Errorf("the acknowledged unit %s is not in the backup", id)
		}
	}
}
