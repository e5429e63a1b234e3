package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviListOfLinks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for name, test := range map[string]struct {
			query string
			keys  []string
		}{
			"a symmetric type, what begins first":  {"_relationshipName=near&_fromEntityTypeName=place&_entityId=a", []string{"ab", "ba1", "ba2", "c %41/ü"}},
			"the older name of the entity type":    {"_relationshipName=near&_entityTypeName=place&_entityId=a", []string{"ab", "ba1", "ba2", "c %41/ü"}},
			"both names":                           {"_relationshipName=near&_entityTypeName=place&_fromEntityTypeName=place&_entityId=a", []string{"ab", "ba1", "ba2", "c %41/ü"}},
			"a symmetric type, from its other end": {"_relationshipName=near&_fromEntityTypeName=place&_entityId=b", []string{"ba1", "ba2", "ab"}},
			"a type with a direction":              {"_relationshipName=loose&_fromEntityTypeName=place&_entityId=a", []string{"l1"}},
			"a type with a direction, its end":     {"_relationshipName=loose&_fromEntityTypeName=place&_entityId=b", nil},
			"without bridge table":                 {"_relationshipName=holds&_fromEntityTypeName=place&_entityId=a", []string{"a"}},
			"no links":                             {"_relationshipName=near&_fromEntityTypeName=place&_entityId=e", nil},
			"no document":                          {"_relationshipName=near&_fromEntityTypeName=place&_entityId=nope", nil},
			"an id that needs escapes":             {"_relationshipName=near&_fromEntityTypeName=place&_entityId=c%20%2541%2F%C3%BC", []string{"c %41/ü"}},
			"another operation's parameter":        {"_relationshipName=loose&_fromEntityTypeName=place&_entityId=a&_id=x", []string{"l1"}},
		} {
			if keys := s.sviListed(t, call{method: "GET", path: "/links?" + test.query, header: sviHeader()}); !slices.Equal(keys, test.keys) {
				t.Errorf("%s: got %q, want %q", name, keys, test.keys)
			}
		}
		a := s.want(t, 200, sviList("loose", "a"))
		one := strings.TrimSpace(s.want(t, 200, sviGet(sviLoose)).body)
		if strings.TrimSpace(a.body) != `{"links":[],"name":"links","items":[`+one+`],"count":1,"version":2}` {
			t.Errorf("got %s, of %s", a.body, one)
		}
		if a.header.Get("ETag") != "" || a.header.Get("Vary") != "Accept" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("got headers %v", a.header)
		}
		if a := s.want(t, 200, sviList("near", "nope")); strings.TrimSpace(a.body) != `{"links":[],"name":"links","items":[],"count":0,"version":2}` {
			t.Errorf("an empty list: %s", a.body)
		}
	})
}

func TestSviListOrderAndSelfLinks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		fixtures := "svi:\n  documents:\n"
		for _, id := range []string{"B", "_", "Z", "ä"} {
			fixtures += "    - {objectTypeName: place, id: '" + id + "', fieldValues: {}}\n"
		}
		fixtures += "  links:\n"
		for i, to := range []string{"ä", "b", "B", "_", "Z", "d", "d"} {
			fixtures += fmt.Sprintf("    - {key: k%d, relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: d, toObjectId: '%s', fieldValues: {kind: road, grade: 1}}\n", 9-i, to)
		}
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, fixtures)})
		// By the bytes of the other document's id, then of the key; one with itself once.
		if keys := s.sviListed(t, sviList("near", "d")); !slices.Equal(keys, []string{"k7", "k5", "k6", "k8", "k3", "k4", "k9"}) {
			t.Errorf("got %v", keys)
		}
	})
}

