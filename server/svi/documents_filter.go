package svi

import (
	"encoding/json"
	"strings"

	"orglink/store"
)

// filterField is what a filter can compare or sort documents by.
type filterField struct {
	key   store.SviKey
	field store.SviField // how a value of it is written
}

// kinds are the kinds of data types; the values of all others are text.
var kinds = map[string]store.SviKind{
	typeInteger: store.SviInteger,
	typeNumber:  store.SviNumber,
	typeBoolean: store.SviBoolean,

	typeTimestamp: store.SviTimestamp,
}

// filterField finds what a name in a filter stands for, or says why it can stand for
// nothing. A masked field cannot: which documents meet a condition, and their order,
// would tell its values.
func (s shape) filterField(name string) (filterField, string) {
	for _, c := range []struct{ name, column, dataType string }{
		{s.columns.Key, "id", typeString},
		{s.columns.Version, "version", typeInteger},
		{s.columns.CreatedAt, "created_at", typeTimestamp},
		{s.columns.CreatedBy, "created_by", typeString},
		{s.columns.UpdatedAt, "last_updated_at", typeTimestamp},
		{s.columns.UpdatedBy, "last_updated_by", typeString},
		{s.columns.ValidFrom, "valid_from", typeTimestamp},
		{s.columns.ValidTo, "valid_to", typeTimestamp},
	} {
		if c.name == name {
			return filterField{store.SviKey{Column: c.column}, store.SviField{DataType: c.dataType}}, ""
		}
	}
	field, known := s.field(name)
	switch {
	case !known:
		return filterField{}, "Field " + name + " is not a field of the " + s.noun + "."
	case field.Masked:
		return filterField{}, "Field " + name + " is masked: documents cannot be compared by it."
	}
	kind, ok := kinds[field.DataType]
	if !ok {
		kind = store.SviText
	}
	field.Length = 0 // a longer text equals none
	return filterField{store.SviKey{Attribute: name, Kind: kind}, field}, ""
}

// value is a value of a filter as the store compares it, or what is wrong with it.
func (f filterField) value(given any) (any, string) {
	stored, problem := canonical(f.field, given)
	if problem != "" {
		return nil, problem
	}
	switch f.field.DataType {
	case typeInteger:
		number, _ := integer(given)
		return number, ""
	case typeNumber:
		number, _ := given.(json.Number).Float64()
		return number, ""
	case typeBoolean:
		return given, ""
	}
	var text string
	_ = json.Unmarshal(stored, &text) // it was made just now
	switch {
	case f.field.DataType != typeTimestamp:
		return text, ""
	case f.key.Column == "":
		return strings.TrimSuffix(text, "Z"), ""
	}
	at, _ := parseTime(text)
	return at, ""
}

// filteredPage is the page of documents that meet the filter, in the order asked for.
func filteredPage(t store.SviEntityType, filter, sortBy string) (page store.SviDocumentPage, err error) {
	s := entityShape(t)
	var problems []string
	if filter != "" {
		parsed, problem := parseFilter(filter)
		if problem != "" {
			return page, invalid("body", "", "The filter "+problem+".")
		}
		where, found := s.where(parsed)
		page.Where, problems = &where, found
	}
	keys, problem := parseSort(sortBy)
	if problem != "" {
		problems = append(problems, "sortBy "+problem+".")
	}
	for _, key := range keys {
		f, problem := s.filterField(key.field)
		if problem != "" {
			problems = append(problems, problem)
		}
		page.Sort = append(page.Sort, store.SviSort{Key: f.key, Descending: key.descending})
	}
	if len(problems) > 0 {
		return page, invalid("body", "", problems...)
	}
	return page, nil
}

// where is the condition as the store takes it, and all that is wrong with it.
func (s shape) where(c condition) (where store.SviCondition, problems []string) {
	if c.operator == "eq" {
		f, problem := s.filterField(c.field)
		if problem != "" {
			return where, []string{problem}
		}
		where.Key = f.key
		if where.Value, problem = f.value(c.value); problem != "" {
			problems = []string{"Field " + c.field + " " + problem + "."}
		}
		return where, problems
	}
	var parts []store.SviCondition
	for _, part := range c.of {
		converted, found := s.where(part)
		parts, problems = append(parts, converted), append(problems, found...)
	}
	if c.operator == "or" {
		return store.SviCondition{Any: parts}, problems
	}
	return store.SviCondition{All: parts}, problems
}
