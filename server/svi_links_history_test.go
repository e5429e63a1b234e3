package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

// sviMoments is a clock that stands still until it is moved on.
type sviMoments struct{ passed atomic.Int64 }

func (m *sviMoments) now() time.Time { return sviClock().Add(time.Duration(m.passed.Load())) }

// sviWithHistory is a link of five versions, made by three callers.
func sviWithHistory(t *testing.T, database servertest.Option) (s *site, id string) {
	t.Helper()
	clock := &sviMoments{}
	s = startLinks(t, database, servertest.Clock(clock.now))
	id = s.wantLink(t, 201, sviPost(sviNew(t, "near", "d", "e", map[string]any{"kind": "road", "grade": 1, "code": "code-1", "count": 1}), "Authorization", sviAnna)).ID
	for i, c := range []call{
		sviPut(id, sviBody(t, 1, sviNearFields("count", 2)), "Authorization", sviBert),
		sviPatch(id, `[{"op":"replace","path":"/fieldValues/code","value":"code-3"}]`, "If-Match", "2", "Authorization", sviBert),
		sviPut(id, sviBody(t, 3, sviNearFields("code", nil), "validFrom", "2020-01-01T00:00:00Z"), "Accept", sviMasked),
	} {
		clock.passed.Add(int64(i+1) * int64(time.Second))
		s.want(t, 200, c)
	}
	s.sviBulked(t, sviBulk(sviItems(sviBody(t, 4, sviNearFields(), "id", id))))
	return s, id
}

type sviVersions struct {
	Name, Accept   string
	Count, Version int
	Links          []struct{ Rel, URI string }
	Items          []struct{ TypeName, ID, Version, DisplayLabel, Operation, CreatedBy, CreatedAt string }
}

func TestSviVersionsOfALink(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s, id := sviWithHistory(t, database)
		var all sviVersions
		a := s.want(t, 200, sviOf("GET", "versions", id))
		a.json(t, &all)
		if all.Name != "versions" || all.Version != 2 || all.Count != 5 || len(all.Items) != 5 || all.Accept != "application/json application/vnd.sas.collection+json" {
			t.Errorf("got %s", a.body)
		}
		if all.Links[0].Rel != "self" || all.Links[0].URI != "/svi-datahub/links/@item/versions?start=0&limit=40" || all.Links[1].Rel != "collection" {
			t.Errorf("got links %v", all.Links)
		}
		for i, want := range []string{
			"5 update demo 2026-01-02T03:04:11.600Z", "4 update demo 2026-01-02T03:04:11.600Z", "3 update bert 2026-01-02T03:04:08.600Z",
			"2 update bert 2026-01-02T03:04:06.600Z", "1 create anna 2026-01-02T03:04:05.600Z",
		} {
			item := all.Items[i]
			if got := fmt.Sprint(item.Version, " ", item.Operation, " ", item.CreatedBy, " ", item.CreatedAt); got != want || item.TypeName != "place__near" || item.ID != id || item.DisplayLabel != "" {
				t.Errorf("item %d: got %+v, want %s", i, item, want)
			}
		}
		for query, want := range map[string]string{
			"start=0&limit=2": "5 4", "start=2&limit=2": "3 2", "start=4&limit=2": "1", "start=5": "", "start=2147483647": "", "limit=1000": "5 4 3 2 1", "limit=1&start=1": "4",
		} {
			var page sviVersions
			s.want(t, 200, sviOf("GET", "versions", id).with(query)).json(t, &page)
			var versions []string
			for _, item := range page.Items {
				versions = append(versions, item.Version)
			}
			if got := strings.Join(versions, " "); got != want || page.Count != 5 {
				t.Errorf("%s: got versions %s of %d, want %s", query, got, page.Count, want)
			}
		}
		for _, spelling := range []string{"includeDisplayLabel", "_includeEntityLabels"} {
			if a := s.want(t, 200, sviOf("GET", "versions", "near|_|place|_|place|_|d|_|e").with(spelling+"=True")); strings.Count(a.body, `"displayLabel":"near"`) != 5 {
				t.Errorf("%s: %s", spelling, a.body)
			}
		}
		for _, query := range []string{"start=-1", "start=x", "limit=0", "limit=1001", "limit=1.5", "start=2147483648", "includeDisplayLabel=1"} {
			s.wantFault(t, 400, sviOf("GET", "versions", id).with(query))
		}
	})
}

