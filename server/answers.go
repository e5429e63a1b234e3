package server

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"

	"orglink/server/conform"
	"orglink/server/fault"
	"orglink/server/request"
)

// Headers of [Config.ValidateResponses].
const (
	// violationHeader tells in a 500 what of the answer in its place was not as the
	// document says.
	violationHeader = "X-Orglink-Violation"
	// uncheckedHeader tells what of an answer was not checked, and why.
	uncheckedHeader = "X-Orglink-Unchecked"
)

// mostHeld is how much of a body is held back for a check, in bytes. Lists that the
// vendors do not page have no bound of their own.
const mostHeld = 16 << 20

// answers is what answers requests: the router, behind the check if it is asked for. The
// document with its answers is loaded then only.
func (s *Server) answers() (http.Handler, error) {
	if !s.config.ValidateResponses {
		return s.echo, nil
	}
	document, err := conform.Load()
	if err != nil {
		return nil, fmt.Errorf("load the document: %w", err)
	}
	return s.conforming(document, mostHeld, s.echo), nil
}

// conforming holds every answer against the document before it is sent. One that breaks it
// becomes the family's 500; what the request changed stays changed.
func (s *Server) conforming(document *conform.Document, mostHeld int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		held := &heldAnswer{ResponseWriter: w, most: mostHeld}
		held.checkHead = func() error { return s.checkAnswer(document, r, held, false) }
		brokenOff := servedInPart(next, held, r)
		if !held.passing && !brokenOff && held.violation == nil {
			held.violation = s.checkAnswer(document, r, held, true)
		}
		switch {
		case held.violation != nil:
			s.refuseAnswer(w, r, held.violation)
			return
		case held.passing:
			s.log.WarnContext(r.Context(), "the body of an answer was too long to be checked",
				"operation_id", request.From(r.Context()).OperationID)
		default:
			held.release()
		}
		if brokenOff {
			panic(http.ErrAbortHandler)
		}
	})
}

// servedInPart serves the request and reports whether the answer was broken off.
func servedInPart(next http.Handler, w http.ResponseWriter, r *http.Request) (brokenOff bool) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			brokenOff = true
		default:
			panic(p)
		}
	}()
	next.ServeHTTP(w, r)
	return false
}

// checkAnswer returns what is wrong with the answer. What no operation serves is of no
// interest unless it is refused: the explorer, the root.
func (s *Server) checkAnswer(document *conform.Document, r *http.Request, held *heldAnswer, whole bool) error {
	operation, status, body := request.From(r.Context()).OperationID, held.status, held.body.Bytes()
	switch {
	case operation == "" && status < http.StatusBadRequest:
		return nil
	case operation == "", status == http.StatusNotFound && !document.Documents(operation, status):
		return document.CheckRefusal(familyFrom(r.Context()).refusal(r.URL.EscapedPath()), status, body)
	}
	header := http.Header{"Date": {""}, "Content-Length": {""}} // which net/http adds
	for name, values := range held.Header() {                   // CUX's have the vendor's spelling
		header[http.CanonicalHeaderKey(name)] = values
	}
	if !whole {
		return document.CheckHead(operation, status, header)
	}
	return document.Check(operation, status, header, body)
}

// refuseAnswer answers 500 in place of an answer that is not as the document says.
func (s *Server) refuseAnswer(w http.ResponseWriter, r *http.Request, violation error) {
	fam := familyFrom(r.Context())
	clear(w.Header())
	if fam.headers != nil {
		fam.headers(w.Header())
	}
	w.Header().Set(violationHeader, violation.Error())
	cause := fmt.Errorf("not as the document says: %w", violation)
	if line, ok := r.Context().Value(logKey{}).(*logLine); ok && line.cause != nil {
		cause = fmt.Errorf("%w; its own cause: %w", cause, line.cause)
	}
	s.refuse(w, r, &fault.Fault{Kind: fault.Internal, Cause: cause})
}

// heldAnswer holds an answer back until it is known to be as the document says. A body
// that grows over the bound is passed on, if all but the body is right, and marked.
type heldAnswer struct {
	http.ResponseWriter
	most      int
	checkHead func() error
	status    int
	body      bytes.Buffer
	passing   bool
	violation error
}

var errViolation = errors.New("the answer is not as the document says")

// WriteHeader implements [http.ResponseWriter].
func (h *heldAnswer) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

// Write implements [http.ResponseWriter].
func (h *heldAnswer) Write(part []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	switch {
	case h.violation != nil:
		return 0, errViolation
	case h.passing:
		return h.ResponseWriter.Write(part)
	case h.body.Len()+len(part) <= h.most:
		return h.body.Write(part)
	}
	if h.violation = h.checkHead(); h.violation != nil {
		return 0, errViolation
	}
	h.Header().Set(uncheckedHeader, fmt.Sprintf("body, which is over %d bytes", h.most))
	h.release()
	h.passing = true
	return h.ResponseWriter.Write(part)
}

// release sends what was held back.
func (h *heldAnswer) release() {
	h.WriteHeader(http.StatusOK)
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(h.body.Bytes()) // who has gone reads no answer
	h.body = bytes.Buffer{}
}

// FlushError is for [http.ResponseController]: what is held back stays so.
func (h *heldAnswer) FlushError() error {
	if !h.passing {
		return nil
	}
	return http.NewResponseController(h.ResponseWriter).Flush()
}

// Unwrap lets [http.ResponseController] reach the connection's writer.
func (h *heldAnswer) Unwrap() http.ResponseWriter { return h.ResponseWriter }
