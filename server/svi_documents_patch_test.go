package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviPatch is a patch of the document a1 at its first version.
func sviPatchArticle(operations string, more ...string) call {
	return sviDoc("PATCH", "article/a1", "["+operations+"]", append([]string{"If-Match", "4"}, more...)...)
}

func TestSviPatchDocument(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Clock(sviClock))
		c := sviPatchArticle(`{"op":"test","path":"/fieldValues/title","value":"Harbour"},{"op":"replace","path":"/fieldValues/title","value":"Quay"},
			{"op":"add","path":"/fieldValues/count","value":12},{"op":"add","path":"/fieldValues/price","value":-0.5},
			{"op":"add","path":"/fieldValues/begin_dttm","value":"2020-01-01T00:00:00Z"},{"op":"add","path":"/validTo","value":"2030-01-01T00:00:00Z"}`,
			"Authorization", "Bearer bert-token")
		c.path += "?includeDisplayLabel=true"
		a := s.want(t, 200, c)
		golden(t, "svi/document_updated.json", a.body)
		if a.header.Get("ETag") != `"5"` {
			t.Errorf("got headers %v", a.header)
		}
		for i, operations := range []string{
			`{"op":"remove","path":"/fieldValues/count"}`, ``,
			`{"op":"move","from":"/fieldValues/price","path":"/fieldValues/count"},{"op":"replace","path":"/fieldValues/count","value":null}`,
			`{"op":"copy","from":"/fieldValues/title","path":"/fieldValues/title"}`,
			`{"op":"replace","path":"/validTo","value":null}`, `{"op":"remove","path":"/fieldValues/begin_dttm"}`,
			`{"op":"add","path":"/nobody","value":{"x":[1]}}`, `{"op":"replace","path":"/fieldValues/rev","value":77}`,
		} {
			a = s.want(t, 200, sviPatchArticle(operations, "If-Match", fmt.Sprintf(`"%d"`, i+5), "Content-Type", sviPatchType))
		}
		for _, gone := range []string{"count", "price", "valid", "begin", "nobody"} {
			if strings.Contains(a.body, gone) {
				t.Errorf("%s stayed: %s", gone, a.body)
			}
		}
		if got := s.sviStoredField(t, "article/a1", "secret"); got != "raw-code" {
			t.Errorf("the masked field became %v", got)
		}
	})
}

func TestSviPatchIsRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		before := sviDocState(t, s, "article/a1")
		ok := `{"op":"add","path":"/fieldValues/count","value":1}`
		deep := strings.Repeat("/a", 9)
		for name, test := range map[string]struct {
			status int
			c      call
		}{
			"no If-Match":                  {428, sviPatchArticle(ok, "If-Match", "")},
			"a stale If-Match":             {412, sviPatchArticle(ok, "If-Match", "3")},
			"a failing test":               {409, sviPatchArticle(ok + `,{"op":"test","path":"/fieldValues/title","value":"x"}`)},
			"a test of an absent field":    {409, sviPatchArticle(`{"op":"test","path":"/fieldValues/price","value":1}`)},
			"a stale tag before the test":  {412, sviPatchArticle(`{"op":"test","path":"/fieldValues/title","value":"x"}`, "If-Match", "3")},
			"a remove of nothing":          {400, sviPatchArticle(ok + `,{"op":"remove","path":"/fieldValues/price"}`)},
			"a replace of nothing":         {400, sviPatchArticle(`{"op":"replace","path":"/nope","value":1}`)},
			"a path through nothing":       {400, sviPatchArticle(`{"op":"add","path":"/a/b/c","value":1}`)},
			"a move from nothing":          {400, sviPatchArticle(`{"op":"move","from":"/nope","path":"/fieldValues/count"}`)},
			"an unknown operation":         {400, sviPatchArticle(`{"op":"swap","path":"/x"}`)},
			"no operation":                 {400, sviPatchArticle(`{"path":"/x"}`)},
			"no path":                      {400, sviPatchArticle(`{"op":"add","value":1}`)},
			"another id":                   {400, sviPatchArticle(`{"op":"replace","path":"/id","value":"a2"}`)},
			"another type":                 {400, sviPatchArticle(`{"op":"replace","path":"/objectTypeName","value":"note"}`)},
			"another key":                  {400, sviPatchArticle(`{"op":"replace","path":"/fieldValues/code","value":"a2"}`)},
			"an id of another form":        {400, sviPatchArticle(`{"op":"replace","path":"/id","value":7}`)},
			"an unknown field":             {400, sviPatchArticle(`{"op":"add","path":"/fieldValues/nope","value":1}`)},
			"an ill-typed field":           {400, sviPatchArticle(`{"op":"add","path":"/fieldValues/count","value":"x"}`)},
			"a required field removed":     {400, sviPatchArticle(`{"op":"remove","path":"/fieldValues/title"}`)},
			"a masked one removed":         {400, sviPatchArticle(`{"op":"remove","path":"/fieldValues/grade"}`)},
			"field values of another type": {400, sviPatchArticle(`{"op":"replace","path":"/fieldValues","value":7}`)},
			"the whole as a list":          {400, sviPatchArticle(`{"op":"replace","path":"","value":[]}`)},
			"too deep":                     {400, sviPatchArticle(`{"op":"add","path":"` + deep + `","value":1}`)},
			"too long a pointer":           {400, sviPatchArticle(`{"op":"add","path":"/` + strings.Repeat("a", 1024) + `","value":1}`)},
			"too many operations":          {400, sviPatchArticle(strings.Repeat(ok+",", 100) + ok)},
			"not a list":                   {400, sviDoc("PATCH", "article/a1", `{}`, "If-Match", "4")},
			"not JSON":                     {400, sviPatchArticle(`{`)},
			"a body too large":             {413, sviPatchArticle(`{"op":"add","path":"/fieldValues/title","value":"` + strings.Repeat("x", 1<<16) + `"}`)},
			"another media type":           {415, sviPatchArticle(ok, "Content-Type", "application/merge-patch+json")},
			"not JSON of no document":      {404, sviDoc("PATCH", "article/a2", `{`)},
			"a missing tag of no document": {404, sviDoc("PATCH", "article/a2", `[]`)},
		} {
			if a := s.do(t, test.c); a.status != test.status || sviSaid(a.body) {
				t.Errorf("%s: got %d, want %d: %s", name, a.status, test.status, a.body)
			}
		}
		if after := sviDocState(t, s, "article/a1"); after != before {
			t.Errorf("a refused patch changed the document to %s", after)
		}
		s.want(t, 200, sviPatchArticle(strings.Repeat(ok+",", 99)+ok))
	})
}

// Nothing that depends on a masked value may show in the outcome.
func TestSviPatchCannotTellMaskedValues(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments))
	before := sviDocState(t, s, "article/a1")
	for _, pointer := range []string{"/fieldValues/secret", "/fieldValues", "", "/fieldValues/secret/x", "/fieldValues/level", "/fieldValues/grade"} {
		for _, operation := range []string{
			`{"op":"test","path":"%s","value":"raw-code"}`, `{"op":"test","path":"%s","value":"` + sviBullets + `"}`, `{"op":"test","path":"%s"}`,
			`{"op":"copy","from":"%s","path":"/fieldValues/title"}`, `{"op":"copy","from":"/fieldValues/title","path":"%s"}`,
			`{"op":"move","from":"%s","path":"/fieldValues/title"}`, `{"op":"move","from":"/fieldValues/title","path":"%s"}`,
		} {
			for _, accept := range []string{"application/json", sviMaskedDocument} {
				operation := fmt.Sprintf(operation, pointer)
				a := s.want(t, 400, sviPatchArticle(operation, "Accept", accept))
				if !strings.Contains(a.body, "is masked") || sviSaid(a.body) {
					t.Errorf("%s: got %s", operation, a.body)
				}
			}
		}
	}
	if after := sviDocState(t, s, "article/a1"); after != before {
		t.Errorf("a refused patch changed the document to %s", after)
	}
}
