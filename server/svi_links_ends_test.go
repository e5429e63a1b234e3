package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviPutEnds is PUT /links for the link between two places.
func sviPutEnds(relationship, from, to, body string, more ...string) call {
	return call{method: "PUT", path: "/links?" + sviEnds(relationship, from, to), header: sviHeader(append([]string{"Content-Type", "application/json"}, more...)...), body: body}
}

// The update by ends is the update by id: same answers, same state afterwards.
func TestSviPutByEndsIsPutByID(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		one, other := startLinks(t, database, servertest.Clock(sviClock)), startLinks(t, servertest.Clock(sviClock))
		for name, test := range map[string]struct {
			status int
			body   string
			header []string
		}{
			"legacy":                {200, sviBody(t, 4, sviNearFields("count", 7, "code", nil)), nil},
			"masked":                {200, sviBody(t, 4, sviNearFields("code", sviBullets, "level", nil)), []string{"Accept", sviMasked}},
			"masked by its body":    {200, sviBody(t, 4, sviNearFields("code", sviBullets)), []string{"Accept", "*/*", "Content-Type", sviMasked}},
			"with a tag":            {200, sviBody(t, 4, sviNearFields()), []string{"If-Match", `W/"9", 4`}},
			"whole":                 {200, sviBody(t, 4, sviNearFields(), "id", sviNear, "fromObjectId", "a", "toObjectId", "b", "validFrom", "2020-01-01T00:00:00Z", "@type", "DocumentLink"), nil},
			"bullets":               {400, sviBody(t, 4, sviNearFields("code", sviBullets)), nil},
			"another link":          {400, sviBody(t, 4, sviNearFields(), "id", "near|_|place|_|place|_|ba1"), nil},
			"it moves":              {400, sviBody(t, 4, sviNearFields(), "toObjectId", "d"), nil},
			"unknown and ill-typed": {400, sviBody(t, 4, sviNearFields("nope", 1, "count", "x")), nil},
			"stale":                 {412, sviBody(t, 3, sviNearFields()), nil},
			"a stale tag":           {412, sviBody(t, 4, sviNearFields()), []string{"If-Match", "3"}},
			"no version":            {428, `{"fieldValues":{"kind":"road"}}`, []string{"If-Match", "*"}},
			"no body":               {400, "", nil},
			"a type of nothing":     {415, "{}", []string{"Content-Type", "text/plain"}},
			"nothing acceptable":    {406, "{}", []string{"Accept", "text/plain"}},
		} {
			byEnds := one.want(t, test.status, sviPutEnds("near", "a", "b", test.body, test.header...))
			byID := other.want(t, test.status, sviPut(sviNear, test.body, test.header...))
			if byEnds.body != byID.body || byEnds.header.Get("ETag") != byID.header.Get("ETag") || byEnds.header.Get("Content-Type") != byID.header.Get("Content-Type") || byEnds.header.Get("Vary") != byID.header.Get("Vary") {
				t.Errorf("%s: by ends %v\n%s\nby id %v\n%s", name, byEnds.header, byEnds.body, byID.header, byID.body)
			}
			if got, want := sviState(t, one, sviNear), sviState(t, other, sviNear); got != want {
				t.Errorf("%s: then\n%s, want\n%s", name, got, want)
			}
			if test.status == 200 { // both begin again at version 4
				for _, s := range []*site{one, other} {
					s.want(t, 204, sviDelete(sviNear))
					s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, sviTypes)})
				}
			}
		}
	})
}

func TestSviPutByEndsFindsTheLink(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		body := sviBody(t, 4, sviNearFields())
		for _, ends := range []string{sviEnds("near", "a", "nope"), sviEnds("near", "a", "a"), sviEnds("near_to", "b", "a"), sviEnds("nope", "a", "b"), strings.ReplaceAll(sviEnds("hides", "a", "x"), "toEntityTypeName=place", "toEntityTypeName=secret_place")} {
			c := sviPutEnds("", "", "", body)
			c.path = "/links?" + ends
			if f := s.wantFault(t, 404, c); f.ID != "DH6106" || len(f.Details) != 5 {
				t.Errorf("%s: got %+v", ends, f)
			}
			c.body = `{"fieldValues":`
			s.wantFault(t, 404, c)
		}
		parts := strings.Split(sviEnds("near", "a", "b"), "&")
		for i, part := range parts {
			name, _, _ := strings.Cut(part, "=")
			for _, instead := range []string{"", name + "=", part + "&" + part, name + "=x%7C_%7Cy", name + "=%FF", name + "=%00", "_" + part} {
				c := sviPutEnds("", "", "", body)
				c.path = "/links?" + strings.Join(append(append([]string{instead}, parts[:i]...), parts[i+1:]...), "&")
				s.wantFault(t, 400, c)
			}
		}
		s.wantFault(t, 400, sviPutEnds("holds", "a", "b", `{`))
		s.wantFault(t, 400, sviPutEnds("near", "b", "a", body))
		// An id in the query is another operation's, and is not looked at.
		a := s.want(t, 200, sviPutEnds("near", "a", "b", body).with("_id=x&includeEntityLabels=true"))
		if !strings.Contains(a.body, `"fromObjectDisplayLabel":"Harbour 12"`) {
			t.Errorf("labels: %s", a.body)
		}
		a = s.want(t, 200, sviPutEnds("loose", "a", "b", `{}`))
		if a.header.Get("ETag") != "" {
			t.Errorf("a type without versions: %v", a.header)
		}
	})
}

// The order of checks of the update by ends, as TestSviOrderOfChecks has it by id.
func TestSviPutByEndsOrderOfChecks(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	before := sviState(t, s, sviNear)
	bad, stale := sviBody(t, 4, map[string]any{"nope": 1}), sviBody(t, 3, map[string]any{"nope": 1})
	over := `{"fieldValues":{"version":4,"kind":"` + strings.Repeat("x", 1<<20) + `"}}`
	at := func(to, body string, more ...string) call { return sviPutEnds("near", "a", to, body, more...) }
	for name, test := range map[string]struct {
		status int
		call   call
	}{
		"401 before 400":              {401, at("", `{`, "Authorization", "")},
		"403 before 400":              {403, at("", `{`, "Authorization", "Bearer reader-token")},
		"400 of the query before 406": {400, at("", `{`, "Accept", "text/html")},
		"406 before 415":              {406, at("nope", `{`, "Accept", "text/html", "Content-Type", "text/plain")},
		"415 before 404":              {415, at("nope", `{`, "Content-Type", "text/plain")},
		"404 before JSON":             {404, at("nope", `{`)},
		"404 before the limit":        {404, at("nope", over)},
		"404 before If-Match":         {404, at("nope", bad, "If-Match", "9")},
		"the limit":                   {413, at("b", over)},
		"JSON before If-Match":        {400, at("b", `{`, "If-Match", "9")},
		"types before If-Match":       {400, at("b", `{"fieldValues":{"version":"4"}}`, "If-Match", "9")},
		"If-Match before 428":         {412, at("b", `{}`, "If-Match", "9")},
		"428 before content":          {428, at("b", `{"fieldValues":{"nope":1}}`)},
		"412 before content":          {412, at("b", stale)},
		"content at last":             {400, at("b", bad, "If-Match", "4")},
	} {
		t.Log(name)
		s.wantFault(t, test.status, test.call)
	}
	if after := sviState(t, s, sviNear); after != before {
		t.Errorf("a refused update changed the link to %s", after)
	}
}
