package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"orglink/server/servertest"
)

const (
	sviAnna = "Bearer anna-token" // may reveal code, not level
	sviBert = "Bearer bert-token" // may reveal nothing
)

// Fields one by one: who gets which value, and that a HEAD answers as the GET, without
// a body.
func TestSviFieldsOneByOne(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for _, test := range []struct {
			id, field, caller string
			status            int
			raw               string
		}{
			{sviNear, "code", sviAnna, 200, `"raw-code"`},
			{"near|_|place|_|place|_|a|_|b", "code", sviAnna, 200, `"raw-code"`},
			{"near|_|place|_|place|_|ba1", "code", sviAnna, 200, "null"},
			{sviNear, "code", sviBert, 403, ""},
			{sviNear, "code", "Bearer writer-token", 403, ""},
			{"near|_|place|_|place|_|ba1", "code", sviBert, 403, ""}, // nor is it told that there is none
			{sviNear, "level", sviAnna, 403, ""},
			{sviNear, "kind", sviBert, 200, `"road"`},
			{sviNear, "count", sviBert, 200, "null"},
			{sviNear, "version", sviBert, 200, "4"},
			{sviNear, "sk", sviBert, 200, `"ab"`},
			{sviNear, "from_id", sviBert, 200, `"a"`},
			{sviNear, "to_id", sviBert, 200, `"b"`},
			{sviNear, "changed_at", sviBert, 200, `"2020-04-13T19:17:47.84Z"`},
			{sviNear, "begin_dttm", sviBert, 200, "null"},
			{sviHolds, "version", "Bearer reader-token", 200, "1"},
			{sviNear, "nope", sviAnna, 404, ""},
			{sviNear, "Code", sviAnna, 404, ""},
			{sviNear, "fromObjectId", sviAnna, 404, ""},
			{sviLoose, "version", sviAnna, 404, ""}, // a column that the type lacks
			{sviNear, "c%6Fde", sviAnna, 200, `"raw-code"`},
			{sviNear, "a%2Fb", sviAnna, 404, ""},
			{"near|_|place|_|place|_|nope", "code", sviAnna, 404, ""},
			{sviHidden, "version", sviBert, 404, ""},
			{"near|_|place|_|place|_|b|_|a", "code", sviAnna, 400, ""},
			{"near", "code", sviAnna, 400, ""},
		} {
			a := s.want(t, test.status, sviOf("GET", "fields/"+test.field, test.id, "Authorization", test.caller))
			if test.status == 200 {
				name := strings.ReplaceAll(test.field, "%6F", "o")
				if strings.TrimSpace(a.body) != `{"fieldName":"`+name+`","raw":`+test.raw+`}` {
					t.Errorf("%s of %s: %s", test.field, test.id, a.body)
				}
				if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Content-Type") != "application/json" {
					t.Errorf("%s of %s: got headers %v", test.field, test.id, a.header)
				}
			} else if strings.Contains(a.body, "raw-code") || strings.Contains(a.body, "987654") {
				t.Errorf("%s of %s: a refusal with a value: %s", test.field, test.id, a.body)
			}
			head := s.want(t, test.status, sviOf("HEAD", "fields/"+test.field, test.id, "Authorization", test.caller))
			if head.body != "" || test.status == 200 && (head.header.Get("Content-Length") != "" || head.header.Get("Cache-Control") != "no-store") {
				t.Errorf("HEAD %s of %s: %q %v", test.field, test.id, head.body, head.header)
			}
		}
		f := s.wantFault(t, 403, sviOf("GET", "fields/code", sviNear, "Authorization", sviBert))
		if f.Message != "The current user is not authorized to reveal the value of the field." || strings.Join(f.Details, "\n") != "Field: code" {
			t.Errorf("got %+v", f)
		}
	})
}

func TestSviSeveralFields(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for _, test := range []struct {
			query, caller string
			status        int
			body          string
		}{
			{"fieldName=code&fieldName=kind&fieldName=version", sviAnna, 200, `{"count":3,"items":[{"fieldName":"code","raw":"raw-code"},{"fieldName":"kind","raw":"road"},{"fieldName":"version","raw":4}]}`},
			{"fieldName=kind&fieldName=code&fieldName=level", sviAnna, 200, `{"count":2,"items":[{"fieldName":"kind","raw":"road"},{"fieldName":"code","raw":"raw-code"}]}`},
			{"fieldName=code&fieldName=kind", sviBert, 200, `{"count":1,"items":[{"fieldName":"kind","raw":"road"}]}`},
			{"fieldName=code", sviBert, 200, `{"count":0,"items":[]}`},
			{"fieldName=count", sviBert, 200, `{"count":1,"items":[{"fieldName":"count","raw":null}]}`},
			{"fieldName=kind&fieldName=kind", sviBert, 200, `{"count":2,"items":[{"fieldName":"kind","raw":"road"},{"fieldName":"kind","raw":"road"}]}`},
			{"fieldName=kind,code", sviAnna, 404, ""},
			{"fieldName=code&fieldName=nope", sviAnna, 404, ""},
			{"fieldName=nope", sviBert, 404, ""},
			{"", sviAnna, 400, ""},
			{"fieldName=", sviAnna, 400, ""},
			{"fieldName=" + strings.Repeat("kind&fieldName=", 100) + "kind", sviAnna, 400, ""},
			{"_id=x&fieldName=kind", sviAnna, 400, ""},
		} {
			c := sviOf("GET", "fields", sviNear, "Authorization", test.caller).with(test.query)
			a := s.want(t, test.status, c)
			if test.status == 200 && (strings.TrimSpace(a.body) != test.body || a.header.Get("Cache-Control") != "no-store") {
				t.Errorf("%s: %v %s", test.query, a.header, a.body)
			}
			c.method = "HEAD"
			if head := s.want(t, test.status, c); head.body != "" || test.status == 200 && head.header.Get("Content-Length") != "" {
				t.Errorf("HEAD %s: %q %v", test.query, head.body, head.header)
			}
		}
		for _, id := range []string{"near|_|place|_|place|_|nope", sviHidden} {
			s.wantFault(t, 404, sviOf("GET", "fields", id, "Authorization", sviBert).with("fieldName=version"))
		}
	})
}

