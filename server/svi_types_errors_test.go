package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviTypeCalls are all calls on types, of the demo's types phone and calls, that would
// succeed as they stand.
func sviTypeCalls() map[string]call {
	return map[string]call{
		"by name":                sviAdmin("GET", sviEntities+"?name=phone", ""),
		"list":                   sviAdmin("GET", sviEntities+"/all", ""),
		"short list":             sviAdmin("GET", sviEntities+"/listAll", ""),
		"entity type":            sviAdmin("GET", sviEntities+"/10", ""),
		"relationship types":     sviAdmin("GET", sviRelationships, ""),
		"by qualified name":      sviAdmin("GET", sviRelationships+"?qualifiedName=person__calls", ""),
		"relationship type":      sviAdmin("GET", sviRelationships+"/10", ""),
		"POST entity type":       sviAdmin("POST", sviEntities, `{"name":"new"}`),
		"POST relationship type": sviAdmin("POST", sviRelationships, `{"name":"new","fromObjectName":"person","toObjectName":"phone"}`),
		"PUT entity type": sviAdmin("PUT", sviEntities+"/10",
			`{"version":1,"fields":[{"name":"number","dataType":"STRING","primaryKeyField":true},{"name":"version","dataType":"LONG","versionRole":true}]}`),
		"PUT relationship type":    sviAdmin("PUT", sviRelationships+"/10", `{"version":1,"fields":[]}`),
		"DELETE relationship type": sviAdmin("DELETE", sviRelationships+"/10", ""),
		"DELETE entity type":       sviAdmin("DELETE", sviEntities+"/10", ""),
	}
}

func TestSviTypesAskForPermission(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Fixtures(sviAdmins))
	for name, c := range sviTypeCalls() {
		if a := s.want(t, 401, c.as("nobody")); a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: got headers %v", name, a.header)
		}
		// A user without the group, clients with another scope and with none.
		for _, token := range []string{"anna-token", "writer-token", "reader-token"} {
			want := 403
			if c.method == "GET" {
				want = 200
			}
			a := s.want(t, want, c.as(token))
			if want == 403 && !strings.Contains(a.body, "necessary permissions") {
				t.Errorf("%s: got %s", name, a.body)
			}
		}
	}
	for name, c := range sviTypeCalls() {
		if a := s.do(t, c.as("modeller-token")); a.status == 401 || a.status == 403 {
			t.Errorf("%s by a client with the scope: %d %s", name, a.status, a.body)
		}
	}
}

func TestSviTypesHideTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		token := sviToken(t, s, "sas.ec", "", sviPasswordForm).AccessToken
		s.CloseDatabase(t)
		for name, c := range sviTypeCalls() {
			a := s.want(t, 500, c.as(token))
			if strings.Contains(a.body, "sql") || strings.Contains(a.body, "store") || strings.Contains(a.body, ".go") {
				t.Errorf("%s leaks its cause: %s", name, a.body)
			}
		}
	})
}

