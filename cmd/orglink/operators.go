package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type operatorFlags struct {
	MetricsAddr string `env:"ORGLINK_METRICS_ADDR" placeholder:"ADDR" help:"Serve Prometheus metrics at /metrics on an address of their own; :PORT is on loopback."`
	Pprof       bool   `env:"ORGLINK_PPROF" help:"Serve profiles at /debug/pprof/ on the address of the metrics."`
}

func (f operatorFlags) check() error {
	if f.MetricsAddr == "" {
		if f.Pprof {
			return errors.New("--pprof needs --metrics-addr, where it answers")
		}
		return nil
	}
	if _, _, err := net.SplitHostPort(f.MetricsAddr); err != nil {
		return fmt.Errorf("--metrics-addr %q is not HOST:PORT", f.MetricsAddr)
	}
	return nil
}

// serve serves the operators' port, on loopback unless its address names another host,
// until it is closed. It is none of the API's: what it tells is not for the API's callers.
func (f operatorFlags) serve(m *metrics, logger *slog.Logger) (io.Closer, error) {
	host, port, err := net.SplitHostPort(f.MetricsAddr)
	if err != nil {
		return nil, err
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	errorLog := slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	operators := &http.Server{Handler: f.routes(m, errorLog), ReadHeaderTimeout: 10 * time.Second, ErrorLog: errorLog}
	go func() {
		if err := operators.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			logger.Error("metrics are not served any more", "cause", err.Error())
		}
	}()
	fmt.Printf("Metrics     http://%s/metrics\n", listener.Addr())
	return operators, nil
}

func (f operatorFlags) routes(m *metrics, errorLog *log.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: errorLog}))
	if f.Pprof {
		// All but the command line, which may hold secrets.
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	}
	return mux
}
