package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviArticle is a body of the document a1 at the version; more are pairs of field
// values, of which the required title is one.
func sviArticle(t *testing.T, version int, more ...any) string {
	t.Helper()
	values := map[string]any{"rev": version, "title": "Harbour"}
	for i := 0; i < len(more); i += 2 {
		values[more[i].(string)] = more[i+1]
	}
	text, err := json.Marshal(map[string]any{"fieldValues": values})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSviPutDocument(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Clock(sviClock))
		// The echo of a whole read, changed; with everything that only the server sets.
		a := s.want(t, 200, sviDoc("PUT", "article/a1?includeDisplayLabel=true", `{"objectTypeName":"article","objectTypeId":"x","objectTypeVersion":1.5,"id":"a1",
			"displayLabel":null,"createdAt":"1999-01-01T00:00:00Z","lastUpdatedAt":[],"fieldRestrictions":{"article":{}},"links":[],"@type":"Document",
			"validTo":"2030-01-01T00:00:00Z","fieldValues":{"code":"a1","rev":4,"title":"Quay","count":12,"price":-0.5,"created_by":"x","changed_dttm":"nonsense",
			"begin_dttm":"2020-01-01T00:00:00Z"}}`, "If-Match", `"4"`, "Authorization", "Bearer bert-token"))
		golden(t, "svi/document_updated.json", a.body)
		if a.header.Get("ETag") != `"5"` || a.header.Get("Vary") != "Accept" {
			t.Errorf("got headers %v", a.header)
		}
		golden(t, "svi/document_updated.json", s.want(t, 200, sviDoc("GET", "article/a1?includeDisplayLabel=true", "", "Authorization", "Bearer bert-token")).body)
		// What is left out is cleared.
		a = s.want(t, 200, sviDoc("PUT", "article/a1", sviArticle(t, 5)))
		for _, gone := range []string{"count", "price", "begin_dttm", "validTo"} {
			if strings.Contains(a.body, gone) {
				t.Errorf("%s stayed: %s", gone, a.body)
			}
		}
		if got := s.sviStoredField(t, "article/a1", "secret"); got != "raw-code" {
			t.Errorf("the masked field became %v", got)
		}
	})
}

func TestSviPutDocumentChecksVersions(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		version := 4
		for _, header := range []string{`"%d"`, `%d`, `W/"%d"`, `*`, ` `, `"9", "%d"`, ``} {
			if strings.Contains(header, "%d") {
				header = fmt.Sprintf(header, version)
			}
			a := s.want(t, 200, sviDoc("PUT", "article/a1", sviArticle(t, version), "If-Match", header))
			version++
			if want := fmt.Sprintf(`"%d"`, version); a.header.Get("ETag") != want {
				t.Errorf("If-Match %q: got ETag %s, want %s", header, a.header.Get("ETag"), want)
			}
		}
		before := sviDocState(t, s, "article/a1")
		for name, test := range map[string]struct {
			status       int
			body, header string
		}{
			"a stale tag":             {412, sviArticle(t, 11), `"4"`},
			"a tag of another form":   {412, sviArticle(t, 11), `x`},
			"a stale version":         {412, sviArticle(t, 10), ``},
			"a future version":        {412, sviArticle(t, 12), `"11"`},
			"no version":              {428, `{"fieldValues":{"title":"t"}}`, `"11"`},
			"null":                    {428, `{"fieldValues":{"rev":null}}`, `*`},
			"no field values":         {428, `{}`, ``},
			"no version, a stale tag": {412, `{}`, `"4"`},
			"text":                    {400, `{"fieldValues":{"rev":"11"}}`, `"4"`},
			"a fraction":              {400, `{"fieldValues":{"rev":11.5}}`, ``},
			"a list":                  {400, `{"fieldValues":[]}`, `"4"`},
			"content after versions":  {412, sviArticle(t, 10, "nope", 1), ``},
		} {
			a := s.do(t, sviDoc("PUT", "article/a1", test.body, "If-Match", test.header))
			if a.status != test.status || strings.Contains(a.body, "The link") {
				t.Errorf("%s: got %d: %s", name, a.status, a.body)
			}
		}
		s.want(t, 412, sviDoc("DELETE", "article/a1", "", "If-Match", `"4"`))
		if after := sviDocState(t, s, "article/a1"); after != before {
			t.Errorf("a refused update changed the document to %s", after)
		}
		s.want(t, 204, sviDoc("DELETE", "article/a1", "", "If-Match", `11`))
	})
}