func TestSviOrderOfChecksOfTypes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		place, near := sviType(t, s, "place"), sviType(t, s, "place__near")
		const (
			badJSON   = `{"version":`
			badType   = `{"version":"1","fields":[{}]}`
			noVersion = `{"fields":[{}]}`
			stale     = `{"version":7,"fields":[{}]}`
			badField  = `{"version":1,"fields":[{}]}`
			inUse     = `{"version":1,"fields":[]}`
		)
		over := `{"version":1,"label":"` + strings.Repeat("x", 1<<20) + `"}`
		for _, d := range []sviDefinition{place, near} {
			collection := d.path()[:strings.LastIndex(d.path(), "/")]
			unknown := collection + "/4711"
			for name, test := range map[string]struct {
				status int
				call   call
			}{
				"401 before 400 of the path":     {401, sviAdmin("PUT", collection+"/x", badJSON).as("nobody")},
				"403 before 400 of the path":     {403, sviAdmin("PUT", collection+"/x", badJSON).as("anna-token")},
				"403 before 404":                 {403, sviAdmin("PUT", unknown, badJSON).as("writer-token")},
				"400 of the path before 415":     {400, sviAdmin("PUT", collection+"/x", badJSON, "Content-Type", "application/json")},
				"415 before 404":                 {415, sviAdmin("PUT", unknown, badJSON, "Content-Type", "text/plain")},
				"404 before malformed JSON":      {404, sviAdmin("PUT", unknown, badJSON)},
				"404 before the limit":           {404, sviAdmin("PUT", unknown, over)},
				"404 before a wrong type":        {404, sviAdmin("PUT", unknown, badType)},
				"404 before If-Match":            {404, sviAdmin("PUT", unknown, stale, "If-Match", "9")},
				"malformed JSON before If-Match": {400, sviAdmin("PUT", d.path(), badJSON, "If-Match", "9")},
				"a wrong type before If-Match":   {400, sviAdmin("PUT", d.path(), badType, "If-Match", "9")},
				"If-Match before no version":     {412, sviAdmin("PUT", d.path(), noVersion, "If-Match", "9")},
				"no version before content":      {428, sviAdmin("PUT", d.path(), noVersion)},
				"null is no version":             {428, sviAdmin("PUT", d.path(), `{"version":null,"fields":[]}`)},
				"stale before content":           {412, sviAdmin("PUT", d.path(), stale)},
				"content before use":             {400, sviAdmin("PUT", d.path(), badField, "If-Match", `"1"`)},
				"use at last":                    {409, sviAdmin("PUT", d.path(), inUse, "If-Match", `W/"1", "7"`)},
				"over the limit":                 {413, sviAdmin("PUT", d.path(), over)},
				"a version that is a fraction":   {400, sviAdmin("PUT", d.path(), `{"version":1.5,"fields":[]}`)},
				"a list":                         {400, sviAdmin("PUT", d.path(), `[]`)},
				"no body":                        {400, sviAdmin("PUT", d.path(), "", "Content-Type", "application/json")},
				"POST: 403 before 415":           {403, sviAdmin("POST", collection, badJSON, "Content-Type", "text/plain").as("anna-token")},
				"POST: 415":                      {415, sviAdmin("POST", collection, badJSON, "Content-Type", "text/plain")},
				"POST: malformed JSON":           {400, sviAdmin("POST", collection, badJSON)},
				"POST: over the limit":           {413, sviAdmin("POST", collection, over)},
				"POST: a taken name":             {409, sviAdmin("POST", collection, d.String())},
				"POST: content before a name":    {400, sviAdmin("POST", collection, d.field("x", "dataType", "TEXT").String())},
				"DELETE: 403 before 404":         {403, sviAdmin("DELETE", unknown, "").as("anna-token")},
				"DELETE: a path":                 {400, sviAdmin("DELETE", collection+"/x", "")},
				"DELETE: 404 before If-Match":    {404, sviAdmin("DELETE", unknown, "", "If-Match", "9")},
				"DELETE: If-Match before use":    {412, sviAdmin("DELETE", d.path(), "", "If-Match", "9")},
				"DELETE: in use":                 {409, sviAdmin("DELETE", d.path(), "", "If-Match", "1")},
				"GET: a path":                    {400, sviAdmin("GET", collection+"/1.5", "")},
				"GET: a path of 0":               {400, sviAdmin("GET", collection+"/0", "")},
				"GET: a path beyond all":         {400, sviAdmin("GET", collection+"/9223372036854775808", "")},
				"GET: unknown":                   {404, sviAdmin("GET", unknown, "")},
				"wrong method":                   {405, sviAdmin("PATCH", d.path(), `{}`)},
				"unknown path":                   {404, sviAdmin("GET", d.path()+"/more", "")},
			} {
				a := s.want(t, test.status, test.call)
				if a.header.Get("Content-Type") != "application/vnd.sas.error+json;version=2" {
					t.Errorf("%s: got headers %v", name, a.header)
				}
			}
		}
		for name, path := range map[string]string{
			"no name":                   sviEntities,
			"an empty name":             sviEntities + "?name=",
			"two names":                 sviEntities + "?name=phone&name=phone",
			"a bad boolean":             sviEntities + "/all?excludeUnauthorized=1",
			"a bad boolean in short":    sviEntities + "/listAll?excludeUnauthorized=",
			"a repeated boolean":        sviEntities + "/all?excludeUnauthorized=true&excludeUnauthorized=true",
			"both kinds of names":       sviRelationships + "?qualifiedName=person__calls&type=RELATIONSHIP",
			"two types":                 sviRelationships + "?type=A&type=A",
			"an empty type":             sviRelationships + "?type=",
			"a query that is not clean": sviEntities + "?name=%00",
		} {
			if a := s.want(t, 400, sviAdmin("GET", path, "")); !strings.Contains(a.body, `"DH9001"`) {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		for _, name := range []string{"nope", "person__nope", "calls", "person"} {
			s.want(t, 404, sviAdmin("GET", sviRelationships+"?qualifiedName="+name, ""))
		}
		if after := sviType(t, s, "place"); fmt.Sprint(after) != fmt.Sprint(place) {
			t.Errorf("a refused call changed the type to %v", after)
		}
	})
}

