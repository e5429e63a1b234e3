package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Patches of any form: what is none is refused, what does nothing to the link is not,
// and nothing of it is stored.
func TestSviPatchesOfAnyForm(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	id := s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "b", map[string]any{"note": "n"}))).ID
	many := func(n int) string {
		return sviOperations(strings.Split(strings.Repeat(`{"op":"add","path":"/x","value":1};`, n-1)+`{"op":"add","path":"/x","value":1}`, ";")...)
	}
	doubling := []string{`{"op":"add","path":"/x","value":{"a":"` + strings.Repeat("x", 1000) + `"}}`}
	nesting := []string{`{"op":"add","path":"/x","value":{"a":1}}`}
	for i := range 40 {
		doubling = append(doubling, fmt.Sprintf(`{"op":"copy","from":"/x","path":"/x/b%d"}`, i))
		nesting = append(nesting, `{"op":"copy","from":"/x","path":"/x/a"}`)
	}
	deep := strings.Repeat("[", 20000) + strings.Repeat("]", 20000)
	for name, test := range map[string]struct {
		status int
		patch  string
	}{
		"an object":                    {400, `{}`},
		"an operation without a list":  {400, `{"op":"add","path":"/x","value":1}`},
		"null":                         {400, `null`},
		"text":                         {400, `"add"`},
		"nothing":                      {400, ``},
		"malformed":                    {400, `[{"op":"add"`},
		"two lists":                    {400, `[][]`},
		"a list of numbers":            {400, `[1]`},
		"a list of null":               {400, `[null]`},
		"no operation":                 {400, `[{}]`},
		"an unknown operation":         {400, `[{"op":"merge","path":"/x","value":1}]`},
		"an operation in capitals":     {400, `[{"op":"ADD","path":"/x","value":1}]`},
		"members in capitals":          {400, `[{"Op":"add","Path":"/x","Value":1}]`},
		"no path":                      {400, `[{"op":"add","value":1}]`},
		"a path of null":               {400, `[{"op":"add","path":null,"value":1}]`},
		"a path of another type":       {400, `[{"op":"add","path":["fieldValues"],"value":1}]`},
		"no value to add":              {400, `[{"op":"add","path":"/x"}]`},
		"no value to put in place":     {400, `[{"op":"replace","path":"/fieldValues/note"}]`},
		"no value to test":             {400, `[{"op":"test","path":"/fieldValues/note"}]`},
		"no value to test all against": {400, `[{"op":"test","path":""}]`},
		"no from to copy":              {400, `[{"op":"copy","path":"/x"}]`},
		"no from to move":              {400, `[{"op":"move","path":"/x"}]`},
		"a from of null":               {400, `[{"op":"move","path":"/x","from":null}]`},
		"all moved":                    {400, `[{"op":"move","from":"","path":"/x"}]`},
		"moved into itself":            {400, `[{"op":"move","from":"/fieldValues","path":"/fieldValues/note"}]`},
		"all removed":                  {400, `[{"op":"remove","path":""}]`},
		"all made null":                {400, `[{"op":"replace","path":"","value":null}]`},
		"all made a list":              {400, `[{"op":"replace","path":"","value":[]}]`},
		"all added as null":            {400, `[{"op":"add","path":"","value":null}]`},
		"field values made a list":     {400, `[{"op":"replace","path":"/fieldValues","value":[1]}]`},
		"field values made text":       {400, `[{"op":"replace","path":"/fieldValues","value":"x"}]`},
		"a pointer without a slash":    {400, `[{"op":"add","path":"x","value":1}]`},
		"a pointer as a fragment":      {400, `[{"op":"add","path":"#/x","value":1}]`},
		"a pointer to an empty name":   {400, `[{"op":"add","path":"/","value":1}]`},
		"a deep pointer":               {400, `[{"op":"test","path":"` + strings.Repeat("/x", 9) + `","value":1}]`},
		"a very long pointer":          {400, `[{"op":"test","path":"/` + strings.Repeat("x", 600) + `","value":1}]`},
		"a negative index":             {400, `[{"op":"add","path":"/x","value":[1]},{"op":"remove","path":"/x/-1"}]`},
		"an index beyond the list":     {400, `[{"op":"add","path":"/x","value":[1]},{"op":"add","path":"/x/7","value":1}]`},
		"an index put in place beyond": {400, `[{"op":"add","path":"/x","value":[1]},{"op":"replace","path":"/x/7","value":1}]`},
		"a test of a list with null":   {400, `[{"op":"add","path":"/x","value":[null]},{"op":"test","path":"/x","value":[null]}]`},
		"a test of null in a list":     {400, `[{"op":"add","path":"/x","value":[1]},{"op":"test","path":"/x","value":[null]}]`},
		"101 operations":               {400, many(101)},
		"copies that double":           {400, sviOperations(doubling...)},
		"copies that nest":             {200, sviOperations(nesting...)},
		"a deep value":                 {400, `[{"op":"add","path":"/x","value":` + deep + `}]`},
		"a number beyond all":          {400, `[{"op":"add","path":"/x","value":1e999}]`},
		"a NUL":                        {400, `[{"op":"add","path":"/fieldValues/note","value":"\u0000"}]`},
		"half a character":             {400, `[{"op":"add","path":"/fieldValues/note","value":"\ud800"}]`},
		"a value for no field":         {400, `[{"op":"add","path":"/fieldValues/a~1b~0c","value":1}]`},
		"a failing test of escapes":    {409, `[{"op":"add","path":"/a~1b~0c","value":1},{"op":"test","path":"/a~1b~0c","value":2}]`},
		"a failing test of all":        {409, `[{"op":"add","path":"/a~1b~0c~01","value":1},{"op":"test","path":"","value":{}}]`},
		"escapes":                      {200, `[{"op":"add","path":"/a~1b~0c~01","value":1},{"op":"test","path":"/a~1b~0c~01","value":1}]`},
		"100 operations":               {200, many(100)},
		"a pointer of eight names":     {200, `[{"op":"add","path":"/a","value":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}},{"op":"add","path":"/a/b/c/d/e/f/g/h","value":1}]`},
		"lists in what is ignored":     {200, `[{"op":"add","path":"/x","value":[1,2]},{"op":"add","path":"/x/-","value":3},{"op":"remove","path":"/x/0"},{"op":"test","path":"/x","value":[2,3]}]`},
		"members that nobody knows":    {200, `[{"op":"add","path":"/x","value":1,"comment":"y","Op":"remove","from":"/nowhere"}]`},
		"an operation named twice":     {200, `[{"op":"remove","op":"add","path":"/x","value":1}]`},
	} {
		before := sviState(t, s, id)
		a := s.do(t, sviPatch(id, test.patch, "If-Match", sviVersion(t, s, id)))
		if a.status != test.status {
			t.Errorf("%s: got %d, want %d: %s", name, a.status, test.status, a.body)
		}
		after := s.wantLink(t, 200, sviGet(id))
		if test.status != 200 && sviState(t, s, id) != before || after.FieldValues["note"] != "n" {
			t.Errorf("%s: the link is %v", name, after.FieldValues)
		}
	}
}

