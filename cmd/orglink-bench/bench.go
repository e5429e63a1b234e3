package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"orglink/store/storetest/pgserver"
)

// benchCommand measures Orglink beside the baseline.
type benchCommand struct {
	Binary      string        `default:"bin/orglink" placeholder:"FILE" help:"Orglink's binary (default: ${default})."`
	Databases   []string      `enum:"sqlite,postgres" default:"sqlite,postgres" help:"Databases (default: ${default})."`
	Works       []string      `placeholder:"WORD,..." help:"Only works whose names hold one of the words, such as CUX,ACC."`
	Only        []string      `enum:"load,start,list,upload,growth" default:"load,start,list,upload,growth" help:"Parts (default: ${default})."`
	Connections []int         `default:"1,16,64" help:"Numbers of connections, at most 64 (default: ${default})."`
	Rounds      int           `default:"5" help:"Rounds of each measurement (default: ${default})."`
	Slice       time.Duration `default:"2s" help:"How long a server is loaded in a round (default: ${default})."`
	Rows        int           `default:"1000000" help:"Rows of the long list and of the large database (default: ${default})."`
	Units       int           `default:"20000" help:"Units of the first upload (default: ${default})."`
	Short       bool          `help:"A short form, under a minute: less of everything."`
	Gate        float64       `default:"1" help:"Fail if a target is missed by more than this fraction of it: 1 is the target itself (default: ${default})."`
	JSON        string        `placeholder:"FILE" help:"Write the results to FILE, too."`
	Dir         string        `default:"bin" placeholder:"DIR" help:"Where databases are made, on a disk that is to be measured (default: ${default})."`
}

// smallRows is how many rows of each kind are stored where the number is not what is
// measured, and in the small database of the growth.
const smallRows = 1000

// Run measures, prints the tables and fails if a target is missed.
func (c *benchCommand) Run(ctx context.Context) error {
	if c.Short {
		c.Connections, c.Rounds, c.Slice, c.Rows, c.Units = []int{targetConnections}, 2, 250*time.Millisecond, 100_000, 5000
	}
	if c.Rounds < 1 || len(c.Connections) == 0 || slices.Min(c.Connections) < 1 || slices.Max(c.Connections) > maxConnections || c.Gate <= 0 {
		return errors.New("rounds, connections and gate must be above 0, and connections at most 64")
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.Dir, "bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what is left has a telling name
	// Postgres runs under an account of its own.
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	r := report{Machine: describeMachine(dir), Rounds: c.Rounds, Slice: c.Slice.String()}
	for _, name := range c.Databases {
		if err := c.measure(ctx, name, dir, &r); err != nil {
			return err
		}
	}
	return c.conclude(r)
}

// measure measures on one of the databases.
func (c *benchCommand) measure(ctx context.Context, name, dir string, r *report) error {
	e, err := newEngine(name, dir, c.Binary)
	if errors.Is(err, pgserver.ErrNotInstalled) {
		return skipped(err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err := e.close(); err != nil {
			fmt.Fprintln(os.Stderr, "stop Postgres:", err)
		}
	}()
	embedded := e.server == nil
	for _, part := range []struct {
		name  string
		run   func(context.Context, *engine, *report) error
		asked bool // of this database
	}{
		{"load", c.loads, true},
		{"start", c.starts, embedded},
		{"upload", c.uploads, embedded || !c.Short},
		{"list", c.lists, embedded || !c.Short},
		{"growth", c.growths, true},
	} {
		if !part.asked || !slices.Contains(c.Only, part.name) {
			continue
		}
		began := time.Now()
		if err := part.run(ctx, e, r); err != nil {
			return fmt.Errorf("%s, %s: %w", name, part.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s: %s, %v\n", name, part.name, time.Since(began).Round(time.Second))
	}
	return nil
}

// chosen are the works that the command line asks for.
func (c *benchCommand) chosen() (list []work) {
	for _, w := range works {
		if len(c.Works) == 0 || slices.ContainsFunc(c.Works, func(word string) bool { return strings.Contains(w.name, word) }) {
			list = append(list, w)
		}
	}
	return list
}

// growing are those of them whose growth is measured.
func (c *benchCommand) growing() (list []work) {
	for _, w := range c.chosen() {
		short := w.family == "cux" || w.family == "comanage"
		if w.name != cuxListMany && (short || !c.Short) {
			list = append(list, w)
		}
	}
	return list
}

// spareFor is how many org identities may be linked while a work is measured: more than
// any server here links in that time.
func (c *benchCommand) spareFor(slices int) int {
	const ratePerSecond = 25_000
	each := c.Slice + warmUp(c.Slice)
	return int(float64(slices*(c.Rounds+1))*each.Seconds()*ratePerSecond) + maxConnections
}

// loads makes all works at all numbers of connections.
func (c *benchCommand) loads(ctx context.Context, e *engine, r *report) error {
	d := dataset{rows: smallRows, spare: c.spareFor(len(c.Connections))}
	names := inTurn(0)
	if e.server == nil {
		names = append(names, eachName) // Postgres groups commits by itself
	}
	targets, err := e.serveAll(ctx, names, d)
	defer killAll(targets)
	if err != nil {
		return err
	}
	for _, w := range c.chosen() {
		if err := targets[0].logIn(ctx); err != nil {
			return err
		}
		beside := targets
		if !w.write {
			beside = targets[:2]
		}
		for _, connections := range c.Connections {
			s, err := e.rounds(ctx, beside, w, connections, c.Rounds, c.Slice)
			if err != nil {
				return err
			}
			r.addLoad(e.name, w, connections, s)
		}
	}
	memory := facts{}
	for _, t := range targets[:2] {
		peak, err := t.process.peakMemory()
		if err != nil {
			return err
		}
		memory.add(t.name, float64(peak)/(1<<20))
	}
	r.addFact(e.name, factMemory, "MiB", memory)
	return stopAll(targets)
}

func (e *engine) serveAll(ctx context.Context, names []string, d dataset) (targets []*target, err error) {
	for _, name := range names {
		t, err := e.serve(ctx, name, d)
		if err != nil {
			return targets, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

func killAll(targets []*target) {
	for _, t := range targets {
		t.process.kill()
	}
}

func stopAll(targets []*target) error {
	var errs []error
	for _, t := range targets {
		errs = append(errs, t.process.stop())
	}
	return errors.Join(errs...)
}
