package server_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviIfMatchInAllItsForms(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		version := 4
		for _, header := range []string{`"%d"`, `%d`, `W/"%d"`, `*`, ` `, `"9", "%d"`, `W/"9",%d`, ``} {
			if strings.Contains(header, "%d") {
				header = fmt.Sprintf(header, version)
			}
			a := s.want(t, 200, sviPut(sviNear, sviBody(t, version, sviNearFields()), "If-Match", header))
			version++
			if want := fmt.Sprintf(`"%d"`, version); a.header.Get("ETag") != want {
				t.Errorf("If-Match %q: got ETag %s, want %s", header, a.header.Get("ETag"), want)
			}
		}
		before := sviState(t, s, sviNear)
		for _, header := range []string{`"4"`, `3`, `W/"99"`, `"4", "5"`, `x`, `"12`, `12"`, `"012"`, `"" ""`, `,`, `"*"`} {
			a := s.want(t, 412, sviPut(sviNear, sviBody(t, version, sviNearFields()), "If-Match", header))
			if !strings.Contains(a.body, `"httpStatusCode":412`) {
				t.Errorf("If-Match %q: %s", header, a.body)
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused update changed the link to %s", after)
		}
	})
}

func TestSviVersionOfTheBody(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		before := sviState(t, s, sviNear)
		for name, test := range map[string]struct {
			status int
			body   string
			header string
		}{
			"stale":                       {412, `{"fieldValues":{"version":3,"kind":"road"}}`, ""},
			"higher than the current one": {412, `{"fieldValues":{"version":5,"kind":"road"}}`, ""},
			"stale beside a right tag":    {412, `{"fieldValues":{"version":3,"kind":"road"}}`, `"4"`},
			"absent":                      {428, `{"fieldValues":{"kind":"road"}}`, ""},
			"absent beside a right tag":   {428, `{"fieldValues":{"kind":"road"}}`, `"4"`},
			"absent beside a star":        {428, `{"fieldValues":{"kind":"road"}}`, `*`},
			"absent beside a wrong tag":   {412, `{"fieldValues":{"kind":"road"}}`, `"3"`},
			"null":                        {428, `{"fieldValues":{"version":null,"kind":"road"}}`, ""},
			"without field values":        {428, `{}`, ""},
			"with null field values":      {428, `{"fieldValues":null}`, ""},
			"a string":                    {400, `{"fieldValues":{"version":"4","kind":"road"}}`, ""},
			"a fraction":                  {400, `{"fieldValues":{"version":4.5,"kind":"road"}}`, ""},
			"a boolean":                   {400, `{"fieldValues":{"version":true,"kind":"road"}}`, ""},
			"too large":                   {400, `{"fieldValues":{"version":1e40,"kind":"road"}}`, ""},
			"field values as a list":      {400, `{"fieldValues":[4]}`, ""},
			"field values as text":        {400, `{"fieldValues":"version"}`, ""},
		} {
			a := s.want(t, test.status, sviPut(sviNear, test.body, "If-Match", test.header))
			var e struct {
				ErrorCode      int
				Message, ID    string
				Details        []string
				Version        int
				HTTPStatusCode int
			}
			a.json(t, &e)
			if e.HTTPStatusCode != test.status || e.Version != 2 || !strings.HasPrefix(a.body, `{"errorCode":0,"message":`) {
				t.Errorf("%s: %s", name, a.body)
			}
			if a.header.Get("Content-Type") != "application/vnd.sas.error+json;version=2" {
				t.Errorf("%s: got Content-Type %s", name, a.header.Get("Content-Type"))
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused update changed the link to %s", after)
		}
		s.want(t, 200, sviPut(sviNear, `{"fieldValues":{"version":4.0,"kind":"road"}}`))
	})
}

