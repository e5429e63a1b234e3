package requestgen

import (
	"encoding/json"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Known holds values that requests may share with what a server has: those that the
// document shows, and those that it answered. They are kept by family and name, so that
// `copersonid` in a query finds what `CoPersonId` in an answer was.
type Known struct {
	values map[string][]any
}

// maxKnown bounds the values of a name; the newest push out others.
const maxKnown = 40

// NewKnown knows the examples of the document, which are about the demo data.
func NewKnown(doc *openapi3.T) *Known {
	k := &Known{values: map[string][]any{}}
	examples := func(tag string, content openapi3.Content) {
		for _, media := range []string{mediaJSON, mediaForm} {
			if c := content[media]; c != nil && c.Example != nil {
				k.Learn(tag, "", plain(c.Example))
			}
		}
	}
	for _, o := range Operations(doc) {
		for _, p := range o.parameters {
			if p.Example != nil {
				k.Learn(o.Tag, p.Name, plain(p.Example))
			}
		}
		if o.body != nil {
			examples(o.Tag, o.body.Content)
		}
		responses := doc.Paths.Value(o.Path).GetOperation(o.Method).Responses
		for _, status := range o.Statuses {
			if status < "300" {
				examples(o.Tag, responses.Value(status).Value.Content)
			}
		}
	}
	return k
}

// Clone knows the same, and learns apart.
func (k *Known) Clone() *Known {
	c := &Known{values: make(map[string][]any, len(k.values))}
	for name, list := range k.values {
		c.values[name] = append([]any{}, list...)
	}
	return c
}

// LearnJSON keeps what an answer of the family holds.
func (k *Known) LearnJSON(tag string, body []byte) {
	if value := decode(body); value != nil {
		k.Learn(tag, "", value)
	}
}

// Learn keeps a value under its name, and what is in it under its own. An object is kept
// whole where it has a name.
func (k *Known) Learn(tag, name string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case map[string]any:
		for _, member := range sortedNames(v) {
			k.Learn(tag, member, v[member])
		}
	case []any:
		for _, item := range v[:min(len(v), 5)] {
			k.Learn(tag, name, item)
		}
		return
	}
	if name == "" {
		return
	}
	key := tag + " " + fold(name)
	list := k.values[key]
	for _, known := range list {
		if encode(known) == encode(value) {
			return
		}
	}
	if len(list) == maxKnown {
		list = append(list[:maxKnown/2:maxKnown/2], list[maxKnown/2+1:]...)
	}
	k.values[key] = append(list, value)
}

// fitting are the values of the name that the schema allows.
func (k *Known) fitting(tag, name string, schema *openapi3.Schema) []any {
	var list []any
	for _, value := range k.values[tag+" "+fold(name)] {
		switch v := value.(type) {
		case json.Number:
			if schema.Type.Is("string") {
				value = v.String()
			}
		case string:
			if n := json.Number(v); schema.Type.Is("integer") && json.Valid([]byte(v)) {
				value = n
			}
		}
		if Fits(schema, value) {
			list = append(list, value)
		}
	}
	return list
}

func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}
