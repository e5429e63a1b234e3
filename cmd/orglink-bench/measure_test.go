package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPercentiles(t *testing.T) {
	t.Parallel()
	upTo := func(n int) (list []time.Duration) {
		for i := range n {
			list = append(list, time.Duration(i+1))
		}
		return list
	}
	for _, tc := range []struct {
		of      []time.Duration
		p       int
		largest time.Duration
	}{
		{nil, 50, 0},
		{upTo(1), 50, 1},
		{upTo(1), 99, 1},
		{upTo(2), 50, 1},
		{upTo(3), 50, 2},
		{upTo(99), 99, 99},
		{upTo(100), 99, 99},
		{upTo(101), 99, 100},
		{upTo(1000), 99, 990},
		{upTo(1000), 50, 500},
	} {
		if got := percentile(tc.of, tc.p); got != tc.largest {
			t.Errorf("percentile %d of %d values: got %d, want %d", tc.p, len(tc.of), got, tc.largest)
		}
	}
}

func TestRoundsAreSummedUpByTheirMedian(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		values []float64
		want   *summary
	}{
		"none":                 {nil, nil},
		"one":                  {[]float64{2}, &summary{2, 2, 2}},
		"an odd number":        {[]float64{9, 1, 2}, &summary{2, 1, 9}},
		"an even number":       {[]float64{4, 1, 9, 2}, &summary{3, 1, 9}},
		"one that nobody knew": {[]float64{4, -1, 9}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, summarize(tc.values)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The ratio of medians would hide what a round had in common.
func TestRatiosAreThoseOfTheSameRound(t *testing.T) {
	t.Parallel()
	got := summarize(ratios([]float64{10, 100, 30}, []float64{20, 100, 10}))
	if diff := cmp.Diff(&summary{1, 0.5, 3}, got); diff != "" {
		t.Error(diff)
	}
	for name, unknown := range map[string][]float64{
		"of what is not known": ratios([]float64{1, -1}, []float64{1, 1}),
		"by what is not known": ratios([]float64{1, 1}, []float64{1, -1}),
		"by nothing":           ratios([]float64{1}, []float64{0}),
		"of nothing":           ratios([]float64{0}, []float64{0}),
	} {
		if got := summarize(unknown); got != nil {
			t.Errorf("%s: got %v, want none", name, got)
		}
	}
}

func TestFlushesAreThoseOfTheDevice(t *testing.T) {
	t.Parallel()
	const diskstats = `   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
 254       0 vda 383624 56124 33052802 637292 2880939 1421401 271027952 5969723 0 1168256 7509668 850689 129 225395816 409861 727354 492791
 254       1 vda1 383624 56124 33052802 637292 2880939 1421401 271027952 5969723 0 1168256 7509668 850689 129 225395816 409861 0 0
   8       0 sda 1 2 3 4 5 6 7 8 9 10 11
`
	for name, tc := range map[string]struct {
		device string
		count  int64
		known  bool
	}{
		"a disk":                        {"254:0", 727354, true},
		"a partition":                   {"254:1", 0, false},
		"a kernel that does not count":  {"8:0", 0, false},
		"a device that is not there":    {"9:0", 0, false},
		"a number that begins with one": {"54:0", 0, false},
	} {
		if count, known := parseFlushes(diskstats, tc.device); count != tc.count || known != tc.known {
			t.Errorf("%s: got %d, %t; want %d, %t", name, count, known, tc.count, tc.known)
		}
	}
}

func TestTheFileSystemThatHoldsADirectory(t *testing.T) {
	t.Parallel()
	const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
23 22 0:20 / /proc rw,nosuid shared:5 - proc proc rw
30 22 8:1 / /data rw - xfs /dev/sda1 rw
31 30 0:35 / /data/tmp rw - tmpfs tmpfs rw
`
	for dir, want := range map[string]string{
		"/": "254:0", "/home/bench": "254:0", "/data": "8:1", "/data/bench": "8:1", "/database": "254:0", "/data/tmp/x": "0:35",
	} {
		if got, ok := parseMounts(mountinfo, dir); !ok || got.device != want {
			t.Errorf("%s: got %+v, want %s", dir, got, want)
		}
	}
	if got, ok := parseMounts("", "/"); ok {
		t.Errorf("without mounts: got %+v", got)
	}
}
