// Package conform holds answers against the document: status, headers, media type, and
// the body by its schema. What it finds is told by place and rule, never by value: a value
// may be a secret.
package conform

import (
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/gen"
)

// Document is the document with what answers are held against. Objects in it that do not
// say otherwise are closed: the document names every member that an answer may have.
type Document struct {
	*openapi3.T
	operations map[string]operation
}

type operation struct {
	method    string
	responses *openapi3.Responses
}

// Load reads the document, once in a process: with its answers it is large.
var Load = sync.OnceValues(load)

func load() (*Document, error) {
	doc, err := gen.GetSpec()
	if err != nil {
		return nil, err
	}
	d := &Document{T: doc, operations: map[string]operation{}}
	closed := map[*openapi3.Schema]bool{}
	for _, schema := range doc.Components.Schemas {
		closeSchema(schema, closed)
	}
	for _, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			d.operations[op.OperationID] = operation{method, op.Responses}
			for _, response := range op.Responses.Map() {
				for _, media := range response.Value.Content {
					closeSchema(media.Schema, closed)
				}
			}
		}
	}
	return d, nil
}

// closeSchema makes every object that does not say otherwise refuse members that the
// document does not name.
func closeSchema(ref *openapi3.SchemaRef, done map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || done[ref.Value] {
		return
	}
	s := ref.Value
	done[s] = true
	open := s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil
	if s.Type.Is("object") && !open && len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) == 0 {
		no := false
		s.AdditionalProperties.Has = &no
	}
	for _, p := range s.Properties {
		closeSchema(p, done)
	}
	closeSchema(s.Items, done)
	closeSchema(s.AdditionalProperties.Schema, done)
	for _, list := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		for _, part := range list {
			closeSchema(part, done)
		}
	}
}

// Documents reports whether the operation has answers of the status.
func (d *Document) Documents(operationID string, status int) bool {
	op, known := d.operations[operationID]
	return known && op.responses.Status(status) != nil
}

// Check holds an answer of an operation against the document. The error is a [*Violation].
func (d *Document) Check(operationID string, status int, header http.Header, body []byte) error {
	v := &Violation{OperationID: operationID, Status: status}
	if response := d.head(v, header); response != nil && d.operations[operationID].method != http.MethodHead {
		if plain, err := unpacked(header.Get("Content-Encoding"), body); err != nil {
			v.add(inHeader, []string{"Content-Encoding"}, "encoding")
		} else {
			checkBody(v, response, header.Get("Content-Type"), plain)
		}
	}
	return v.orNil()
}

// CheckHead is [Document.Check] for an answer whose body is not at hand.
func (d *Document) CheckHead(operationID string, status int, header http.Header) error {
	v := &Violation{OperationID: operationID, Status: status}
	if response := d.head(v, header); response != nil {
		mediaOf(v, response, header.Get("Content-Type"))
	}
	return v.orNil()
}

// CheckRefusal holds the answer to a request that no operation serves against a schema of
// the document; an empty name stands for no body. The error is a [*Violation].
func (d *Document) CheckRefusal(schema string, status int, body []byte) error {
	v := &Violation{Status: status}
	switch {
	case schema != "":
		checkJSON(v, d.Components.Schemas[schema].Value, body)
	case len(body) > 0:
		v.add(inBody, nil, "undocumented")
	}
	return v.orNil()
}

// head checks status and headers, and returns what the document has for the status.
func (d *Document) head(v *Violation, header http.Header) *openapi3.Response {
	op, known := d.operations[v.OperationID]
	if !known || op.responses.Status(v.Status) == nil {
		v.add(inStatus, nil, "undocumented")
		return nil
	}
	response := op.responses.Status(v.Status).Value
	for name, ref := range response.Headers {
		if !strings.EqualFold(name, "Content-Type") {
			checkHeader(v, name, ref.Value, header)
		}
	}
	return response
}
