package requestgen

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The media types that are not JSON by another name.
const (
	mediaJSON = "application/json"
	mediaForm = "application/x-www-form-urlencoded"
	mediaXML  = "application/xml"
)

// Param names a parameter.
type Param struct{ In, Name string }

// Request is a request of an operation.
type Request struct {
	Operation *Operation
	// Params are the values of the parameters that are sent, as JSON has them.
	Params map[Param]any
	// Authorization is the header of that name; empty sends none.
	Authorization string
	// Media is the body's type by the document; empty sends no body.
	Media string
	// Body is the body's value, as JSON has it.
	Body any

	// label is sent as Content-Type in place of Media, text in place of Body.
	label, text *string
}

// Clone is a request that can be changed apart from r.
func (r *Request) Clone() *Request {
	c := *r
	c.Params = maps.Clone(r.Params)
	c.Body = clone(r.Body)
	return &c
}

func clone(value any) any {
	switch v := value.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for name, member := range v {
			c[name] = clone(member)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, item := range v {
			c[i] = clone(item)
		}
		return c
	}
	return value
}

// URL is the path with its query.
func (r *Request) URL() string {
	path, query := r.Operation.Path, url.Values{}
	for _, p := range r.sent() {
		switch value := r.Params[p]; p.In {
		case "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text(value)))
		case "query":
			list, ok := value.([]any)
			if !ok {
				list = []any{value}
			}
			for _, item := range list {
				query.Add(p.Name, text(item))
			}
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

func (r *Request) sent() []Param {
	return slices.SortedFunc(maps.Keys(r.Params), func(a, b Param) int {
		return strings.Compare(a.In+a.Name, b.In+b.Name)
	})
}

// Header holds the header fields, the body's type among them.
func (r *Request) Header() http.Header {
	h := http.Header{}
	for _, p := range r.sent() {
		if p.In == "header" {
			h.Set(p.Name, text(r.Params[p]))
		}
	}
	if r.Authorization != "" {
		h.Set("Authorization", r.Authorization)
	}
	if r.label != nil {
		h.Set("Content-Type", *r.label)
	} else if r.Media != "" {
		h.Set("Content-Type", r.Media)
	}
	return h
}

// Text is the body as it is sent.
func (r *Request) Text() string {
	switch {
	case r.text != nil:
		return *r.text
	case r.Media == "":
		return ""
	case r.Media == mediaForm:
		form := url.Values{}
		for name, value := range r.Body.(map[string]any) {
			form.Set(name, text(value))
		}
		return form.Encode()
	case r.Media == mediaXML:
		return r.xml()
	}
	return encode(r.Body)
}

// xml is a body of COmanage as XML has it: its root and entry are called as in the
// document's example.
func (r *Request) xml() string {
	example, _ := r.Operation.body.Content[mediaXML].Example.(string)
	decoder := xml.NewDecoder(strings.NewReader(example))
	var names []string
	for len(names) < 2 {
		token, err := decoder.Token()
		if err != nil {
			panic(fmt.Sprintf("%s: the example in XML: %v", r.Operation.ID, err))
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Local)
		}
	}
	var out bytes.Buffer
	out.WriteString("<" + names[0] + ` Version="1.0">`)
	list, _ := r.Body.(map[string]any)[names[0]].([]any)
	for _, entry := range list {
		writeElement(&out, names[1], entry)
	}
	out.WriteString("</" + names[0] + ">")
	return out.String()
}

func writeElement(out *bytes.Buffer, name string, value any) {
	if value == nil {
		return
	}
	out.WriteString("<" + name + ">")
	if members, ok := value.(map[string]any); ok {
		for _, member := range slices.Sorted(maps.Keys(members)) {
			writeElement(out, member, members[member])
		}
	} else {
		_ = xml.EscapeText(out, []byte(text(value))) // a buffer takes all
	}
	out.WriteString("</" + name + ">")
}

// Curl is a line that sends the request to a server at base.
func (r *Request) Curl(base string) string {
	line := []string{"curl", "-i", "-X", r.Operation.Method, quote(base + r.URL())}
	header := r.Header()
	for _, name := range slices.Sorted(maps.Keys(header)) {
		line = append(line, "-H", quote(name+": "+header.Get(name)))
	}
	if body := r.Text(); body != "" {
		line = append(line, "--data-binary", quote(body))
	}
	return strings.Join(line, " ")
}

func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// GoString is how rapid prints a request that it drew.
func (r *Request) GoString() string { return r.Operation.ID + ": " + r.Curl("") }

// text is a scalar as a URL or a header has it.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any, []any:
		return encode(v)
	}
	return fmt.Sprint(value)
}

func encode(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // it holds what JSON has
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func decode(text []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}
