package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"orglink/server/fault"
	"orglink/server/request"
)

type logKey struct{}

// logLine collects what the one log line of a request says beside its outcome.
type logLine struct {
	trace trace
	cause error
	// brokenOff says that the answer failed after its status was sent.
	brokenOff bool
}

// logged writes one line a request: operation, workspace, status, duration, trace,
// and the cause of a failure. Neither query nor headers nor bodies are logged: they
// hold credentials and masked values.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		line := &logLine{trace: traceOf(r.Header)}
		info := &request.Info{}
		ctx := context.WithValue(r.Context(), logKey{}, line)
		ctx = request.With(ctx, info)
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		s.inFlight.Add(1)
		defer func() {
			took := time.Since(began)
			s.inFlight.Add(-1)
			if observer := s.observers[info.OperationID]; observer != nil {
				observer(recorder.status, took)
			}
			s.logRequest(ctx, r, recorder.status, took, line, info)
		}()
		next.ServeHTTP(recorder, r.WithContext(ctx))
	})
}

// newObservers asks for what is told of the requests of each operation, and of those that
// none serves.
func (s *Server) newObservers(observe func(operationID string) func(int, time.Duration)) map[string]func(int, time.Duration) {
	observers := map[string]func(int, time.Duration){"": observe("")}
	for _, item := range s.document.Paths.Map() {
		for _, op := range item.Operations() {
			observers[op.OperationID] = observe(op.OperationID)
		}
	}
	return observers
}

func (s *Server) logRequest(ctx context.Context, r *http.Request, status int, took time.Duration, line *logLine, info *request.Info) {
	attrs := []slog.Attr{
		slog.String("operation_id", info.OperationID),
		slog.String("workspace", info.WorkspaceName),
		slog.String("method", r.Method),
		slog.Int("status", status),
		slog.Duration("duration", took),
	}
	if line.cause != nil {
		attrs = append(attrs, slog.String("cause", line.cause.Error()))
	}
	if line.brokenOff {
		attrs = append(attrs, slog.Bool("broken_off", true))
	}
	s.log.LogAttrs(ctx, level(status), "request", attrs...)
}

// statusRecorder remembers the status of a response.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (w *statusRecorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection's writer.
func (w *statusRecorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush implements http.Flusher, which streaming handlers need.
func (w *statusRecorder) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// recovered turns a handler's panic into an internal fault.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p) // the way to break a response off in its middle
			default:
				err = &fault.Fault{Kind: fault.Internal, Cause: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
			}
		}()
		return next(c)
	}
}
