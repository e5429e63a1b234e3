package server_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// eachBenchDatabase runs a benchmark on every database.
func eachBenchDatabase(b *testing.B, run func(b *testing.B, database servertest.Option)) {
	b.Run("sqlite", func(b *testing.B) {
		run(b, servertest.Database("sqlite:"+filepath.Join(b.TempDir(), "orglink.db")))
	})
	b.Run("postgres", func(b *testing.B) { run(b, servertest.Database(storetest.Postgres(b))) })
}

// accTimed sends a PUT and returns how long it took.
func accTimed(b *testing.B, s *servertest.Server, path, body string) time.Duration {
	b.Helper()
	req, err := http.NewRequest(http.MethodPut, s.URL+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	for name, value := range accHeader {
		req.Header.Set(name, value)
	}
	began := time.Now()
	resp, err := s.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return time.Since(began)
}

// accWide is units from first on, at most ten below each.
func accWide(first, n int) string {
	units := make([]string, n)
	for i := range units {
		parent := 0
		if i > 0 {
			parent = first + (i-1)/10
		}
		units[i] = accUnit(first+i, parent, fmt.Sprint("u", i))
	}
	return accUnits(units...)
}

// One unit is renamed and moved in an account of 100,000 units, and in one of 100. The
// ratio is that of the medians, taken in turns.
func BenchmarkAccOneUnitOfManyCostsWhatOneOfFewDoes(b *testing.B) {
	eachBenchDatabase(b, func(b *testing.B, database servertest.Option) {
		s := servertest.Start(b, database, servertest.Demo())
		const many, first = 100_000, 1_000_000
		accTimed(b, s, accEU, accWide(1, 100))
		for part := range 5 {
			accTimed(b, s, accUS, accWide(first+part*many/5, many/5))
		}
		var few, much []time.Duration
		for i := 0; b.Loop(); i++ {
			// The last unit goes to and fro between two of the third level.
			few = append(few, accTimed(b, s, accEU, accUnits(accUnit(100, 2+i%2, fmt.Sprint("n", i)))))
			much = append(much, accTimed(b, s, accUS, accUnits(accUnit(first+many-1, first+many*4/5+2+i%2, fmt.Sprint("n", i)))))
		}
		b.ReportMetric(float64(median(much))/float64(median(few)), "times-as-long")
	})
}

// Units of a first upload of 20,000 are held against those of one of 1,000.
func BenchmarkAccTwentyThousandUnitsCostEachWhatAThousandDo(b *testing.B) {
	eachBenchDatabase(b, func(b *testing.B, database servertest.Option) {
		s := servertest.Start(b, database, servertest.Demo())
		var few, much []time.Duration
		for i := 1; b.Loop(); i++ {
			few = append(few, accTimed(b, s, accEU, accWide(i*100_000, 1_000)))
			much = append(much, accTimed(b, s, accUS, accWide(i*100_000+50_000, 20_000)))
		}
		b.ReportMetric(float64(median(much))/20/float64(median(few)), "times-as-long-each")
		b.ReportMetric(median(much).Seconds(), "s/upload")
	})
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}
