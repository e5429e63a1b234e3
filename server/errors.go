package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// handleError is Echo's error handler, the only place where an error becomes an
// answer: it is classified once, and the family of the path renders it.
func (s *Server) handleError(err error, c echo.Context) {
	r := c.Request()
	if c.Response().Committed {
		// What was sent of the answer must not pass for a whole one.
		noteBrokenOff(r.Context(), err)
		panic(http.ErrAbortHandler)
	}
	f := s.classify(err)
	if f.Kind == fault.MethodNotAllowed {
		f.Allow = allowedMethods(c)
		if overrun(c) {
			f = &fault.Fault{Kind: fault.NoRoute}
		}
	}
	s.refuse(c.Response(), r, f)
}

// refuse has the family of the request's path render the fault.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	fam := familyFrom(r.Context())
	if f.Kind == fault.NoRoute || f.Kind == fault.MethodNotAllowed {
		if check := fam.prechecks[""]; check != nil {
			if err := check(r, nil, f); err != nil {
				f = s.classify(err)
			}
		}
	}
	noteCause(r.Context(), f)
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	fam.render(w, r, f)
}

// classify turns any error into a fault. What it does not know is internal.
func (s *Server) classify(err error) *fault.Fault {
	var f *fault.Fault
	var httpError *echo.HTTPError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &httpError):
		return httpFault(httpError)
	case errors.Is(err, store.ErrNoWorkspace):
		return &fault.Fault{Kind: fault.NoRoute, Message: "There is no such workspace.", Cause: err}
	case errors.Is(err, store.ErrNotFound):
		return &fault.Fault{Kind: fault.NotFound, Cause: err}
	case errors.Is(err, store.ErrConflict):
		return &fault.Fault{Kind: fault.Conflict, Cause: err}
	case errors.Is(err, store.ErrStale):
		return &fault.Fault{Kind: fault.PreconditionFailed, Cause: err}
	case errors.Is(err, store.ErrBusy):
		return &fault.Fault{Kind: fault.Unavailable, RetryAfter: 1, Message: "The server is busy. Try again in a second.", Cause: err}
	case errors.Is(err, auth.ErrInvalidToken), errors.Is(err, auth.ErrExpiredToken):
		return &fault.Fault{Kind: fault.Unauthenticated, Cause: err}
	}
	return &fault.Fault{Kind: fault.Internal, Cause: err}
}

// httpFault classifies what the router and the generated binders report.
func httpFault(err *echo.HTTPError) *fault.Fault {
	kind := fault.Internal
	switch err.Code {
	case http.StatusNotFound:
		kind = fault.NoRoute
	case http.StatusMethodNotAllowed:
		kind = fault.MethodNotAllowed
	case http.StatusBadRequest:
		kind = fault.Malformed
	case http.StatusUnsupportedMediaType:
		kind = fault.UnsupportedMedia
	case http.StatusRequestEntityTooLarge:
		kind = fault.TooLarge
	}
	return &fault.Fault{Kind: kind, Cause: err}
}

func errBadEncoding(in string) *fault.Fault {
	return &fault.Fault{Kind: fault.Malformed, In: in, Message: "The " + in + " holds what is not text."}
}

// allowedMethods lists the methods that the document gives the path; the router
// adds OPTIONS, which it does not have.
func allowedMethods(c echo.Context) string {
	allow, _ := c.Get(echo.ContextKeyHeaderAllow).(string)
	var methods []string
	for _, method := range strings.Split(allow, ", ") {
		if method != http.MethodOptions && method != "" {
			methods = append(methods, method)
		}
	}
	c.Response().Header().Del(echo.HeaderAllow)
	return strings.Join(methods, ", ")
}

// noteCause keeps the cause of a failed request for its log line.
func noteCause(ctx context.Context, err error) {
	if line, ok := ctx.Value(logKey{}).(*logLine); ok && err != nil {
		line.cause = err
	}
}

// noteBrokenOff is noteCause for an answer that fails in its middle.
func noteBrokenOff(ctx context.Context, err error) {
	noteCause(ctx, err)
	if line, ok := ctx.Value(logKey{}).(*logLine); ok {
		line.brokenOff = true
	}
}

// level is the log level of a request by its status: 4xx are the caller's.
func level(status int) slog.Level {
	switch {
	case status >= 500:
		return slog.LevelError
	case status >= 400:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
