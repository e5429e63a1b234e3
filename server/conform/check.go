package conform

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

func checkHeader(v *Violation, name string, documented *openapi3.Header, header http.Header) {
	values := header[http.CanonicalHeaderKey(name)]
	if len(values) == 0 {
		if documented.Required {
			v.add(inHeader, []string{name}, "required")
		}
		return
	}
	if documented.Schema == nil {
		return
	}
	schema := documented.Schema.Value
	for _, text := range values {
		var value any = text
		if schema.Type.Is("integer") {
			number, err := strconv.ParseFloat(text, 64)
			if err != nil {
				v.add(inHeader, []string{name}, "type")
				continue
			}
			value = number
		}
		v.addSchema(inHeader, []string{name}, schema.VisitJSON(value, openapi3.MultiErrors()))
	}
}

// unpacked is the body as it was before its encoding: clients that take gzip get the
// document itself packed.
func unpacked(encoding string, body []byte) ([]byte, error) {
	switch encoding {
	case "":
		return body, nil
	case "gzip":
		packed, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(packed)
	}
	return nil, errors.ErrUnsupported
}

// mediaOf is what the document has for the media type of the answer, or nil.
func mediaOf(v *Violation, response *openapi3.Response, contentType string) *openapi3.MediaType {
	if len(response.Content) == 0 {
		return nil
	}
	media := response.Content.Get(contentType)
	if media == nil {
		v.add(inHeader, []string{"Content-Type"}, "undocumented")
	}
	return media
}

func checkBody(v *Violation, response *openapi3.Response, contentType string, body []byte) {
	if len(response.Content) == 0 {
		if len(body) > 0 {
			v.add(inBody, nil, "undocumented")
		}
		return
	}
	media := mediaOf(v, response, contentType)
	if media == nil || media.Schema == nil {
		return
	}
	name, _, _ := mime.ParseMediaType(contentType)
	switch schema := media.Schema.Value; {
	case name == "application/json", strings.HasSuffix(name, "+json"):
		checkJSON(v, schema, body)
	case name == "application/xml":
		if !wellFormed(body) {
			v.add(inBody, nil, "xml")
			return
		}
		fallthrough
	default: // a text
		v.addSchema(inBody, nil, schema.VisitJSON(string(body), openapi3.MultiErrors(), openapi3.VisitAsResponse()))
	}
}

func checkJSON(v *Violation, schema *openapi3.Schema, body []byte) {
	if !json.Valid(body) {
		v.add(inBody, nil, "json")
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		v.add(inBody, nil, "json")
		return
	}
	v.addSchema(inBody, nil, schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse()))
}

// wellFormed reports whether the text is one XML element.
func wellFormed(text []byte) bool {
	decoder, elements, depth := xml.NewDecoder(bytes.NewReader(text)), 0, 0
	for {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && elements == 1
		}
		switch token.(type) {
		case xml.StartElement:
			if depth == 0 {
				elements++
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}
