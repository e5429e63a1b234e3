package comanage

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

var errNoXML = errors.New("not a request document in XML")

// readXML turns a request document in XML into the same one in JSON. Attributes and
// child elements both are members, whatever their namespace.
func (r resource) readXML(body []byte) ([]byte, error) {
	if refersToHalfAPair(body) {
		return nil, errNoXML
	}
	in := xmlReader{Decoder: xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, byteOrderMark)))}
	root, err := in.start()
	if err != nil || root.Name.Local != r.plural {
		return nil, errNoXML
	}
	first, err := in.start()
	if err != nil || first.Name.Local != r.singular {
		return nil, errNoXML
	}
	members, _, err := in.element(first)
	if err != nil {
		return nil, err
	}
	// The rest must be XML, too; further entries are not read.
	for {
		if _, err := in.next(); errors.Is(err, io.EOF) {
			return json.Marshal(map[string]any{r.plural: []any{members}})
		} else if err != nil {
			return nil, errNoXML
		}
	}
}

var byteOrderMark = []byte("\uFEFF")

// xmlReader reads a document in XML, and no more than a request document needs: what
// is nested deeper than any is refused, and so is a DOCTYPE, as entities have no place
// in it.
type xmlReader struct {
	*xml.Decoder
	depth  int
	rooted bool
}

const maxXMLDepth = 100

// next is the next token. Go's decoder takes a sequence of texts and elements for a
// document; this holds it to one root.
func (x *xmlReader) next() (xml.Token, error) {
	token, err := x.Token()
	if err != nil {
		return nil, err
	}
	fits := true
	switch t := token.(type) {
	case xml.Directive:
		fits = false
	case xml.StartElement:
		fits = x.depth < maxXMLDepth && (x.depth > 0 || !x.rooted)
		x.depth, x.rooted = x.depth+1, true
	case xml.EndElement:
		x.depth--
	case xml.CharData:
		fits = x.depth > 0 || len(bytes.TrimSpace(t)) == 0
	}
	if !fits {
		return nil, errNoXML
	}
	return token, nil
}

// start finds the beginning of the next element within the one that was begun.
func (x *xmlReader) start() (xml.StartElement, error) {
	for {
		token, err := x.next()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, errNoXML
		}
	}
}

// element reads the element that start begins: its attributes and child elements,
// and its text without the space around it, as PHP reads it.
func (x *xmlReader) element(start xml.StartElement) (members map[string]any, text string, err error) {
	members = map[string]any{}
	for _, a := range start.Attr {
		if !declaresNamespace(a.Name) {
			members[a.Name.Local] = a.Value
		}
	}
	var content strings.Builder
	for {
		token, err := x.next()
		if err != nil {
			return nil, "", errNoXML
		}
		switch t := token.(type) {
		case xml.CharData:
			content.Write(t)
		case xml.EndElement:
			return members, strings.TrimSpace(content.String()), nil
		case xml.StartElement:
			inner, text, err := x.element(t)
			if err != nil {
				return nil, "", err
			}
			members[t.Name.Local] = text
			if len(inner) > 0 {
				members[t.Name.Local] = inner
			}
		}
	}
}

func declaresNamespace(attribute xml.Name) bool {
	return attribute.Space == "xmlns" || attribute.Space == "" && attribute.Local == "xmlns"
}

// refersToHalfAPair reports whether the body refers to half of a surrogate pair by its
// number. XML has no such character, and Go's decoder would replace it without a word.
func refersToHalfAPair(body []byte) bool {
	_, rest, _ := bytes.Cut(body, []byte("&#"))
	for reference := range bytes.SplitSeq(rest, []byte("&#")) {
		number, _, _ := bytes.Cut(reference, []byte(";"))
		base := 10
		if hex, ok := bytes.CutPrefix(number, []byte("x")); ok {
			number, base = hex, 16
		}
		code, err := strconv.ParseUint(string(number), base, 16)
		if err == nil && utf16.IsSurrogate(rune(code)) {
			return true
		}
	}
	return false
}
