package main

import (
	"testing"
	"time"

	"orglink/cmd/orglink-bench/ledger"
)

func TestARehearsalFailsForWhatIsLost(t *testing.T) {
	t.Parallel()
	one := []string{"a link"}
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"all is well":              {crashResult{integrity: sound, totals: ledger.Totals{Failed: 9}}.verdict(), false},
		"lost":                     {crashResult{integrity: sound, totals: ledger.Totals{Lost: one}}.verdict(), true},
		"half there":               {crashResult{integrity: sound, totals: ledger.Totals{Half: one}}.verdict(), true},
		"damaged":                  {crashResult{integrity: "row 7 missing from index"}.verdict(), true},
		"all is well in time":      {haResult{totals: ledger.Totals{LongestGap: gapLimit, Failed: 9}}.verdict(), false},
		"too late":                 {haResult{totals: ledger.Totals{LongestGap: gapLimit + time.Millisecond}}.verdict(), true},
		"lost in a failover":       {haResult{totals: ledger.Totals{Lost: one}}.verdict(), true},
		"half there in a failover": {haResult{totals: ledger.Totals{Half: one}}.verdict(), true},
	} {
		if (test.err != nil) != test.want {
			t.Errorf("%s: got %v", name, test.err)
		}
	}
}
