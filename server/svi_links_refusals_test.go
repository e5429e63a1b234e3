package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviEveryCall is one good call of each operation on links, by operationId.
func sviEveryCall(t *testing.T) map[string]call {
	t.Helper()
	return map[string]call{
		"sviGetLinks":             sviList("near", "a"),
		"sviGetLinks, one":        {method: "GET", path: "/links?" + sviEnds("near", "a", "b"), header: sviHeader()},
		"sviPostLink":             sviPost(sviNew(t, "plain", "a", "b", nil)),
		"sviPutLinkBetween":       {method: "PUT", path: "/links?" + sviEnds("near", "a", "b"), header: sviHeader("Content-Type", "application/json"), body: sviBody(t, 4, sviNearFields())},
		"sviPostLinksBulk":        sviBulk(sviItems(sviNew(t, "plain", "a", "b", nil))),
		"sviGetLink":              sviGet(sviNear),
		"sviPutLink":              sviPut(sviNear, sviBody(t, 4, sviNearFields())),
		"sviPatchLink":            sviPatch(sviNear, `[]`, "If-Match", "4"),
		"sviDeleteLink":           sviDelete(sviNear),
		"sviGetLinkField":         sviOf("GET", "fields/kind", sviNear),
		"sviHeadLinkField":        sviOf("HEAD", "fields/kind", sviNear),
		"sviGetLinkFields":        sviOf("GET", "fields", sviNear).with("fieldName=kind"),
		"sviHeadLinkFields":       sviOf("HEAD", "fields", sviNear).with("fieldName=kind"),
		"sviGetLinkVersions":      sviOf("GET", "versions", sviNear),
		"sviGetLinkVersion":       sviOf("GET", "versions/4", sviNear),
		"sviHeadLinkVersion":      sviOf("HEAD", "versions/4", sviNear),
		"sviGetLinkFieldHistory":  sviOf("GET", "history/fields/kind", sviNear).with("version=4"),
		"sviHeadLinkFieldHistory": sviOf("HEAD", "history/fields/kind", sviNear).with("version=4"),
	}
}

// set sets a header of a copy of the call.
func (c call) set(name, value string) call {
	header := map[string]string{}
	for known, old := range c.header {
		header[known] = old
	}
	header[name] = value
	c.header = header
	return c
}

func (c call) writes() bool { return c.method != "GET" && c.method != "HEAD" }

func TestSviLinkOperationsWantAToken(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	for name, c := range sviEveryCall(t) {
		for _, token := range []string{"", "Bearer nobody", sviBasic} {
			a := s.want(t, 401, c.set("Authorization", token))
			if a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s: got WWW-Authenticate %q", name, a.header.Get("WWW-Authenticate"))
			}
			if head := c.method == "HEAD"; (a.body == "") != head || !head && !strings.Contains(a.body, `"httpStatusCode":401`) {
				t.Errorf("%s: %s", name, a.body)
			}
		}
	}
	s.want(t, 200, call{method: "GET", path: "/svi-datahub/"})
}

// A client's own token reads what everybody may read, and writes with the scope only.
func TestSviLinkOperationsOfClients(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	calls := sviEveryCall(t)
	before := sviState(t, s, sviNear)
	for name, c := range calls {
		if c.writes() {
			s.wantFault(t, 403, c.set("Authorization", "Bearer reader-token"))
			continue
		}
		for _, token := range []string{"Bearer reader-token", "Bearer writer-token"} {
			if a := s.do(t, c.set("Authorization", token)); a.status != 200 {
				t.Errorf("%s: got %d %s", name, a.status, a.body)
			}
		}
	}
	if after := sviState(t, s, sviNear); after != before {
		t.Errorf("a forbidden call changed the link to %s", after)
	}
	deletion := calls["sviDeleteLink"]
	delete(calls, "sviDeleteLink")
	for name, c := range calls {
		if a := s.do(t, c.set("Authorization", "Bearer writer-token")); a.status/100 != 2 && a.status != 412 { // one of the updates comes first
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
	s.want(t, 204, deletion.set("Authorization", "Bearer writer-token"))
}

// Links that are absent and links whose ends the caller may not read answer alike,
// whatever is asked of them.
func TestSviHiddenLinksLookAbsentToEveryOperation(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		hidden := strings.NewReplacer("near", "hides", "_id=near%7C_%7Cplace%7C_%7Cplace%7C_%7Cab", "_id=hides%7C_%7Cplace%7C_%7Csecret_place%7C_%7Ch1",
			"toEntityId=b&toEntityTypeName=place", "toEntityId=x&toEntityTypeName=secret_place")
		absent := strings.NewReplacer("hides", "hider", "%7Ch1", "%7Ch2", "=x&", "=y&")
		for name, c := range sviEveryCall(t) {
			if name == "sviPostLink" || name == "sviPostLinksBulk" {
				continue // see the tests of creation
			}
			c.path = hidden.Replace(c.path)
			if strings.HasPrefix(name, "sviGetLinks") {
				s.want(t, 200, c.set("Authorization", "Bearer anna-token"))
			}
			there := s.want(t, 404, c.set("Authorization", "Bearer bert-token"))
			c.path = absent.Replace(c.path)
			gone := s.want(t, 404, c.set("Authorization", "Bearer anna-token"))
			there.body = strings.NewReplacer("hides", "hider", "h1", "h2", "ID: x", "ID: y").Replace(there.body)
			if there.body != gone.body {
				t.Errorf("%s: absent and not permitted differ:\n%s\n%s", name, there.body, gone.body)
			}
			if c.method != "HEAD" && !strings.Contains(gone.body, `"id":"DH6106"`) {
				t.Errorf("%s: %s", name, gone.body)
			}
		}
	})
}

