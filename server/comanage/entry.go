package comanage

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
)

// Columns that more than one kind of objects has, as InvalidFields names them.
const (
	columnVersion = "version"
	columnCO      = "co_id"
	columnPerson  = "co_person_id"
	columnOrg     = "org_identity_id"
	columnOwner   = "person"
)

// entry is the one entry of a request document that Registry reads: the JSON values
// of its members by column. A missing one is absent.
type entry map[string]json.RawMessage

// readEntry finds the entry in a body: the first of the list or, without a list,
// the whole document. ok is false where there is none. Names are CamelCase or
// snake_case.
func (r resource) readEntry(body []byte) (e entry, ok bool) {
	members, ok := object(body)
	if !ok {
		return nil, false
	}
	if list, enveloped := members[r.plural]; enveloped {
		var entries []json.RawMessage
		if json.Unmarshal(list, &entries) != nil || len(entries) == 0 {
			return nil, false
		}
		if members, ok = object(entries[0]); !ok {
			return nil, false
		}
	}
	e = entry{}
	for _, name := range slices.Sorted(maps.Keys(members)) { // of two spellings always the same one
		e[snakeCase(name)] = members[name]
	}
	return e, true
}

// object reads a JSON object; null is none.
func object(text []byte) (map[string]json.RawMessage, bool) {
	var members map[string]json.RawMessage
	err := json.Unmarshal(text, &members)
	return members, err == nil && members != nil
}

// snakeCase turns `CoPersonId` into `co_person_id`, and leaves that as it is.
func snakeCase(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// normaliseBody rewrites a request document in the one spelling that the document
// of the API has, out of the many that Registry takes. What is wrong stays wrong.
func (r resource) normaliseBody(body []byte) []byte {
	e, ok := r.readEntry(body)
	if !ok {
		return body
	}
	members := map[string]json.RawMessage{}
	for name, property := range r.form.Properties {
		column := snakeCase(name)
		value := e[column]
		if column == columnOwner {
			value = e.canonicalOwner()
		} else if value != nil {
			value = canonical(column, value, rules(property))
		}
		if value != nil {
			members[name] = value
		}
	}
	text, err := json.Marshal(map[string]any{r.plural: []any{members}})
	if err != nil {
		return body
	}
	return text
}

// canonical is a value as the schema would have it, if it is one that PHP takes for
// the same.
func canonical(column string, value json.RawMessage, schema *openapi3.Schema) json.RawMessage {
	switch {
	case column == columnVersion:
		return canonicalVersion(value)
	case schema.Nullable && string(value) == `""` && !freeText(schema):
		return json.RawMessage("null") // PHP keeps no empty date, and lets an empty choice pass
	case schema.Type.Is("boolean"):
		return canonicalBool(value)
	case schema.Type.Is("string"):
		return canonicalText(value)
	}
	return value
}

// freeText reports whether the empty text is a value of its own.
func freeText(schema *openapi3.Schema) bool {
	return schema.Type.Is("string") && schema.Format == "" && len(schema.Enum) == 0
}

// canonicalVersion is "1.0" for all that PHP's loose comparison takes for it: 1,
// 1.0 and these in quotes.
func canonicalVersion(value json.RawMessage) json.RawMessage {
	number := unquoted(value)
	if !json.Valid(number) { // also keeps out what only Go calls a number
		return value
	}
	if f, err := strconv.ParseFloat(string(number), 64); err != nil || f != 1 {
		return value
	}
	return json.RawMessage(`"1.0"`)
}

// canonicalBool reads the ways to write a boolean: JSON's, and those of XML.
func canonicalBool(value json.RawMessage) json.RawMessage {
	switch string(unquoted(value)) {
	case "1", "true":
		return json.RawMessage("true")
	case "0", "false":
		return json.RawMessage("false")
	}
	return value
}

// canonicalText puts a number between quotes.
func canonicalText(value json.RawMessage) json.RawMessage {
	if value[0] == '-' || digits(string(value[:1])) {
		return json.RawMessage(`"` + string(value) + `"`)
	}
	return value
}

// canonicalOwner is the person or org identity that a name or an identifier is for,
// or nil: `Person` with a known Type and an Id, or the column itself.
func (e entry) canonicalOwner() json.RawMessage {
	kind, id := "", json.RawMessage(nil)
	if members, ok := object(e[columnOwner]); ok {
		kind, id = string(unquoted(members["Type"])), members["Id"]
	} else if e[columnPerson] != nil {
		kind, id = "CO", e[columnPerson]
	} else if e[columnOrg] != nil {
		kind, id = "Org", e[columnOrg]
	}
	if kind != "CO" && kind != "Org" || id == nil {
		return nil
	}
	return json.RawMessage(`{"Type":"` + kind + `","Id":` + string(canonicalText(id)) + `}`)
}

func unquoted(value json.RawMessage) []byte {
	var text string
	if json.Unmarshal(value, &text) == nil && !bytes.Equal(value, []byte("null")) {
		return []byte(text)
	}
	return value
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// parseID reads an id of decimal digits.
func parseID(text string) (int64, bool) {
	if !digits(text) {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// text is the value of a string member; empty where it is absent or null.
func (e entry) text(column string) string {
	var text string
	_ = json.Unmarshal(e[column], &text) // anything else stays empty
	return text
}

// id is the value of a member that holds an id, or nil where it holds none.
func (e entry) id(column string) *int64 {
	id, ok := parseID(e.text(column))
	if !ok {
		return nil
	}
	return &id
}

func (e entry) isNull(column string) bool { return string(e[column]) == "null" }

// setText sets a string if it was sent.
func (e entry) setText(column string, to *string) {
	if e[column] != nil {
		*to = e.text(column)
	}
}

// setOptional sets a string if it was sent; null clears it.
func (e entry) setOptional(column string, to **string) {
	if _, sent := e[column]; !sent {
		return
	}
	*to = nil
	if !e.isNull(column) {
		text := e.text(column)
		*to = &text
	}
}

// setBool sets a boolean if it was sent; null clears it.
func (e entry) setBool(column string, to *bool) {
	if value, sent := e[column]; sent {
		*to = string(value) == "true"
	}
}

// setTime sets a time if it was sent; null clears it.
func (e entry) setTime(column string, to **time.Time) {
	if _, sent := e[column]; !sent {
		return
	}
	*to = nil
	if at, err := parseTime(e.text(column)); err == nil {
		*to = &at
	}
}

// owner is the person or the org identity that a name or an identifier is for.
func (e entry) owner() (kind string, id *int64) {
	members, ok := object(e[columnOwner])
	if !ok {
		return "", nil
	}
	person := entry{"type": members["Type"], "id": members["Id"]}
	return person.text("type"), person.id("id")
}
