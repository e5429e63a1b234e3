package storetest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"orglink/store/storetest/pgserver"
)

// Pooled returns the URL of a fresh, empty database on the Postgres server of this
// process, behind a pgbouncer in transaction mode. Where one of both is not installed the
// test is skipped, or fails if ORGLINK_TEST_POSTGRES=require.
func Pooled(t testing.TB) string {
	t.Helper()
	Postgres(t) // starts the server, or skips
	pooler.once.Do(func() { pooler.Pooler, pooler.err = pgserver.StartPooler(shared.server) })
	if errors.Is(pooler.err, pgserver.ErrNoPooler) && os.Getenv(postgresVariable) != "require" {
		t.Skip("SKIPPED BEHIND PGBOUNCER: ", pooler.err)
	}
	if pooler.err != nil {
		t.Fatalf("start pgbouncer: %v", pooler.err)
	}
	name := fmt.Sprintf("pooled_%d", shared.databases.Add(1))
	createDatabase(t, name, "template1")
	return pooler.URL(name)
}

// pooler is the one pgbouncer of a process's tests.
var pooler struct {
	*pgserver.Pooler
	once sync.Once
	err  error
}

func stopPooler() error {
	if pooler.Pooler == nil {
		return nil
	}
	return pooler.Stop()
}
