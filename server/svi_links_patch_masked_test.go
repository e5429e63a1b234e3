package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Each operation on masked fields and on what is around them, in both modes. What is
// kept afterwards is told by revealing it; "kept" is raw-code.
func TestSviPatchOfMaskedFields(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		code := func(operation, more string) string {
			return `{"op":"` + operation + `","path":"/fieldValues/code"` + more + `}`
		}
		ids := s.sviMade(t, 100, sviNew(t, "near", "d", "e", map[string]any{"kind": "road", "grade": 3, "code": "raw-code", "level": 987654}))
		for name, test := range map[string]struct {
			patch          string
			legacy, masked string // "refused", or what is revealed afterwards
		}{
			"nothing":                      {`[]`, "kept", "kept"},
			"another field":                {`[{"op":"add","path":"/fieldValues/kind","value":"rail"}]`, "kept", "kept"},
			"add":                          {"[" + code("add", `,"value":"new"`) + "]", "new", "new"},
			"replace":                      {"[" + code("replace", `,"value":"new"`) + "]", "new", "new"},
			"escaped":                      {`[{"op":"replace","path":"/fieldValues/\u0063ode","value":"new"}]`, "new", "new"},
			"remove":                       {"[" + code("remove", "") + "]", "", ""},
			"add of null":                  {"[" + code("add", `,"value":null`) + "]", "", ""},
			"replace of null":              {"[" + code("replace", `,"value":null`) + "]", "", ""},
			"remove, then add":             {"[" + code("remove", "") + "," + code("add", `,"value":"new"`) + "]", "new", "new"},
			"replace of bullets":           {"[" + code("replace", `,"value":"`+sviBullets+`"`) + "]", "refused", "kept"},
			"replace of escaped bullets":   {"[" + code("replace", `,"value":"`+strings.Repeat(`\u2022`, 9)+`"`) + "]", "refused", "kept"},
			"a value of another type":      {"[" + code("replace", `,"value":7`) + "]", "refused", "refused"},
			"an object":                    {"[" + code("replace", `,"value":{"a":1}`) + "]", "refused", "refused"},
			"test":                         {"[" + code("test", `,"value":"raw-code"`) + "]", "refused", "refused"},
			"test of bullets":              {"[" + code("test", `,"value":"`+sviBullets+`"`) + "]", "refused", "refused"},
			"test of null":                 {"[" + code("test", `,"value":null`) + "]", "refused", "refused"},
			"move away":                    {`[{"op":"move","from":"/fieldValues/code","path":"/fieldValues/kind"}]`, "refused", "refused"},
			"copy away":                    {`[{"op":"copy","from":"/fieldValues/code","path":"/x"}]`, "refused", "refused"},
			"move over it":                 {`[{"op":"move","from":"/fieldValues/kind","path":"/fieldValues/code"}]`, "refused", "refused"},
			"copy over it":                 {`[{"op":"copy","from":"/fieldValues/kind","path":"/fieldValues/code"}]`, "refused", "refused"},
			"test of what is around":       {`[{"op":"test","path":"/fieldValues","value":{}}]`, "refused", "refused"},
			"test of all":                  {`[{"op":"test","path":"","value":{}}]`, "refused", "refused"},
			"copy of what is around":       {`[{"op":"copy","from":"/fieldValues","path":"/x"}]`, "refused", "refused"},
			"move of what is around":       {`[{"op":"move","from":"/fieldValues","path":"/x"}]`, "refused", "refused"},
			"copy of all":                  {`[{"op":"copy","from":"","path":"/x"}]`, "refused", "refused"},
			"move over what is around":     {`[{"op":"move","from":"/restrictedFields","path":"/fieldValues"}]`, "refused", "refused"},
			"test below it":                {`[{"op":"test","path":"/fieldValues/code/0","value":"r"}]`, "refused", "refused"},
			"empty names on the way":       {`[{"op":"test","path":"//fieldValues/code","value":"raw-code"}]`, "refused", "refused"},
			"copy by way of empty names":   {`[{"op":"copy","from":"/fieldValues//code","path":"/fieldValues/kind"}]`, "refused", "refused"},
			"without a slash":              {`[{"op":"copy","from":"x/fieldValues/code","path":"/fieldValues/kind"}]`, "refused", "refused"},
			"test of a masked number":      {`[{"op":"test","path":"/fieldValues/level","value":987654}]`, "refused", "refused"},
			"all values, without it":       {`[{"op":"replace","path":"/fieldValues","value":{"kind":"rail"}}]`, "kept", "kept"},
			"all values, it as null":       {`[{"op":"replace","path":"/fieldValues","value":{"kind":"rail","code":null}}]`, "", ""},
			"all values, it as bullets":    {`[{"op":"replace","path":"/fieldValues","value":{"kind":"rail","code":"` + sviBullets + `"}}]`, "refused", "kept"},
			"all of it, it as bullets":     {`[{"op":"add","path":"","value":{"fieldValues":{"kind":"rail","code":"` + sviBullets + `"}}}]`, "refused", "kept"},
			"set and then left out":        {"[" + code("add", `,"value":"new"`) + `,{"op":"replace","path":"/fieldValues","value":{"kind":"rail"}}]`, "", ""},
			"all values, it anew":          {`[{"op":"add","path":"/fieldValues","value":{"kind":"rail","code":"new"}}]`, "new", "new"},
			"all members":                  {`[{"op":"replace","path":"","value":{"fieldValues":{"kind":"rail"}}}]`, "kept", "kept"},
			"removed with a failing test":  {"[" + code("remove", "") + `,{"op":"test","path":"/fieldValues/kind","value":"x"}]`, "refused", "refused"},
			"a required masked one":        {`[{"op":"remove","path":"/fieldValues/grade"}]`, "refused", "refused"},
			"a required masked one, null":  {`[{"op":"add","path":"/fieldValues/grade","value":null}]`, "refused", "refused"},
			"restrictions lifted by force": {`[{"op":"remove","path":"/restrictedFields/code"}]`, "kept", "kept"},
		} {
			for mode, want := range map[string]string{"application/json": test.legacy, sviMasked: test.masked} {
				id := ids[len(ids)-1]
				ids = ids[:len(ids)-1]
				a := s.do(t, sviPatch(id, test.patch, "If-Match", "1", "Accept", mode, "Authorization", "Bearer bert-token"))
				if strings.Contains(a.body, "raw-code") || strings.Contains(a.body, "987654") {
					t.Errorf("%s, %s: the answer shows a masked value: %s", name, mode, a.body)
				}
				if refused := a.status == 400 || a.status == 409; refused != (want == "refused") || !refused && a.status != 200 {
					t.Errorf("%s, %s: got %d %s", name, mode, a.status, a.body)
				}
				raw := map[string]string{"refused": `"raw-code"`, "kept": `"raw-code"`, "new": `"new"`, "": "null"}[want]
				s.want(t, 200, sviOf("GET", "fields/code", id, "Authorization", "Bearer anna-token")).wantJSON(t, `{"fieldName":"code","raw":`+raw+`}`)
			}
		}
	})
}

// The refusals name the operation and the field, and hold no value of either side.
func TestSviPatchRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	f := s.wantFault(t, 400, sviPatch(sviNear, `[{"op":"test","path":"/fieldValues/code","value":"guess"},{"op":"copy","from":"/fieldValues","path":"/x"},
		{"op":"add","path":"/fieldValues/level","value":"`+sviBullets+`"},{"op":"test","path":"/fieldValues/kind"},{"op":"add","path":"/a//b","value":1}]`, "If-Match", "4"))
	want := []string{
		"Operation test at /fieldValues/code: the field code is masked.",
		"Operation copy at /x: the field code is masked.",
		"Operation add at /fieldValues/level: the field level must not hold the mask template.",
		"Operation test at /fieldValues/kind: the value is missing.",
		"Operation add at /a//b: the pointer holds an empty name.",
	}
	if strings.Join(f.Details, "\n") != strings.Join(want, "\n") {
		t.Errorf("got details %q, want %q", f.Details, want)
	}
}
