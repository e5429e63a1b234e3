package svi

import (
	"encoding/json"

	"orglink/gen"
)

// members are those of a representation that the document's validator has not seen:
// a patched one, an item of a bulk call. Each is read by its exact name: decoding into
// a struct would take other spellings, too.
type members struct {
	raw      map[string]json.RawMessage
	problems []string
}

// text is a member that is a string, nil if it is absent or null.
func (m *members) text(name string) *string {
	var text *string
	if raw, ok := m.raw[name]; ok && json.Unmarshal(raw, &text) != nil {
		m.problems = append(m.problems, name+" must be a string.")
	}
	return text
}

// required is a member that is a string and not empty.
func (m *members) required(name string) string {
	before := len(m.problems)
	text := m.text(name)
	if len(m.problems) == before && (text == nil || *text == "") {
		m.problems = append(m.problems, name+requiredSuffix)
	}
	return or(text, "")
}

// content is what the representation says of the record.
func (m *members) content() content {
	return content{fieldValues: m.raw["fieldValues"], validFrom: m.text("validFrom"), validTo: m.text("validTo")}
}

// link reads the representation as an update of a link.
func (m *members) link() gen.SviLinkUpdate {
	parts := m.content()
	return gen.SviLinkUpdate{
		ID: m.text("id"), RelationshipTypeName: m.text("relationshipTypeName"), QualifiedTypeName: m.text("qualifiedTypeName"),
		FromObjectTypeName: m.text("fromObjectTypeName"), FromObjectID: m.text("fromObjectId"),
		ToObjectTypeName: m.text("toObjectTypeName"), ToObjectID: m.text("toObjectId"),
		ValidFrom: parts.validFrom, ValidTo: parts.validTo, FieldValues: parts.fieldValues,
	}
}

// err is the fault that lists what is wrong with the members that were read.
func (m *members) err() error {
	if len(m.problems) > 0 {
		return invalid("body", "", m.problems...)
	}
	return nil
}
