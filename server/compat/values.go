package compat

import (
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// compareTypes reports whether the types agree.
func (f fit) compareTypes(at string, made, held *openapi3.Schema) bool {
	if made.Nullable && !held.Nullable {
		f.say(at, "may not be null any more", "may be null now")
	}
	if held.Type == nil {
		return true
	}
	if made.Type == nil {
		f.say(at, fmt.Sprintf("must be of type %s now", kinds(held)), fmt.Sprintf("is of any type now, and was of type %s", kinds(held)))
		return false
	}
	for _, kind := range made.Type.Slice() {
		if !held.Type.Includes(kind) && (kind != "integer" || !held.Type.Includes("number")) {
			older, newer := kinds(made), kinds(held)
			if f.direction == answer {
				older, newer = newer, older
			}
			f.report(at, fmt.Sprintf("is of type %s now, and was of type %s", newer, older))
			return false
		}
	}
	return true
}

func kinds(s *openapi3.Schema) string { return fmt.Sprint(s.Type.Slice()) }

// compareValues compares what single values are allowed.
func (f fit) compareValues(at string, made, held *openapi3.Schema) {
	if len(held.Enum) > 0 {
		if len(made.Enum) == 0 {
			f.say(at, fmt.Sprintf("must be one of %v now", held.Enum), fmt.Sprintf("may be another value than %v now", held.Enum))
		}
		for _, value := range made.Enum {
			if !slices.Contains(held.Enum, value) {
				f.say(at, fmt.Sprintf("may not be %v any more", value), fmt.Sprintf("may be %v now, which clients do not know", value))
			}
		}
		return
	}
	if len(made.Enum) > 0 && !slices.ContainsFunc(made.Enum, func(value any) bool { return held.VisitJSON(value) != nil }) {
		return // what it lists has the pattern, the format and the length
	}
	if held.Pattern != "" && held.Pattern != made.Pattern {
		f.say(at, fmt.Sprintf("must have the pattern %s now", held.Pattern), fmt.Sprintf("need not have the pattern %s any more", held.Pattern))
	}
	if constrains(held.Format) && held.Format != made.Format && (held.Format != "int64" || made.Format != "int32") {
		f.say(at, fmt.Sprintf("must have the format %s now", held.Format), fmt.Sprintf("need not have the format %s any more", held.Format))
	}
}

// constrains leaves out formats that only say how a value is shown.
func constrains(format string) bool { return format != "" && format != "password" }

// bound is a limit of a schema: values of the one schema may go beyond that of the other.
type bound struct {
	name       string
	made, held float64
	limited    bool // there is one to hold
	beyond     bool
}

func (f fit) compareBounds(at string, made, held *openapi3.Schema) {
	low := func(name string, made, held float64) bound {
		return bound{name, made, held, held > 0, made < held}
	}
	high := func(name string, made, held *uint64) bound {
		b := bound{name: name, limited: held != nil, beyond: made == nil}
		if held != nil {
			b.held = float64(*held)
		}
		if made != nil {
			b.made, b.beyond = float64(*made), float64(*made) > b.held
		}
		return b
	}
	all := []bound{
		low("minLength", float64(made.MinLength), float64(held.MinLength)), high("maxLength", made.MaxLength, held.MaxLength),
		low("minItems", float64(made.MinItems), float64(held.MinItems)), high("maxItems", made.MaxItems, held.MaxItems),
		low("minProperties", float64(made.MinProps), float64(held.MinProps)), high("maxProperties", made.MaxProps, held.MaxProps),
		limit("minimum", made.Min, held.Min, 1), limit("maximum", made.Max, held.Max, -1),
	}
	for _, b := range all {
		if b.limited && b.beyond && len(made.Enum) == 0 {
			f.say(at, fmt.Sprintf("%s is %v now", b.name, b.held), fmt.Sprintf("%s %v does not hold any more", b.name, b.held))
		}
	}
	if held.UniqueItems && !made.UniqueItems {
		f.say(at, "items must be unique now", "items may repeat now")
	}
	if held.MultipleOf != nil && (made.MultipleOf == nil || *made.MultipleOf != *held.MultipleOf) {
		f.say(at, fmt.Sprintf("must be a multiple of %v now", *held.MultipleOf), fmt.Sprintf("need not be a multiple of %v any more", *held.MultipleOf))
	}
	if exclusive(held.ExclusiveMin) && !exclusive(made.ExclusiveMin) || exclusive(held.ExclusiveMax) && !exclusive(made.ExclusiveMax) {
		f.say(at, "a bound is excluded now", "a bound is included now")
	}
}

// limit compares numbers' bounds, of which a larger one is narrower where sign is 1.
func limit(name string, made, held *float64, sign float64) bound {
	b := bound{name: name, limited: held != nil, beyond: made == nil}
	if held != nil {
		b.held = *held
	}
	if made != nil {
		b.made, b.beyond = *made, *made*sign < b.held*sign
	}
	return b
}

func exclusive(b openapi3.ExclusiveBound) bool { return b.Bool != nil && *b.Bool || b.Value != nil }
