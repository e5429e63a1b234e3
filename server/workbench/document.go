package workbench

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/oasdiff/yaml"

	"orglink/gen"
	"orglink/server/request"
)

// documents are the document in its two forms. Each is made when somebody first asks for
// it, and then kept: it changes with the build only.
var (
	documentYAML = sync.OnceValues(func() (document, error) {
		return newDocument("application/yaml", gen.DocumentYAML)
	})
	documentJSON = sync.OnceValues(func() (document, error) {
		text, err := yaml.YAMLToJSON(gen.DocumentYAML) // gen's own is changed for kin-openapi
		if err != nil {
			return document{}, err
		}
		return newDocument("application/json", text)
	})
)

// document is one form of the document.
type document struct{ plain, packed representation }

// representation is what goes over the wire. Each has a tag of its own: strong tags stand
// for the very bytes.
type representation struct {
	mediaType string
	encoding  string
	content   []byte
	etag      string
}

func newDocument(mediaType string, content []byte) (document, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return document{}, err
	}
	if _, err := w.Write(content); err != nil {
		return document{}, err
	}
	if err := w.Close(); err != nil {
		return document{}, err
	}
	return document{
		plain:  representation{mediaType: mediaType, content: content, etag: tagOf(content)},
		packed: representation{mediaType: mediaType, encoding: "gzip", content: packed.Bytes(), etag: tagOf(packed.Bytes())},
	}, nil
}

func tagOf(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// answer is what the caller gets of the document: the form it accepts, unless it has it.
func (d document) answer(ctx context.Context, known *string) documentAnswer {
	a := documentAnswer{representation: d.plain}
	if acceptsGzip(request.From(ctx).Header.Get("Accept-Encoding")) {
		a.representation = d.packed
	}
	a.unchanged = known != nil && names(*known, a.etag)
	return a
}

// acceptsGzip reads an Accept-Encoding.
func acceptsGzip(accepted string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		coding, weight, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		_, q, found := strings.Cut(weight, "=")
		value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		return !found || err == nil && value > 0
	}
	return false
}

// names reports whether an If-None-Match names the tag. A weak tag is as good as a strong
// one there (RFC 9110).
func names(ifNoneMatch, etag string) bool {
	for part := range strings.SplitSeq(ifNoneMatch, ",") {
		part = strings.TrimSpace(part)
		if part == "*" || strings.TrimPrefix(part, "W/") == etag {
			return true
		}
	}
	return false
}

// documentAnswer is a 200 or 304 to all calls for the document.
type documentAnswer struct {
	representation
	unchanged bool
}

func (a documentAnswer) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("ETag", a.etag)
	h.Set("Cache-Control", "no-cache")
	h.Set("Vary", "Accept-Encoding")
	if a.unchanged {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.mediaType)
	h.Set("Content-Length", strconv.Itoa(len(a.content)))
	if a.encoding != "" {
		h.Set("Content-Encoding", a.encoding)
	}
	w.WriteHeader(http.StatusOK)
}

func (a documentAnswer) send(w http.ResponseWriter) error {
	a.headers(w)
	if a.unchanged {
		return nil
	}
	_, err := w.Write(a.content)
	return err
}

// VisitWorkbenchGetDocumentYAMLResponse implements the generated interface.
func (a documentAnswer) VisitWorkbenchGetDocumentYAMLResponse(w http.ResponseWriter) error {
	return a.send(w)
}

// VisitWorkbenchGetDocumentJSONResponse implements the generated interface.
func (a documentAnswer) VisitWorkbenchGetDocumentJSONResponse(w http.ResponseWriter) error {
	return a.send(w)
}

// VisitWorkbenchHeadDocumentYAMLResponse implements the generated interface.
func (a documentAnswer) VisitWorkbenchHeadDocumentYAMLResponse(w http.ResponseWriter) error {
	a.headers(w)
	return nil
}

// VisitWorkbenchHeadDocumentJSONResponse implements the generated interface.
func (a documentAnswer) VisitWorkbenchHeadDocumentJSONResponse(w http.ResponseWriter) error {
	a.headers(w)
	return nil
}

// WorkbenchGetDocumentYAML serves the document as it was written.
func (h Handlers) WorkbenchGetDocumentYAML(ctx context.Context, r gen.WorkbenchGetDocumentYAMLRequestObject) (gen.WorkbenchGetDocumentYAMLResponseObject, error) {
	d, err := documentYAML()
	return d.answer(ctx, r.Params.IfNoneMatch), err
}

// WorkbenchHeadDocumentYAML answers with the headers of the document.
func (h Handlers) WorkbenchHeadDocumentYAML(ctx context.Context, r gen.WorkbenchHeadDocumentYAMLRequestObject) (gen.WorkbenchHeadDocumentYAMLResponseObject, error) {
	d, err := documentYAML()
	return d.answer(ctx, r.Params.IfNoneMatch), err
}

// WorkbenchGetDocumentJSON serves the document as JSON.
func (h Handlers) WorkbenchGetDocumentJSON(ctx context.Context, r gen.WorkbenchGetDocumentJSONRequestObject) (gen.WorkbenchGetDocumentJSONResponseObject, error) {
	d, err := documentJSON()
	return d.answer(ctx, r.Params.IfNoneMatch), err
}

// WorkbenchHeadDocumentJSON answers with the headers of the document as JSON.
func (h Handlers) WorkbenchHeadDocumentJSON(ctx context.Context, r gen.WorkbenchHeadDocumentJSONRequestObject) (gen.WorkbenchHeadDocumentJSONResponseObject, error) {
	d, err := documentJSON()
	return d.answer(ctx, r.Params.IfNoneMatch), err
}

// Normalise puts an If-None-Match of several lines into one: the generated code takes no
// header twice.
func Normalise() map[string]func(*http.Request) error {
	join := func(r *http.Request) error {
		if lines := r.Header.Values("If-None-Match"); len(lines) > 1 {
			r.Header.Set("If-None-Match", strings.Join(lines, ", "))
		}
		return nil
	}
	return map[string]func(*http.Request) error{
		"workbenchGetDocumentYAML":  join,
		"workbenchHeadDocumentYAML": join,
		"workbenchGetDocumentJSON":  join,
		"workbenchHeadDocumentJSON": join,
	}
}
