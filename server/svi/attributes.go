package svi

import (
	"encoding/json"
	"slices"

	"orglink/store"
)

// attributes are the record's attributes after the update. All faults are reported,
// one line a field.
func (u update) attributes(s shape, r record, masked bool) (store.SviValues, []string) {
	attributes := store.SviValues{}
	problems := s.unknown(u.values)
	for _, field := range s.fields {
		value, err := u.attribute(field, r.Attributes[field.Name], masked)
		switch {
		case err != "":
			problems = append(problems, "Field "+field.Name+" "+err+".")
		case value != nil:
			attributes[field.Name] = value
		case field.Required:
			problems = append(problems, "Field "+field.Name+requiredSuffix)
		}
	}
	return attributes, problems
}

const requiredSuffix = " is required."

// attribute is the new value of one field, nil for none, or what is wrong with the
// given one.
func (u update) attribute(field store.SviField, current json.RawMessage, masked bool) (json.RawMessage, string) {
	given, present := u.values[field.Name]
	if field.Masked {
		// What the caller cannot see stays, unless the caller says otherwise in the
		// way of the representation that it read: see the page's Accept header.
		switch {
		case !present, given == nil && !masked, given == maskTemplate && masked:
			return current, ""
		case given == maskTemplate:
			return nil, "must not hold the mask template"
		}
	}
	if given == nil {
		return nil, ""
	}
	return canonical(field, given)
}

// unknown names the given fields that the type does not have.
func (s shape) unknown(values map[string]any) (problems []string) {
	known := columnNames(s.columns)
	for _, field := range s.fields {
		known = append(known, field.Name)
	}
	for name := range values {
		if !slices.Contains(known, name) {
			problems = append(problems, "Field "+name+" is not a field of the "+s.noun+".")
		}
	}
	slices.Sort(problems)
	return problems
}