// If-Match of a patch, in all its forms.
func TestSviPatchWantsAVersion(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		version := 4
		for _, header := range []string{`%d`, `"%d"`, `W/"%d"`, `"9", "%d"`, `*, %d`} {
			s.want(t, 200, sviPatch(sviNear, `[]`, "If-Match", fmt.Sprintf(header, version)))
			version++
		}
		before := sviState(t, s, sviNear)
		for header, status := range map[string]int{
			"": 428, " ": 428, "*": 428, "*, *": 428, `"3"`: 412, "8": 412, "10": 412, `"9`: 412, "x": 412, ",": 412, `"*"`: 412, "09": 412, "9.0": 412,
		} {
			f := s.wantFault(t, status, sviPatch(sviNear, `[{"op":"add","path":"/fieldValues/nope","value":1}]`, "If-Match", header))
			if status == 428 && f.Message != "The If-Match header with the version of the link is required." || status == 412 && f.Message != "The If-Match header does not match the current version of the link." {
				t.Errorf("If-Match %q: got %+v", header, f)
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused patch changed the link to %s", after)
		}
		// A type without versions has nothing to ask for.
		for header, status := range map[string]int{"": 200, "*": 200, `"1"`: 412, "1": 412} {
			a := s.want(t, status, sviPatch(sviLoose, `[{"op":"add","path":"/fieldValues/note","value":"n"}]`, "If-Match", header))
			if a.header.Get("ETag") != "" {
				t.Errorf("a type without versions: %v", a.header)
			}
		}
	})
}

// Each step of the order of checks is broken together with the steps after it.
func TestSviPatchOrderOfChecks(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	const unknown, bad = "near|_|place|_|place|_|nope", `[{"op":"add","path":"/fieldValues/nope","value":1}]`
	for name, test := range map[string]struct {
		status int
		call   call
	}{
		"401 before 403":                {401, sviPatch("x", `{`, "Authorization", "Bearer nobody", "Accept", "text/html")},
		"403 before 400 of the query":   {403, sviPatch("x", `{`, "Authorization", "Bearer reader-token", "Accept", "text/html")},
		"400 of the query before 406":   {400, sviPatch("x", `{`, "Accept", "text/html")},
		"406 before 415":                {406, sviPatch(unknown, `{`, "Accept", "text/html", "Content-Type", "text/plain")},
		"415 before 404":                {415, sviPatch(unknown, `{`, "Content-Type", "text/plain")},
		"404 before JSON":               {404, sviPatch(unknown, `{`)},
		"404 before the limit":          {404, sviPatch(unknown, strings.Repeat(" ", 300<<10))},
		"404 before 428":                {404, sviPatch(unknown, bad)},
		"no bridge before JSON":         {400, sviPatch(sviHolds, `{`)},
		"no bridge before 428":          {400, sviPatch(sviHolds, bad)},
		"JSON before 428":               {400, sviPatch(sviNear, `{`)},
		"form before 412":               {400, sviPatch(sviNear, `[{"op":"add"}]`, "If-Match", "3")},
		"412 before a masked field":     {412, sviPatch(sviNear, `[{"op":"test","path":"/fieldValues/code","value":1}]`, "If-Match", "3")},
		"428 before a test":             {428, sviPatch(sviNear, `[{"op":"test","path":"/fieldValues/kind","value":"x"}]`)},
		"412 before a test":             {412, sviPatch(sviNear, `[{"op":"test","path":"/fieldValues/kind","value":"x"}]`, "If-Match", "3")},
		"412 before content":            {412, sviPatch(sviNear, bad, "If-Match", "3")},
		"a test before content":         {409, sviPatch(sviNear, `[{"op":"test","path":"/fieldValues/kind","value":"x"},{"op":"add","path":"/fieldValues/nope","value":1}]`, "If-Match", "4")},
		"content at last":               {400, sviPatch(sviNear, bad, "If-Match", "4")},
		"the limit before all of these": {413, sviPatch(sviNear, strings.Repeat(" ", 300<<10))},
	} {
		f := s.wantFault(t, test.status, test.call)
		if strings.HasPrefix(name, "no bridge") && !strings.Contains(f.Message, "no internal bridge table") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
