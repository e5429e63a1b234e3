package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviNewLinkRefusesBadContent(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		near := func(fields map[string]any, more ...any) string { return sviNew(t, "near", "d", "e", fields, more...) }
		good := func(more ...any) map[string]any { return sviNearFields(append([]any{"grade", 1}, more...)...) }
		for name, test := range map[string]struct {
			body    string
			details []string
		}{
			"required fields":  {near(nil), []string{"Field kind is required.", "Field grade is required."}},
			"required as null": {near(map[string]any{"kind": nil, "grade": nil}), []string{"Field kind is required.", "Field grade is required."}},
			"unknown fields":   {near(good("zebra", 1, "apple", nil)), []string{"Field apple is not a field of the relationship type.", "Field zebra is not a field of the relationship type."}},
			"ill-typed fields": {
				near(map[string]any{"kind": 1, "count": "1", "distance": "1", "paved": 1, "opened": "2020-02-30", "seen": "2020-01-01", "level": 1.5, "grade": "x", "code": 7}),
				[]string{
					"Field kind must be a string.", "Field count must be an integer.", "Field distance must be a number.", "Field paved must be true or false.", "Field opened must be a date, YYYY-MM-DD.",
					"Field seen must be a time stamp in the format of RFC 3339.", "Field code must be a string.", "Field level must be an integer.", "Field grade must be an integer.",
				},
			},
			"too long":                   {near(good("kind", "ööööoo")), []string{"Field kind must have at most 5 characters."}},
			"bullets in legacy mode":     {near(good("code", sviBullets, "level", sviBullets)), []string{"Field code must not hold the mask template.", "Field level must not hold the mask template."}},
			"another From key":           {near(good("from_id", "a")), []string{"Field from_id cannot be changed."}},
			"other key columns":          {near(good("from_id", "e", "to_id", 7)), []string{"Field from_id cannot be changed.", "Field to_id cannot be changed."}},
			"another qualified name":     {near(good(), "qualifiedTypeName", "near"), []string{"qualifiedTypeName is not that of the relationship type."}},
			"it ends before it begins":   {near(good("begin_dttm", "2020-01-02T00:00:00Z"), "validTo", "2020-01-01T00:00:00Z"), []string{"validFrom must not be after validTo."}},
			"two beginnings":             {near(good("begin_dttm", "2020-01-01T00:00:00Z"), "validFrom", "2020-01-02T00:00:00Z"), []string{"validFrom and field begin_dttm must be equal."}},
			"a bad date":                 {near(good(), "validFrom", "yesterday", "validTo", "2020-01-01"), []string{"validFrom must be a time stamp in the format of RFC 3339.", "validTo must be a time stamp in the format of RFC 3339."}},
			"a bad date field":           {near(good("end_dttm", 7)), []string{"Field end_dttm must be a time stamp in the format of RFC 3339."}},
			"validity of a type without": {sviNew(t, "plain", "a", "b", nil, "validFrom", "2020-01-01T00:00:00Z"), []string{"validFrom is not a field of the relationship type."}},
			"all at once": {
				near(map[string]any{"nope": 1, "count": "x"}, "qualifiedTypeName", "x"),
				[]string{"qualifiedTypeName is not that of the relationship type.", "Field nope is not a field of the relationship type.", "Field kind is required.", "Field count must be an integer.", "Field grade is required."},
			},
			"no bridge table": {sviNew(t, "holds", "a", "b", nil), []string{"Relationship Type Name: holds"}},
		} {
			if f := s.wantFault(t, 400, sviPost(test.body)); !slices.Equal(f.Details, test.details) {
				t.Errorf("%s: got details %q, want %q", name, f.Details, test.details)
			}
		}
		for name, body := range map[string]string{
			"no body": "", "a list": `[]`, "null": `null`, "malformed": `{"relationshipTypeName":`, "two values": sviNew(t, "plain", "a", "b", nil) + `{}`,
			"field values as a list": sviNew(t, "plain", "a", "b", nil, "fieldValues", []any{}), "as text": sviNew(t, "plain", "a", "b", nil, "fieldValues", "x"),
			"a date as a number": near(good(), "validFrom", 0), "a NUL": near(good("code", "\x00")), "half a character": strings.Replace(near(good()), "road", `\ud800`, 1),
		} {
			t.Log(name)
			s.wantFault(t, 400, sviPost(body))
		}
		for _, member := range []string{"relationshipTypeName", "fromObjectTypeName", "fromObjectId", "toObjectTypeName", "toObjectId"} {
			for _, value := range []any{nil, "", 7, []any{}} {
				s.wantFault(t, 400, sviPost(near(good(), member, value)))
			}
		}
		if keys := s.sviListed(t, sviList("near", "d")); len(keys) != 0 {
			t.Errorf("refused links are there: %v", keys)
		}
	})
}

