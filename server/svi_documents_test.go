package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

const (
	sviEnriched       = "application/vnd.sas.investigation.data.enriched.document+json"
	sviMaskedDocument = "application/vnd.sas.investigation.data.masked.enriched.document+json"
	sviCollection     = "application/vnd.sas.collection+json"
	sviPatchType      = "application/json-patch+json"
)

// sviDocuments are documents beside the demo: of a type with fields of all data types
// and every role, of one without roles, of one that not all may read.
const sviDocuments = `
svi:
  clients:
    - {id: reader, secret: reader-secret, grants: [client_credentials]}
    - {id: writer, secret: writer-secret, grants: [client_credentials], scopes: [datahub.write]}
  users:
    - {name: anna, passwordHash: $2a$10$86BrX02u0Y5xBiKu/KLKMeDjX7c0WlZvhAnTdNCQSNc5DozODfdMy, groups: [Agents]}
    - {name: bert, passwordHash: $2a$10$86BrX02u0Y5xBiKu/KLKMeDjX7c0WlZvhAnTdNCQSNc5DozODfdMy}
  tokens:
    - {token: anna-token, subject: anna}
    - {token: bert-token, subject: bert}
    - {token: reader-token, subject: reader}
    - {token: writer-token, subject: writer, scopes: [datahub.write]}
  entityTypes:
    - name: article
      id: 77
      version: 3
      createdAtTimeFieldName: created_dttm
      createdByUserIdFieldName: created_by
      lastUpdatedAtTimeFieldName: changed_dttm
      lastUpdatedByUserIdFieldName: changed_by
      validFromFieldName: begin_dttm
      validToFieldName: end_dttm
      fields:
        - {name: code, dataType: string, primaryKey: true, length: 12}
        - {name: rev, dataType: integer, versionRole: true}
        - {name: title, dataType: string, required: true, length: 10, displayLabel: true}
        - {name: count, dataType: integer, displayLabel: true}
        - {name: price, dataType: number}
        - {name: active, dataType: boolean}
        - {name: day, dataType: date}
        - {name: seen, dataType: timestamp}
        - {name: secret, dataType: string, masked: true, revealGroups: [Agents]}
        - {name: level, dataType: integer, masked: true}
        - {name: grade, dataType: integer, masked: true, required: true}
    - {name: note, fields: [{name: text, dataType: string}, {name: hush, dataType: string, masked: true}]}
    - {name: vault, readGroups: [Agents], fields: [{name: text, dataType: string}]}
  documents:
    - {objectTypeName: article, id: a1, version: 4, createdAt: '2020-04-13T21:17:47.840+02:00', createdBy: carla,
       fieldValues: {title: Harbour, secret: raw-code, level: 987654, grade: 3}}
    - {objectTypeName: note, id: n1, fieldValues: {text: first, hush: raw-code}}
    - {objectTypeName: note, id: 'c %41/ü', fieldValues: {}}
    - {objectTypeName: vault, id: v1, fieldValues: {text: gold}}
`

// sviSaid are the secret values of sviDocuments, which no answer may hold.
func sviSaid(text string) bool {
	return strings.Contains(text, "raw-code") || strings.Contains(text, "987654")
}

// sviDoc is a call on a document, `type/id`, each part percent-encoded, on those of a
// type, or without either on all. More are pairs of a header.
func sviDoc(method, document, body string, more ...string) call {
	header := sviHeader()
	if body != "" {
		header["Content-Type"] = "application/json"
	}
	for i := 0; i < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	path := "/documents"
	if document != "" && document[0] != '?' {
		path += "/"
	}
	return call{method: method, path: path + document, header: header, body: body}
}

// sviDocState is the whole stored state of a document as callers can see it.
func sviDocState(t *testing.T, s *site, document string) string {
	t.Helper()
	return s.want(t, 200, sviDoc("GET", document, "", "Accept", sviMaskedDocument, "Authorization", "Bearer anna-token")).body
}

// sviStoredField is the stored value of a field, masked or not: the fixtures unmask it.
func (s *site) sviStoredField(t *testing.T, document, field string) any {
	t.Helper()
	unmasked := strings.NewReplacer(", masked: true", "", ", revealGroups: [Agents]", "").Replace(sviDocuments)
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, unmasked)})
	var d struct{ FieldValues map[string]any }
	s.want(t, 200, sviDoc("GET", document, "")).json(t, &d)
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, sviDocuments)})
	return d.FieldValues[field]
}

func TestSviDocumentIsCreatedReadAndDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Clock(sviClock))
		a := s.want(t, 201, sviDoc("POST", "?includeDisplayLabel=TRUE", `{"objectTypeName":"article","@type":"Document","objectTypeVersion":"9","createdAt":7,
			"validFrom":"2020-01-01T01:00:00+01:00","fieldValues":{"code":"b 1/ü","rev":9,"title":"<ö&>€","count":9007199254740993,"price":1.50,"active":false,
			"day":"2020-02-29","seen":"2020-04-13T21:17:47.840+02:00","secret":"raw-code","grade":987654,"created_by":"mallory","end_dttm":"2020-01-01T00:00:00.5Z"}}`))
		golden(t, "svi/document_created.json", a.body)
		if got := a.header.Get("Location"); got != s.URL+"/documents/article/b%201%2F%C3%BC" {
			t.Errorf("got Location %s", got)
		}
		if a.header.Get("ETag") != `"1"` || a.header.Get("Vary") != "Accept" || a.header.Get("Content-Type") != "application/json" {
			t.Errorf("got headers %v", a.header)
		}
		path := strings.TrimPrefix(a.header.Get("Location"), s.URL+"/documents/")
		golden(t, "svi/document_created.json", s.want(t, 200, sviDoc("GET", path+"?includeDisplayLabel=true&depth=max", "")).body)
		masked := s.want(t, 200, sviDoc("GET", path, "", "Accept", sviMaskedDocument))
		golden(t, "svi/document_masked.json", masked.body)

		s.want(t, 204, sviDoc("DELETE", path, ""))
		s.want(t, 404, sviDoc("GET", path, ""))
		s.want(t, 404, sviDoc("DELETE", path, ""))
	})
}

func TestSviDocumentUnderThePrefixes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	body := `{"objectTypeName":"person"}`
	for prefix, want := range map[string]string{"": "", "/svi-datahub": "/svi-datahub", "/w/default": "/w/default", "/w/default/svi-datahub": "/w/default/svi-datahub"} {
		a := s.want(t, 201, call{method: "POST", path: prefix + "/documents", header: sviHeader("Content-Type", "application/json"), body: body})
		location := a.header.Get("Location")
		if !strings.HasPrefix(location, s.URL+want+"/documents/person/") {
			t.Errorf("%s: got Location %s", prefix, location)
		}
		s.want(t, 200, call{method: "GET", path: strings.TrimPrefix(location, s.URL), header: sviHeader()})
	}
}

func TestSviDocumentIDs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.IDs(func() string { return "fresh" }))
		post := func(typeName, members string) call {
			return sviDoc("POST", "", `{"objectTypeName":"`+typeName+`"`+members+`}`)
		}
		const required = `"title":"t","grade":1`
		for name, test := range map[string]struct {
			c    call
			want string
		}{
			"none":                  {post("note", ``), "fresh"},
			"null":                  {post("article", `,"id":null,"fieldValues":{"code":null,`+required+`}`), "fresh"},
			"the member":            {post("note", `,"id":"n2"`), "n2"},
			"the primary key":       {post("article", `,"fieldValues":{"code":"k1",`+required+`}`), "k1"},
			"both":                  {post("article", `,"id":"k2","fieldValues":{"code":"k2",`+required+`}`), "k2"},
			"the longest":           {post("note", `,"id":"`+strings.Repeat("ü", 255)+`"`), strings.Repeat("ü", 255)},
			"a slash and a dot":     {post("note", `,"id":"../x"`), "../x"},
			"a percent sign":        {post("note", `,"id":"100%25"`), "100%25"},
			"a name like a route's": {post("note", `,"id":"fields"`), "fields"},
		} {
			var d struct{ ID string }
			a := s.want(t, 201, test.c)
			a.json(t, &d)
			if d.ID != test.want {
				t.Errorf("%s: got id %s", name, d.ID)
			}
			s.want(t, 200, call{method: "GET", path: strings.TrimPrefix(a.header.Get("Location"), s.URL), header: sviHeader()})
		}
		for name, test := range map[string]struct {
			status int
			c      call
		}{
			"taken":                    {409, post("article", `,"id":"a1","fieldValues":{`+required+`}`)},
			"taken by the key":         {409, post("article", `,"fieldValues":{"code":"a1",`+required+`}`)},
			"the fresh one is taken":   {409, post("note", ``)},
			"two":                      {400, post("article", `,"id":"k3","fieldValues":{"code":"k4",`+required+`}`)},
			"a number":                 {400, post("article", `,"fieldValues":{"code":7,`+required+`}`)},
			"a number as the member":   {400, post("note", `,"id":7`)},
			"empty":                    {400, post("note", `,"id":""`)},
			"the delimiter":            {400, post("note", `,"id":"a|_|b"`)},
			"too long":                 {400, post("note", `,"id":"`+strings.Repeat("x", 256)+`"`)},
			"too long for its field":   {400, post("article", `,"fieldValues":{"code":"1234567890123",`+required+`}`)},
			"the key of another type":  {400, post("note", `,"fieldValues":{"code":"k5"}`)},
			"a NUL":                    {400, post("note", `,"id":"\u0000"`)},
			"half of a surrogate pair": {400, post("note", `,"id":"\ud800"`)},
		} {
			if a := s.do(t, test.c); a.status != test.status {
				t.Errorf("%s: got %d: %s", name, a.status, a.body)
			}
		}
	})
}

func TestSviOneOfManyMakersOfADocumentWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		counts := s.together(t, 32, func(int) call { return sviDoc("POST", "", `{"objectTypeName":"person","id":"p"}`) })
		if counts[201] != 1 || counts[409] != 31 {
			t.Errorf("got %v, want one 201 and 31 times 409", counts)
		}
	})
}
