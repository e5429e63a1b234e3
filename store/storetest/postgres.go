// Package storetest holds the conformance suite of the store and the databases
// that tests run on.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"orglink/store"
	"orglink/store/storetest/pgserver"
)

// postgresVariable, set to "require", makes a missing Postgres a failure.
const postgresVariable = "ORGLINK_TEST_POSTGRES"

// Main runs a package's tests and then stops the Postgres server that they may
// have started. Packages that call [Postgres] call it from TestMain.
func Main(m *testing.M) int {
	code := m.Run()
	err := stopPooler()
	if shared.server != nil {
		err = errors.Join(err, shared.server.Stop())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "stop Postgres:", err)
		return max(code, 1)
	}
	return code
}

// Postgres returns the URL of a fresh, migrated database on a Postgres server
// that this process starts for its tests. Where Postgres is not installed the
// test is skipped, or fails if ORGLINK_TEST_POSTGRES=require.
func Postgres(t testing.TB) string {
	t.Helper()
	shared.once.Do(shared.start)
	if errors.Is(shared.err, pgserver.ErrNotInstalled) && os.Getenv(postgresVariable) != "require" {
		t.Skip("SKIPPED ON POSTGRES: ", shared.err)
	}
	if shared.err != nil {
		t.Fatalf("start Postgres: %v", shared.err)
	}
	name := fmt.Sprintf("test_%d", shared.databases.Add(1))
	createDatabase(t, name, templateDatabase)
	return shared.server.URL(name)
}

// createDatabase makes a database for the time of a test.
func createDatabase(t testing.TB, name, template string) {
	t.Helper()
	if err := shared.exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := shared.exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
}

// templateDatabase is migrated once and copied for every test.
const templateDatabase = "orglink_template"

// shared is the one Postgres server of a process's tests.
var shared sharedServer

type sharedServer struct {
	once      sync.Once
	err       error
	server    *pgserver.Server
	databases atomic.Int64
}

func (s *sharedServer) start() {
	if s.server, s.err = pgserver.Start(pgserver.Config{}); s.err != nil {
		return
	}
	if s.err = s.exec(`CREATE DATABASE ` + templateDatabase); s.err != nil {
		return
	}
	s.err = store.Migrate(context.Background(), s.server.URL(templateDatabase))
}

func (s *sharedServer) exec(statement string) error {
	return s.server.Exec(context.Background(), statement)
}
