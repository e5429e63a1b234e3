package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// facts are what was measured once a round, by server.
type facts map[string][]float64

func (f facts) add(server string, value float64) { f[server] = append(f[server], value) }

// The facts, as they are named in the tables.
const (
	factMemory     = "peak memory after the load"
	factStart      = "start to the first 200, demo applied before"
	factUpload     = "first upload of %d units in one PUT"
	factList       = "list of %d links"
	factListMemory = "list of %d links: peak memory"
)

// starts measures how long it takes from the start of a process to its first answer.
func (c *benchCommand) starts(ctx context.Context, e *engine, r *report) error {
	commands := map[string]func() (serverCommand, error){}
	for _, name := range inTurn(0) {
		url, err := e.newDatabase(ctx, name, dataset{rows: 1})
		if err != nil {
			return err
		}
		commands[name] = func() (serverCommand, error) { return e.baseline(url, "shared") }
		if name == orglinkName {
			commands[name] = func() (serverCommand, error) { return e.orglink(url, "--demo") }
		}
	}
	found := facts{}
	for round := range c.Rounds + 2 {
		for _, name := range inTurn(round) {
			command, err := commands[name]()
			if err != nil {
				return err
			}
			p, err := command.start(ctx)
			if err != nil {
				return err
			}
			found.add(name, float64(p.firstOK)/float64(time.Millisecond))
			if err := p.stop(); err != nil {
				return err
			}
		}
	}
	r.addFact(e.name, factStart, "ms", found)
	return nil
}

// uploads measures the first upload of many units to an empty account.
func (c *benchCommand) uploads(ctx context.Context, e *engine, r *report) error {
	targets, err := e.serveAll(ctx, inTurn(0), dataset{rows: 1})
	defer killAll(targets)
	if err != nil {
		return err
	}
	found := facts{}
	for round := range min(c.Rounds, accUploads) {
		w := work{name: "first upload", family: "acc", status: http.StatusOK, method: http.MethodPut}
		path := "/hq/v1/accounts/" + uuidOf(accAccounts+1+round) + "/business_units_structure"
		body := uploadOf(c.Units, unitBase*(2+round))
		w.next = func(*target, *connection) (string, string) { return path, body }
		for n := range targets {
			t := targets[(n+round)%len(targets)]
			took, _, err := w.once(t)
			if err != nil {
				return err
			}
			found.add(t.name, float64(took)/float64(time.Millisecond))
		}
	}
	r.addFact(e.name, fmt.Sprintf(factUpload, c.Units), "ms", found)
	return stopAll(targets)
}

// uploadOf is a structure of new units, in which each has ten below it.
func uploadOf(units, firstID int) string {
	var body strings.Builder
	body.WriteString(`{"business_units":[`)
	for i := range units {
		parent := "null"
		if i > 0 {
			fmt.Fprint(&body, ",")
			parent = `"` + uuidOf(firstID+(i-1)/10) + `"`
		}
		fmt.Fprintf(&body, `{"id":"%s","parent_id":%s,"name":"Unit %d","description":"USA, Canada"}`, uuidOf(firstID+i), parent, i)
	}
	body.WriteString(`]}`)
	return body.String()
}

// lists measures the list of all links of an account that has very many. Each round is
// on a new process, so that the memory is that of the list.
func (c *benchCommand) lists(ctx context.Context, e *engine, r *report) error {
	took, memory := facts{}, facts{}
	for round := range min(c.Rounds, 3) {
		for _, name := range inTurn(round) {
			if err := c.list(ctx, e, name, took, memory); err != nil {
				return err
			}
		}
	}
	r.addFact(e.name, fmt.Sprintf(factList, c.Rows), "ms", took)
	r.addFact(e.name, fmt.Sprintf(factListMemory, c.Rows), "MiB", memory)
	return nil
}

func (c *benchCommand) list(ctx context.Context, e *engine, name string, took, memory facts) error {
	url, err := c.large(ctx, e, name)
	if err != nil {
		return err
	}
	t, err := e.serveFrom(ctx, name, url, c.largeDataset())
	if err != nil {
		return err
	}
	defer t.process.kill()
	w := work{name: "long list", family: "cux", status: http.StatusOK, method: http.MethodGet, next: cuxList(cuxAll)}
	lasted, length, err := w.once(t)
	if err != nil {
		return err
	}
	took.add(name, float64(lasted)/float64(time.Millisecond))
	if least := int64(c.Rows * len(`{"linkId":"1","businessUnit":"BUYCO","dateLinked":"","status":"LINKED"}`)); length < least {
		return fmt.Errorf("the list of %s is %d bytes long, want %d at least", name, length, least)
	}
	peak, err := t.process.peakMemory()
	memory.add(name, float64(peak)/(1<<20))
	return err
}

func (c *benchCommand) largeDataset() dataset { return dataset{rows: c.Rows, spare: c.spareFor(1)} }

// large is the server's large database, which is made once.
func (c *benchCommand) large(ctx context.Context, e *engine, server string) (url string, err error) {
	if url, made := e.large[server]; made {
		return url, nil
	}
	if url, err = e.newDatabase(ctx, server, c.largeDataset()); err == nil {
		e.large[server] = url
	}
	return url, err
}

// growths measures what calls cost where there are few rows and where there are many.
func (c *benchCommand) growths(ctx context.Context, e *engine, r *report) error {
	names := []string{orglinkName, baselineName}
	if c.Short {
		names = names[:1]
	}
	for _, name := range names {
		if err := c.growth(ctx, e, name, r); err != nil {
			return err
		}
	}
	return nil
}

// growth measures it of one server, on a small and on a large database.
func (c *benchCommand) growth(ctx context.Context, e *engine, name string, r *report) error {
	url, err := c.large(ctx, e, name)
	if err != nil {
		return err
	}
	small, err := e.serve(ctx, name, dataset{rows: smallRows, spare: c.spareFor(1)})
	if err != nil {
		return err
	}
	defer small.process.kill()
	large, err := e.serveFrom(ctx, name, url, c.largeDataset())
	if err != nil {
		return err
	}
	defer large.process.kill()
	small.name, large.name = smallName, largeName
	for _, w := range c.growing() {
		s, err := e.rounds(ctx, []*target{small, large}, w, targetConnections, c.Rounds, c.Slice)
		if err != nil {
			return err
		}
		r.addGrowth(e.name, name, w, c.Rows, s)
	}
	return stopAll([]*target{small, large})
}

// The two servers of a growth.
const (
	smallName = "small"
	largeName = "large"
)
