package store_test

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

// openWired opens a store at the end of a wire.
func openWired(t *testing.T) (s *store.Store, w *wire, beside *sql.DB) {
	t.Helper()
	w, through, besideURL := newWire(t)
	s, err := store.Open(t.Context(), store.Config{URL: through + "&default_query_exec_mode=exec"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if beside, err = sql.Open("pgx", besideURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { beside.Close() })
	return s, w, beside
}

// stored counts the business units of the key.
func stored(t *testing.T, db *sql.DB, key string) (n int) {
	t.Helper()
	if err := db.QueryRow("SELECT count(*) FROM cux_business_units WHERE key = $1", key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPostgresWriteThatBreaksOffBeforeItsCommitRunsAgain(t *testing.T) {
	t.Parallel()
	s, w, beside := openWired(t)
	runs := 0
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		if runs++; runs == 1 {
			if err := tx.CuxPutBusinessUnit("FIRST"); err != nil {
				return err
			}
			w.cut()
		}
		return tx.CuxPutBusinessUnit("SECOND")
	})
	if err != nil || runs != 2 {
		t.Fatalf("got %v after %d runs", err, runs)
	}
	if first, second := stored(t, beside, "FIRST"), stored(t, beside, "SECOND"); first != 0 || second != 1 {
		t.Errorf("of the run that broke off %d rows are left, of the other %d", first, second)
	}
}

// Nobody knows whether a COMMIT without an answer was done: what is not repeatable would
// be done twice.
func TestPostgresWriteWhoseCommitHasNoAnswerIsNotRunAgain(t *testing.T) {
	t.Parallel()
	s, w, beside := openWired(t)
	w.muteCommits()
	runs := 0
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		runs++
		return tx.CuxPutBusinessUnit("DONE")
	})
	if err == nil || errors.Is(err, store.ErrBusy) || runs != 1 {
		t.Errorf("got %v after %d runs; ErrBusy would say that nothing was done", err, runs)
	}
	for deadline := time.Now().Add(10 * time.Second); stored(t, beside, "DONE") == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the COMMIT did not arrive: the test shows nothing")
		}
	}
}

func TestPostgresWriteToADatabaseThatIsNotThereIsBusy(t *testing.T) {
	t.Parallel()
	s, w, _ := openWired(t)
	w.refuse(true)
	w.cut()
	put := func(tx *store.Tx) error { return tx.CuxPutBusinessUnit("UNIT") }
	if err := s.Write(t.Context(), put); !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	w.refuse(false)
	if err := s.Write(t.Context(), put); err != nil {
		t.Errorf("when it is there again: %v", err)
	}
}

// A machine that vanished costs a write its patience, not that for each attempt.
func TestPostgresWriteToASilentMachineIsBusySoon(t *testing.T) {
	t.Parallel()
	s, w, _ := openWired(t)
	before := w.silence()
	w.cut()
	err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.CuxPutBusinessUnit("UNIT") })
	if !errors.Is(err, store.ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	if tried := w.silence() - before; tried < 1 || tried > 3 {
		t.Errorf("the write tried to connect %d times", tried)
	}
}

func TestPostgresReadsDoNotFailForConnectionsThatBrokeMeanwhile(t *testing.T) {
	t.Parallel()
	s, w, _ := openWired(t)
	readers := func(rest time.Duration) {
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				err := s.Read(t.Context(), func(q *store.Query) error {
					_, err := q.CuxBusinessUnit("UNIT")
					if errors.Is(err, store.ErrNotFound) {
						var slept int
						err = q.DB().Raw("SELECT 1 FROM pg_sleep(?)", rest.Seconds()).Scan(&slept).Error
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	readers(100 * time.Millisecond) // each has a connection of its own
	w.cut()
	readers(0)
}

// A server that takes no writes is not asked again, where another is in its place.
func TestPostgresWriteLeavesAServerThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	s, w, beside := openWired(t)
	var name string
	if err := beside.QueryRow("SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	readOnly := func(value string) {
		ctx := context.Background()
		conn, err := beside.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for _, statement := range []string{"SET default_transaction_read_only = off", "ALTER DATABASE " + name + " SET default_transaction_read_only = " + value} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	readOnly("on")
	w.cut()
	runs := 0
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		if runs++; runs == 1 {
			readOnly("off") // for connections that are made from now on
		}
		return tx.CuxPutBusinessUnit("UNIT")
	})
	if err != nil || runs < 2 {
		t.Errorf("got %v after %d runs", err, runs)
	}
}

// What the URL says of how to reach Postgres reaches the driver.
func TestPostgresURLMayNameSeveralHosts(t *testing.T) {
	t.Parallel()
	_, through, beside := newWire(t)
	there, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := url.Parse(through)
	if err != nil {
		t.Fatal(err)
	}
	w, _, _ := newWire(t)
	w.refuse(true)
	both := strings.Replace(beside, there.Host, w.listener.Addr().String()+","+gone.Host, 1)
	s, err := store.Open(t.Context(), store.Config{URL: both + "&target_session_attrs=read-write&connect_timeout=2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
