package main

import (
	"context"
	"errors"
	"fmt"

	"orglink/store"
)

type backupCommand struct {
	databaseFlag
	To string `required:"" placeholder:"FILE" help:"File to write, which must not exist yet."`
}

// Run copies the database, also while `orglink serve` writes to it.
func (c *backupCommand) Run(ctx context.Context) error {
	err := store.Backup(ctx, c.DatabaseURL, c.To)
	if errors.Is(err, store.ErrNotEmbedded) {
		return fmt.Errorf("%w: back up Postgres with its own tools: pg_dump --format=custom --dbname=URL --file=%s", err, c.To)
	}
	return err
}
