package svi

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"

	"orglink/gen"
	"orglink/server/respond"
	"orglink/store"
)

// versionValues shows the fields of a version in the order of SAS' sample. Without a
// version before it, all values are new. A masked one, by what is masked now, shows that
// there is a value, and changed if there was none before, or is none now: if it told
// more, a caller who may not reveal it could set what they guess and look whether it
// changed.
func versionValues(f found, v store.SviLinkVersion, previous *store.SviLinkVersion, changedOnly bool) []gen.SviVersionValue {
	s := f.shape()
	now, before := rawValues(s, versionRecord(f, v)), map[string]json.RawMessage{}
	if previous != nil {
		before = rawValues(s, versionRecord(f, *previous))
	}
	list := []gen.SviVersionValue{}
	for _, column := range historyColumns(s) {
		value, had := now[column.Name], before[column.Name]
		shown := gen.SviVersionValue{
			Name: column.Name, Label: column.Label, Type: wireTypes[column.DataType], ValueChanged: !bytes.Equal(value, had),
		}
		if value != nil {
			shown.Value = value
		}
		if had != nil && shown.ValueChanged {
			shown.PreviousVersionValue = had
		}
		if column.Masked {
			shown.PreviousVersionValue, shown.ValueChanged = nil, (value == nil) != (had == nil)
			if value != nil {
				shown.Value = maskTemplate
			}
		}
		if shown.ValueChanged || !changedOnly {
			list = append(list, shown)
		}
	}
	return list
}

// rawValues are all values of a record, masked ones too, as JSON.
func rawValues(s shape, r record) map[string]json.RawMessage {
	values := map[string]json.RawMessage{}
	for name, value := range s.kept(r) {
		values[name], _ = respond.Encode(value) // texts and numbers
	}
	for _, field := range s.fields {
		if value, ok := r.Attributes[field.Name]; ok {
			values[field.Name] = value
		}
	}
	return values
}

// historyColumns are the fields of a type and its columns, as fields.
func historyColumns(s shape) []store.SviField {
	c := s.columns
	column := func(dataType string, names ...string) (list []store.SviField) {
		for _, name := range names {
			if name != "" {
				list = append(list, store.SviField{Name: name, Label: columnLabel(name), DataType: dataType})
			}
		}
		return list
	}
	list := append(column(typeString, c.Key, c.To, c.From), s.fields...)
	list = append(list, column(typeInteger, c.Version)...)
	list = append(list, column(typeString, c.CreatedBy)...)
	list = append(list, column(typeTimestamp, c.CreatedAt)...)
	list = append(list, column(typeString, c.UpdatedBy)...)
	return append(list, column(typeTimestamp, c.UpdatedAt, c.ValidFrom, c.ValidTo)...)
}

// columnLabel makes a label of a column's name, which has none of its own, as SAS'
// sample has it: auto_generated_sk is "Auto Generated Sk", personId "Person Id".
func columnLabel(name string) string {
	var label strings.Builder
	start := true
	for _, r := range name {
		switch {
		case r == '_':
			start = true
			continue
		case unicode.IsUpper(r) || start:
			if label.Len() > 0 {
				label.WriteByte(' ')
			}
			r = unicode.ToUpper(r)
		}
		start = false
		label.WriteRune(r)
	}
	return label.String()
}