func TestSviDocumentsWithoutVersionHaveNoCheck(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(sviDocuments))
		a := s.want(t, 200, sviDoc("PUT", "note/n1", `{"fieldValues":{"text":"second"}}`, "If-Match", "*"))
		if a.header.Get("ETag") != "" || strings.Contains(a.body, "version\"") {
			t.Errorf("a type without a version shows one: %v %s", a.header, a.body)
		}
		s.want(t, 412, sviDoc("PUT", "note/n1", `{}`, "If-Match", `"1"`))
		s.want(t, 200, sviDoc("PATCH", "note/n1", `[{"op":"replace","path":"/fieldValues/text","value":"third"}]`))
		if counts := s.together(t, 16, func(int) call { return sviDoc("PUT", "note/n1", `{"fieldValues":{"text":"n"}}`) }); counts[200] != 16 {
			t.Errorf("got %v, want 16 times 200", counts)
		}
		if got := s.sviStoredField(t, "note/n1", "hush"); got != "raw-code" {
			t.Errorf("the masked field became %v", got)
		}
		s.want(t, 204, sviDoc("DELETE", "note/n1", ""))
	})
}

func TestSviDocumentContentIsChecked(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		before := sviDocState(t, s, "article/a1")
		with := func(member string) string {
			return strings.Replace(sviArticle(t, 4), "{", "{"+member+",", 1)
		}
		for name, test := range map[string]struct {
			body    string
			details []string
		}{
			"another type":           {with(`"objectTypeName":"note"`), []string{"objectTypeName cannot be changed."}},
			"another id":             {with(`"id":"a2"`), []string{"id cannot be changed."}},
			"another key":            {sviArticle(t, 4, "code", "a2"), []string{"Field code cannot be changed."}},
			"unknown fields":         {sviArticle(t, 4, "zebra", 1, "apple", nil), []string{"Field apple is not a field of the entity type.", "Field zebra is not a field of the entity type."}},
			"a required one left":    {`{"fieldValues":{"rev":4}}`, []string{"Field title is required."}},
			"a required one cleared": {sviArticle(t, 4, "title", nil), []string{"Field title is required."}},
			"too long":               {sviArticle(t, 4, "title", "01234567890"), []string{"Field title must have at most 10 characters."}},
			"wrong types": {sviArticle(t, 4, "title", 1, "count", "1", "price", "1", "active", 1, "day", "2020-02-30", "seen", "x", "level", 1.5), []string{
				"Field title must be a string.", "Field count must be an integer.", "Field price must be a number.", "Field active must be true or false.",
				"Field day must be a date, YYYY-MM-DD.", "Field seen must be a time stamp in the format of RFC 3339.", "Field level must be an integer.",
			}},
			"a number too small to compare": {`{"fieldValues":{"rev":4,"title":"t","price":1e-400}}`, []string{"Field price must be a number."}},
			"ends before it begins":         {with(`"validFrom":"2020-01-02T00:00:00Z","validTo":"2020-01-01T00:00:00Z"`), []string{"validFrom must not be after validTo."}},
			"a bad date":                    {with(`"validFrom":"tomorrow"`), []string{"validFrom must be a time stamp in the format of RFC 3339."}},
		} {
			a := s.want(t, 400, sviDoc("PUT", "article/a1", test.body))
			var e struct{ Details []string }
			a.json(t, &e)
			if fmt.Sprintf("%q", e.Details) != fmt.Sprintf("%q", test.details) {
				t.Errorf("%s: got %q", name, e.Details)
			}
		}
		if after := sviDocState(t, s, "article/a1"); after != before {
			t.Errorf("a refused update changed the document to %s", after)
		}
		var e struct {
			ID      string
			Details []string
		}
		s.want(t, 400, sviDoc("POST", "", `{"objectTypeName":"article","fieldValues":{"grade":1,"count":"x"}}`)).json(t, &e)
		if e.ID != "DH5104" || len(e.Details) != 2 {
			t.Errorf("a required field of a new document: got %+v", e)
		}
		s.want(t, 400, sviDoc("POST", "", `{"objectTypeName":"note","validFrom":"2020-01-02T00:00:00Z"}`)).json(t, &e)
		if e.ID != "DH9001" || e.Details[0] != "validFrom is not a field of the entity type." {
			t.Errorf("a validity that the type does not have: got %+v", e)
		}
	})
}

func TestSviOneOfManyPutsOfADocumentWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo(), servertest.Fixtures(sviDocuments))
		const writers = 64
		for version := 4; version < 6; version++ {
			counts := s.together(t, writers, func(i int) call {
				if i%2 == 0 {
					return sviDoc("PATCH", "article/a1", `[{"op":"add","path":"/fieldValues/count","value":1}]`, "If-Match", fmt.Sprint(version))
				}
				return sviDoc("PUT", "article/a1", sviArticle(t, version))
			})
			if counts[200] != 1 || counts[412] != writers-1 {
				t.Fatalf("got %v, want one 200 and %d times 412", counts, writers-1)
			}
		}
		counts := s.together(t, writers, func(int) call { return sviDoc("PUT", "article/a1", sviArticle(t, 6)) })
		if counts[200] != 1 || counts[412] != writers-1 {
			t.Fatalf("got %v, want one 200 and %d times 412", counts, writers-1)
		}
		if a := s.want(t, 200, sviDoc("GET", "article/a1", "")); a.header.Get("ETag") != `"7"` {
			t.Errorf("got ETag %s", a.header.Get("ETag"))
		}
	})
}