// What is absent and what the caller may not read answers alike, but for the names.
func TestSviNewLinkOfAbsentAndHiddenEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		at := func(relationship, fromType, from, toType, to string) string {
			return fmt.Sprintf(`{"relationshipTypeName":%q,"fromObjectTypeName":%q,"fromObjectId":%q,"toObjectTypeName":%q,"toObjectId":%q}`, relationship, fromType, from, toType, to)
		}
		for name, test := range map[string]struct{ body, message string }{
			"From type absent":             {at("near", "nowhere", "a", "place", "b"), `The entity type with name "nowhere" was not found or the current user does not have the necessary permissions to view the entity type.`},
			"To type absent":               {at("near", "place", "a", "nowhere", "b"), `The entity type with name "nowhere" was not found or the current user does not have the necessary permissions to view the entity type.`},
			"To type hidden":               {at("hides", "place", "a", "secret_place", "x"), `The entity type with name "secret_place" was not found or the current user does not have the necessary permissions to view the entity type.`},
			"To type hidden, none at all":  {at("nope", "place", "nope", "secret_place", "nope"), `The entity type with name "secret_place" was not found or the current user does not have the necessary permissions to view the entity type.`},
			"From type hidden":             {at("hides", "secret_place", "x", "place", "a"), `The entity type with name "secret_place" was not found or the current user does not have the necessary permissions to view the entity type.`},
			"relationship type absent":     {at("nope", "place", "a", "place", "b"), `The relationship type with name "nope" was not found or the current user does not have the necessary permissions to view the relationship type.`},
			"it ends elsewhere":            {at("hides", "place", "a", "place", "b"), `The relationship type with name "hides" was not found or the current user does not have the necessary permissions to view the relationship type.`},
			"its reverse name":             {at("near_to", "place", "a", "place", "b"), `The relationship type with name "near_to" was not found or the current user does not have the necessary permissions to view the relationship type.`},
			"From document absent":         {at("near", "place", "nope", "place", "b"), `The document with ID "nope" was not found or the current user does not have the necessary permissions to view the document.`},
			"To document absent":           {at("near", "place", "a", "place", "nope"), `The document with ID "nope" was not found or the current user does not have the necessary permissions to view the document.`},
			"a document of another type":   {at("near", "place", "a", "place", "x"), `The document with ID "x" was not found or the current user does not have the necessary permissions to view the document.`},
			"a document id with delimiter": {at("near", "place", "a", "place", "b|_|c"), `The document with ID "b|_|c" was not found or the current user does not have the necessary permissions to view the document.`},
		} {
			f := s.wantFault(t, 404, sviPost(test.body, "Authorization", "Bearer bert-token"))
			if f.Message != test.message || f.ID != "DH6106" || len(f.Details) != 5 || !strings.HasPrefix(f.Details[4], "Relationship Type Name: ") {
				t.Errorf("%s: got %+v", name, f)
			}
		}
		absent := s.want(t, 404, sviPost(at("hides", "place", "a", "secret_plaze", "x"), "Authorization", "Bearer bert-token"))
		hidden := s.want(t, 404, sviPost(at("hides", "place", "a", "secret_place", "x"), "Authorization", "Bearer bert-token"))
		if strings.ReplaceAll(hidden.body, "secret_place", "secret_plaze") != absent.body {
			t.Errorf("absent and hidden differ:\n%s\n%s", absent.body, hidden.body)
		}
		s.want(t, 201, sviPost(at("hides", "place", "a", "secret_place", "x"), "Authorization", "Bearer anna-token"))
	})
}

// Values of a new link that is refused are in no answer, if their field is masked.
func TestSviNewLinkRefusedShowsNoMaskedValue(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	const secret = "hush-hush"
	for _, body := range []string{
		sviNew(t, "near", "a", "b", map[string]any{"code": secret}),
		sviNew(t, "near", "a", "b", sviNearFields("grade", secret)),
		sviNew(t, "near", "nope", "b", sviNearFields("code", secret)),
		sviNew(t, "near", "a", "b", sviNearFields("code", secret), "validFrom", 7),
	} {
		if a := s.do(t, sviPost(body)); a.status < 400 || strings.Contains(a.body, secret) {
			t.Errorf("got %d: %s", a.status, a.body)
		}
		if a := s.want(t, 200, sviBulk(sviItems(body))); !strings.Contains(a.body, `"error":`) || strings.Contains(a.body, secret) {
			t.Errorf("in bulk: %s", a.body)
		}
	}
}