func TestSviTypesWithoutVersionHaveNoCheck(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		for range 2 {
			a := s.want(t, 200, sviPut(sviLoose, `{"fieldValues":{"note":"n"}}`, "If-Match", "*"))
			if a.header.Get("ETag") != "" || strings.Contains(a.body, `"version"`) {
				t.Errorf("a type without a version shows one: %v %s", a.header, a.body)
			}
		}
		s.want(t, 412, sviPut(sviLoose, `{"fieldValues":{}}`, "If-Match", `"3"`))
		var link sviLink
		s.want(t, 200, sviPut(sviLoose, `{}`)).json(t, &link)
		if link.FieldValues["note"] != nil {
			t.Errorf("the omitted note stayed: %v", link.FieldValues)
		}
		// A name that is empty is not that of the column that the type lacks.
		for _, value := range []string{`5`, `"x"`} {
			var e struct{ Details []string }
			s.want(t, 400, sviPut(sviLoose, `{"fieldValues":{"":`+value+`}}`)).json(t, &e)
			if len(e.Details) != 1 || e.Details[0] != "Field  is not a field of the relationship type." {
				t.Errorf("an empty name with %s: got details %q", value, e.Details)
			}
		}
	})
}

func TestSviUpdateSetsEveryDataType(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Clock(sviClock))
		a := s.want(t, 200, sviPut(sviNear, `{
			"@type":"DocumentLink","links":[],"unknown":{"a":1},"displayLabel":"x","relationshipTypeVersion":"9",
			"fromObjectTypeVersion":1.0,"toObjectTypeVersion":77,"createdAt":"1999-01-01T00:00:00Z","lastUpdatedAt":"1999-01-01T00:00:00Z",
			"restrictedFields":{"kind":{}},"fromObjectDisplayLabel":"x","toObjectDisplayLabel":null,"relationshipTypeLabel":"x",
			"relationshipTypeName":"near","qualifiedTypeName":"place__near","fromObjectTypeName":"place","toObjectTypeName":"place","fromObjectId":"a","toObjectId":"b",
			"id":"near|_|place|_|place|_|a|_|b",
			"validFrom":"2020-01-01T01:00:00+01:00",
			"fieldValues":{"version":4,"sk":"ab","from_id":"a","to_id":"b","changed_at":"nonsense","kind":"<ö&>€",
			"count":9007199254740993,"distance":1.50,"paved":false,"opened":"2020-02-29","seen":"2020-04-13T21:17:47.840+02:00",
			"end_dttm":"2020-01-01T00:00:00.5Z"}}`).with("_includeEntityLabels=true"))
		golden(t, "svi/near_updated.json", a.body)
		a = s.want(t, 200, sviGet("near|_|place|_|place|_|a|_|b").with("_includeDisplayLabel=true"))
		golden(t, "svi/near_updated.json", a.body)

		var link sviLink
		s.want(t, 200, sviPut(sviNear, sviBody(t, 5, sviNearFields("count", nil)))).json(t, &link)
		for _, name := range []string{"count", "distance", "paved", "opened", "seen", "begin_dttm", "end_dttm"} {
			if value, ok := link.FieldValues[name]; ok {
				t.Errorf("the omitted field %s stayed: %v", name, value)
			}
		}
		if link.ValidFrom != "" || link.ValidTo != "" || link.FieldValues["kind"] != "road" || link.FieldValues["version"] != 6.0 {
			t.Errorf("got %+v", link)
		}
	})
}

// Clients send back whole links as they keep them: what the server ignores may have
// any form.
func TestSviUpdateIgnoresReadOnlyMembersOfAnyForm(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	version := 4
	for _, name := range []string{
		"relationshipTypeVersion", "relationshipTypeLabel", "createdAt", "lastUpdatedAt", "displayLabel", "fromObjectTypeVersion",
		"fromObjectDisplayLabel", "toObjectTypeVersion", "toObjectDisplayLabel", "restrictedFields",
	} {
		for _, value := range []any{nil, "2015-10-01 18:30:03", "3", "", 7, 1.5, true, []any{}, map[string]any{"ssn": "x"}} {
			var link sviLink
			s.want(t, 200, sviPut(sviNear, sviBody(t, version, sviNearFields(), name, value))).json(t, &link)
			version++
			if link.CreatedAt != "2020-04-13T19:17:47.840Z" || len(link.RestrictedFields) != 3 {
				t.Errorf("%s as %v: got %+v", name, value, link)
			}
		}
	}
}

