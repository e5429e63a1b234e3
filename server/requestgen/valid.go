package requestgen

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// Valid draws a request that the document allows, of any of the operations. Credentials are
// the caller's affair.
func Valid(operations []*Operation, known *Known) *rapid.Generator[*Request] {
	return rapid.Custom(func(t *rapid.T) *Request {
		m := maker{t: t, known: known}
		o := pick(m, operations)
		m.close = m.chance(6)
		return m.request(o)
	})
}

// Close draws a request that the document allows and that is much like the one it shows:
// most of them succeed where the example does.
func Close(o *Operation, known *Known) *rapid.Generator[*Request] {
	return rapid.Custom(func(t *rapid.T) *Request {
		m := maker{t: t, known: known, close: true}
		m.index(2) // rapid wants a draw, and some requests have nothing to choose
		return m.request(o)
	})
}

func (m maker) request(o *Operation) *Request {
	m.tag = o.Tag
	r := &Request{Operation: o, Params: map[Param]any{}}
	for _, p := range o.parameters {
		if p.Required || m.chance(5) || m.close && p.Example != nil && m.chance(14) {
			r.Params[Param{p.In, p.Name}] = m.parameter(p)
		}
	}
	if o.body != nil && (o.body.Required || m.chance(12)) {
		m.fill(r)
	}
	return r
}

// parameter draws the value of a parameter, such as its place in a request can hold.
func (m maker) parameter(p *openapi3.Parameter) any {
	for {
		value := m.value(p.Schema, p.Name, p.Example, 0)
		if sendable(p.In, value) {
			return value
		}
	}
}

func sendable(in string, value any) bool {
	switch in {
	case openapi3.ParameterInPath: // without a value it is another path
		return text(value) != ""
	case openapi3.ParameterInHeader:
		word := text(value)
		return word == strings.TrimSpace(word) && !strings.ContainsFunc(word, func(c rune) bool { return c < ' ' || c > '~' })
	}
	return true
}

// fill draws the body. Where the path names the format, the media type is that.
func (m maker) fill(r *Request) {
	r.Media = pick(m, r.Operation.medias())
	if format, ok := r.Params[Param{"path", "format"}].(string); ok {
		r.Media = "application/" + format
	}
	content := r.Operation.body.Content[r.Media]
	example := content.Example
	if _, isText := example.(string); isText || example == nil {
		if shown, ok := r.Operation.Example(); ok {
			example = shown.Body
		}
	}
	if example != nil {
		example = plain(example)
	}
	r.Body = m.value(r.Operation.schemaOf(r.Media), "", example, 0)
}
