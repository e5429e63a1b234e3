package storetest

import (
	"database/sql"
	"sync"
	"testing"

	"orglink/store"
)

// recycled opens stores on databases that others have left: to empty one takes a
// fraction of the time that it takes to make one.
type recycled struct {
	suite   *testing.T // in which the databases stay
	options string     // of their URLs

	mu   sync.Mutex
	free []string
}

func recycle(t *testing.T, options string) *recycled {
	return &recycled{suite: t, options: options, free: []string{Postgres(t) + options}}
}

func (r *recycled) open(t *testing.T) *store.Store {
	t.Helper()
	url := r.take()
	if url == "" {
		url = Postgres(r.suite) + r.options
	}
	t.Cleanup(func() { // after the store is closed
		if err := empty(url); err != nil {
			t.Errorf("empty the database: %v", err)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.free = append(r.free, url)
	})
	return openURL(t, url)
}

// take returns a free database, or "".
func (r *recycled) take() (url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last := len(r.free) - 1; last >= 0 {
		url, r.free = r.free[last], r.free[:last]
	}
	return url
}

// empty leaves the database as it was when it was migrated.
func empty(url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(`DO $$ DECLARE name text; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%' LOOP
			EXECUTE 'DELETE FROM ' || name;
		END LOOP;
		FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequencename NOT LIKE 'goose%' LOOP
			EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
		END LOOP;
	END $$`)
	return err
}