// A qualified name can be read in two ways where names hold its separator.
func TestSviQualifiedNamesOfSeveralTypesAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for _, name := range []string{"a", "a__b"} {
			s.want(t, 201, sviAdmin("POST", sviEntities, `{"name":"`+name+`"}`))
		}
		s.want(t, 201, sviAdmin("POST", sviRelationships, `{"name":"b__c","fromObjectName":"a","toObjectName":"a"}`))
		sviType(t, s, "a__b__c")
		s.want(t, 201, sviAdmin("POST", sviRelationships, `{"name":"c","fromObjectName":"a__b","toObjectName":"a"}`))
		a := s.want(t, 400, sviAdmin("GET", sviRelationships+"?qualifiedName=a__b__c", ""))
		if !strings.Contains(a.body, `"details":["Relationship Type ID: 11","Relationship Type ID: 12"]`) {
			t.Errorf("got %s", a.body)
		}
	})
}

// sviDetails are the lines of an error, sorted.
func (a answer) sviDetails(t *testing.T) []string {
	t.Helper()
	var e struct{ Details []string }
	a.json(t, &e)
	slices.Sort(e.Details)
	return e.Details
}

func TestSviDefinitionsThatCannotBeAreRefusedLineByLine(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	const name = "a letter, followed by at most 62 letters, digits and underscores."
	long := strings.Repeat("ü", 256)
	fields := func(fields string) string { return `{"name":"e","fields":[` + fields + `]}` }
	link := func(members string) string {
		return `{"name":"r","fromObjectName":"person","toObjectName":"phone",` + members + `}`
	}
	for what, test := range map[string]struct {
		collection, body string
		want             []string
	}{
		"no name": {sviEntities, `{}`, []string{"name is required."}},
		"a name that is none": {
			sviEntities, `{"name":"a|_|b","label":"` + long + `"}`,
			[]string{"label must have at most 255 characters.", "name must be " + name},
		},
		"a name that is too long": {sviEntities, `{"name":"` + strings.Repeat("x", 64) + `"}`, []string{"name must be " + name}},
		"fields of all faults": {sviEntities, fields(`{},{"name":"1"},{"name":"f","dataType":"TEXT","length":0},{"name":"f","dataType":"LONG","length":5},
			{"name":"g","dataType":"string","label":"` + long + `","maskd":true,"x\"":1},{"name":"h","dataType":"STRING","length":-7}`), []string{
			"The field f has a length that is not positive.",
			"The field f has a length, but is not a STRING.",
			"The field f has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP.",
			"The field f is there twice.",
			"The field g has a label of more than 255 characters.",
			"The field g has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP.",
			`The field g has the unknown member "maskd".`,
			`The field g has the unknown member "x\"".`,
			"The field h has a length that is not positive.",
			"The field number 1 has no name.",
			"The field number 1 has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP.",
			"The field number 2 has a name that is not " + name,
			"The field number 2 has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP.",
		}},
		"reference data are not served": {
			sviEntities, fields(`{"name":"f","dataType":"REFERENCE_DATA"}`),
			[]string{"The field f has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP."},
		},
		"two keys and versions": {
			sviEntities, fields(`{"name":"a","dataType":"STRING","primaryKeyField":true},{"name":"b","dataType":"STRING","primaryKeyField":true},
			{"name":"c","dataType":"LONG","versionRole":true},{"name":"d","dataType":"LONG","versionRole":true}`),
			[]string{"Several fields are the primary key.", "Several fields are the version."},
		},
		"roles of the wrong fields": {sviEntities, fields(`{"name":"a","dataType":"LONG","primaryKeyField":true,"masked":true},{"name":"b","dataType":"STRING","versionRole":true},
			{"name":"c","dataType":"STRING","masked":true,"displayLabel":true}`), []string{
			"The field a is masked and cannot be the primary key or the version.",
			"The field a is the primary key and must be a STRING.",
			"The field b is the version and must be a LONG.",
			"The field c is masked and cannot be part of the label.",
		}},
		"two roles": {
			sviEntities, fields(`{"name":"a","dataType":"STRING","primaryKeyField":true,"versionRole":true}`),
			[]string{"The field a cannot be both the primary key and the version."},
		},
		"columns and fields": {sviEntities, `{"name":"e","createdAtTimeFieldName":"a","validFromFieldName":"a","validToFieldName":"f","lastUpdatedAtTimeFieldName":"-","fields":[{"name":"f","dataType":"DATE"}]}`, []string{
			"A column and a field have the name f.",
			"A column has a name that is not " + name,
			"Two columns have the name a.",
		}},
		"no ends": {sviRelationships, `{}`, []string{"fromObjectName is required.", "name is required.", "toObjectName is required."}},
		"unknown ends": {
			sviRelationships, `{"name":"r","fromObjectName":"nowhere","toObjectName":"|"}`,
			[]string{"fromObjectName is not the name of an entity type.", "toObjectName is not the name of an entity type."},
		},
		"members of all faults": {sviRelationships, link(`"label":"` + long + `","reverseLabel":"` + long + `","reverseName":"-","type":"child","cardinality":"MANY","required":true,"bridge":{"keyFieldName":"sk"}`), []string{
			"bridge must name all three key columns.",
			"cardinality must be one of [ONE_TO_ONE ONE_TO_MANY MANY_TO_ONE MANY_TO_MANY].",
			"label must have at most 255 characters.",
			"required can only be false.",
			"reverseLabel must have at most 255 characters.",
			"reverseName is not a name.",
			"type must be of capital letters and underscores.",
		}},
		"roles of attributes": {sviRelationships, link(`"fields":[{"name":"a","dataType":"STRING","primaryKeyField":true},{"name":"b","dataType":"LONG","versionRole":true},{"name":"c","dataType":"STRING","displayLabel":true}]`), []string{
			"The field a has a role of an entity type's field.",
			"The field b has a role of an entity type's field.",
			"The field c has a role of an entity type's field.",
		}},
		"columns of a bridge table": {
			sviRelationships, link(`"bridge":{"keyFieldName":"a","fromFieldName":"b","toFieldName":"b"},"versionNumberFieldName":"f","fields":[{"name":"f","dataType":"LONG"}]`),
			[]string{"A column and a field have the name f.", "Two columns have the name b."},
		},
	} {
		a := s.want(t, 400, sviAdmin("POST", test.collection, test.body))
		if got := a.sviDetails(t); !slices.Equal(got, test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
		}
	}
	for what, body := range map[string]string{
		"a name of another type":   `{"name":7}`,
		"fields of another type":   `{"name":"e","fields":{}}`,
		"a field of another type":  `{"name":"e","fields":[7]}`,
		"a mask of another type":   `{"name":"e","fields":[{"name":"f","dataType":"STRING","masked":"yes"}]}`,
		"a length with a fraction": `{"name":"e","fields":[{"name":"f","dataType":"STRING","length":1.5}]}`,
		"groups of another type":   `{"name":"e","readGroups":"A"}`,
		"an empty group":           `{"name":"e","readGroups":[""]}`,
		"too many fields":          `{"name":"e","fields":[{}` + strings.Repeat(",{}", 1000) + `]}`,
	} {
		if a := s.want(t, 400, sviAdmin("POST", sviEntities, body)); len(a.sviDetails(t)) != 1 {
			t.Errorf("%s: %s", what, a.body)
		}
	}
}

func TestSviChangesOfWhatNeverChangesAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for name, test := range map[string]struct {
		d    sviDefinition
		want []string
	}{
		"entity type": {
			sviType(t, s, "phone").with("id", 11, "name", "telephone", "fields", nil),
			[]string{"fields is required.", "id is not the id in the path.", "name cannot be changed."},
		},
		"relationship type": {
			sviType(t, s, "person__calls").with("id", 11, "name", "x", "fromObjectName", "phone", "toObjectName", "phone", "qualifiedName", "person__x", "fields", nil),
			[]string{"fields is required.", "fromObjectName cannot be changed.", "id is not the id in the path.", "name cannot be changed.", "qualifiedName cannot be changed.", "toObjectName cannot be changed."},
		},
	} {
		path := test.d.with("id", 10).path()
		a := s.want(t, 400, sviAdmin("PUT", path, test.d.String()))
		if got := a.sviDetails(t); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		// Members that the server keeps may hold anything.
		d := s.want(t, 200, sviAdmin("GET", path, "")).definition(t)
		ignored := d
		for _, member := range []string{
			"createdBy", "createdAt", "lastUpdatedBy", "lastUpdatedAt", "localizedLabels", "dataStoreName", "dataStoreDefaultSchemaName",
			"tableName", "systemReserved", "solutionName", "solutionLabel", "relationshipsFrom", "relationshipsTo", "fromObjectLabel", "managed", "historyTableName", "@type", "links",
		} {
			ignored = ignored.with(member, map[string]any{"x": []any{1, "y"}})
		}
		if after := sviChange(t, s, 200, ignored).definition(t); after["createdBy"] != "orglink" || after["version"] != 2.0 || after["dataStoreName"] != "DEFAULT_STORE" {
			t.Errorf("%s: got %v", name, after)
		}
	}
}

