package server

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
)

// trace says which distributed trace a request belongs to, in the terms of the W3C's
// "Trace Context".
type trace struct {
	id     string
	parent string // the caller's own id in the trace; empty if the trace begins here
}

const traceparentLength = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

// traceOf is the trace that the request's traceparent names. Without a valid one, or
// with several, the trace begins here.
func traceOf(header http.Header) trace {
	if sent := header["Traceparent"]; len(sent) == 1 {
		if t, ok := parseTraceparent(sent[0]); ok {
			return t
		}
	}
	return newTrace()
}

func newTrace() trace {
	var id [16]byte
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64()|1) // an id of zeros only is none
	return trace{id: hex.EncodeToString(id[:])}
}

// parseTraceparent reads `version-traceid-parentid-flags`. A later version than the
// first may have more behind a further dash ("Trace Context", Versioning of traceparent).
func parseTraceparent(text string) (t trace, ok bool) {
	if len(text) < traceparentLength || text[2] != '-' || text[35] != '-' || text[52] != '-' {
		return t, false
	}
	version, rest := text[:2], text[traceparentLength:]
	t = trace{id: text[3:35], parent: text[36:52]}
	if version == "ff" || rest != "" && (version == "00" || rest[0] != '-') {
		return trace{}, false
	}
	if !lowerHex(version) || !lowerHex(t.id) || !lowerHex(t.parent) || !lowerHex(text[53:traceparentLength]) ||
		strings.Trim(t.id, "0") == "" || strings.Trim(t.parent, "0") == "" {
		return trace{}, false
	}
	return t, true
}

func lowerHex(text string) bool {
	for _, c := range []byte(text) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// tracedLog adds to every line the trace of the request that its context belongs to.
type tracedLog struct{ slog.Handler }

// Handle implements [slog.Handler].
func (h tracedLog) Handle(ctx context.Context, record slog.Record) error {
	if line, ok := ctx.Value(logKey{}).(*logLine); ok {
		ids := []slog.Attr{slog.String("trace_id", line.trace.id), slog.String("parent_id", line.trace.parent)}
		if line.trace.parent == "" {
			ids = ids[:1]
		}
		record.AddAttrs(ids...)
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements [slog.Handler].
func (h tracedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tracedLog{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h tracedLog) WithGroup(name string) slog.Handler { return tracedLog{h.Handler.WithGroup(name)} }