func TestSviLinkOperationsRefuseMediaTypes(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	before := sviState(t, s, sviNear)
	for name, c := range sviEveryCall(t) {
		if strings.HasPrefix(name, "sviGetLinks") || name == "sviPostLink" || strings.HasPrefix(name, "sviP") && !strings.HasSuffix(name, "Bulk") {
			s.wantFault(t, 406, c.set("Accept", "text/html"))
			s.wantFault(t, 406, c.set("Accept", "application/json;q=0, "+sviMasked+";q=0, */*"))
		} else {
			c = c.set("Accept", "text/html") // where there is one representation, nobody negotiates
		}
		if c.body != "" {
			c = c.set("Accept", "")
			for _, media := range []string{"text/plain", ";;", "application/x-www-form-urlencoded", "application/merge-patch+json"} {
				s.wantFault(t, 415, c.set("Content-Type", media))
			}
		}
	}
	s.wantFault(t, 415, sviPost(sviNew(t, "plain", "a", "b", nil), "Content-Type", "application/json-patch+json"))
	s.wantFault(t, 415, sviPatch(sviNear, `[]`, "If-Match", "4", "Content-Type", sviMasked))
	s.wantFault(t, 415, sviBulk(sviItems(), "Content-Item-Type", "text/plain"))
	s.wantFault(t, 415, sviBulk(sviItems(), "Content-Item-Type", "application/json-patch+json"))
	if after := sviState(t, s, sviNear); after != before {
		t.Errorf("a refused call changed the link to %s", after)
	}
}

func TestSviLinkBodiesAreBounded(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	for name, c := range sviEveryCall(t) {
		if c.body == "" {
			continue
		}
		limit := map[string]int{"sviPatchLink": 256 << 10, "sviPostLinksBulk": 16 << 20}[name]
		if limit == 0 {
			limit = 1 << 20
		}
		fitting := c
		fitting.body += strings.Repeat(" ", limit-len(c.body))
		over := c
		over.body = fitting.body + " "
		s.wantFault(t, 413, over)
		if a := s.do(t, fitting); a.status/100 != 2 && a.status != 412 { // the calls are in no order
			t.Errorf("%s: a body at the limit: %d %s", name, a.status, a.body)
		}
	}
}

func TestSviLinkOperationsHideTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		token := sviToken(t, s, "sas.ec", "", sviPasswordForm).AccessToken
		s.CloseDatabase(t)
		for name, c := range sviEveryCall(t) {
			a := s.want(t, 500, c.set("Authorization", "Bearer "+token))
			for _, leak := range []string{"sql", "store", ".go", "database", "closed"} {
				if strings.Contains(a.body, leak) {
					t.Errorf("%s leaks its cause: %s", name, a.body)
				}
			}
		}
	})
}

func TestSviLinkQueriesAreRead(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	for name, c := range sviEveryCall(t) {
		if !strings.Contains(c.path, "?") {
			continue
		}
		for _, more := range []string{"&x=1&x=2", "&%zz"} {
			broken := c
			broken.path += more
			if a := s.want(t, 400, broken); c.method != "HEAD" && !strings.Contains(a.body, `"httpStatusCode":400`) {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		if !strings.Contains(c.path, "_id=") {
			continue
		}
		path, _, _ := strings.Cut(c.path, "_id=")
		for _, id := range []string{"", "_id=", "_id=near", "_id=a|_|b|_|c", "_id=a|_|b|_|c|_|", "_id=a|_|b|_|c|_|d|_|e|_|f", "_id=" + sviNear + "&_id=" + sviNear} {
			broken := c
			broken.path = path + id
			s.want(t, 400, broken)
		}
	}
}
