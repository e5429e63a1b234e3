package compat

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// direction is who makes a value: what clients send must go on being accepted, and what
// they are answered must be what they were promised.
type direction bool

const (
	request direction = false
	answer  direction = true
)

// fit finds out why values of one schema do not fit another one: those of the older one
// must fit the newer one in a request, and the other way round in an answer.
type fit struct {
	direction
	report func(place, what string)
	// under comparison: documents have types that hold themselves.
	seen map[[2]*openapi3.Schema]bool
}

func (c *comparison) schema(d direction, place string, older, newer *openapi3.SchemaRef) {
	f := fit{direction: d, seen: map[[2]*openapi3.Schema]bool{}, report: func(at, what string) { c.add(place+at, "%s", what) }}
	if d == request {
		f.compare("", older, newer)
	} else {
		f.compare("", newer, older)
	}
}

// say reports a break in the words of the direction.
func (f fit) say(at, inRequest, inAnswer string) {
	if f.direction == request {
		f.report(at, inRequest)
	} else {
		f.report(at, inAnswer)
	}
}

// compare reports why values that have the one schema may not fit the other.
func (f fit) compare(at string, made, held *openapi3.SchemaRef) {
	if held == nil || held.Value == nil {
		return // all fits
	}
	if made == nil || made.Value == nil {
		made = &openapi3.SchemaRef{Value: &openapi3.Schema{Nullable: true}}
	}
	pair := [2]*openapi3.Schema{made.Value, held.Value}
	if f.seen[pair] {
		return
	}
	f.seen[pair] = true
	m, h := merged(made.Value), merged(held.Value)
	if many := alternatives(m); len(many) > 0 {
		for _, one := range many {
			f.compare(at, one, held)
		}
		return
	}
	if many := alternatives(h); len(many) > 0 {
		if !slices.ContainsFunc(many, func(one *openapi3.SchemaRef) bool { return f.fits(made, one) }) {
			f.say(at, "an alternative is not accepted any more", "there is a new alternative")
		}
		return
	}
	if !f.compareTypes(at, m, h) {
		return // all else follows from it
	}
	f.compareValues(at, m, h)
	f.compareBounds(at, m, h)
	f.compareObjects(at, m, h)
	if h.Items != nil {
		f.compare(at+"[]", m.Items, h.Items)
	}
	if h.Not != nil && (m.Not == nil || !f.fits(h.Not, m.Not)) {
		f.say(at, "values are excluded now", "values are not excluded any more")
	}
}

func (f fit) fits(made, held *openapi3.SchemaRef) bool {
	ok := true
	trial := fit{direction: f.direction, seen: map[[2]*openapi3.Schema]bool{}, report: func(string, string) { ok = false }}
	trial.compare("", made, held)
	return ok
}

func alternatives(s *openapi3.Schema) openapi3.SchemaRefs { return slices.Concat(s.OneOf, s.AnyOf) }

// merged is the schema with what its allOf adds.
func merged(s *openapi3.Schema) *openapi3.Schema {
	if len(s.AllOf) == 0 {
		return s
	}
	whole := *s
	whole.AllOf = nil
	whole.Properties = openapi3.Schemas{}
	for name, property := range s.Properties {
		whole.Properties[name] = property
	}
	for _, ref := range s.AllOf {
		part := merged(ref.Value)
		for name, property := range part.Properties {
			whole.Properties[name] = property
		}
		whole.Required = slices.Concat(whole.Required, part.Required)
		whole.OneOf, whole.AnyOf = slices.Concat(whole.OneOf, part.OneOf), slices.Concat(whole.AnyOf, part.AnyOf)
		whole.Type = first(whole.Type, part.Type)
		whole.Items = first(whole.Items, part.Items)
		whole.Min, whole.Max = first(whole.Min, part.Min), first(whole.Max, part.Max)
		whole.MaxLength, whole.MaxItems = first(whole.MaxLength, part.MaxLength), first(whole.MaxItems, part.MaxItems)
		whole.MinLength, whole.MinItems = max(whole.MinLength, part.MinLength), max(whole.MinItems, part.MinItems)
		whole.AdditionalProperties.Has = first(whole.AdditionalProperties.Has, part.AdditionalProperties.Has)
		whole.AdditionalProperties.Schema = first(whole.AdditionalProperties.Schema, part.AdditionalProperties.Schema)
		if len(whole.Enum) == 0 {
			whole.Enum = part.Enum
		}
		if whole.Pattern == "" {
			whole.Pattern = part.Pattern
		}
		if whole.Format == "" {
			whole.Format = part.Format
		}
		whole.Nullable = whole.Nullable || part.Nullable
	}
	return &whole
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
