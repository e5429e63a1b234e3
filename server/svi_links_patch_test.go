package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviOperations is a patch of operations on a link.
func sviOperations(operations ...string) string { return "[" + strings.Join(operations, ",") + "]" }

// Each operation of a JSON Patch on fields that are not masked, and what the link shows
// afterwards; "" stands for an absent field.
func TestSviPatchOfPlainFields(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		id := s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "b", map[string]any{"note": "old", "size": 9007199254740992}))).ID
		for i, test := range []struct {
			patch  string
			status int
			note   any
			size   any
		}{
			{`[]`, 200, "old", 9007199254740992.0},
			{`[{"op":"add","path":"/fieldValues/note","value":"new"}]`, 200, "new", 9007199254740992.0},
			{`[{"op":"replace","path":"/fieldValues/note","value":"newer"},{"op":"replace","path":"/fieldValues/size","value":1.0}]`, 200, "newer", 1.0},
			{`[{"op":"remove","path":"/fieldValues/size"}]`, 200, "newer", nil},
			{`[{"op":"add","path":"/fieldValues/size","value":7},{"op":"test","path":"/fieldValues/size","value":7}]`, 200, "newer", 7.0},
			{`[{"op":"add","path":"/fieldValues/size","value":null}]`, 200, "newer", nil},
			{`[{"op":"test","path":"/fieldValues/size","value":null},{"op":"add","path":"/fieldValues/size","value":8}]`, 200, "newer", 8.0},
			{`[{"op":"test","path":"/fieldValues/note","value":"other"},{"op":"remove","path":"/fieldValues/note"}]`, 409, "newer", 8.0},
			{`[{"op":"remove","path":"/fieldValues/note"},{"op":"test","path":"/fieldValues/note","value":"newer"}]`, 409, "newer", 8.0},
			{`[{"op":"test","path":"/fieldValues","value":{"note":"newer"}}]`, 409, "newer", 8.0},
			{`[{"op":"copy","from":"/fieldValues/note","path":"/x"},{"op":"move","from":"/x","path":"/fieldValues/note"}]`, 200, "newer", 8.0},
			{`[{"op":"copy","from":"/fromObjectId","path":"/fieldValues/note"}]`, 200, "a", 8.0},
			{`[{"op":"move","from":"/fieldValues/size","path":"/y"}]`, 200, "a", nil},
			{`[{"op":"replace","path":"/fieldValues","value":{"size":3}}]`, 200, nil, 3.0},
			{`[{"op":"copy","from":"","path":"/z"},{"op":"move","from":"/z/fieldValues/size","path":"/fieldValues/size"}]`, 200, nil, 3.0},
			{`[{"op":"remove","path":"/fieldValues"}]`, 200, nil, nil},
			{`[{"op":"replace","path":"","value":{"fieldValues":{"note":"whole"},"x":[{"a/b":1}]}}]`, 200, "whole", nil},
			{`[{"op":"add","path":"","value":{}}]`, 200, nil, nil},
			{`[{"op":"remove","path":"/fieldValues/note"}]`, 400, nil, nil},
			{`[{"op":"replace","path":"/fieldValues/note","value":"x"}]`, 400, nil, nil},
			{`[{"op":"move","from":"/fieldValues/note","path":"/fieldValues/size"}]`, 400, nil, nil},
			{`[{"op":"copy","from":"/nowhere","path":"/fieldValues/note"}]`, 400, nil, nil},
			{`[{"op":"add","path":"/nowhere/note","value":"x"}]`, 400, nil, nil},
			{`[{"op":"add","path":"/fieldValues/note","value":"x"},{"op":"add","path":"/fieldValues/size","value":"x"}]`, 400, nil, nil},
			{`[{"op":"add","path":"/fieldValues/note","value":"longer than twenty characters"}]`, 400, nil, nil},
			{`[{"op":"add","path":"/fieldValues/Note","value":"x"}]`, 400, nil, nil},
		} {
			read := s.want(t, 200, sviGet(id))
			var before sviLink
			read.json(t, &before)
			media := []string{"application/json-patch+json", "application/json", "application/json; charset=utf-8", ""}[i%4]
			tag := []string{read.header.Get("ETag"), strings.Trim(read.header.Get("ETag"), `"`)}[i%2]
			a := s.want(t, test.status, sviPatch(id, test.patch, "If-Match", tag, "Content-Type", media))
			var after sviLink
			now := s.want(t, 200, sviGet(id))
			now.json(t, &after)
			version := before.FieldValues["version"].(float64)
			if test.status == 200 {
				version++
				if a.body != now.body || a.header.Get("ETag") != now.header.Get("ETag") || a.header.Get("Vary") != "Accept" || after.FieldValues["changed_by"] != "demo" {
					t.Errorf("%s: answered %v %s", test.patch, a.header, a.body)
				}
			}
			if after.FieldValues["note"] != test.note || after.FieldValues["size"] != test.size || after.FieldValues["version"] != version || after.CreatedAt != before.CreatedAt {
				t.Errorf("%s: then %v", test.patch, after.FieldValues)
			}
		}
	})
}

