package comanage

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"maps"
	"slices"
)

const (
	xmlDeclaration = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	wireVersion    = "1.0"
)

// xmlRow writes a row, given in JSON, as an element: Version and Id are attributes,
// all but Version are elements too, and booleans are 0 and 1.
func xmlRow(out *bufio.Writer, element string, row []byte) error {
	var ids struct{ Version, ID string }
	if err := json.Unmarshal(row, &ids); err != nil {
		return err
	}
	var text bytes.Buffer
	openXML(&text, element, xml.Attr{Name: xml.Name{Local: "Version"}, Value: ids.Version}, xml.Attr{Name: xml.Name{Local: "Id"}, Value: ids.ID})
	if err := xmlMembers(&text, row, "Version"); err != nil {
		return err
	}
	text.WriteString("</" + element + ">")
	_, err := out.Write(text.Bytes())
	return err
}

// xmlValue is a document that is not a list, given in JSON, in XML.
func xmlValue(value []byte) ([]byte, error) {
	var head struct {
		ResponseType, Version, ID string
		Memberships               map[string]string
	}
	if err := json.Unmarshal(value, &head); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	text.WriteString(xmlDeclaration)
	version := xml.Attr{Name: xml.Name{Local: "Version"}, Value: head.Version}
	if head.ResponseType == "NewObject" {
		openXML(&text, "NewObjectResponse", version)
		err := xmlMembers(&text, value, "Version", "ResponseType")
		text.WriteString("</NewObjectResponse>")
		return text.Bytes(), err
	}
	openXML(&text, head.ResponseType, version, xml.Attr{Name: xml.Name{Local: "Id"}, Value: head.ID})
	err := xmlMembers(&text, value, "Version", "ResponseType", "Id", "Memberships")
	if head.Memberships != nil { // keyed by ids, which cannot name elements
		text.WriteString("<Memberships>")
		for _, id := range slices.Sorted(maps.Keys(head.Memberships)) {
			openXML(&text, "Co", xml.Attr{Name: xml.Name{Local: "Id"}, Value: id})
			escape(&text, head.Memberships[id])
			text.WriteString("</Co>")
		}
		text.WriteString("</Memberships>")
	}
	text.WriteString("</" + head.ResponseType + ">")
	return text.Bytes(), err
}

func openXML(out *bytes.Buffer, element string, attributes ...xml.Attr) {
	out.WriteString("<" + element)
	for _, a := range attributes {
		out.WriteString(" " + a.Name.Local + `="`)
		escape(out, a.Value)
		out.WriteByte('"')
	}
	out.WriteByte('>')
}

func escape(out *bytes.Buffer, text string) {
	_ = xml.EscapeText(out, []byte(text)) // a buffer does not fail
}

// xmlMembers writes the members of a JSON object as elements, in their order,
// without those that are skipped.
func xmlMembers(out *bytes.Buffer, object []byte, skip ...string) error {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if !slices.Contains(skip, name) {
			if err := xmlMember(out, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// xmlMember writes one member: an object with its members inside, a list as one
// element each.
func xmlMember(out *bytes.Buffer, name string, value json.RawMessage) error {
	switch value[0] {
	case '[':
		var values []json.RawMessage
		if err := json.Unmarshal(value, &values); err != nil {
			return err
		}
		for _, v := range values {
			if err := xmlMember(out, name, v); err != nil {
				return err
			}
		}
		return nil
	case '{':
		out.WriteString("<" + name + ">")
		err := xmlMembers(out, value)
		out.WriteString("</" + name + ">")
		return err
	}
	text := unquoted(value)
	switch string(value) {
	case "true":
		text = []byte("1")
	case "false":
		text = []byte("0")
	}
	out.WriteString("<" + name + ">")
	escape(out, string(text))
	out.WriteString("</" + name + ">")
	return nil
}