func TestSviContentTypesOfEntityTypes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for i, media := range []string{"application/json", "application/json;charset=UTF-8", "", "application/vnd.sas.investigation.meta.entity.type.admin+json;version=2", "application/vnd.sas.investigation.meta.entity.type.admin+json"} {
		s.want(t, 201, sviAdmin("POST", sviEntities, fmt.Sprintf(`{"name":"e%d"}`, i), "Content-Type", media))
	}
	s.want(t, 415, sviAdmin("POST", sviRelationships, `{"name":"r"}`, "Content-Type", "application/vnd.sas.investigation.meta.entity.type.admin+json"))
}

func TestSviIfMatchOfTypesInAllItsForms(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	version := 1
	for _, header := range []string{`"%d"`, `%d`, `W/"%d"`, `*`, ` `, `"9", "%d"`, ``} {
		if strings.Contains(header, "%d") {
			header = fmt.Sprintf(header, version)
		}
		d := sviType(t, s, "phone")
		a := s.want(t, 200, sviAdmin("PUT", d.path(), d.String(), "If-Match", header))
		version++
		if want := fmt.Sprintf(`"%d"`, version); a.header.Get("ETag") != want {
			t.Errorf("If-Match %q: got ETag %s, want %s", header, a.header.Get("ETag"), want)
		}
	}
	d := sviType(t, s, "phone")
	for _, header := range []string{`"1"`, `x`, `,`, `"*"`} {
		s.want(t, 412, sviAdmin("PUT", d.path(), d.String(), "If-Match", header))
	}
	s.want(t, 412, sviAdmin("PUT", d.path(), d.with("version", version+1).String()))
}
