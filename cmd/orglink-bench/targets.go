package main

// targetConnections is the number of connections that the targets are for.
const targetConnections = 16

// The targets, as ratios to the baseline of the same run.
const (
	leastWriteSQLite   = 0.8
	leastWriteEach     = 3.5
	leastWritePostgres = 0.75
	leastReadSQLite    = 0.65
	leastReadPostgres  = 0.7
	leastList          = 0.7
	mostCPUOfRead      = 2.0
	mostCPUOfWrite     = 1.8
	mostStart          = 8.0
	mostMemory         = 3.0
	mostGrowth         = 1.3
)

// verdict holds what was measured against a target.
type verdict struct {
	Database string  `json:"database"`
	What     string  `json:"what"`
	Work     string  `json:"work"`
	AtLeast  bool    `json:"atLeast"`
	Limit    float64 `json:"target"`
	Measured float64 `json:"measured"`
	Met      bool    `json:"met"`
	Failed   bool    `json:"failed"` // by more than the gate lets through
}

// judge holds the medians of a report against the targets. A gate of 1 lets nothing
// through, one of 0.5 half of what is wanted or twice what is allowed.
func judge(r report, gate float64) (list []verdict) {
	add := func(database, what, work string, atLeast bool, limit float64, s *summary) {
		if s == nil {
			return
		}
		v := verdict{Database: database, What: what, Work: work, AtLeast: atLeast, Limit: limit, Measured: s.Median}
		if atLeast {
			v.Met, v.Failed = v.Measured >= limit, v.Measured < limit*gate
		} else {
			v.Met, v.Failed = v.Measured <= limit, v.Measured > limit/gate
		}
		list = append(list, v)
	}
	for _, l := range r.Loads {
		if l.Connections != targetConnections {
			continue
		}
		what, limit := rateTarget(l)
		add(l.Database, what, l.Work, true, limit, l.Ratios[baselineName].Rate)
		add(l.Database, "durable write / one commit each", l.Work, true, leastWriteEach, l.Ratios[eachName].Rate)
		if l.Write {
			add(l.Database, "CPU per write", l.Work, false, mostCPUOfWrite, l.Ratios[baselineName].CPU)
		} else {
			add(l.Database, "CPU per read", l.Work, false, mostCPUOfRead, l.Ratios[baselineName].CPU)
		}
	}
	for _, f := range r.Facts {
		switch {
		case f.What == factMemory:
			add(f.Database, f.What, "", false, mostMemory, f.Ratio)
		case f.What == factStart && f.Database == sqliteName:
			add(f.Database, f.What, "", false, mostStart, f.Ratio)
		}
	}
	for _, g := range r.Growths {
		if g.Server != orglinkName {
			continue
		}
		add(g.Database, "growth of time", g.Work, false, mostGrowth, g.Time)
		add(g.Database, "growth of CPU", g.Work, false, mostGrowth, g.CPU)
	}
	return list
}

// rateTarget is what the rate of a work is to be, and what the target is called.
func rateTarget(l loadResult) (what string, least float64) {
	switch {
	case l.Write && l.Database == sqliteName:
		return "durable write", leastWriteSQLite
	case l.Write:
		return "durable write", leastWritePostgres
	case l.Work == cuxListMany:
		return "list of 100", leastList
	case l.Database == sqliteName:
		return "read of one record", leastReadSQLite
	}
	return "read of one record", leastReadPostgres
}
