package requestgen

import (
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// Fault is a request in which exactly one constraint of the document is broken.
type Fault struct {
	// In is where: credentials, path, query, header or body.
	In string
	// Place is the parameter, or the members and items that lead to the value in the body.
	Place string
	// Rule is the constraint, as the schema calls it, or missing, wrong, media or malformed.
	Rule    string
	Request *Request
}

// GoString is how rapid prints a fault that it drew.
func (f Fault) GoString() string {
	return f.In + " " + f.Place + ": " + f.Rule + ": " + f.Request.GoString()
}

// breach is a way to break one constraint of a request.
type breach struct {
	in, place, rule string
	apply           func(*Request)
}

// Near draws a request that is valid but for one constraint, or nil where nothing of the
// request is constrained.
func Near(r *Request) *rapid.Generator[*Fault] {
	return rapid.Custom(func(t *rapid.T) *Fault {
		all := r.breaches()
		first := maker{t: t}.index(max(1, len(all))) // rapid wants a draw
		for i := range all {
			if f := r.broken(all[(first+i)%len(all)]); f != nil {
				return f
			}
		}
		return nil
	})
}

// Faults are all the ways to break one constraint of the request.
func (r *Request) Faults() []*Fault {
	var list []*Fault
	for _, b := range r.breaches() {
		if f := r.broken(b); f != nil {
			list = append(list, f)
		}
	}
	return list
}

// broken applies a breach, and is nil if it breaks none or more than one constraint.
func (r *Request) broken(b breach) *Fault {
	c := r.Clone()
	b.apply(c)
	if b.in == "body" && c.text == nil && c.label == nil && c.faultsOfBody() != 1 {
		return nil
	}
	return &Fault{In: b.in, Place: b.place, Rule: b.rule, Request: c}
}

// faultsOfBody counts what the schema has against the body.
func (r *Request) faultsOfBody() int {
	err := r.Operation.schemaOf(r.Media).Value.VisitJSON(r.Body,
		openapi3.MultiErrors(), openapi3.VisitAsRequest())
	return count(err)
}

func count(err error) int {
	if err == nil {
		return 0
	}
	var several openapi3.MultiError
	if !errors.As(err, &several) {
		return 1
	}
	n := 0
	for _, one := range several {
		n += count(one)
	}
	return n
}

// breaches lists what can be broken of the request: some breaches may break more than one
// constraint.
func (r *Request) breaches() []breach {
	var all []breach
	if r.Operation.Secured {
		all = append(all,
			breach{"credentials", "", "missing", func(r *Request) { r.Authorization = "" }},
			breach{"credentials", "", "wrong", func(r *Request) {
				scheme, _, found := strings.Cut(r.Authorization, " ")
				r.Authorization = "d3Jvbmc6d3Jvbmc=" // wrong:wrong
				if found {
					r.Authorization = scheme + " " + r.Authorization
				}
			}})
	}
	for _, p := range r.Operation.parameters {
		all = append(all, r.parameterBreaches(p)...)
	}
	if r.Media == "" {
		return all
	}
	send := func(text string) func(*Request) { return func(r *Request) { r.text = &text } }
	whole := r.Text()
	if r.Operation.body.Required {
		all = append(all, breach{"body", "", "missing", send("")})
	}
	label := "text/plain"
	all = append(all, breach{"body", "", "media", func(r *Request) { r.label = &label }})
	if r.Media == mediaForm {
		all = append(all, breach{"body", "", "malformed", send(whole + "&x=%zz")})
	} else {
		all = append(all,
			breach{"body", "", "malformed", send(whole[:len(whole)-1])},
			breach{"body", "", "malformed", send(whole + "}")})
	}
	if r.Media == mediaXML { // all in it is text: what breaks a schema in JSON need not there
		return all
	}
	return append(all, r.bodyBreaches(r.Operation.schemaOf(r.Media), r.Body, nil)...)
}

// parameterBreaches are those of a parameter. Of a string nothing can be of another type.
func (r *Request) parameterBreaches(p *openapi3.Parameter) []breach {
	name := Param{p.In, p.Name}
	var all []breach
	add := func(rule string, value any) {
		all = append(all, breach{p.In, p.Name, rule, func(r *Request) { r.Params[name] = value }})
	}
	if p.Required && p.In != openapi3.ParameterInPath {
		all = append(all, breach{p.In, p.Name, "required", func(r *Request) { delete(r.Params, name) }})
	}
	schema, value := p.Schema.Value, r.Params[name]
	if schema.Type.Is("array") {
		items := schema.Items.Value
		for _, w := range wrongValues(items, "x") {
			if !w.typed() {
				add(w.rule, []any{w.value})
			}
		}
		if schema.MaxItems != nil {
			add("maxItems", repeat("x", int(*schema.MaxItems)+1)) //nolint:gosec // a document's bound
		}
		return all
	}
	for _, w := range wrongValues(schema, value) {
		if w.typed() && w.rule != "type string" || !sendable(p.In, w.value) {
			continue
		}
		if !Fits(schema, w.value) {
			add(w.rule, w.value)
		}
	}
	return all
}

// bodyBreaches are those of a value in the body and of all that it holds.
func (r *Request) bodyBreaches(ref *openapi3.SchemaRef, value any, at []string) []breach {
	schema := ref.Value
	if len(schema.AllOf) == 1 && schema.Type == nil {
		return r.bodyBreaches(schema.AllOf[0], value, at)
	}
	var all []breach
	put := func(rule string, at []string, replaced any) {
		all = append(all, breach{"body", strings.Join(at, "."), rule, func(r *Request) {
			r.Body = replace(r.Body, at, replaced)
		}})
	}
	for _, w := range wrongValues(schema, value) {
		if r.Media != mediaForm || !w.typed() { // in a form all is text
			put(w.rule, at, w.value)
		}
	}
	switch value := value.(type) {
	case []any:
		if len(value) > 0 && schema.Items != nil {
			all = append(all, r.bodyBreaches(schema.Items, value[0], below(at, "0"))...)
		}
	case map[string]any:
		for _, name := range schema.Required {
			put("required", below(at, name), absent)
		}
		if closed := schema.AdditionalProperties.Has; closed != nil && !*closed {
			put("additionalProperties", below(at, "notDocumented"), true)
		}
		for _, name := range sortedNames(value) {
			if property := schema.Properties[name]; property != nil {
				all = append(all, r.bodyBreaches(property, value[name], below(at, name))...)
			}
		}
	}
	return all
}

func below(at []string, name string) []string { return append(at[:len(at):len(at)], name) }