func TestSviVersionOfALink(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s, id := sviWithHistory(t, database)
		for version, want := range map[int]string{
			1: `sk:=new to_id:=e from_id:=d kind:=road count:=1 code:=* grade:=* version:=1 changed_at:=2026-01-02T03:04:05.6Z`,
			2: `count:1=2 version:1=2 changed_at:2026-01-02T03:04:05.6Z=2026-01-02T03:04:06.6Z`,
			3: `version:2=3 changed_at:2026-01-02T03:04:06.6Z=2026-01-02T03:04:08.6Z`,
			4: `count:2= code:= version:3=4 changed_at:2026-01-02T03:04:08.6Z=2026-01-02T03:04:11.6Z begin_dttm:=2020-01-01T00:00:00Z`,
			5: `version:4=5 begin_dttm:2020-01-01T00:00:00Z=`,
		} {
			changed := s.sviVersionValues(t, sviOf("GET", fmt.Sprint("versions/", version), id).with("changedOnly=TRUE"), true)
			if got := strings.ReplaceAll(changed, "sk:="+id[strings.LastIndex(id, "|")+1:], "sk:=new"); got != want {
				t.Errorf("version %d changed\n%s, want\n%s", version, got, want)
			}
			whole := s.sviVersionValues(t, sviOf("GET", fmt.Sprint("versions/0", version), id), false)
			for _, name := range []string{"sk:", "kind:=road", "grade:=*", "seen:=", "end_dttm:=", "version:"} {
				if !strings.Contains(whole, name) {
					t.Errorf("version %d lacks %s: %s", version, name, whole)
				}
			}
			head := s.want(t, 200, sviOf("HEAD", fmt.Sprint("versions/", version), id))
			if head.body != "" || head.header.Get("Content-Type") != "application/json" {
				t.Errorf("HEAD: %q %v", head.body, head.header)
			}
		}
		a := s.want(t, 200, sviOf("GET", "versions/2", id).with("includeDisplayLabel=true&changedOnly=false"))
		for _, part := range []string{
			`"typeName":"place__near","id":"` + id + `","version":"2","displayLabel":"near","operation":"update","createdBy":"bert","createdAt":"2026-01-02T03:04:06.600Z","values":[`,
			`{"name":"sk","label":"Sk",`, `{"name":"begin_dttm","label":"Begin Dttm","type":"TIMESTAMP","valueChanged":false}`, `{"name":"count","label":"count","previousVersionValue":1,"value":2,"type":"LONG","valueChanged":true}`,
			`{"name":"code","label":"code","value":"` + sviBullets + `","type":"STRING","valueChanged":false}`,
		} {
			if !strings.Contains(a.body, part) {
				t.Errorf("want %s in %s", part, a.body)
			}
		}
		for _, version := range []string{"6", "0", "999999999999999999"} {
			if f := s.wantFault(t, 404, sviOf("GET", "versions/"+version, id)); f.Message != "The requested version was not found." || f.Details[0] != "Version: "+version {
				t.Errorf("got %+v", f)
			}
			s.want(t, 404, sviOf("HEAD", "versions/"+version, id))
		}
		for _, version := range []string{"x", "-1", "1.0", "1234567890123456789", "%20"} {
			s.wantFault(t, 400, sviOf("GET", "versions/"+version, id))
			s.want(t, 400, sviOf("HEAD", "versions/"+version, id))
		}
		s.wantFault(t, 400, sviOf("GET", "versions/1", id).with("changedOnly=1"))
	})
}

// sviVersionValues are the values of a version as name:previous=value, a mask as a star,
// in their order; unmasked values of masked fields fail the test.
func (s *site) sviVersionValues(t *testing.T, c call, changedOnly bool) string {
	t.Helper()
	var version struct {
		Values []struct {
			Name, Label, Type           string
			PreviousVersionValue, Value any
			ValueChanged                bool
		}
	}
	a := s.want(t, 200, c)
	a.json(t, &version)
	if strings.Contains(a.body, "code-1") || strings.Contains(a.body, "code-3") {
		t.Errorf("a masked value: %s", a.body)
	}
	shown := func(value any) string {
		if value == nil {
			return ""
		}
		return strings.ReplaceAll(fmt.Sprint(value), sviBullets, "*")
	}
	var list []string
	for _, v := range version.Values {
		if changedOnly && !v.ValueChanged || v.Label == "" || v.Type == "" {
			t.Errorf("%s: got %+v", c.path, v)
		}
		list = append(list, v.Name+":"+shown(v.PreviousVersionValue)+"="+shown(v.Value))
	}
	return strings.Join(list, " ")
}

