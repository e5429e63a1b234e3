package store_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/mattn/go-sqlite3"

	"orglink/store"
)

// faultyDriver is the SQLite driver with faults on demand.
type faultyDriver struct {
	sqlite3.SQLiteDriver
	mu     sync.Mutex
	faults []fault
}

// fault fails the next statement that begins with the text.
type fault struct {
	statement string
	err       error
	// losing says that the database rolls the transaction back, as it does by itself
	// after some errors.
	losing bool
	// after is how many such statements go well before.
	after int
}

func (d *faultyDriver) inject(faults ...fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = slices.Clone(faults)
}

// take returns the fault of a statement, if it has one, and takes it off the list.
func (d *faultyDriver) take(statement string) (fault, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, f := range d.faults {
		switch {
		case !strings.HasPrefix(statement, f.statement):
		case f.after > 0:
			d.faults[i].after--
		default:
			d.faults = slices.Delete(d.faults, i, i+1)
			return f, true
		}
	}
	return fault{}, false
}

func (d *faultyDriver) Open(name string) (driver.Conn, error) {
	conn, err := d.SQLiteDriver.Open(name)
	if err != nil {
		return nil, err
	}
	return &faultyConn{conn.(*sqlite3.SQLiteConn), d}, nil
}

type faultyConn struct {
	*sqlite3.SQLiteConn
	driver *faultyDriver
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	f, faulty := c.driver.take(query)
	if !faulty {
		return c.SQLiteConn.ExecContext(ctx, query, args)
	}
	if f.losing {
		if _, err := c.Exec("ROLLBACK", nil); err != nil {
			return nil, errors.Join(f.err, err)
		}
	}
	return nil, f.err
}

var (
	errDisk = sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync}
	errFull = sqlite3.Error{Code: sqlite3.ErrFull}
	errBusy = sqlite3.Error{Code: sqlite3.ErrBusy}
)

func openDriver(t *testing.T, driver string) *store.Store {
	t.Helper()
	s, err := store.OpenDriver(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "faults.db"), driver)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func failAfterInsert(tx *store.Tx) error { return errors.Join(insert("second")(tx), errOwn) }

// fillDatabase keeps the database from growing and then writes more than it holds.
func fillDatabase(tx *store.Tx) error {
	if err := tx.Exec("PRAGMA max_page_count = 1"); err != nil { // no less than there are
		return err
	}
	return tx.Exec("INSERT INTO clients (workspace, family, id, secret_digest, scopes, grants) VALUES ('default', 'f', hex(zeroblob(1000000)), '', '', '')")
}

func TestFaultsOfTheDatabaseLeaveNothingHalfDone(t *testing.T) {
	t.Parallel()
	all := []string{"first", "second", "third"}
	// The first commit is that of the write that holds the others up.
	for name, test := range map[string]struct {
		faults  []fault
		second  func(*store.Tx) error // instead of an insertion
		failing []string              // whose callers get an error; the others' rows are stored
		is      error                 // what they get, if it is one of the store's
	}{
		"an I/O error on commit":                {faults: []fault{{statement: "COMMIT", after: 1, err: errDisk}}, failing: all},
		"an I/O error on commit, rolled back":   {faults: []fault{{statement: "COMMIT", after: 1, err: errDisk, losing: true}}, failing: all},
		"a full disk on commit":                 {faults: []fault{{statement: "COMMIT", after: 1, err: errFull}}, failing: all},
		"a locked database on commit":           {faults: []fault{{statement: "COMMIT", after: 1, err: errBusy}}, failing: all, is: store.ErrBusy},
		"a locked database":                     {faults: []fault{{statement: "BEGIN", err: errBusy}}, failing: all, is: store.ErrBusy},
		"an I/O error at the beginning":         {faults: []fault{{statement: "BEGIN", err: errDisk}}, failing: all},
		"a commit and a rollback that fail":     {faults: []fault{{statement: "COMMIT", after: 1, err: errDisk}, {statement: "ROLLBACK", err: errDisk}}, failing: all},
		"an I/O error in the first statement":   {faults: []fault{{statement: "INSERT", err: errDisk}}, failing: []string{"first"}},
		"a full disk in the first statement":    {faults: []fault{{statement: "INSERT", err: errFull, losing: true}}, failing: []string{"first"}},
		"an error and a rollback that fails":    {faults: []fault{{statement: "INSERT", err: errDisk}, {statement: "ROLLBACK", err: errDisk}}, failing: []string{"first"}},
		"a savepoint that fails":                {faults: []fault{{statement: "SAVEPOINT", err: errDisk}}, second: failAfterInsert, failing: []string{"first", "second"}},
		"a return to a savepoint that fails":    {faults: []fault{{statement: "ROLLBACK TO", err: errDisk}}, second: failAfterInsert, failing: []string{"second"}},
		"a disk that is full indeed":            {second: fillDatabase, failing: []string{"second"}},
		"a caller's own failure":                {second: failAfterInsert, failing: []string{"second"}},
		"a caller's failure, then the commit's": {faults: []fault{{statement: "COMMIT", after: 1, err: errDisk}}, second: failAfterInsert, failing: all},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			driver := &faultyDriver{}
			sql.Register(t.Name(), driver)
			b := holdWriterOf(t, openDriver(t, t.Name()))
			driver.inject(test.faults...)
			second := test.second
			if second == nil {
				second = insert("second")
			}
			b.add(t, "first", insert("first"))
			b.add(t, "second", second)
			b.add(t, "third", insert("third"))
			outcomes := b.release()
			wantOutcomes(t, outcomes, test.failing...)
			stored := map[string]bool{}
			for _, name := range all {
				stored[name] = outcomes[name] == nil
				if outcomes[name] != nil && test.is != nil && !errors.Is(outcomes[name], test.is) {
					t.Errorf("%s got %v, want %v", name, outcomes[name], test.is)
				}
			}
			b.wantStored(t, stored)
			if err := b.Write(t.Context(), insert("later")); err != nil {
				t.Errorf("the next write: %v", err)
			}
			b.wantStored(t, map[string]bool{"later": true})
		})
	}
}