func TestSviUpdateRefusesBadContent(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		before := sviState(t, s, sviNear)
		put := func(fields map[string]any, members ...any) string { return sviBody(t, 4, fields, members...) }
		for name, test := range map[string]struct {
			body    string
			details []string
		}{
			"another id":               {put(sviNearFields(), "id", "near|_|place|_|place|_|ba1"), []string{"id is not the id of the link that the query names."}},
			"another id by ends":       {put(sviNearFields(), "id", "near|_|place|_|place|_|b|_|a"), []string{"id is not the id of the link that the query names."}},
			"an id that is none":       {put(sviNearFields(), "id", "ab"), []string{"id is not the id of the link that the query names."}},
			"another relationship":     {put(sviNearFields(), "relationshipTypeName", "loose"), []string{"relationshipTypeName cannot be changed."}},
			"another qualified name":   {put(sviNearFields(), "qualifiedTypeName", "near"), []string{"qualifiedTypeName cannot be changed."}},
			"other ends":               {put(sviNearFields(), "fromObjectId", "b", "toObjectId", "a"), []string{"fromObjectId cannot be changed.", "toObjectId cannot be changed."}},
			"other end types":          {put(sviNearFields(), "fromObjectTypeName", "person", "toObjectTypeName", "person"), []string{"fromObjectTypeName cannot be changed.", "toObjectTypeName cannot be changed."}},
			"other key fields":         {put(sviNearFields("sk", "x", "from_id", "b", "to_id", 7)), []string{"Field sk cannot be changed.", "Field from_id cannot be changed.", "Field to_id cannot be changed."}},
			"unknown fields":           {put(sviNearFields("zebra", 1, "apple", nil)), []string{"Field apple is not a field of the relationship type.", "Field zebra is not a field of the relationship type."}},
			"required field omitted":   {put(nil), []string{"Field kind is required."}},
			"required field null":      {put(map[string]any{"kind": nil}), []string{"Field kind is required."}},
			"too long":                 {put(map[string]any{"kind": "ööööoo"}), []string{"Field kind must have at most 5 characters."}},
			"wrong types":              {put(map[string]any{"kind": 1, "count": "1", "distance": "1", "paved": 1, "opened": "2020-02-30", "seen": "2020-01-01", "level": 1.5}), []string{"Field kind must be a string.", "Field count must be an integer.", "Field distance must be a number.", "Field paved must be true or false.", "Field opened must be a date, YYYY-MM-DD.", "Field seen must be a time stamp in the format of RFC 3339.", "Field level must be an integer."}},
			"numbers beyond all":       {`{"fieldValues":{"version":4,"kind":"road","count":9223372036854775808,"distance":1e999}}`, []string{"Field count must be an integer.", "Field distance must be a number."}},
			"nested values":            {put(sviNearFields("count", []int{1}, "seen", map[string]any{"a": 1})), []string{"Field count must be an integer.", "Field seen must be a time stamp in the format of RFC 3339."}},
			"ends before it begins":    {put(sviNearFields(), "validFrom", "2020-01-02T00:00:00Z", "validTo", "2020-01-01T00:00:00Z"), []string{"validFrom must not be after validTo."}},
			"two different beginnings": {put(sviNearFields("begin_dttm", "2020-01-01T00:00:00Z"), "validFrom", "2020-01-02T00:00:00Z"), []string{"validFrom and field begin_dttm must be equal."}},
			"bad field date":           {put(sviNearFields("end_dttm", "tomorrow")), []string{"Field end_dttm must be a time stamp in the format of RFC 3339."}},
			"several at once":          {put(map[string]any{"nope": 1, "count": "x"}, "toObjectId", "c"), []string{"toObjectId cannot be changed.", "Field nope is not a field of the relationship type.", "Field kind is required.", "Field count must be an integer."}},
		} {
			var e struct{ Details []string }
			s.want(t, 400, sviPut(sviNear, test.body)).json(t, &e)
			if strings.Join(e.Details, "\n") != strings.Join(test.details, "\n") {
				t.Errorf("%s: got details %q, want %q", name, e.Details, test.details)
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused update changed the link to %s", after)
		}
	})
}

