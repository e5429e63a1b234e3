package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviDeletedLinksAreGone(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for name, c := range map[string]call{
			"by key":            sviDelete(sviNear),
			"by ends":           sviDelete("near|_|place|_|place|_|c %41/ü|_|a"),
			"with a tag":        sviDelete("near|_|place|_|place|_|ba1", "If-Match", `W/"7", "1"`),
			"with a star":       sviDelete(sviLoose, "If-Match", "*"),
			"with an empty tag": sviDelete("near|_|place|_|place|_|ba2", "If-Match", " "),
			"under the prefix":  {method: "DELETE", path: "/svi-datahub" + sviDelete(sviFourParts).path, header: sviHeader("Accept", "text/html")},
			"of a hidden end":   sviDelete(sviHidden, "Authorization", sviAnna),
		} {
			if a := s.want(t, 204, c); a.body != "" || a.header.Get("ETag") != "" {
				t.Errorf("%s: %v %q", name, a.header, a.body)
			}
			f := s.wantFault(t, 404, c)
			if f.ID != "DH6106" || f.Message != "The link was not found or the current user does not have the necessary permissions to view the link." {
				t.Errorf("%s, again: got %+v", name, f)
			}
		}
		for _, id := range []string{sviNear, sviLoose, sviFourParts, sviFiveParts} {
			s.wantFault(t, 404, sviGet(id))
			s.wantFault(t, 404, sviPut(id, `{"fieldValues":{"version":1}}`))
			s.wantFault(t, 404, sviPatch(id, `[]`, "If-Match", "1"))
		}
		if keys := s.sviListed(t, sviList("near", "a")); len(keys) != 0 {
			t.Errorf("links are there: %v", keys)
		}
	})
}

func TestSviDeletionsThatAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		before := sviState(t, s, sviNear)
		for name, test := range map[string]struct {
			status int
			call   call
		}{
			"a stale tag":               {412, sviDelete(sviNear, "If-Match", "3")},
			"a tag of the future":       {412, sviDelete(sviNear, "If-Match", `"5"`)},
			"a tag that is none":        {412, sviDelete(sviNear, "If-Match", `"4`)},
			"a tag where there is none": {412, sviDelete(sviLoose, "If-Match", "1")},
			"several links":             {400, sviDelete("near|_|place|_|place|_|b|_|a")},
			"no bridge table":           {400, sviDelete(sviHolds)},
			"no bridge, and a tag":      {400, sviDelete(sviHolds, "If-Match", "9")},
			"no id":                     {400, sviDelete("near")},
			"404 before the tag":        {404, sviDelete("near|_|place|_|place|_|nope", "If-Match", "9")},
			"a hidden end":              {404, sviDelete(sviHidden, "Authorization", sviBert)},
			"a client":                  {403, sviDelete("near", "Authorization", "Bearer reader-token")},
			"nobody":                    {401, sviDelete("near", "Authorization", "Bearer x")},
		} {
			f := s.wantFault(t, test.status, test.call)
			if strings.HasPrefix(name, "no bridge") && !strings.Contains(f.Message, "no internal bridge table") {
				t.Errorf("%s: got %+v", name, f)
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused deletion changed the link to %s", after)
		}
		s.want(t, 200, sviGet(sviLoose))
		s.want(t, 200, sviGet(sviHolds))
		s.want(t, 200, sviGet(sviHidden, "Authorization", sviAnna))
	})
}

func TestSviRoot(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	for _, path := range []string{"/svi-datahub/", "/svi-datahub", "/w/default/svi-datahub/"} {
		a := s.want(t, 200, call{method: "GET", path: path})
		var root struct {
			Version int
			Links   []struct{ Method, Rel, Href, URI string }
		}
		a.json(t, &root)
		if root.Version != 1 || len(root.Links) == 0 || a.header.Get("Content-Type") != "application/json" || strings.Contains(a.body, "errorCode") {
			t.Errorf("%s: %v %s", path, a.header, a.body)
		}
		for _, l := range root.Links {
			if !strings.HasPrefix(l.Href, "/svi-datahub/") || l.Href != l.URI {
				t.Errorf("%s: got %+v", path, l)
			}
		}
	}
}
