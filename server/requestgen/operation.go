// Package requestgen makes requests from the document: valid ones, by the schemas of an
// operation's parameters and bodies, and ones in which a single constraint is broken. The
// values are drawn with rapid, so that a run can be repeated and a failure is shrunk.
package requestgen

import (
	"encoding/json"
	"maps"
	"slices"
	"sort"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is one operation of the document, with what requests of it are made from.
type Operation struct {
	ID     string
	Tag    string
	Method string
	Path   string // as the document has it, with its parameters in braces
	// Secured says that the operation refuses requests without credentials.
	Secured bool
	// Statuses are those that the document gives the operation.
	Statuses []string

	parameters []*openapi3.Parameter
	body       *openapi3.RequestBody
}

// Operations are those of the document, ordered by their ids.
func Operations(doc *openapi3.T) []*Operation {
	var all []*Operation
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o := &Operation{
				ID: op.OperationID, Tag: op.Tags[0], Method: method, Path: path,
				Secured:  op.Security != nil && len(*op.Security) > 0 && len((*op.Security)[0]) > 0,
				Statuses: slices.Sorted(maps.Keys(op.Responses.Map())),
			}
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				o.parameters = append(o.parameters, p.Value)
			}
			if op.RequestBody != nil {
				o.body = op.RequestBody.Value
			}
			all = append(all, o)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}

// Succeeds reports whether the document has a success for the operation. Some of COmanage's
// are refused always.
func (o *Operation) Succeeds() bool {
	return slices.ContainsFunc(o.Statuses, func(status string) bool { return status < "300" })
}

// schemaOf is the schema of a body in the media type. A document in XML says what the
// one in JSON says, whose schema stands for it.
func (o *Operation) schemaOf(media string) *openapi3.SchemaRef {
	if media == mediaXML {
		media = mediaJSON
	}
	return o.body.Content[media].Schema
}

// Example is the request that the document shows: every parameter that has an example,
// and the body's. ok is false where it shows no body.
func (o *Operation) Example() (r *Request, ok bool) {
	r = &Request{Operation: o, Params: map[Param]any{}}
	for _, p := range o.parameters {
		if p.Example != nil {
			r.Params[Param{p.In, p.Name}] = plain(p.Example)
		}
	}
	if o.body == nil {
		return r, true
	}
	for _, media := range o.medias() {
		example := o.body.Content[media].Example
		if example != nil && media != mediaXML {
			r.Media, r.Body = media, plain(example)
			return r, true
		}
	}
	return nil, false
}

// medias are the media types of the body, plain JSON first.
func (o *Operation) medias() []string {
	return slices.SortedFunc(maps.Keys(o.body.Content), func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == mediaJSON || b != mediaJSON && a < b:
			return -1
		}
		return 1
	})
}

// plain is a value of the document as a request holds it: numbers keep their digits.
func plain(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was read from a document
	}
	return decode(text)
}
