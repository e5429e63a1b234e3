package compat

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// compareObjects compares members. One that is new and optional breaks nobody, whatever
// its values; one that is gone does, even where it might be left out before.
func (f fit) compareObjects(at string, made, held *openapi3.Schema) {
	for _, name := range held.Required {
		if !slices.Contains(made.Required, name) {
			place := at + "." + name
			switch {
			case f.direction == answer && made.Properties[name] == nil:
				f.report(place, "is gone")
			case f.direction == answer:
				f.report(place, "may be left out now")
			default:
				f.report(place, "is required now")
			}
		}
	}
	older, newer := made, held
	if f.direction == answer {
		older, newer = held, made
	}
	for _, name := range slices.Sorted(maps.Keys(older.Properties)) {
		if newer.Properties[name] == nil && (f.direction == request || !slices.Contains(held.Required, name)) {
			f.report(at+"."+name, "is gone")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(made.Properties)) {
		property := held.Properties[name]
		if property != nil {
			f.compare(at+"."+name, made.Properties[name], property)
		} else if closed(held) && f.direction == answer {
			f.report(at+"."+name, "is new in an object that was closed")
		}
	}
	switch more := held.AdditionalProperties.Schema; {
	case closed(held) && !closed(made) && isObject(made):
		f.say(at, "may have no other members any more", "may have other members now")
	case more != nil && !closed(made):
		f.compare(at+".*", made.AdditionalProperties.Schema, more)
	}
}

func closed(s *openapi3.Schema) bool {
	return s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
}

func isObject(s *openapi3.Schema) bool { return s.Type == nil || s.Type.Includes("object") }
