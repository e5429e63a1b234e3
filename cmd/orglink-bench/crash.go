package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	_ "github.com/mattn/go-sqlite3" // the "sqlite3" driver

	"orglink/cmd/orglink-bench/ledger"
	"orglink/store/storetest/pgserver"
)

type crashCommand struct {
	Binary string `default:"bin/orglink" placeholder:"FILE" help:"Orglink's program (default: ${default})."`
	Rounds int    `default:"50" help:"How many times each database is killed under load (default: ${default})."`
}

// crashResult is what became of one database in all rounds.
type crashResult struct {
	database  string
	integrity string
	recovery  []time.Duration // from the kill to the next acknowledged write
	reconnect []time.Duration // the part of it after what was killed answered again
	totals    ledger.Totals
}

// Run kills Orglink on SQLite, and Postgres under Orglink, and prints what was lost.
func (c *crashCommand) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "orglink-crash-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left is in a temporary directory
	var results []crashResult
	var failed error
	for _, rehearse := range []func(context.Context, string) (crashResult, error){c.sqlite, c.postgres} {
		result, err := rehearse(ctx, dir)
		if errors.Is(err, pgserver.ErrNotInstalled) {
			failed = errors.Join(failed, skipped(err))
			continue
		}
		results = append(results, result)
		failed = errors.Join(failed, err)
	}
	return errors.Join(printCrashes(results), failed)
}

// sqlite kills Orglink itself.
func (c *crashCommand) sqlite(ctx context.Context, dir string) (result crashResult, err error) {
	result = crashResult{database: "SQLite, Orglink killed", integrity: sound}
	file := filepath.Join(dir, "crash.db")
	orglink, err := orglinkCommand(c.Binary, dir, "sqlite:"+file)
	if err != nil {
		return result, err
	}
	process, err := orglink.start(ctx)
	if err != nil {
		return result, err
	}
	defer func() { process.kill() }()
	db, err := sql.Open("sqlite3", "file:"+file+"?_busy_timeout=5000&_query_only=1")
	if err != nil {
		return result, err
	}
	defer db.Close()
	l := ledger.Open([]string{"http://" + orglink.addr}, db)
	defer func() { result.totals = l.Totals() }()
	kill := func() error { process.kill(); return nil }
	restart := func() error {
		next, err := orglink.start(ctx)
		if err == nil {
			process = next
		}
		return err
	}
	for range c.Rounds {
		if err := result.round(ctx, l, kill, restart); err != nil {
			return result, err
		}
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&result.integrity); err != nil || result.integrity != sound {
			return result, err
		}
	}
	return result, nil
}

// postgres kills Postgres while Orglink goes on.
func (c *crashCommand) postgres(ctx context.Context, dir string) (result crashResult, err error) {
	result = crashResult{database: "Postgres, killed under Orglink", integrity: sound}
	server, err := pgserver.Start(pgserver.Config{Durable: true})
	if err != nil {
		return result, err
	}
	defer server.Stop() //nolint:errcheck // what is left is in a temporary directory
	orglink, err := orglinkCommand(c.Binary, dir, server.URL("postgres"))
	if err != nil {
		return result, err
	}
	process, err := orglink.start(ctx)
	if err != nil {
		return result, err
	}
	defer process.kill()
	db, err := sql.Open("pgx", server.URL("postgres"))
	if err != nil {
		return result, err
	}
	defer db.Close()
	l := ledger.Open([]string{"http://" + orglink.addr}, db)
	defer func() { result.totals = l.Totals() }()
	for range c.Rounds {
		if err := result.round(ctx, l, server.Kill, server.Restart); err != nil {
			return result, err
		}
	}
	if _, err := db.ExecContext(ctx, checkIndexes); err != nil {
		result.integrity = err.Error()
	}
	return result, nil
}

// sound is the answer of SQLite's integrity_check where nothing is wrong.
const sound = "ok"

// checkIndexes fails where an index and its table do not agree.
const checkIndexes = `CREATE EXTENSION IF NOT EXISTS amcheck;
	SELECT bt_index_check(index.oid, true) FROM pg_class index JOIN pg_am kind ON kind.oid = index.relam
	WHERE kind.amname = 'btree' AND index.relkind = 'i' AND index.relpersistence = 'p'`

// recoveryLimit is how long Orglink may take until it acknowledges writes again.
const recoveryLimit = 30 * time.Second

// round kills at a random moment under load and looks what is left.
func (r *crashResult) round(ctx context.Context, l *ledger.Ledger, kill, restart func() error) error {
	stop, written := make(chan struct{}), make(chan error, 1)
	go func() { written <- l.Run(ctx, stop, ledger.Stop) }()
	time.Sleep(20*time.Millisecond + rand.N(700*time.Millisecond))
	began := time.Now()
	err := kill()
	close(stop)
	if err == nil {
		err = restart()
	}
	if err := errors.Join(err, <-written); err != nil {
		return err
	}
	answers := time.Now()
	limited, cancel := context.WithTimeout(ctx, recoveryLimit)
	defer cancel()
	if err := l.Recover(limited); err != nil {
		return err
	}
	r.recovery = append(r.recovery, time.Since(began))
	r.reconnect = append(r.reconnect, time.Since(answers))
	return l.Settle(limited)
}

// printCrashes prints the table, and fails if anything was lost.
func printCrashes(results []crashResult) error {
	var failed error
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "database\trounds\tacknowledged\tfailed calls\tlost\thalf\tintegrity\trecovery\tof it after the restart\n")
	for _, r := range results {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", r.database, len(r.recovery),
			r.totals.Acknowledged, r.totals.Failed, len(r.totals.Lost), len(r.totals.Half), r.integrity, spread(r.recovery), spread(r.reconnect))
		failed = errors.Join(failed, r.verdict())
	}
	return errors.Join(w.Flush(), failed)
}

// verdict fails if anything was lost.
func (r crashResult) verdict() error {
	err := broken(r.database, r.totals)
	if r.integrity != sound {
		err = errors.Join(err, fmt.Errorf("%s is damaged: %s", r.database, r.integrity))
	}
	return err
}

// spread is the median and the largest.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "-"
	}
	slices.Sort(times)
	return fmt.Sprintf("%v, at most %v", times[len(times)/2].Round(time.Millisecond), times[len(times)-1].Round(time.Millisecond))
}
