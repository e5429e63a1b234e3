package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"orglink/cmd/orglink-bench/ledger"
	"orglink/store/storetest/pgserver"
)

type haCommand struct {
	Binary string        `default:"bin/orglink" placeholder:"FILE" help:"Orglink's program (default: ${default})."`
	Before time.Duration `default:"5s" help:"How long the load runs before the primary is killed (default: ${default})."`
	Detect time.Duration `default:"1s" help:"How long nobody notices that it is gone (default: ${default})."`
	After  time.Duration `default:"5s" help:"How long the load runs after the standby was promoted (default: ${default})."`
}

// gapLimit is how long an author may wait for an acknowledged write.
const gapLimit = 3 * time.Second

// failover is a rehearsal: what Orglink connects to, and what is done once the standby
// was promoted.
type failover struct {
	name        string
	databaseURL string
	promoted    func() error
}

type haResult struct {
	name   string
	totals ledger.Totals
}

// Run loses the primary under two Orglinks, connected to it in two ways one after the
// other, and prints what was lost. Between them the old primary follows the new one.
func (c *haCommand) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "orglink-ha-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in a temporary directory
	primary, err := pgserver.Start(pgserver.Config{Durable: true, Settings: map[string]string{
		// For pg_rewind, which needs them and the log since the checkpoint before the
		// servers went different ways.
		"wal_log_hints": "on", "wal_keep_size": "128MB",
	}})
	if errors.Is(err, pgserver.ErrNotInstalled) {
		return skipped(err)
	}
	if err != nil {
		return err
	}
	defer primary.Stop() //nolint:errcheck // what is left is in a temporary directory
	standby, err := primary.Standby(ctx)
	if err != nil {
		return err
	}
	defer standby.Stop() //nolint:errcheck // what is left is in a temporary directory

	first, err := c.rehearse(ctx, filepath.Join(dir, "first"), primary, standby, failover{
		name:        "connection string of two hosts",
		databaseURL: pgserver.FailoverURL("postgres", primary, standby),
	})
	if err != nil {
		return err
	}
	if err := primary.Rejoin(ctx, standby); err != nil {
		return err
	}
	results := []haResult{first}
	second, err := c.pooled(ctx, filepath.Join(dir, "second"), standby, primary)
	if errors.Is(err, pgserver.ErrNoPooler) {
		err = skipped(err)
	} else if err == nil {
		results = append(results, second)
	}
	return errors.Join(printFailovers(results), err)
}

// pooled rehearses with a pooler between Orglink and the database.
func (c *haCommand) pooled(ctx context.Context, dir string, primary, standby *pgserver.Server) (haResult, error) {
	pooler, err := pgserver.StartPooler(primary)
	if err != nil {
		return haResult{}, err
	}
	defer pooler.Stop() //nolint:errcheck // what is left is in a temporary directory
	// A database of its own: its schema is made through the pooler.
	if err := primary.Exec(ctx, "CREATE DATABASE pooled"); err != nil {
		return haResult{}, err
	}
	return c.rehearse(ctx, dir, primary, standby, failover{
		name:        "pgbouncer, transaction mode",
		databaseURL: pooler.URL("pooled"),
		promoted:    func() error { return pooler.Follow(standby) },
	})
}

// rehearse kills the primary under load and promotes the standby.
func (c *haCommand) rehearse(ctx context.Context, dir string, primary, standby *pgserver.Server, f failover) (result haResult, err error) {
	result.name = f.name
	if err := os.Mkdir(dir, 0o755); err != nil {
		return result, err
	}
	db, err := sql.Open("pgx", f.databaseURL)
	if err != nil {
		return result, err
	}
	defer db.Close()
	var replicas []*serverProcess
	var urls []string
	for range 2 {
		orglink, err := orglinkCommand(c.Binary, dir, f.databaseURL)
		if err != nil {
			return result, err
		}
		replica, err := orglink.start(ctx)
		if err != nil {
			return result, err
		}
		defer replica.kill()
		replicas = append(replicas, replica)
		urls = append(urls, "http://"+orglink.addr)
	}
	l := ledger.Open(urls, db)
	stop, written := make(chan struct{}), make(chan error, 1)
	go func() { written <- l.Run(ctx, stop, ledger.GoOn) }()
	err = c.lose(ctx, primary, standby, f)
	close(stop)
	if err := errors.Join(err, <-written); err != nil {
		return result, err
	}
	limited, cancel := context.WithTimeout(ctx, recoveryLimit)
	defer cancel()
	if err := l.Settle(limited); err != nil {
		return result, err
	}
	result.totals = l.Totals()
	for _, replica := range replicas {
		if err := replica.stop(); err != nil {
			return result, err
		}
	}
	return result, nil
}

// lose is the failure itself, in the middle of the load.
func (c *haCommand) lose(ctx context.Context, primary, standby *pgserver.Server, f failover) error {
	time.Sleep(c.Before)
	if err := primary.Kill(); err != nil {
		return err
	}
	time.Sleep(c.Detect)
	if err := standby.Promote(ctx); err != nil {
		return err
	}
	if f.promoted != nil {
		if err := f.promoted(); err != nil {
			return err
		}
	}
	time.Sleep(c.After)
	return nil
}

// printFailovers prints the table, and fails if anything was lost or took too long.
func printFailovers(results []haResult) error {
	var failed error
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "scenario\tacknowledged\tlost\thalf\tfailed calls\tlongest gap\tlimit\n")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%v\t%v\n", r.name, r.totals.Acknowledged, len(r.totals.Lost),
			len(r.totals.Half), r.totals.Failed, r.totals.LongestGap.Round(time.Millisecond), gapLimit)
		failed = errors.Join(failed, r.verdict())
	}
	return errors.Join(w.Flush(), failed)
}

// verdict fails if anything was lost or took too long.
func (r haResult) verdict() error {
	err := broken(r.name, r.totals)
	if r.totals.LongestGap > gapLimit {
		err = errors.Join(err, fmt.Errorf("%s: a gap of %v, the limit is %v", r.name, r.totals.LongestGap, gapLimit))
	}
	return err
}
