package main

import (
	"context"

	"orglink/store"
)

type migrateCommand struct {
	databaseFlag
}

// Run migrates the database.
func (c *migrateCommand) Run(ctx context.Context) error {
	return store.Migrate(ctx, c.DatabaseURL)
}