// Numbers that the patch does not touch stay to the last digit.
func TestSviPatchLeavesOtherValuesAsTheyAre(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	s.want(t, 200, sviPut(sviNear, `{"validFrom":"2020-01-01T00:00:00.5Z","fieldValues":{"version":4,"kind":"<&>","count":9007199254740993,"distance":1.50,"paved":false,"opened":"2020-02-29","seen":"2020-01-01T00:00:00.840Z"}}`))
	before := s.want(t, 200, sviGet(sviNear)).body
	after := s.want(t, 200, sviPatch(sviNear, `[{"op":"add","path":"/fieldValues/level","value":5}]`, "If-Match", "5")).body
	for _, value := range []string{`"count":9007199254740993`, `"distance":1.50`, `"kind":"<&>"`, `"paved":false`, `"seen":"2020-01-01T00:00:00.84Z"`, `"validFrom":"2020-01-01T00:00:00.500Z"`, `"begin_dttm":"2020-01-01T00:00:00.5Z"`} {
		if !strings.Contains(before, value) || !strings.Contains(after, value) {
			t.Errorf("%s became other than it was:\n%s\n%s", value, before, after)
		}
	}
}

func TestSviPatchOfMembersThatDoNotChange(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		before := sviState(t, s, sviNear)
		for _, path := range []string{
			"/relationshipTypeName", "/qualifiedTypeName", "/fromObjectTypeName", "/fromObjectId", "/toObjectTypeName", "/toObjectId", "/id",
			"/fieldValues/sk", "/fieldValues/from_id", "/fieldValues/to_id",
		} {
			for _, value := range []string{`"other"`, `7`, `{}`} {
				s.wantFault(t, 400, sviPatch(sviNear, `[{"op":"replace","path":"`+path+`","value":`+value+`}]`, "If-Match", "4"))
			}
		}
		for _, path := range []string{"/relationshipTypeLabel", "/relationshipTypeVersion", "/createdAt", "/lastUpdatedAt", "/displayLabel", "/restrictedFields", "/fieldValues/version", "/fieldValues/changed_at"} {
			for _, value := range []string{`"x"`, `7`, `null`} {
				if path == "/fieldValues/version" && value == `"x"` {
					s.wantFault(t, 400, sviPatch(sviNear, `[{"op":"replace","path":"`+path+`","value":"x"}]`, "If-Match", sviVersion(t, s, sviNear)))
					continue
				}
				s.want(t, 200, sviPatch(sviNear, `[{"op":"replace","path":"`+path+`","value":`+value+`}]`, "If-Match", sviVersion(t, s, sviNear)))
			}
		}
		s.want(t, 200, sviPatch(sviNear, `[{"op":"replace","path":"/id","value":"near|_|place|_|place|_|a|_|b"},{"op":"remove","path":"/fromObjectId"},{"op":"remove","path":"/fieldValues/sk"}]`, "If-Match", sviVersion(t, s, sviNear)))
		after := sviState(t, s, sviNear)
		var was, is sviLink
		answer{body: before}.json(t, &was)
		answer{body: after}.json(t, &is)
		if is.CreatedAt != was.CreatedAt || is.FieldValues["kind"] != was.FieldValues["kind"] || is.FieldValues["code"] != sviBullets || len(is.FieldValues) != len(was.FieldValues) || is.ID != was.ID {
			t.Errorf("from %s\nto %s", before, after)
		}
	})
}

