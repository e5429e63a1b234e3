package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"orglink/store"
)

// A backup without a server: what was committed before is in the copy, which opens
// like any other database, and the original is left as it was.
func TestABackupIsADatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url, file := "sqlite:"+filepath.Join(dir, "o.db"), filepath.Join(dir, "file:copy?.db")
	s := openStore(t, url)
	kept, err := store.NewWorkspace("kept", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.EnsureWorkspace(kept) }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), url, file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy is not for its owner only: %v, %v", info.Mode(), err)
	}
	for _, database := range []string{url, "sqlite:" + file} {
		s := openStore(t, database)
		if _, err := s.Workspace(t.Context(), "kept"); err != nil {
			t.Errorf("%s: %v", database, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A backup that fails leaves no file, and never touches one that is there.
func TestAFailedBackupLeavesNothing(t *testing.T) {
	t.Parallel()
	good := "sqlite:" + filepath.Join(t.TempDir(), "o.db")
	if err := openStore(t, good).Close(); err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	other := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(other, make([]byte, 8192), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		ctx      context.Context
		url      string
		file     string
		existing string
		want     error
	}{
		"the file exists":      {t.Context(), good, "copy.db", "precious", fs.ErrExist},
		"no directory":         {t.Context(), good, "none/copy.db", "", fs.ErrNotExist},
		"no database":          {t.Context(), "sqlite:" + filepath.Join(t.TempDir(), "none.db"), "copy.db", "", nil},
		"no SQLite database":   {t.Context(), "sqlite:" + other, "copy.db", "", nil},
		"Postgres":             {t.Context(), "postgres://localhost/orglink", "copy.db", "", store.ErrNotEmbedded},
		"not a URL":            {t.Context(), "orglink.db", "copy.db", "", nil},
		"cancelled on the way": {cancelled, good, "copy.db", "", context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, test.file)
			if test.existing != "" {
				if err := os.WriteFile(file, []byte(test.existing), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := store.Backup(test.ctx, test.url, file)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if text, _ := os.ReadFile(file); string(text) != test.existing {
				t.Errorf("the file holds %q", text)
			}
			entries, err := os.ReadDir(dir)
			if err != nil || len(entries) > 1 || len(entries) == 1 && test.existing == "" {
				t.Errorf("left behind: %v (%v)", entries, err)
			}
		})
	}
}

// A backup goes on beside a transaction that writes and neither waits for it nor sees
// what it has not committed.
func TestABackupDoesNotWaitForAWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	url, file := "sqlite:"+filepath.Join(dir, "o.db"), filepath.Join(dir, "copy.db")
	s := openStore(t, url)
	writing, release, written := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		written <- s.Write(t.Context(), func(tx *store.Tx) error {
			err := tx.CuxPutBusinessUnit("BUYCO")
			close(writing)
			<-release
			return err
		})
	}()
	<-writing
	began := time.Now()
	if err := store.Backup(t.Context(), url, file); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 4*time.Second { // a busy database is waited for longer
		t.Errorf("the backup took %v", took)
	}
	close(release)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	copied, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	units := -1
	if err := copied.QueryRow("SELECT COUNT(*) FROM cux_business_units").Scan(&units); err != nil || units != 0 {
		t.Errorf("the copy holds %d units that were not committed (%v)", units, err)
	}
}
