package server_test

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Absent and hidden look alike, down to the byte, in every operation.
func TestSviHiddenDocumentsLookAbsent(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		calls := func(typeName, token string) []call {
			auth := []string{"Authorization", "Bearer " + token}
			document := typeName + "/v1"
			filter := sviDoc("POST", typeName, `{}`, append(auth, "Content-Type", sviFilterType)...)
			locks := "/locks/documents?id=v1&type=" + url.QueryEscape(typeName)
			return []call{
				sviDoc("POST", "", `{"objectTypeName":"`+typeName+`"}`, auth...),
				sviDoc("GET", typeName, "", auth...), filter,
				sviDoc("GET", document, "", auth...),
				sviDoc("PUT", document, `{"fieldValues":{"text":"x"}}`, auth...),
				sviDoc("PUT", document, `{"fieldValues":7}`, auth...),
				sviDoc("PATCH", document, `[]`, auth...),
				sviDoc("PATCH", document, `{`, auth...),
				sviDoc("DELETE", document, "", auth...),
				sviDoc("GET", document+"/fields/text", "", auth...),
				{method: "POST", path: locks, header: sviHeader(auth...)},
				{method: "GET", path: locks, header: sviHeader(auth...)},
			}
		}
		hidden, absent := calls("vault", "bert-token"), calls("novel", "bert-token")
		for i := range hidden {
			a, b := s.want(t, 404, hidden[i]), s.want(t, 404, absent[i])
			if a.body != strings.ReplaceAll(b.body, "novel", "vault") {
				t.Errorf("%s %s: hidden is %s, absent %s", hidden[i].method, hidden[i].path, a.body, b.body)
			}
			if !strings.Contains(a.body, `"id":"DH6106"`) {
				t.Errorf("got %s", a.body)
			}
		}
		s.want(t, 200, sviDoc("GET", "vault/v1", "", "Authorization", "Bearer anna-token"))
		if got := s.sviStoredField(t, "note/n1", "text"); got != "first" {
			t.Errorf("got %v", got)
		}
	})
}

func TestSviFieldsOfADocument(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		log := &safeBuffer{}
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Log(slog.New(slog.NewTextHandler(log, nil))))
		field := func(name, token string) call {
			return sviDoc("GET", "article/a1/fields/"+name, "", "Authorization", "Bearer "+token)
		}
		for name, want := range map[string]string{
			"title":      `{"fieldName":"title","raw":"Harbour"}`,
			"count":      `{"fieldName":"count","raw":null}`,
			"code":       `{"fieldName":"code","raw":"a1"}`,
			"rev":        `{"fieldName":"rev","raw":4}`,
			"created_by": `{"fieldName":"created_by","raw":"carla"}`,
			"begin_dttm": `{"fieldName":"begin_dttm","raw":null}`,
		} {
			if a := s.want(t, 200, field(name, "bert-token")); a.body != want || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: got %s and %v", name, a.body, a.header)
			}
		}
		if strings.Contains(log.String(), "access to a masked field") {
			t.Error("fields that are not masked were logged")
		}
		if a := s.want(t, 200, field("secret", "anna-token")); a.body != `{"fieldName":"secret","raw":"raw-code"}` {
			t.Errorf("got %s", a.body)
		}
		for _, c := range []call{field("secret", "bert-token"), field("secret", "writer-token"), field("level", "anna-token")} {
			if a := s.want(t, 403, c); sviSaid(a.body) {
				t.Errorf("got %s", a.body)
			}
		}
		for _, name := range []string{"nope", "", "%00", "Title", "fieldValues"} {
			if a := s.do(t, field(name, "anna-token")); a.status != 404 && name != "%00" {
				t.Errorf("%s: got %d", name, a.status)
			}
		}
		s.want(t, 404, sviDoc("GET", "article/a2/fields/secret", "", "Authorization", "Bearer anna-token"))
		for _, line := range []string{
			`msg="access to a masked field" operation_id=sviGetDocumentField workspace=default user=anna record=article/a1 field=secret revealed=true`,
			`msg="access to a masked field" operation_id=sviGetDocumentField workspace=default user=bert record=article/a1 field=secret revealed=false`,
			`msg="access to a masked field" operation_id=sviGetDocumentField workspace=default client=writer record=article/a1 field=secret revealed=false`,
			`msg="access to a masked field" operation_id=sviGetDocumentField workspace=default user=anna record=article/a1 field=level revealed=false`,
		} {
			if strings.Count(log.String(), line) != 1 {
				t.Errorf("the log lacks one line %s", line)
			}
		}
		if sviSaid(log.String()) || strings.Count(log.String(), "access to a masked field") != 4 {
			t.Errorf("got log %s", log)
		}
	})
}

func TestSviFixturesOfDocuments(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Clock(sviClock))
	apply := func(documents string) call {
		return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{"documents":[` + documents + `]}}`}
	}
	s.want(t, 200, apply(`{"objectTypeName":"article","id":"f1","fieldValues":{"title":"t","grade":1},
		"createdAt":"2019-01-01T00:00:00+01:00","createdBy":"carla","lastUpdatedAt":"2019-01-02T00:00:00.5Z","lastUpdatedBy":"dora"},
		{"objectTypeName":"article","id":"f2","fieldValues":{"title":"t","grade":1},"createdBy":"carla"}`))
	for id, want := range map[string]string{
		"f1": `{"changed_by":"dora","changed_dttm":"2019-01-02T00:00:00.5Z","code":"f1","created_by":"carla","created_dttm":"2018-12-31T23:00:00Z","rev":1,"title":"t"}`,
		"f2": `{"changed_by":"carla","changed_dttm":"2026-01-02T03:04:05.6Z","code":"f2","created_by":"carla","created_dttm":"2026-01-02T03:04:05.6Z","rev":1,"title":"t"}`,
	} {
		if a := s.want(t, 200, sviDoc("GET", "article/"+id, "")); !strings.Contains(a.body, `"fieldValues":`+want) {
			t.Errorf("%s: got %s", id, a.body)
		}
	}
	s.want(t, 422, apply(`{"objectTypeName":"note","id":"n2","validFrom":"2019-01-01T00:00:00Z"}`))
	s.want(t, 404, sviDoc("GET", "note/n2", ""))
}
