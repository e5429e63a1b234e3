package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/servertest"
)

// demoCredentials is the Authorization header of a caller of the demo, by tag.
var demoCredentials = map[string]string{
	"acc":       "Bearer 9ezBnx9Rd5D1xG4KMt6b72T4w0MG",
	"comanage":  "Basic Y29fMS5kZW1vOmRlbW8tc2VjcmV0", // co_1.demo:demo-secret
	"cux":       "Bearer demo-token",
	"responsys": "demo-token",
	"svi":       "Bearer demo-token",
	"workbench": "Bearer " + servertest.AdminToken,
}

// Every example of the document is sent as it stands to a fresh demo.
func TestExamplesWorkAgainstTheDemo(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for path, item := range contract.Paths.Map() {
		for method, op := range item.Operations() {
			status := successStatus(op)
			if status == 0 {
				continue // it exists to be refused
			}
			t.Run(op.OperationID, func(t *testing.T) {
				t.Parallel()
				if op.Summary == "" || op.Description == "" {
					t.Error("the operation lacks a summary or a description")
				}
				s := start(t, servertest.Demo())
				s.want(t, status, exampleCall(t, method, path, item, op))
			})
		}
	}
}

// So is every example of a document in XML, to the path that ends with its name.
func TestXMLExamplesWorkAgainstTheDemo(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for path, item := range contract.Paths.Map() {
		for method, op := range item.Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content["application/xml"] == nil {
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				t.Parallel()
				s := start(t, servertest.Demo())
				c := exampleCall(t, method, path, item, op)
				c.path = strings.TrimSuffix(c.path, "json") + "xml"
				c.header["Content-Type"] = "application/xml"
				c.body = op.RequestBody.Value.Content["application/xml"].Example.(string)
				s.want(t, successStatus(op), c)
			})
		}
	}
}

// Every JSON answer of a success shows an example, which the answer's schema allows.
func TestSuccessesShowAnExample(t *testing.T) {
	t.Parallel()
	for _, item := range contract.Paths.Map() {
		for _, op := range item.Operations() {
			for status, response := range op.Responses.Map() {
				for media, content := range response.Value.Content {
					if status[0] != '2' || !strings.Contains(media, "json") || op.OperationID == "workbenchGetDocumentJSON" {
						continue
					}
					if content.Example == nil {
						t.Errorf("%s %s %s: no example", op.OperationID, status, media)
						continue
					}
					if err := content.Schema.Value.VisitJSON(content.Example, openapi3.VisitAsResponse()); err != nil {
						t.Errorf("%s %s %s: the example does not fit: %v", op.OperationID, status, media, err)
					}
				}
			}
		}
	}
}

// successStatus is the lowest 2xx status of the operation, or 0.
func successStatus(op *openapi3.Operation) int {
	var statuses []int
	for text := range op.Responses.Map() {
		if status, err := strconv.Atoi(text); err == nil && status/100 == 2 {
			statuses = append(statuses, status)
		}
	}
	if len(statuses) == 0 {
		return 0
	}
	sort.Ints(statuses)
	return statuses[0]
}

// exampleCall makes the request that Swagger UI would: every parameter with an
// example is sent.
func exampleCall(t *testing.T, method, path string, item *openapi3.PathItem, op *openapi3.Operation) call {
	t.Helper()
	c := call{method: method, header: map[string]string{}}
	if op.Security != nil && len(*op.Security) > 0 {
		c.header["Authorization"] = demoCredentials[op.Tags[0]]
	}
	query := url.Values{}
	for _, ref := range append(append(openapi3.Parameters{}, item.Parameters...), op.Parameters...) {
		p := ref.Value
		if p.Example == nil {
			if p.Required {
				t.Errorf("parameter %s has no example", p.Name)
			}
			continue
		}
		value := fmt.Sprint(p.Example)
		if number, ok := p.Example.(float64); ok { // a large one has an exponent in the line above
			value = strconv.FormatFloat(number, 'f', -1, 64)
		}
		switch p.In {
		case openapi3.ParameterInPath:
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(value))
		case openapi3.ParameterInQuery:
			list, ok := p.Example.([]any)
			if !ok {
				list = []any{value}
			}
			for _, item := range list {
				query.Add(p.Name, fmt.Sprint(item))
			}
		case openapi3.ParameterInHeader:
			c.header[p.Name] = value
		}
	}
	c.path = path
	if len(query) > 0 {
		c.path += "?" + query.Encode()
	}
	if op.RequestBody != nil {
		c.header["Content-Type"], c.body = exampleBody(t, op.RequestBody.Value)
	}
	return c
}

// exampleBody is the example of a body: of the JSON one, if there is one, else of the
// first media type that has one.
func exampleBody(t *testing.T, body *openapi3.RequestBody) (mediaType, text string) {
	t.Helper()
	names := slices.SortedFunc(maps.Keys(body.Content), func(a, b string) int {
		if plain := "application/json"; a == plain || b == plain {
			return map[bool]int{true: -1, false: 1}[a == plain]
		}
		return strings.Compare(a, b)
	})
	for _, media := range names {
		example := body.Content[media].Example
		switch {
		case example == nil || media == "application/xml":
		case media == "application/x-www-form-urlencoded":
			form := url.Values{}
			for name, value := range example.(map[string]any) {
				form.Set(name, fmt.Sprint(value))
			}
			return media, form.Encode()
		default:
			raw, err := json.Marshal(example)
			if err != nil {
				t.Fatal(err)
			}
			return media, string(raw)
		}
	}
	t.Fatal("the body has neither a JSON nor a form example")
	return "", ""
}
