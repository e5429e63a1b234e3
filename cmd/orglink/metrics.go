package main

import (
	"database/sql"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"orglink/server"
	"orglink/store"
)

// metrics observes a server and its store, in a registry of its own.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	commits   prometheus.Histogram
	batches   prometheus.Histogram
	failures  prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "orglink_requests_total",
			Help: "Requests by operationId, which is empty where no operation served one, and status.",
		}, []string{"operation", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "orglink_request_duration_seconds",
			Help:    "Time from a request's head to the end of its answer, by operationId.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation"}),
		commits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "orglink_commit_duration_seconds",
			Help:    "Time of the commits that were tried, without the statements before them.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "orglink_commit_writes",
			Help:    "Writes that shared a commit.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 8),
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "orglink_commit_failures_total",
			Help: "Commits that failed, with all writes that shared them.",
		}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.commits, m.batches, m.failures,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// operation is for server.Config.Observe. The labels of an operation are looked up
// once, when it is first called, and those of a status when it first answers so.
func (m *metrics) operation(operationID string) func(status int, took time.Duration) {
	durations := sync.OnceValue(func() prometheus.Observer { return m.durations.WithLabelValues(operationID) })
	var requests sync.Map // by status
	return func(status int, took time.Duration) {
		counter, known := requests.Load(status)
		if !known {
			counter, _ = requests.LoadOrStore(status, m.requests.WithLabelValues(operationID, strconv.Itoa(status)))
		}
		counter.(prometheus.Counter).Inc()
		durations().Observe(took.Seconds())
	}
}

// commit is for store.Config.OnCommit.
func (m *metrics) commit(c store.Commit) {
	m.commits.Observe(c.Took.Seconds())
	m.batches.Observe(float64(c.Writes))
	if c.Err != nil {
		m.failures.Inc()
	}
}

// watch adds what is asked for at the time of a scrape.
func (m *metrics) watch(s *server.Server, st *store.Store) {
	m.gauge("orglink_requests_in_flight", "Requests under way.", nil, s.InFlight)
	m.gauge("orglink_write_queue_depth", "Writes that wait or run.", nil, st.QueueDepth)
	for name := range st.Pools() {
		pool := prometheus.Labels{"pool": name}
		stats := func() sql.DBStats { return st.Pools()[name] }
		m.gauge("orglink_database_connections_in_use", "Database connections at work.", pool,
			func() int { return stats().InUse })
		m.gauge("orglink_database_connections_idle", "Open database connections without work.", pool,
			func() int { return stats().Idle })
		m.gauge("orglink_database_connections_max", "Most database connections that are opened.", pool,
			func() int { return stats().MaxOpenConnections })
		m.counter("orglink_database_waits_total", "Times that a database connection was waited for.", pool,
			func() float64 { return float64(stats().WaitCount) })
		m.counter("orglink_database_wait_seconds_total", "Time that database connections were waited for.", pool,
			func() float64 { return stats().WaitDuration.Seconds() })
	}
}

func (m *metrics) gauge(name, help string, labels prometheus.Labels, value func() int) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, func() float64 { return float64(value()) }))
}

func (m *metrics) counter(name, help string, labels prometheus.Labels, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, value))
}
