package server

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// What a request costs before and after its work: the log line, with a trace of its
// own and with the caller's.
func BenchmarkRequestLog(b *testing.B) {
	for name, header := range map[string]http.Header{
		"new trace":      {},
		"caller's trace": {"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
	} {
		b.Run(name, func(b *testing.B) {
			var log bytes.Buffer
			s := &Server{log: slog.New(tracedLog{slog.NewJSONHandler(&log, nil)})}
			handler := s.logged(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header = header
			w := httptest.NewRecorder()
			b.ReportAllocs()
			for b.Loop() {
				log.Reset()
				handler.ServeHTTP(w, r)
			}
		})
	}
}