func TestSviValidity(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	const at, fieldAt = "2020-01-01T00:00:00.500Z", "2020-01-01T00:00:00.5Z"
	for i, test := range []struct {
		body     string
		from, to string
	}{
		{sviBody(t, 4, sviNearFields(), "validFrom", at, "validTo", at), at, at},
		{sviBody(t, 5, sviNearFields("begin_dttm", fieldAt), "validTo", at), at, at},
		{sviBody(t, 6, sviNearFields("begin_dttm", fieldAt, "end_dttm", "2020-01-01T01:00:00.5+01:00"), "validFrom", at, "validTo", at), at, at},
		{sviBody(t, 7, sviNearFields("begin_dttm", nil), "validFrom", nil, "validTo", at), "", at},
		{sviBody(t, 8, sviNearFields(), "validFrom", at), at, ""},
		{sviBody(t, 9, sviNearFields("begin_dttm", "2020-01-01t00:00:00.5z"), "validTo", "2020-01-01t01:00:00.500+01:00"), at, at},
		{sviBody(t, 10, sviNearFields()), "", ""},
	} {
		var link sviLink
		s.want(t, 200, sviPut(sviNear, test.body)).json(t, &link)
		if link.ValidFrom != test.from || link.ValidTo != test.to {
			t.Errorf("update %d: got %q to %q, want %q to %q", i, link.ValidFrom, link.ValidTo, test.from, test.to)
		}
		if from, _ := link.FieldValues["begin_dttm"].(string); from != strings.Replace(test.from, ".500Z", ".5Z", 1) {
			t.Errorf("update %d: got the field %q", i, from)
		}
	}
	a := s.want(t, 400, sviPut(sviLoose, `{"validTo":"2020-01-01T00:00:00Z"}`))
	if !strings.Contains(a.body, "validTo is not a field of the relationship type.") {
		t.Errorf("validity without a field: %s", a.body)
	}
}

func TestSviUpdateCountsAlsoWhenNothingChanges(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for version := 2; version < 5; version++ {
		whole := s.want(t, 200, sviGet(sviFourParts).with("_includeDisplayLabel=true"))
		var link sviLink
		s.want(t, 200, sviPut(sviFiveParts, whole.body)).json(t, &link)
		if link.FieldValues["version"] != float64(version) || link.CreatedAt != "2015-10-01T18:30:03.656Z" || link.LastUpdatedAt <= link.CreatedAt {
			t.Errorf("update to %d: got %+v", version, link)
		}
	}
}

func TestSviLinkIDs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		for _, id := range []string{sviNear, "near|_|place|_|place|_|a|_|b", "near|_|place|_|place|_|c %41/ü", "near|_|place|_|place|_|c %41/ü|_|a"} {
			s.want(t, 200, sviGet(id))
			s.want(t, 200, sviGet(id, "Authorization", "Bearer anna-token"))
		}
		for _, id := range []string{
			"nope|_|place|_|place|_|ab", "near|_|nope|_|place|_|ab", "near|_|place|_|person|_|ab", "near|_|place|_|place|_|nope",
			"near|_|place|_|place|_|a|_|nope", "near|_|place|_|place|_|a|_|a", "near_to|_|place|_|place|_|b|_|a",
			"witnessed_by|_|person|_|intel_report|_|uuid_102|_|uuid_502", "near|_|place|_|place|_|%61b",
		} {
			a := s.want(t, 404, sviGet(id))
			if !strings.Contains(a.body, `"id":"DH6106"`) {
				t.Errorf("%s: %s", id, a.body)
			}
			s.want(t, 404, sviPut(id, sviBody(t, 4, sviNearFields())))
		}
		for _, raw := range []string{
			"", "_id=", "_id=near", "_id=near|_|place", "_id=near|_|place|_|place", "_id=near|_|place|_|place|_|", "_id=|_|place|_|place|_|ab",
			"_id=a|_|b|_|c|_|d|_|e|_|f", "_id=" + strings.ReplaceAll(url.QueryEscape(sviNear), "%", "%25"), "_id=" + sviNear + "&_id=" + sviNear,
			"_id=" + sviNear + "&other=1&other=2", "_id=" + sviNear + "&_includeDisplayLabel=yes", "_id=" + sviNear + "&_includeDisplayLabel=",
			"_id=" + sviNear + "&_includeDisplayLabel=true&_includeDisplayLabel=true", "_id=" + sviNear + "&_includeDisplayLabel=true&includeEntityLabels=true",
			"_id=%FF|_|b|_|c|_|d", "_id=%00|_|b|_|c|_|d", "_id=%zz", "_id=" + sviNear + ";x",
		} {
			s.want(t, 400, call{method: "GET", path: "/links/@item?" + raw, header: sviHeader()})
			s.want(t, 400, call{method: "PUT", path: "/links/@item?" + raw, header: sviHeader("Content-Type", "application/json"), body: sviBody(t, 4, sviNearFields())})
		}
		var e struct{ Details []string }
		s.want(t, 400, sviGet("near|_|place|_|place|_|b|_|a")).json(t, &e)
		if strings.Join(e.Details, "\n") != "Link ID: near|_|place|_|place|_|ba1\nLink ID: near|_|place|_|place|_|ba2" {
			t.Errorf("an ambiguous id: got details %q", e.Details)
		}
		// Of many, some are named, in the order of their bytes.
		many := "svi:\n  links:\n"
		for i := range 19 {
			key := fmt.Sprintf("%c%d", "bB"[i%2], i)
			many += "    - {key: " + key + ", relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: b, toObjectId: a, fieldValues: {kind: road, grade: 3}}\n"
			if i == 17 || i == 18 { // with the two above: all of them, and one more
				s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, many)})
				s.want(t, 400, sviGet("near|_|place|_|place|_|b|_|a")).json(t, &e)
				last := e.Details[len(e.Details)-1]
				if more := last == "There are more."; more != (i == 18) || len(e.Details) != 20+i-17 || e.Details[0] != "Link ID: near|_|place|_|place|_|B1" {
					t.Errorf("an id of %d links: got details %q", i+3, e.Details)
				}
			}
		}
		s.want(t, 200, sviGet(sviHolds))
		a := s.want(t, 400, sviPut(sviHolds, `{"fieldValues":{"version":1}}`))
		if !strings.Contains(a.body, "no internal bridge table") {
			t.Errorf("a type without a bridge table: %s", a.body)
		}
		if after := sviState(t, s, sviNear); !strings.Contains(after, `"version":4`) {
			t.Errorf("a refused update changed the link to %s", after)
		}
	})
}

