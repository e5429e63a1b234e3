package compat_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"orglink/server/compat"
)

const released = `
openapi: 3.0.3
info: {title: Things, version: 0.1.0}
servers:
  - url: /
  - url: /w/{name}
    variables: {name: {default: default}}
paths:
  /things:
    get:
      operationId: listThings
      security: [{}]
      parameters:
        - {name: from, in: query, schema: {type: integer, minimum: 0, maximum: 100}}
        - {name: kind, in: query, schema: {type: string, enum: [a, b]}}
        - {name: names, in: query, schema: {type: array, minItems: 1, maxItems: 5, items: {type: string}}}
      responses:
        '200':
          description: All.
          headers:
            ETag: {required: true, schema: {type: string, pattern: '^"[0-9]+"$'}}
          content:
            application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Thing'}}}
            application/xml: {schema: {type: string}}
        '404': {description: None.}
  /things/{id}:
    put:
      operationId: putThing
      x-orglink-body-limit: 1000
      security: [{token: [read]}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/ThingInput'}}
          application/xml: {schema: {type: string}}
      responses:
        '204': {description: Put.}
components:
  securitySchemes:
    token: {type: oauth2, flows: {clientCredentials: {tokenUrl: /token, scopes: {read: Read., write: Write.}}}}
    key: {type: apiKey, in: header, name: X-Key}
  schemas:
    Thing:
      type: object
      required: [id, state]
      properties:
        id: {type: string, format: uuid}
        state: {type: string, enum: [new, old]}
        size: {type: integer, maximum: 10}
        parts: {type: array, items: {$ref: '#/components/schemas/Thing'}}
    ThingInput:
      type: object
      required: [name]
      properties:
        name: {type: string, minLength: 1, maxLength: 20}
        note: {type: string, nullable: true}
        size: {type: number}
        code: {type: string}
        when: {type: string, format: date}
        choice:
          oneOf: [{type: string}, {type: integer}]
        whole:
          allOf: [{$ref: '#/components/schemas/Part'}]
    Part:
      type: object
      properties:
        depth: {type: integer, maximum: 9}
`

