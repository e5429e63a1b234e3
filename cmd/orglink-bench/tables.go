package main

import (
	"fmt"
	"io"
	"strings"
)

// row prints a row of a Markdown table.
func row(w io.Writer, cells ...string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// head prints the head of a table, of which the first columns are text.
func head(w io.Writer, text int, names ...string) {
	row(w, names...)
	rules := make([]string, len(names))
	for i := range rules {
		if rules[i] = "--:"; i < text {
			rules[i] = "---"
		}
	}
	row(w, rules...)
}

// unknown stands where nothing could be measured.
const unknown = "n/a"

func (s *summary) value() string {
	if s == nil {
		return unknown
	}
	return number(s.Median)
}

// number is a value with three digits or more.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// ratio is the median, and the bounds if there is more than one round.
func (s *summary) ratio() string {
	if s == nil {
		return unknown
	}
	return fmt.Sprintf("%s (%s-%s)", number(s.Median), number(s.Min), number(s.Max))
}

func (r report) printLoads(w io.Writer) {
	if len(r.Loads) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Load\n\nOrglink, and x times the baseline in the same round; \"each\" is the baseline with a commit of its own for each write.\n\n")
	head(w, 2, "database", "work", "conn", "req/s", "x", "x each", "p50 us", "x", "p99 us", "x", "CPU us", "x", "flushes", "x")
	for _, l := range r.Loads {
		own, by := l.Servers[orglinkName], l.Ratios[baselineName]
		flushes, flushRatio, each := "", "", ""
		if l.Write {
			flushes, flushRatio = own.Flushes.value(), by.Flushes.ratio()
		}
		if beside, measured := l.Ratios[eachName]; measured {
			each = beside.Rate.ratio()
		}
		row(w, l.Database, l.Work, fmt.Sprint(l.Connections), own.Rate.value(), by.Rate.ratio(), each,
			own.P50.value(), by.P50.ratio(), own.P99.value(), by.P99.ratio(), own.CPU.value(), by.CPU.ratio(), flushes, flushRatio)
	}
}

func (r report) printFacts(w io.Writer) {
	if len(r.Facts) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Start, memory, large answers and requests\n\n")
	head(w, 2, "database", "what", "unit", "Orglink", "baseline", "x")
	for _, f := range r.Facts {
		row(w, f.Database, f.What, f.Unit, f.Orglink.value(), f.Baseline.value(), f.Ratio.ratio())
	}
}

func (r report) printGrowths(w io.Writer) {
	if len(r.Growths) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## Growth\n\nA call with %d rows stored, x times what it is with %d; %d connections.\n\n", r.Growths[0].Rows, smallRows, targetConnections)
	head(w, 3, "database", "server", "work", "time", "CPU", "CPU us, small", "CPU us, large")
	for _, g := range r.Growths {
		row(w, g.Database, g.Server, g.Work, g.Time.ratio(), g.CPU.ratio(), g.Small.CPU.value(), g.Large.CPU.value())
	}
}

func (r report) printTargets(w io.Writer) {
	if len(r.Targets) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Targets\n\n")
	head(w, 3, "database", "what", "work", "target", "measured", "met")
	for _, v := range r.Targets {
		sign, met := "at most ", "no"
		if v.AtLeast {
			sign = "at least "
		}
		if v.Met {
			met = "yes"
		}
		row(w, v.Database, v.What, v.Work, sign+number(v.Limit), number(v.Measured), met)
	}
}
