package store

import (
	"context"

	"gorm.io/gorm"
)

// Models lists every model, for the test that holds the migrations against them.
func Models() []any { return append([]any{&Workspace{}}, models()...) }

// AutoMigrate makes the tables as GORM reads the models, in the database that the
// URL names.
func AutoMigrate(databaseURL string) (*gorm.DB, error) {
	s, err := connect(context.Background(), databaseURL)
	if err != nil {
		return nil, err
	}
	if g, ok := s.writer.(*groupWriter); ok {
		s.reads = g.db.Session(&gorm.Session{})
	}
	return s.reads, s.reads.AutoMigrate(Models()...)
}

// DB is the database as reads see it.
func (s *Store) DB() *gorm.DB { return s.reads }

// Exec runs a statement of a test.
func (tx *Tx) Exec(statement string, args ...any) error { return tx.db.Exec(statement, args...).Error }

// Queued is how many writes wait for the group writer.
func (s *Store) Queued() int { return len(s.writer.(*groupWriter).jobs) }
