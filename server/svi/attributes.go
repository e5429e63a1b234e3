package svi

import (
	"encoding/json"
	"slices"

	"orglink/gen"
	"orglink/store"
)

// attributes are the link's attributes after the update. All faults are reported,
// one line a field.
func (u update) attributes(f found, mode gen.SviMediaType) (store.SviValues, []string) {
	attributes := store.SviValues{}
	problems := unknownFields(u.values, f.relationship)
	for _, field := range f.relationship.Fields {
		value, err := u.attribute(field, f.link.Attributes[field.Name], mode)
		switch {
		case err != "":
			problems = append(problems, "Field "+field.Name+" "+err+".")
		case value != nil:
			attributes[field.Name] = value
		case field.Required:
			problems = append(problems, "Field "+field.Name+" is required.")
		}
	}
	return attributes, problems
}

// attribute is the new value of one field, nil for none, or what is wrong with the
// given one.
func (u update) attribute(field store.SviField, current json.RawMessage, mode gen.SviMediaType) (json.RawMessage, string) {
	given, present := u.values[field.Name]
	if field.Masked {
		// What the caller cannot see stays, unless the caller says otherwise in the
		// way of the representation that it read: see the page's Accept header.
		switch {
		case !present, given == nil && mode == plain, given == maskTemplate && mode == masked:
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

// unknownFields names the given fields that the relationship type does not have.
func unknownFields(values map[string]any, t store.SviRelationshipType) (problems []string) {
	known := map[string]bool{}
	for _, name := range columnNames(t.Columns) {
		known[name] = true
	}
	for _, field := range t.Fields {
		known[field.Name] = true
	}
	for name := range values {
		if !known[name] {
			problems = append(problems, "Field "+name+" is not a field of the relationship type.")
		}
	}
	slices.Sort(problems)
	return problems
}

// columnNames lists the columns that the relationship type shows.
func columnNames(c store.SviColumns) []string {
	all := []string{c.Key, c.From, c.To, c.Version, c.CreatedAt, c.CreatedBy, c.UpdatedAt, c.UpdatedBy, c.ValidFrom, c.ValidTo}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}