// The log has a line for each access to a masked field, granted or not, with who asked
// for what, and never the value; a HEAD is no access.
func TestSviAccessesAreLogged(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		log := &safeBuffer{}
		s := startLinks(t, database, servertest.Log(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
		near, other := `record=`+sviNear, `record=near|_|place|_|place|_|ba1`
		for _, test := range []struct {
			call  call
			lines []string
		}{
			{sviOf("GET", "fields/code", "near|_|place|_|place|_|a|_|b", "Authorization", sviAnna), []string{"operation_id=sviGetLinkField workspace=default user=anna " + near + " field=code revealed=true"}},
			{sviOf("GET", "fields/code", sviNear, "Authorization", sviBert), []string{"operation_id=sviGetLinkField workspace=default user=bert " + near + " field=code revealed=false"}},
			{sviOf("GET", "fields/code", "near|_|place|_|place|_|ba1", "Authorization", sviAnna), []string{"operation_id=sviGetLinkField workspace=default user=anna " + other + " field=code revealed=true"}},
			{sviOf("GET", "fields/code", sviNear, "Authorization", "Bearer reader-token"), []string{"operation_id=sviGetLinkField workspace=default client=reader " + near + " field=code revealed=false"}},
			{sviOf("GET", "fields", sviNear, "Authorization", sviAnna).with("fieldName=level&fieldName=kind&fieldName=code"), []string{
				"operation_id=sviGetLinkFields workspace=default user=anna " + near + " field=level revealed=false",
				"operation_id=sviGetLinkFields workspace=default user=anna " + near + " field=code revealed=true",
			}},
			{sviOf("GET", "history/fields/code", sviNear, "Authorization", sviAnna).with("version=4"), []string{"operation_id=sviGetLinkFieldHistory workspace=default user=anna " + near + " field=code revealed=true"}},
			{sviOf("GET", "history/fields/code", sviNear, "Authorization", sviBert).with("version=4"), []string{"operation_id=sviGetLinkFieldHistory workspace=default user=bert " + near + " field=code revealed=false"}},
			{sviOf("GET", "fields/kind", sviNear, "Authorization", sviAnna), nil},
			{sviOf("GET", "fields/sk", sviNear, "Authorization", sviAnna), nil},
			{sviOf("GET", "fields/nope", sviNear, "Authorization", sviAnna), nil},
			{sviOf("GET", "fields", sviNear, "Authorization", sviAnna).with("fieldName=code&fieldName=nope"), nil},
			{sviOf("GET", "fields/code", "near|_|place|_|place|_|nope", "Authorization", sviAnna), nil},
			{sviOf("GET", "history/fields/code", sviNear, "Authorization", sviAnna).with("version=9"), nil},
			{sviOf("HEAD", "fields/code", sviNear, "Authorization", sviAnna), nil},
			{sviOf("HEAD", "fields/code", sviNear, "Authorization", sviBert), nil},
			{sviOf("HEAD", "fields", sviNear, "Authorization", sviAnna).with("fieldName=code"), nil},
			{sviOf("HEAD", "history/fields/code", sviNear, "Authorization", sviAnna).with("version=4"), nil},
			{sviOf("GET", "versions/4", sviNear, "Authorization", sviAnna), nil},
			{sviGet(sviNear, "Authorization", sviAnna, "Accept", sviMasked), nil},
		} {
			before := len(log.String())
			s.do(t, test.call)
			var lines []string
			for _, line := range strings.Split(untraced(log.String()[before:]), "\n") {
				if _, access, ok := strings.Cut(line, `msg="access to a masked field" `); ok {
					lines = append(lines, strings.NewReplacer(`"`, "").Replace(access))
				}
			}
			if strings.Join(lines, "\n") != strings.Join(test.lines, "\n") {
				t.Errorf("%s %s: the log has %q, want %q", test.call.method, test.call.path, lines, test.lines)
			}
		}
		if strings.Contains(log.String(), "raw-code") || strings.Contains(log.String(), "987654") {
			t.Error("the log holds a masked value")
		}
	})
}
