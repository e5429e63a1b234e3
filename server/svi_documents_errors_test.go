package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviDocumentCalls is one good call of each operation on documents and locks.
func sviDocumentCalls(t *testing.T) map[string]call {
	t.Helper()
	return map[string]call{
		"POST":    sviDoc("POST", "", `{"objectTypeName":"note"}`),
		"list":    sviDoc("GET", "article", ""),
		"filter":  sviFilter("article", `{"filter":"eq(title,'x')"}`),
		"GET":     sviDoc("GET", "article/a1", ""),
		"PUT":     sviDoc("PUT", "article/a1", sviArticle(t, 4)),
		"PATCH":   sviPatchArticle(`{"op":"add","path":"/fieldValues/count","value":1}`),
		"DELETE":  sviDoc("DELETE", "article/a1", ""),
		"field":   sviDoc("GET", "article/a1/fields/secret", "", "Authorization", "Bearer anna-token"),
		"lock":    sviLock("POST", "article", "a1", "demo-token"),
		"locked?": sviLock("GET", "article", "a1", "demo-token"),
		"unlock":  sviLock("DELETE", "article", "a1", "demo-token"),
	}
}

// sviWrites are the calls of sviDocumentCalls that change something.
var sviWrites = []string{"POST", "PUT", "PATCH", "DELETE", "lock", "unlock"}

// changed is the call with another header and more of a query.
func (c call) changed(header, value, query string) call {
	headers := map[string]string{}
	for name, value := range c.header {
		headers[name] = value
	}
	headers[header] = value
	c.header = headers
	if query != "" && strings.Contains(c.path, "?") {
		query = "&" + query
	} else if query != "" {
		query = "?" + query
	}
	c.path += query
	return c
}

func TestSviDocumentCallsAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		before := sviDocState(t, s, "article/a1")
		calls := sviDocumentCalls(t)
		for name, c := range calls {
			for _, token := range []string{"", "Bearer nope", "Basic YTpi"} {
				a := s.want(t, 401, c.changed("Authorization", token, ""))
				if a.header.Get("WWW-Authenticate") != "Bearer" || a.header.Get("Content-Type") != "application/vnd.sas.error+json;version=2" {
					t.Errorf("%s: got %v", name, a.header)
				}
			}
			s.want(t, 400, c.changed("", "", "x=1&x=2"))
			s.want(t, 400, c.changed("", "", "x=%zz"))
			if strings.Contains(c.path, "includeDisplayLabel") {
				t.Errorf("%s: has a label", name)
			}
		}
		for _, name := range sviWrites {
			s.want(t, 403, calls[name].changed("Authorization", "Bearer reader-token", ""))
		}
		for _, name := range []string{"POST", "list", "filter", "GET", "PUT", "PATCH"} {
			s.want(t, 400, calls[name].changed("", "", "includeDisplayLabel=yes"))
			s.want(t, 400, calls[name].changed("", "", "includeDisplayLabel=true&_includeDisplayLabel=true"))
		}
		for _, name := range []string{"POST", "list", "filter", "GET", "PUT", "PATCH", "field", "locked?"} {
			s.want(t, 406, calls[name].changed("Accept", "text/html", ""))
		}
		for _, name := range []string{"POST", "PUT", "PATCH"} {
			s.want(t, 415, calls[name].changed("Content-Type", "application/xml", ""))
			s.want(t, 415, calls[name].changed("Content-Type", sviMasked, ""))
			bad := calls[name]
			bad.body = "{"
			s.want(t, 400, bad)
			bad.body = ""
			s.want(t, 400, bad)
			bad.body = `{"fieldValues":"` + strings.Repeat("x", 1<<20) + `"}`
			s.want(t, 413, bad)
		}
		for _, name := range []string{"GET", "PUT", "PATCH", "DELETE", "field"} {
			c := calls[name]
			c.path = strings.Replace(c.path, "a1", "%00", 1)
			s.want(t, 400, c)
			c.path = strings.Replace(calls[name].path, "a1", "%ff", 1)
			s.want(t, 400, c)
		}
		for _, name := range []string{"lock", "locked?", "unlock"} {
			for _, query := range []string{"", "?type=article", "?id=a1", "?type=&id=a1", "?type=article&id=", "?type=article&type=article&id=a1", "?type=article&id=%00"} {
				c := calls[name]
				c.path = "/locks/documents" + query
				s.want(t, 400, c)
			}
		}
		if after := sviDocState(t, s, "article/a1"); after != before {
			t.Errorf("a refused call changed the document to %s", after)
		}
		for path, status := range map[string]int{
			"PUT /documents": 405, "PUT /locks/documents?type=article&id=a1": 405,
			"GET /documents/article/a1/nope": 404, "GET /documents/article/a1/fields/a/b": 404, "GET /locks": 404, "GET /locks/nope": 404,
		} {
			method, path, _ := strings.Cut(path, " ")
			s.want(t, status, call{method: method, path: path, header: sviHeader()})
		}
	})
}

// Clients with the scope may do what users may.
func TestSviDocumentCallsOfAClient(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments))
	calls := sviDocumentCalls(t)
	for _, name := range []string{"POST", "PUT", "lock", "unlock", "DELETE"} {
		if a := s.do(t, calls[name].changed("Authorization", "Bearer writer-token", "")); a.status >= 300 {
			t.Errorf("%s: got %d: %s", name, a.status, a.body)
		}
	}
	for _, name := range []string{"list", "filter", "GET"} {
		c := calls[name].changed("Authorization", "Bearer reader-token", "")
		if a := s.do(t, c); a.status >= 300 && name != "GET" {
			t.Errorf("%s: got %d: %s", name, a.status, a.body)
		}
	}
}

func TestSviDocumentCallsOnAClosedDatabase(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		s.want(t, 200, sviDoc("GET", "article/a1", ""))
		calls := sviDocumentCalls(t)
		// A first call fills what the server keeps of the workspace's signing key.
		s.CloseDatabase(t)
		for name, c := range calls {
			a := s.want(t, 500, c)
			if strings.Contains(a.body, "sql") || strings.Contains(a.body, "closed") {
				t.Errorf("%s: got %s", name, a.body)
			}
		}
	})
}
