package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"orglink/store/storetest"
)

// scrape reads the metrics: values by name and labels.
func (p *process) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	status, text := get(t, p.metrics)
	if status != http.StatusOK {
		t.Fatalf("%s: got %d", p.metrics, status)
	}
	values := map[string]float64{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		i := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(strings.TrimSpace(line[i+1:]), 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		values[line[:i]] = value
	}
	return values
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestMetricsCountWhatWasServed(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]struct {
		url  func(t *testing.T) string
		pool string
	}{
		"sqlite":   {func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "m.db") }, "reads"},
		"postgres": {func(t *testing.T) string { return storetest.Postgres(t) }, "all"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProcess(t, database.url(t), "--metrics-addr", ":0")
			if !strings.HasPrefix(p.metrics, "http://127.0.0.1:") {
				t.Errorf("want the metrics on loopback: %s", p.metrics)
			}
			if status, _ := get(t, p.operators("/debug/pprof/heap")); status != http.StatusNotFound {
				t.Errorf("a profile without the flag: got %d", status)
			}
			before := p.scrape(t)
			finish := p.beginWrite(t)
			if during := p.scrape(t); during["orglink_requests_in_flight"] != 1 {
				t.Errorf("%v requests are in flight, want 1", during["orglink_requests_in_flight"])
			}
			finish()
			for i := range 5 {
				p.wantStatus(t, 200, demoStructure)
				p.wantStatus(t, 404, fmt.Sprintf("/no/such/path/%d", i))
			}
			p.do("PUT", demoStructure, `{`)
			eventually(t, "no request is in flight", func() bool { return p.scrape(t)["orglink_requests_in_flight"] == 0 })
			got := p.scrape(t)
			for series, want := range map[string]float64{
				`orglink_requests_total{operation="accGetBusinessUnitsStructure",status="200"}`:    5,
				`orglink_requests_total{operation="accPutBusinessUnitsStructure",status="200"}`:    1,
				`orglink_requests_total{operation="accPutBusinessUnitsStructure",status="400"}`:    1,
				`orglink_requests_total{operation="",status="404"}`:                                5,
				`orglink_request_duration_seconds_count{operation="accGetBusinessUnitsStructure"}`: 5,
				`orglink_request_duration_seconds_count{operation="accPutBusinessUnitsStructure"}`: 2,
				`orglink_request_duration_seconds_bucket{operation="",le="+Inf"}`:                  5,
				`orglink_commit_writes_sum`:                                         before["orglink_commit_writes_sum"] + 1,
				`orglink_commit_duration_seconds_count`:                             before["orglink_commit_duration_seconds_count"] + 1,
				`orglink_commit_failures_total`:                                     0,
				`orglink_write_queue_depth`:                                         0,
				`orglink_database_connections_in_use{pool="` + database.pool + `"}`: 0,
				`orglink_database_waits_total{pool="` + database.pool + `"}`:        0,
			} {
				if value, there := got[series]; !there || value != want {
					t.Errorf("%s: got %v (%v), want %v", series, value, there, want)
				}
			}
			for _, series := range []string{
				`orglink_database_connections_idle{pool="` + database.pool + `"}`, `orglink_database_connections_max{pool="` + database.pool + `"}`,
				"go_goroutines", "process_resident_memory_bytes", "orglink_commit_duration_seconds_sum",
			} {
				if got[series] <= 0 {
					t.Errorf("%s: got %v", series, got[series])
				}
			}
		})
	}
}

func TestTheOperatorsPortIsNotTheAPIs(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db"), "--metrics-addr", "localhost:0", "--pprof")
	for name, test := range map[string]struct {
		url  string
		want int
	}{
		"metrics on the API's port":   {p.url + "/metrics", 404},
		"profiles on the API's port":  {p.url + "/debug/pprof/heap", 404},
		"the API on the operators'":   {p.operators("/orglink/v1/version"), 404},
		"a profile":                   {p.operators("/debug/pprof/heap"), 200},
		"the list of profiles":        {p.operators("/debug/pprof/"), 200},
		"a trace":                     {p.operators("/debug/pprof/trace?seconds=0.01"), 200},
		"the command line":            {p.operators("/debug/pprof/cmdline"), 404},
		"metrics beside the profiles": {p.operators("/metrics"), 200},
	} {
		t.Run(name, func(t *testing.T) {
			if status, body := get(t, test.url); status != test.want {
				t.Errorf("%s: got %d, want %d; %.200s", test.url, status, test.want, body)
			}
		})
	}
}

func (p *process) operators(path string) string {
	return strings.TrimSuffix(p.metrics, "/metrics") + path
}

// What the metrics cost of each request.
func BenchmarkObserve(b *testing.B) {
	observe := newMetrics().operation("cuxPutBusinessUnitLink")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			observe(http.StatusOK, time.Millisecond)
		}
	})
}
