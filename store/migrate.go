package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the database that the URL names to the schema of this build.
func Migrate(ctx context.Context, databaseURL string) error {
	d, name, err := parseURL(databaseURL)
	if err != nil {
		return err
	}
	pool, err := sql.Open(d.driver, name)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer pool.Close()
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	provider, err := d.provider(pool)
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// A replica that starts asks so often, and so long, whether another one has migrated.
const (
	lockInterval = 200 * time.Millisecond
	lockTimeout  = 5 * time.Minute
)

// provider runs the dialect's migrations. On Postgres several replicas may start
// at once: one of them migrates, under a lock in a table rather than an advisory
// one, so that it works through a connection pooler, too.
func (d dialect) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+d.name)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if !d.embedded {
		locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(lockInterval, uint64(lockTimeout/lockInterval)))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithLocker(locker))
	}
	return goose.NewProvider(d.goose, pool, files, options...)
}

// checkSchema fails with ErrSchema unless the last applied migration is the last
// one of this build.
func (s *Store) checkSchema(ctx context.Context) error {
	var applied int64
	err := s.reads.WithContext(ctx).
		Raw("SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&applied).Error
	if err != nil {
		if s.ping(ctx) == nil { // the database answers: it was never migrated
			return fmt.Errorf("%w: it holds none", ErrSchema)
		}
		return fmt.Errorf("read the schema version: %w", err)
	}
	wanted, err := s.dialect.latest()
	if err != nil {
		return err
	}
	if applied != wanted {
		return fmt.Errorf("%w: it is at version %d, this build needs %d", ErrSchema, applied, wanted)
	}
	return nil
}

func (s *Store) ping(ctx context.Context) error {
	pool, err := s.reads.DB()
	if err != nil {
		return err
	}
	return pool.PingContext(ctx)
}

// latest is the version of the dialect's last migration.
func (d dialect) latest() (int64, error) {
	entries, err := migrations.ReadDir("migrations/" + d.name) // sorted by name
	if err != nil {
		return 0, err
	}
	if len(entries) == 0 {
		return 0, errors.New("no migrations are built in")
	}
	return goose.NumericComponent(entries[len(entries)-1].Name())
}
