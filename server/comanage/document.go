package comanage

import (
	"bufio"
	"bytes"
	"encoding/json"

	"orglink/gen"
	"orglink/server/respond"
)

// writeValue writes a document that is not a list, with the newline that Registry
// ends every document with.
func writeValue(out *bufio.Writer, format gen.ComanageFormat, value any) error {
	text, err := respond.Encode(value)
	if err != nil {
		return err
	}
	if format == gen.ComanageFormatXML {
		if text, err = xmlValue(text); err != nil {
			return err
		}
	}
	if _, err := out.Write(text); err != nil {
		return err
	}
	return out.WriteByte('\n')
}

// listWriter writes a document that is a list, row by row.
type listWriter struct {
	out    *bufio.Writer
	format gen.ComanageFormat
	resource
	rows    int
	row     bytes.Buffer
	encoder *json.Encoder
}

func newList(out *bufio.Writer, format gen.ComanageFormat, r resource) *listWriter {
	l := &listWriter{out: out, format: format, resource: r}
	l.encoder = json.NewEncoder(&l.row)
	l.encoder.SetEscapeHTML(false)
	return l
}

// write writes a row. An error of the connection shows at the end or at a flush.
func (l *listWriter) write(row any) error {
	l.row.Reset()
	if err := l.encoder.Encode(row); err != nil {
		return err
	}
	if _, err := l.out.WriteString(l.before()); err != nil {
		return err
	}
	l.rows++
	if l.format == gen.ComanageFormatXML {
		return xmlRow(l.out, l.singular, l.row.Bytes())
	}
	_, err := l.out.Write(bytes.TrimSuffix(l.row.Bytes(), []byte("\n")))
	return err
}

// before is what stands before the next row.
func (l *listWriter) before() string {
	switch {
	case l.format == gen.ComanageFormatXML && l.rows == 0:
		return xmlDeclaration + "<" + l.plural + ` Version="` + wireVersion + `">`
	case l.format == gen.ComanageFormatXML:
		return ""
	case l.rows == 0:
		return `{"ResponseType":"` + l.plural + `","Version":"` + wireVersion + `","` + l.plural + `":[`
	}
	return ","
}

// end writes what stands after the last row.
func (l *listWriter) end() error {
	end := "]}\n"
	if l.format == gen.ComanageFormatXML {
		end = "</" + l.plural + ">\n"
	}
	if l.rows == 0 {
		if l.format == gen.ComanageFormatXML {
			end = "<" + l.singular + "/>" + end // Registry's view writes one, though there is none
		}
		end = l.before() + end
	}
	_, err := l.out.WriteString(end)
	return err
}
