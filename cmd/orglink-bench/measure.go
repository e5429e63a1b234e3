package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// sample is what one slice of load on one server showed.
type sample struct {
	Rate    float64 // requests a second
	P50     float64 // microseconds
	P99     float64 // microseconds
	CPU     float64 // of the server, microseconds a request
	Flushes float64 // a request; negative if not known
}

// series are the samples of the servers of one work at one number of connections, one a
// round, by server.
type series map[string][]sample

// warmUp is how long each server is loaded before the rounds.
func warmUp(slice time.Duration) time.Duration { return min(slice/2, 250*time.Millisecond) }

// rounds loads the servers in turn, in alternating order: the others are idle meanwhile.
func (e *engine) rounds(ctx context.Context, targets []*target, w work, connections, rounds int, slice time.Duration) (series, error) {
	conns := make([][]*connection, len(targets))
	defer func() {
		for _, c := range slices.Concat(conns...) {
			c.close()
		}
	}()
	for i, t := range targets {
		for n := range connections {
			c, err := dial(t.process.addr, n)
			if err != nil {
				return nil, err
			}
			conns[i] = append(conns[i], c)
		}
		if _, err := e.load(ctx, t, w, conns[i], warmUp(slice)); err != nil {
			return nil, err
		}
	}
	found := series{}
	for round := range rounds {
		for n := range targets {
			i := n
			if round%2 == 1 {
				i = len(targets) - 1 - n
			}
			s, err := e.load(ctx, targets[i], w, conns[i], slice)
			if err != nil {
				return nil, err
			}
			found[targets[i].name] = append(found[targets[i].name], s)
		}
	}
	return found, nil
}

// load makes calls from all connections for as long as the slice lasts.
func (e *engine) load(ctx context.Context, t *target, w work, conns []*connection, slice time.Duration) (sample, error) {
	if err := ctx.Err(); err != nil {
		return sample{}, err
	}
	latencies, errs := make([][]time.Duration, len(conns)), make([]error, len(conns))
	cpu, err := t.process.cpu()
	if err != nil {
		return sample{}, err
	}
	flushes, known := e.flushes()
	began := time.Now()
	var loops sync.WaitGroup
	for i, c := range conns {
		loops.Go(func() {
			for sent := time.Now(); sent.Sub(began) < slice; {
				if errs[i] = w.do(t, c); errs[i] != nil {
					return
				}
				now := time.Now()
				latencies[i] = append(latencies[i], now.Sub(sent))
				sent = now
			}
		})
	}
	loops.Wait()
	took := time.Since(began)
	for _, err := range errs {
		if err != nil {
			return sample{}, err
		}
	}
	cpuAfter, err := t.process.cpu()
	if err != nil {
		return sample{}, err
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	calls := float64(len(all))
	s := sample{
		Rate: calls / took.Seconds(), P50: micros(percentile(all, 50)), P99: micros(percentile(all, 99)),
		CPU: micros(cpuAfter-cpu) / calls, Flushes: -1,
	}
	if flushesAfter, still := e.flushes(); known && still {
		s.Flushes = float64(flushesAfter-flushes) / calls
	}
	return s, nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// percentile is the smallest of sorted values that p percent of them are not above.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}
