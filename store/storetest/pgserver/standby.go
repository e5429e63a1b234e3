package pgserver

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// replicationTimeout is how long a standby may take to follow.
const replicationTimeout = 60 * time.Second

// Standby starts another server, which follows this one by streaming replication and
// has what this one acknowledged, before it is acknowledged.
func (s *Server) Standby(ctx context.Context) (*Server, error) {
	standby, err := prepare(s.config)
	if err != nil {
		return nil, err
	}
	standby, err = standby.begin(standby.run("pg_basebackup", "-D", standby.data(), "-d", s.conninfo(), "-R", "-c", "fast", "--no-sync"))
	if err != nil {
		return nil, err
	}
	if err := s.awaitStandby(ctx); err != nil {
		return nil, errors.Join(err, standby.Stop())
	}
	return standby, nil
}

// standbyName is the name by which a standby is known to the server that it follows.
const standbyName = "standby"

func (s *Server) conninfo() string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=postgres dbname=postgres application_name=%s", s.port, standbyName)
}

// awaitStandby has commits wait for the standby from now on, once it follows. The
// setting is the server's own: a standby that has it, too, would wait for a standby of
// itself once it is promoted.
func (s *Server) awaitStandby(ctx context.Context) error {
	for _, statement := range []string{
		"ALTER SYSTEM SET synchronous_standby_names = '" + standbyName + "'",
		"SELECT pg_reload_conf()",
	} {
		if err := s.Exec(ctx, statement); err != nil {
			return err
		}
	}
	deadline := time.Now().Add(replicationTimeout)
	for {
		var followers int
		err := s.admin.QueryRowContext(ctx, "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'").Scan(&followers)
		switch {
		case err != nil:
			return err
		case followers == 1:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("the standby does not follow within %v", replicationTimeout)
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}

// Promote makes a standby a server that takes writes.
func (s *Server) Promote(ctx context.Context) error {
	var promoted bool
	err := s.admin.QueryRowContext(ctx, "SELECT pg_promote(true, 60)").Scan(&promoted)
	if err == nil && !promoted {
		err = errors.New("the standby was not promoted within a minute")
	}
	return err
}

// Rejoin has a server that was killed follow the one that was promoted in its place.
func (s *Server) Rejoin(ctx context.Context, promoted *Server) error {
	// pg_rewind looks at the last checkpoint of the promoted server. Without a new one it
	// finds the old timeline in it, says that no rewind is required, and the server that
	// it should have rewound never follows.
	if err := promoted.Exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	if err := s.run("pg_rewind", "-D", s.data(), "--source-server", promoted.conninfo(), "-R", "--no-sync"); err != nil {
		return err
	}
	if err := s.Restart(); err != nil {
		return err
	}
	return promoted.awaitStandby(ctx)
}
