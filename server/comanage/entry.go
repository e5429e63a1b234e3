package comanage

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"orglink/gen"
)

// Columns of a link, as InvalidFields names them.
const (
	columnPerson = "co_person_id"
	columnOrg    = "org_identity_id"
	// fieldVersion is the one member that InvalidFields writes as the document does.
	fieldVersion = "Version"
)

// entry holds the members, as they stand in the JSON, of the one entry of a
// request document that Registry reads. A missing one is nil.
type entry struct {
	version, person, org json.RawMessage
}

// readEntry finds the entry in a body: the first of the list, or, without a list,
// the whole document. ok is false where there is none. Names are CamelCase or
// snake_case.
func readEntry(body []byte) (e entry, ok bool) {
	members, ok := object(body)
	if !ok {
		return e, false
	}
	if list, enveloped := members["CoOrgIdentityLinks"]; enveloped {
		var entries []json.RawMessage
		if json.Unmarshal(list, &entries) != nil || len(entries) == 0 {
			return e, false
		}
		if members, ok = object(entries[0]); !ok {
			return e, false
		}
	}
	e.version = members[fieldVersion]
	for _, name := range slices.Sorted(maps.Keys(members)) { // of two spellings always the same one
		switch snakeCase(name) {
		case columnPerson:
			e.person = members[name]
		case columnOrg:
			e.org = members[name]
		}
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
func normaliseBody(body []byte) []byte {
	e, ok := readEntry(body)
	if !ok {
		return body
	}
	out := map[string]json.RawMessage{}
	for name, value := range map[string]json.RawMessage{
		fieldVersion:    canonicalVersion(e.version),
		"CoPersonId":    canonicalID(e.person),
		"OrgIdentityId": canonicalID(e.org),
	} {
		if value != nil {
			out[name] = value
		}
	}
	text, err := json.Marshal(map[string]any{"CoOrgIdentityLinks": []any{out}})
	if err != nil {
		return body
	}
	return text
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

// canonicalID puts a number of digits only between quotes.
func canonicalID(value json.RawMessage) json.RawMessage {
	if !digits(string(value)) {
		return value
	}
	return json.RawMessage(`"` + string(value) + `"`)
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

// ends are the two ids of an entry; nil where one is missing.
type ends struct{ person, org *int64 }

// check is Registry's judgement of an entry: its ids, as far as they can be read,
// and by column what is wrong. A wrong Version is told alone.
func (e entry) check() (_ ends, invalid map[string][]string) {
	invalid = map[string][]string{}
	read := func(value json.RawMessage, column string) *int64 {
		if value == nil {
			return nil
		}
		var text string
		id, ok := int64(0), false
		if json.Unmarshal(value, &text) == nil {
			id, ok = parseID(text)
		}
		if !ok || id > maxID {
			invalid[column] = []string{"content"} // the name of the rule, which has no text
		}
		return &id
	}
	both := ends{person: read(e.person, columnPerson), org: read(e.org, columnOrg)}
	if string(e.version) != `"1.0"` {
		invalid = map[string][]string{fieldVersion: {"Unknown version"}}
	}
	return both, invalid
}

// maxID is the largest id that the numeric rule lets pass.
const maxID = 1 << 31

// parseID reads an id of decimal digits.
func parseID(text string) (int64, bool) {
	if !digits(text) {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// typedEntry is the entry of a validated document.
func typedEntry(document gen.ComanageCoOrgIdentityLinkRequest) entry {
	first := document.CoOrgIdentityLinks[0]
	raw := func(text *string) json.RawMessage {
		if text == nil {
			return nil
		}
		return json.RawMessage(strconv.Quote(*text))
	}
	version := string(first.Version)
	return entry{version: raw(&version), person: raw(first.CoPersonID), org: raw(first.OrgIdentityID)}
}