// sviVersion is the version that a link has now, bare.
func sviVersion(t *testing.T, s *site, id string) string {
	t.Helper()
	return strings.Trim(s.want(t, 200, sviGet(id)).header.Get("ETag"), `"`)
}

// A bound of the validity may be changed in either of its two places.
func TestSviPatchOfValidity(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for _, test := range []struct {
			patch    string
			status   int
			from, to string
		}{
			{`[{"op":"add","path":"/validFrom","value":"2020-01-01T00:00:00Z"}]`, 200, "2020-01-01T00:00:00.000Z", ""},
			{`[{"op":"replace","path":"/validFrom","value":"2020-01-02T00:00:00Z"}]`, 200, "2020-01-02T00:00:00.000Z", ""},
			{`[{"op":"replace","path":"/fieldValues/begin_dttm","value":"2020-01-03T01:00:00+01:00"}]`, 200, "2020-01-03T00:00:00.000Z", ""},
			{`[{"op":"add","path":"/fieldValues/end_dttm","value":"2020-01-04T00:00:00Z"}]`, 200, "2020-01-03T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"add","path":"/fieldValues/kind","value":"rail"}]`, 200, "2020-01-03T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/validFrom","value":"2020-01-05T00:00:00Z"}]`, 400, "2020-01-03T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/validFrom","value":"2020-01-01T00:00:00Z"},{"op":"replace","path":"/fieldValues/begin_dttm","value":"2020-01-02T00:00:00Z"}]`, 400, "2020-01-03T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/validFrom","value":"2020-01-01T00:00:00Z"},{"op":"replace","path":"/fieldValues/begin_dttm","value":"2020-01-01T01:00:00+01:00"}]`, 200, "2020-01-01T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/validFrom","value":"soon"}]`, 400, "2020-01-01T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/validFrom","value":7}]`, 400, "2020-01-01T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/fieldValues/end_dttm","value":7}]`, 400, "2020-01-01T00:00:00.000Z", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"remove","path":"/validFrom"}]`, 200, "", "2020-01-04T00:00:00.000Z"},
			{`[{"op":"replace","path":"/fieldValues/end_dttm","value":null}]`, 200, "", ""},
			{`[{"op":"add","path":"/validTo","value":null}]`, 200, "", ""},
		} {
			s.want(t, test.status, sviPatch(sviNear, test.patch, "If-Match", sviVersion(t, s, sviNear)))
			link := s.wantLink(t, 200, sviGet(sviNear))
			if link.ValidFrom != test.from || link.ValidTo != test.to || (link.FieldValues["begin_dttm"] == nil) != (test.from == "") || (link.FieldValues["end_dttm"] == nil) != (test.to == "") {
				t.Errorf("%s: then valid from %q to %q: %v", test.patch, link.ValidFrom, link.ValidTo, link.FieldValues)
			}
		}
		f := s.wantFault(t, 400, sviPatch(sviLoose, `[{"op":"add","path":"/validFrom","value":"2020-01-01T00:00:00Z"}]`))
		if f.Details[0] != "validFrom is not a field of the relationship type." {
			t.Errorf("a type without validity: %+v", f)
		}
	})
}