func TestSviProtectedEndsLookAbsent(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(sviTypes))
		absent := "hides|_|place|_|secret_place|_|h2"
		for _, token := range []string{"bert-token", "writer-token"} {
			hidden := s.want(t, 404, sviGet(sviHidden, "Authorization", "Bearer "+token))
			unknown := s.want(t, 404, sviGet(absent, "Authorization", "Bearer "+token))
			if strings.ReplaceAll(hidden.body, "h1", "h2") != unknown.body {
				t.Errorf("absent and not permitted differ:\n%s\n%s", hidden.body, unknown.body)
			}
			s.want(t, 404, sviPut(sviHidden, `{"fieldValues":{"version":1}}`, "Authorization", "Bearer "+token))
		}
		a := s.want(t, 200, sviPut(sviHidden, `{"fieldValues":{"version":1}}`, "Authorization", "Bearer anna-token").with("_includeEntityLabels=true"))
		if !strings.Contains(a.body, `"toObjectDisplayLabel":"Bunker"`) || !strings.Contains(a.body, `"fromObjectDisplayLabel":"Harbour 12"`) {
			t.Errorf("labels: %s", a.body)
		}
	})
}

// A document can go while its links stay: its label is left out then, the link is
// served all the same.
func TestSviLabelOfADocumentThatIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "orglink.db")
	s := start(t, servertest.Demo(), servertest.Database("sqlite:"+path))
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM svi_documents WHERE type = 'person'"); err != nil {
		t.Fatal(err)
	}
	for _, a := range []answer{
		s.want(t, 200, sviGet(sviFiveParts).with("_includeDisplayLabel=true")),
		s.want(t, 200, sviPut(sviFiveParts, sviBody(t, 1, nil)).with("_includeEntityLabels=true")),
	} {
		if !strings.Contains(a.body, `"fromObjectDisplayLabel":"John Smith"`) || strings.Contains(a.body, "toObjectDisplayLabel") {
			t.Errorf("got %s", a.body)
		}
	}
}

// A document that cannot be read fails the update that asks for its label, as a whole.
func TestSviUpdateThatFailsLeavesTheLink(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "orglink.db")
	s := start(t, servertest.Demo(), servertest.Database("sqlite:"+path))
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=5000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE svi_documents SET attributes = 'broken' WHERE type = 'person'"); err != nil {
		t.Fatal(err)
	}
	s.want(t, 500, sviPut(sviFiveParts, sviBody(t, 1, nil)).with("_includeEntityLabels=true"))
	if a := s.want(t, 200, sviGet(sviFiveParts)); !strings.Contains(a.body, `"version":1`) {
		t.Errorf("the failed update changed the link to %s", a.body)
	}
}
