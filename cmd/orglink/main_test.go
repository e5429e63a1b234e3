package main

import (
	"database/sql"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"orglink/store/storetest"
)

// TestMain lets the test binary be orglink itself, for the scripts and for the
// tests that need a process of their own to kill.
func TestMain(m *testing.M) {
	testscript.Main(testRunner{m}, map[string]func(){"orglink": main})
}

type testRunner struct{ m *testing.M }

func (r testRunner) Run() int { return storetest.Main(r.m) }

func TestCommandLine(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestPostgresSchemasNeedMigrating(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("CREATE SCHEMA fresh"); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/postgres",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ORGLINK_DATABASE_URL", url+"&search_path=fresh")
			return nil
		},
	})
}