func TestSviPastFieldValues(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s, id := sviWithHistory(t, database)
		for _, test := range []struct {
			field, version, caller string
			status                 int
			raw                    string
		}{
			{"code", "1", sviAnna, 200, `"code-1"`},
			{"code", "2", sviAnna, 200, `"code-1"`},
			{"code", "3", sviAnna, 200, `"code-3"`},
			{"code", "4", sviAnna, 200, "null"},
			{"code", "1", sviBert, 403, ""},
			{"code", "4", sviBert, 403, ""},
			{"level", "1", sviAnna, 403, ""},
			{"count", "1", sviBert, 200, "1"},
			{"count", "2", sviBert, 200, "2"},
			{"count", "5", sviBert, 200, "null"},
			{"version", "3", sviBert, 200, "3"},
			{"changed_at", "1", sviBert, 200, `"2026-01-02T03:04:05.6Z"`},
			{"begin_dttm", "4", sviBert, 200, `"2020-01-01T00:00:00Z"`},
			{"nope", "1", sviAnna, 404, ""},
			{"code", "6", sviAnna, 404, ""},
			{"code", "0", sviAnna, 404, ""},
			{"code", "x", sviAnna, 400, ""},
			{"code", "", sviAnna, 400, ""},
			{"code", "-1", sviAnna, 400, ""},
			{"code", "1&version=2", sviAnna, 400, ""},
		} {
			c := sviOf("GET", "history/fields/"+test.field, id, "Authorization", test.caller).with("version=" + test.version)
			a := s.want(t, test.status, c)
			if test.status == 200 && (strings.TrimSpace(a.body) != `{"fieldName":"`+test.field+`","raw":`+test.raw+`}` || a.header.Get("Cache-Control") != "no-store") {
				t.Errorf("%s at %s: %v %s", test.field, test.version, a.header, a.body)
			}
			c.method = "HEAD"
			if head := s.want(t, test.status, c); head.body != "" || test.status == 200 && head.header.Get("Content-Length") != "" {
				t.Errorf("HEAD %s at %s: %q %v", test.field, test.version, head.body, head.header)
			}
		}
		s.wantFault(t, 400, sviOf("GET", "history/fields/code", id))
		// What is masked now is masked in all versions; what is not any more is in none.
		now := strings.NewReplacer("{name: code, dataType: string, masked: true, revealGroups: [Agents]}", "{name: code, dataType: string}",
			"{name: count, dataType: integer}", "{name: count, dataType: integer, masked: true, revealGroups: [Nobody]}").Replace(sviTypes)
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, now)})
		s.want(t, 200, sviOf("GET", "history/fields/code", id, "Authorization", sviBert).with("version=1")).wantJSON(t, `{"fieldName":"code","raw":"code-1"}`)
		s.wantFault(t, 403, sviOf("GET", "history/fields/count", id, "Authorization", sviAnna).with("version=1"))
		a := s.want(t, 200, sviOf("GET", "versions/2", id))
		if !strings.Contains(a.body, `{"name":"count","label":"count","value":"`+sviBullets+`","type":"LONG","valueChanged":false}`) {
			t.Errorf("a field that is masked now: %s", a.body)
		}
	})
}

func TestSviTypesWithoutHistory(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		id := s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "b", nil))).ID
		for _, part := range []string{"versions", "versions/1", "history/fields/note"} {
			f := s.wantFault(t, 400, sviOf("GET", part, id).with("version=1"))
			if f.Message != "Version history was not available for the specified link." {
				t.Errorf("%s: got %+v", part, f)
			}
			if part != "versions" {
				s.want(t, 400, sviOf("HEAD", part, id).with("version=1"))
			}
		}
		// Versions go with their link, and a new one of the same ends begins anew.
		s.want(t, 200, sviOf("GET", "versions/4", sviNear))
		s.want(t, 204, sviDelete(sviNear))
		s.wantFault(t, 404, sviOf("GET", "versions/4", sviNear))
		again := `svi: {links: [{key: ab, relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: a, toObjectId: b, fieldValues: {kind: road, grade: 3}}]}`
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, again)})
		if a := s.want(t, 200, sviOf("GET", "versions", sviNear)); !strings.Contains(a.body, `"count":1,`) {
			t.Errorf("the versions of %s stayed: %s", url.QueryEscape(sviNear), a.body)
		}
	})
}
