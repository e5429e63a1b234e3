package pgserver_test

import (
	"database/sql"
	"errors"
	"os"
	"testing"

	"orglink/store/storetest/pgserver"
)

func start(t *testing.T, config pgserver.Config) *pgserver.Server {
	t.Helper()
	s, err := pgserver.Start(config)
	if errors.Is(err, pgserver.ErrNotInstalled) && os.Getenv("ORGLINK_TEST_POSTGRES") != "require" {
		t.Skip("SKIPPED: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestACommittedRowOutlivesTheServersDeath(t *testing.T) {
	t.Parallel()
	s := start(t, pgserver.Config{Durable: true, Settings: map[string]string{"work_mem": "5MB"}})
	for _, statement := range []string{"CREATE TABLE kept (i int)", "INSERT INTO kept VALUES (7)"} {
		if err := s.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	db, err := sql.Open("pgx", s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), "SELECT 1"); err == nil {
		t.Fatal("a killed server answers")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	var got int
	var fsync, workMem string
	row := db.QueryRow("SELECT i, current_setting('fsync'), current_setting('work_mem') FROM kept")
	if err := row.Scan(&got, &fsync, &workMem); err != nil || got != 7 || fsync != "on" || workMem != "5MB" {
		t.Errorf("got %d, fsync %s, work_mem %s, %v", got, fsync, workMem, err)
	}
}
