package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// report is all that a run found. Its JSON form holds all of it.
type report struct {
	Machine machine        `json:"machine"`
	Rounds  int            `json:"rounds"`
	Slice   string         `json:"slice"`
	Loads   []loadResult   `json:"loads"`
	Facts   []factResult   `json:"facts"`
	Growths []growthResult `json:"growths"`
	Targets []verdict      `json:"targets"`
}

// metrics sum up samples, or the ratios of samples. What is not known is nil.
type metrics struct {
	Rate    *summary `json:"requestsPerSecond"`
	P50     *summary `json:"p50Microseconds"`
	P99     *summary `json:"p99Microseconds"`
	CPU     *summary `json:"cpuMicrosecondsPerRequest"`
	Flushes *summary `json:"flushesPerRequest"`
}

// columns of samples, in the order of the members of metrics.
var columns = []func(sample) float64{
	func(s sample) float64 { return s.Rate },
	func(s sample) float64 { return s.P50 },
	func(s sample) float64 { return s.P99 },
	func(s sample) float64 { return s.CPU },
	func(s sample) float64 { return s.Flushes },
}

func column(samples []sample, value func(sample) float64) (values []float64) {
	for _, s := range samples {
		values = append(values, value(s))
	}
	return values
}

func metricsOf(values func(column func(sample) float64) []float64) metrics {
	var m metrics
	for i, into := range []**summary{&m.Rate, &m.P50, &m.P99, &m.CPU, &m.Flushes} {
		*into = summarize(values(columns[i]))
	}
	return m
}

// loadResult is a work at a number of connections: of each server, and of Orglink as
// ratio to the others in the same rounds.
type loadResult struct {
	Database    string             `json:"database"`
	Work        string             `json:"work"`
	Write       bool               `json:"write"`
	Connections int                `json:"connections"`
	Servers     map[string]metrics `json:"servers"`
	Ratios      map[string]metrics `json:"ratios"`
}

func (r *report) addLoad(database string, w work, connections int, s series) {
	result := loadResult{
		Database: database, Work: w.name, Write: w.write, Connections: connections,
		Servers: map[string]metrics{}, Ratios: map[string]metrics{},
	}
	for name, samples := range s {
		result.Servers[name] = metricsOf(func(value func(sample) float64) []float64 { return column(samples, value) })
		if name != orglinkName {
			result.Ratios[name] = metricsOf(func(value func(sample) float64) []float64 {
				return ratios(column(s[orglinkName], value), column(samples, value))
			})
		}
	}
	r.Loads = append(r.Loads, result)
}

// factResult is something that was measured once a round.
type factResult struct {
	Database string   `json:"database"`
	What     string   `json:"what"`
	Unit     string   `json:"unit"`
	Orglink  *summary `json:"orglink"`
	Baseline *summary `json:"baseline"`
	Ratio    *summary `json:"ratio"`
}

func (r *report) addFact(database, what, unit string, f facts) {
	r.Facts = append(r.Facts, factResult{
		database, what, unit, summarize(f[orglinkName]), summarize(f[baselineName]),
		summarize(ratios(f[orglinkName], f[baselineName])),
	})
}

// growthResult is what a call costs where much is stored, as ratio to what it costs
// where little is.
type growthResult struct {
	Database string   `json:"database"`
	Server   string   `json:"server"`
	Work     string   `json:"work"`
	Write    bool     `json:"write"`
	Rows     int      `json:"rows"`
	Small    metrics  `json:"small"`
	Large    metrics  `json:"large"`
	Time     *summary `json:"timeRatio"`
	CPU      *summary `json:"cpuRatio"`
}

func (r *report) addGrowth(database, server string, w work, rows int, s series) {
	small, large := s[smallName], s[largeName]
	of := func(samples []sample) metrics {
		return metricsOf(func(value func(sample) float64) []float64 { return column(samples, value) })
	}
	rate, cpu := columns[0], columns[3]
	r.Growths = append(r.Growths, growthResult{
		Database: database, Server: server, Work: w.name, Write: w.write, Rows: rows, Small: of(small), Large: of(large),
		Time: summarize(ratios(column(small, rate), column(large, rate))),
		CPU:  summarize(ratios(column(large, cpu), column(small, cpu))),
	})
}

// conclude prints the tables and fails if a target is missed.
func (c *benchCommand) conclude(r report) error {
	r.Targets = judge(r, c.Gate)
	r.print(os.Stdout)
	if c.JSON != "" {
		text, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.JSON, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	for _, v := range r.Targets {
		if v.Failed {
			return errors.New("a target is missed by more than the gate lets through")
		}
	}
	return nil
}

func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n\n%d rounds of %s; medians, in parentheses the least and the largest of the rounds.\n", r.Machine, r.Rounds, r.Slice)
	r.printLoads(w)
	r.printFacts(w)
	r.printGrowths(w)
	r.printTargets(w)
}
