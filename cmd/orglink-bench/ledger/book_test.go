package ledger

import "testing"

func TestABookToleratesWhatWasSentAfterTheLastAcknowledgedOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stored     map[string]string
		lost, half int
	}{
		"the acknowledged one":         {map[string]string{"a": "2", "b": ""}, 0, 0},
		"one that was not answered":    {map[string]string{"a": "4", "b": "1"}, 0, 0},
		"an earlier one":               {map[string]string{"a": "1"}, 1, 0},
		"nothing":                      {map[string]string{}, 1, 0},
		"one that nobody sent":         {map[string]string{"a": "1 and 2"}, 0, 1},
		"a thing that nobody wrote of": {map[string]string{"a": "2", "c": "1"}, 0, 1},
	} {
		var b book
		for _, content := range []string{"1", "2"} {
			b.send("a", content)
			b.acknowledge()
		}
		for _, content := range []string{"3", "4"} {
			b.send("a", content)
		}
		b.send("b", "1")
		lost, half := b.settle(test.stored)
		if len(lost) != test.lost || len(half) != test.half {
			t.Errorf("%s: lost are %q, half %q", name, lost, half)
		}
		if lost, half := b.settle(test.stored); len(lost)+len(half) > 0 {
			t.Errorf("%s: told twice: %q, %q", name, lost, half)
		}
	}
}
