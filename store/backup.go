package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotEmbedded says that the database has a server of its own, whose tools back it up.
var ErrNotEmbedded = errors.New("the database is not an embedded one")

// Backup copies the SQLite database that the URL names to a new file, also while a
// server writes to it. The copy holds all that was committed when it began and is on
// disk when Backup returns; what is not whole never has the file's name.
func Backup(ctx context.Context, databaseURL, file string) error {
	d, dataSource, err := parseURL(databaseURL)
	if err != nil {
		return err
	}
	if !d.embedded {
		return ErrNotEmbedded
	}
	if _, err := os.Lstat(file); err == nil {
		return &fs.PathError{Op: "write", Path: file, Err: fs.ErrExist}
	}
	// Tokens are signed with a key of the database: it is for its owner only, as
	// CreateTemp makes it.
	dir := filepath.Dir(file)
	partial, err := os.CreateTemp(dir, filepath.Base(file)+".partial-*")
	if err != nil {
		return err
	}
	err = vacuumInto(ctx, d.driver, dataSource, partial.Name())
	err = errors.Join(err, partial.Sync(), partial.Close())
	if err == nil {
		err = os.Link(partial.Name(), file) // which never overwrites, as a rename does
	}
	return errors.Join(err, os.Remove(partial.Name()), syncDir(dir))
}

// vacuumInto copies a database into an empty file. VACUUM INTO reads in one
// transaction, beside the writer of another process, and leaves free pages behind; the
// copy of pages in steps, which the driver offers, begins again whenever another
// process commits.
func vacuumInto(ctx context.Context, driver, dataSource, file string) error {
	source, _, _ := strings.Cut(dataSource, "?")
	db, err := sql.Open(driver, source+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		return err
	}
	defer db.Close()
	target, err := filepath.Abs(file) // a relative one could pass for a URI
	if err != nil {
		return err
	}
	if _, err = db.ExecContext(ctx, "VACUUM INTO ?", target); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}

// syncDir makes the names in a directory durable.
func syncDir(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