// Each case changes the released document in one place. Where backwards is not set, the
// change taken back breaks nothing.
func TestBreaks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		from, to  string
		want      []string // what breaks; none where the change only adds
		backwards []string
	}{
		"an operation is gone":                 {"    get:\n      operationId: listThings", "    post:\n      operationId: listThings", []string{"listThings: GET /things is gone"}, []string{"listThings: POST /things is gone"}},
		"a path is gone":                       {"  /things/{id}:", "  /stuff/{id}:", []string{"putThing: PUT /things/{id} is gone"}, []string{"putThing: PUT /stuff/{id} is gone"}},
		"an operation is called otherwise":     {"operationId: putThing", "operationId: setThing", []string{"putThing: its operationId is now setThing"}, []string{"setThing: its operationId is now putThing"}},
		"a parameter is gone":                  {"        - {name: kind, in: query, schema: {type: string, enum: [a, b]}}\n", "", []string{"listThings: query parameter kind: is gone"}, nil},
		"a parameter is required":              {"{name: kind, in: query,", "{name: kind, in: query, required: true,", []string{"listThings: query parameter kind: is required now"}, nil},
		"a new parameter is required":          {"{name: kind,", "{name: more, required: true, in: query, schema: {}}\n        - {name: kind,", []string{"listThings: query parameter more: is new and required"}, []string{"listThings: query parameter more: is gone"}},
		"a new parameter is optional":          {"{name: kind,", "{name: more, in: query, schema: {}}\n        - {name: kind,", nil, []string{"listThings: query parameter more: is gone"}},
		"a parameter is written otherwise":     {"{name: names, in: query,", "{name: names, in: query, explode: false,", []string{"listThings: query parameter names: is written in style form now, and was in form, exploded"}, []string{"listThings: query parameter names: is written in style form, exploded now, and was in form"}},
		"a parameter's enum shrinks":           {"enum: [a, b]", "enum: [a]", []string{"listThings: query parameter kind: may not be b any more"}, nil},
		"a parameter's minimum rises":          {"minimum: 0", "minimum: 1", []string{"listThings: query parameter from: minimum is 1 now"}, nil},
		"a parameter's maximum falls":          {"maximum: 100", "maximum: 99", []string{"listThings: query parameter from: maximum is 99 now"}, nil},
		"a list gets longer at least":          {"minItems: 1", "minItems: 2", []string{"listThings: query parameter names: minItems is 2 now"}, nil},
		"a list gets shorter at most":          {"maxItems: 5", "maxItems: 4", []string{"listThings: query parameter names: maxItems is 4 now"}, nil},
		"items must differ":                    {"maxItems: 5,", "maxItems: 5, uniqueItems: true,", []string{"listThings: query parameter names: items must be unique now"}, nil},
		"a body is required":                   {"requestBody:\n", "requestBody:\n        required: true\n", []string{"putThing: request: a body is required now"}, nil},
		"a body may be smaller at most":        {"limit: 1000", "limit: 999", []string{"putThing: request: bodies may have 999 bytes, and might have 1000"}, nil},
		"a body's media type is gone":          {"ThingInput'}}\n          application/xml: {schema: {type: string}}", "ThingInput'}}", []string{"putThing: request application/xml: is not accepted any more"}, nil},
		"a member is required":                 {"required: [name]", "required: [name, note]", []string{"putThing: request application/json.note: is required now"}, nil},
		"a member is gone":                     {"        code: {type: string}\n", "", []string{"putThing: request application/json.code: is gone"}, nil},
		"a member may not be null":             {"note: {type: string, nullable: true}", "note: {type: string}", []string{"putThing: request application/json.note: may not be null any more"}, nil},
		"a member is of another type":          {"code: {type: string}", "code: {type: boolean}", []string{"putThing: request application/json.code: is of type [boolean] now, and was of type [string]"}, []string{"putThing: request application/json.code: is of type [string] now, and was of type [boolean]"}},
		"a number must be an integer":          {"size: {type: number}", "size: {type: integer}", []string{"putThing: request application/json.size: is of type [integer] now, and was of type [number]"}, nil},
		"a member may be longer at least":      {"minLength: 1", "minLength: 2", []string{"putThing: request application/json.name: minLength is 2 now"}, nil},
		"a member may be shorter at most":      {"maxLength: 20", "maxLength: 10", []string{"putThing: request application/json.name: maxLength is 10 now"}, nil},
		"a member gets a pattern":              {"code: {type: string}", "code: {type: string, pattern: '^x'}", []string{"putThing: request application/json.code: must have the pattern ^x now"}, nil},
		"a member gets an enum":                {"code: {type: string}", "code: {type: string, enum: [x]}", []string{"putThing: request application/json.code: must be one of [x] now"}, nil},
		"a member has another format":          {"format: date}", "format: date-time}", []string{"putThing: request application/json.when: must have the format date-time now"}, []string{"putThing: request application/json.when: must have the format date now"}},
		"a format only shows":                  {"code: {type: string}", "code: {type: string, format: password}", nil, nil},
		"an object is closed":                  {"required: [name]", "required: [name]\n      additionalProperties: false", []string{"putThing: request application/json: may have no other members any more"}, nil},
		"an alternative is gone":               {"oneOf: [{type: string}, {type: integer}]", "oneOf: [{type: string}]", []string{"putThing: request application/json.choice: an alternative is not accepted any more"}, nil},
		"a part's bound falls":                 {"maximum: 9}", "maximum: 8}", []string{"putThing: request application/json.whole.depth: maximum is 8 now"}, nil},
		"an answer's status is gone":           {"        '404': {description: None.}\n", "", []string{"listThings: answer 404: is gone"}, nil},
		"an answer's success is new":           {"        '204': {description: Put.}", "        '204': {description: Put.}\n        '201': {description: Made.}", []string{"putThing: answer 201: is new"}, []string{"putThing: answer 201: is gone"}},
		"an answer's media type is gone":       {"            application/xml: {schema: {type: string}}\n        '404'", "        '404'", []string{"listThings: answer 200 application/xml: is gone"}, nil},
		"an answer's header is gone":           {"            ETag: {required: true, schema: {type: string, pattern: '^\"[0-9]+\"$'}}", "            Age: {schema: {type: string}}", []string{"listThings: answer 200 header ETag: is gone"}, []string{"listThings: answer 200 header Age: is gone"}},
		"an answer's header may be left out":   {"ETag: {required: true,", "ETag: {", []string{"listThings: answer 200 header ETag: may be left out now"}, nil},
		"an answer's header loses its pattern": {", pattern: '^\"[0-9]+\"$'", "", []string{"listThings: answer 200 header ETag: need not have the pattern"}, nil},
		"an answered member may be left out":   {"required: [id, state]", "required: [id]", []string{"listThings: answer 200 application/json[].state: may be left out now"}, nil},
		"an answered member is gone":           {"        size: {type: integer, maximum: 10}\n", "", []string{"listThings: answer 200 application/json[].size: is gone"}, nil},
		"an answered member is new":            {"        size: {type: integer, maximum: 10}\n", "        size: {type: integer, maximum: 10}\n        more: {type: string}\n", nil, []string{"listThings: answer 200 application/json[].more: is gone"}},
		"an answered member may be null":       {"size: {type: integer, maximum: 10}", "size: {type: integer, maximum: 10, nullable: true}", []string{"listThings: answer 200 application/json[].size: may be null now"}, nil},
		"an answered member has another type":  {"size: {type: integer, maximum: 10}", "size: {type: string}", []string{"listThings: answer 200 application/json[].size: is of type [string] now, and was of type [integer]"}, []string{"listThings: answer 200 application/json[].size: is of type [integer] now, and was of type [string]"}},
		"an answered value is new":             {"enum: [new, old]", "enum: [new, old, lost]", []string{"listThings: answer 200 application/json[].state: may be lost now"}, nil},
		"an answered bound does not hold":      {"size: {type: integer, maximum: 10}", "size: {type: integer}", []string{"listThings: answer 200 application/json[].size: maximum 10 does not hold any more"}, nil},
		"credentials are needed":               {"security: [{}]", "security: [{key: []}]", []string{"listThings: security: no credentials was enough, and is not any more"}, nil},
		"another scope is needed":              {"security: [{token: [read]}]", "security: [{token: [read, write]}]", []string{"putThing: security: token was enough, and is not any more"}, nil},
		"other credentials are enough, too":    {"security: [{token: [read]}]", "security: [{token: [read]}, {key: []}]", nil, []string{"putThing: security: key was enough, and is not any more"}},
		"a server is gone":                     {"  - url: /\n", "", []string{"servers: / is gone"}, nil},
		"a server's default is another one":    {"{default: default}", "{default: main}", []string{`servers: variable name is "main" where it is not given, and was "default"`}, []string{`servers: variable name is "default" where it is not given, and was "main"`}},
		"words change":                         {"description: All.", "description: All there are.", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if strings.Count(released, tc.from) != 1 {
				t.Fatalf("%q is not in the document once", tc.from)
			}
			changed := strings.Replace(released, tc.from, tc.to, 1)
			wantBreaks(t, read(t, released), read(t, changed), tc.want)
			wantBreaks(t, read(t, changed), read(t, released), tc.backwards)
		})
	}
}

func wantBreaks(t *testing.T, older, newer *openapi3.T, want []string) {
	t.Helper()
	var got []string
	for _, b := range compat.Breaks(older, newer) {
		got = append(got, b.String())
	}
	if len(got) != len(want) {
		t.Fatalf("breaks (-want +got):\n%s", cmp.Diff(want, got))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("break %d: got %q, want %q", i, got[i], want[i])
		}
	}
}

func read(t *testing.T, text string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestVersionsThatMayBreak(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		older, newer string
		want, wrong  bool
	}{
		{"0.1.0", "0.1.0", false, false},
		{"0.1.0", "0.1.1", false, false},
		{"0.1.9", "0.2.0", true, false},
		{"0.9.0", "1.0.0", true, false},
		{"1.0.0", "1.1.0", false, false},
		{"1.4.2", "2.0.0", true, false},
		{"1.4.2", "1.4.1", false, true},
		{"1.0.0", "next", false, true},
	} {
		got, err := compat.MayBreak(tc.older, tc.newer)
		if got != tc.want || (err != nil) != tc.wrong {
			t.Errorf("%s to %s: got %t, %v", tc.older, tc.newer, got, err)
		}
	}
}