func TestSviListsAreMaskedAndLabelled(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for _, relationship := range []string{"near", "loose"} {
			for accept, media := range map[string]string{"": "application/json", "*/*": "application/json", "application/json": "application/json", sviMasked: sviMasked, strings.TrimSuffix(sviMasked, "+json"): sviMasked} {
				for _, c := range []call{
					sviList(relationship, "a", "Accept", accept, "Authorization", "Bearer anna-token"),
					{method: "GET", path: "/links?" + sviEnds(relationship, "a", "b"), header: sviHeader("Accept", accept, "Authorization", "Bearer anna-token")},
				} {
					a := s.want(t, 200, c)
					if a.header.Get("Content-Type") != media || strings.Contains(a.body, "raw-code") || strings.Contains(a.body, "987654") {
						t.Errorf("Accept %q: %v %s", accept, a.header, a.body)
					}
					if strings.Contains(a.body, sviBullets) != (media == sviMasked) || !strings.Contains(a.body, "restrictedFields") {
						t.Errorf("Accept %q: %s", accept, a.body)
					}
				}
			}
		}
		a := s.want(t, 200, sviList("near", "a").with("_includeEntityLabels=true"))
		if strings.Count(a.body, `"toObjectDisplayLabel":"Harbour 12"`) != 3 || strings.Count(a.body, `"fromObjectDisplayLabel"`) != 3 { // c has no label
			t.Errorf("labels: %s", a.body)
		}
		if a := s.want(t, 200, sviList("near", "a")); strings.Contains(a.body, "ObjectDisplayLabel") {
			t.Errorf("labels that nobody asked for: %s", a.body)
		}
	})
}

func TestSviSingleLinkByItsEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		single := func(ends string) call { return call{method: "GET", path: "/links?" + ends, header: sviHeader()} }
		a := s.want(t, 200, single(sviEnds("near", "a", "b")))
		if item := s.want(t, 200, sviGet(sviNear)); a.body != item.body || a.header.Get("ETag") != `"4"` || a.header.Get("Vary") != "Accept" {
			t.Errorf("got %v %s", a.header, a.body)
		}
		if a := s.want(t, 200, single(sviEnds("loose", "a", "b"))); a.header.Get("ETag") != "" {
			t.Errorf("a type without version: %v", a.header)
		}
		if f := s.wantFault(t, 400, single(sviEnds("near", "b", "a"))); !slices.Equal(f.Details, []string{"Link ID: near|_|place|_|place|_|ba1", "Link ID: near|_|place|_|place|_|ba2"}) {
			t.Errorf("got %+v", f)
		}
		for _, ends := range []string{sviEnds("near", "a", "nope"), sviEnds("near", "a", "a"), sviEnds("nope", "a", "b"), sviEnds("near_to", "b", "a"), sviEnds("hides", "a", "x")} {
			if f := s.wantFault(t, 404, single(ends)); f.ID != "DH6106" {
				t.Errorf("%s: got %+v", ends, f)
			}
		}
	})
}

func TestSviListQueriesThatAreRefused(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	const list, ends = "_relationshipName=near&_fromEntityTypeName=place&_entityId=a", "relationshipName=near&fromEntityTypeName=place&toEntityTypeName=place&fromEntityId=a&toEntityId=b"
	refused := []string{
		"", "x=1", list + "&" + ends, list + "&toEntityId=b", ends + "&_entityId=a", "_relationshipName=near&fromEntityTypeName=place&_entityId=a",
		list + "&_entityTypeName=person", list + "&_includeEntityLabels=1", list + "&_includeEntityLabels=true&includeEntityLabels=true",
		list + "&_entityId=a", list + "&_entityId=b", "_relationshipName=near&_fromEntityTypeName=place&_entityId=", "_relationshipName=&_fromEntityTypeName=place&_entityId=a",
		"_relationshipName=near&_entityTypeName=&_entityId=a", "_relationshipName=%00&_fromEntityTypeName=place&_entityId=a", "_relationshipName=near&_fromEntityTypeName=place&_entityId=%FF",
		"_id=" + sviNear,
	}
	for _, set := range []string{list, ends} {
		parts := strings.Split(set, "&")
		for i := range parts {
			refused = append(refused, strings.Join(slices.Concat(parts[:i], parts[i+1:]), "&"))
		}
	}
	for _, text := range refused {
		s.wantFault(t, 400, call{method: "GET", path: "/links?" + text, header: sviHeader()})
	}
	for _, text := range []string{strings.Replace(list, "near", "nope", 1), strings.Replace(list, "place", "nowhere", 1), strings.Replace(list, "near", "near_to", 1), strings.Replace(list, "place", "person", 1)} {
		f := s.wantFault(t, 404, call{method: "GET", path: "/links?" + text, header: sviHeader()})
		if !strings.HasPrefix(f.Message, "The relationship type with name ") || len(f.Details) != 3 {
			t.Errorf("%s: got %+v", text, f)
		}
	}
	hidden := s.want(t, 404, sviList("hides", "a"))
	absent := s.want(t, 404, sviList("hidez", "a"))
	if strings.ReplaceAll(hidden.body, "hides", "hidez") != absent.body {
		t.Errorf("absent and hidden differ:\n%s\n%s", absent.body, hidden.body)
	}
}
