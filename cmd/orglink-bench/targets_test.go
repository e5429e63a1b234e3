package main

import "testing"

func TestTargetsAndTheirGate(t *testing.T) {
	t.Parallel()
	of := func(median float64) *summary { return &summary{median, median / 2, median * 2} }
	load := func(write bool, rate, cpu float64) report {
		return report{Loads: []loadResult{{
			Database: sqliteName, Work: cuxListOne, Write: write, Connections: targetConnections,
			Ratios: map[string]metrics{baselineName: {Rate: of(rate), CPU: of(cpu)}},
		}}}
	}
	fact := func(database, what string, ratio float64) report {
		return report{Facts: []factResult{{Database: database, What: what, Ratio: of(ratio)}}}
	}
	for name, tc := range map[string]struct {
		report      report
		gate        float64
		met, failed int
	}{
		"all met":                       {load(true, 0.8, 1.8), 1, 2, 0},
		"a rate missed":                 {load(true, 0.79, 1.8), 1, 1, 1},
		"CPU missed":                    {load(true, 0.8, 1.81), 1, 1, 1},
		"a rate missed, let through":    {load(true, 0.41, 1.8), 0.5, 1, 0},
		"a rate missed by more":         {load(true, 0.39, 1.8), 0.5, 1, 1},
		"CPU missed, let through":       {load(true, 0.8, 3.59), 0.5, 1, 0},
		"CPU missed by more":            {load(true, 0.8, 3.61), 0.5, 1, 1},
		"a read has targets of its own": {load(false, 0.65, 2), 1, 2, 0},
		"the start of the embedded":     {fact(sqliteName, factStart, 8.1), 1, 0, 1},
		"the start on Postgres":         {fact(postgresName, factStart, 8.1), 1, 0, 0},
		"memory":                        {fact(postgresName, factMemory, 3), 1, 1, 0},
		"growth of Orglink": {report{Growths: []growthResult{
			{Server: orglinkName, Time: of(1.2), CPU: of(1.4)}, {Server: baselineName, Time: of(9), CPU: of(9)},
		}}, 1, 1, 1},
		"other numbers of connections": {report{Loads: []loadResult{{Connections: 64}}}, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			met, failed := 0, 0
			for _, v := range judge(tc.report, tc.gate) {
				if v.Met {
					met++
				}
				if v.Failed {
					failed++
				}
			}
			if met != tc.met || failed != tc.failed {
				t.Errorf("%d met and %d failed, want %d and %d", met, failed, tc.met, tc.failed)
			}
		})
	}
}
