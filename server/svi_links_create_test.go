package server_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestSviNewLinkOfTheBodyThatClientsSend(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database, servertest.Clock(sviClock), servertest.IDs(func() string { return "new-key" }))
		for i, base := range []string{"", "/svi-datahub"} {
			c := sviPost(`{"@type":"DocumentLink","relationshipTypeName":"witnessed_by","fieldValues":{},"fromObjectTypeName":"intel_report",
				"fromObjectId":"uuid_502","toObjectTypeName":"person","toObjectId":"uuid_102"}`)
			if i == 1 {
				s.want(t, 204, sviDelete("witnessed_by|_|intel_report|_|person|_|new-key"))
			}
			c.path = base + c.path
			a := s.want(t, 201, c)
			a.wantJSON(t, `{"relationshipTypeName":"witnessed_by","relationshipTypeVersion":1,"relationshipTypeLabel":"Witnessed by",
				"id":"witnessed_by|_|intel_report|_|person|_|new-key","createdAt":"2026-01-02T03:04:05.600Z","lastUpdatedAt":"2026-01-02T03:04:05.600Z",
				"displayLabel":"Witnessed by","fromObjectTypeName":"intel_report","fromObjectTypeVersion":3,"fromObjectId":"uuid_502",
				"toObjectTypeName":"person","toObjectTypeVersion":6,"toObjectId":"uuid_102",
				"fieldValues":{"auto_generated_sk":"new-key","created_at_dttm":"2026-01-02T03:04:05.6Z","created_by_user_id":"demo",
					"intelReportId":"uuid_502","last_updated_at_dttm":"2026-01-02T03:04:05.6Z","last_updated_by_user_id":"demo","personId":"uuid_102","version":1},
				"qualifiedTypeName":"intel_report__witnessed_by","restrictedFields":{"ssn":{"masked":{"currentUserIsAuthorizedToReveal":true}}}}`)
			want := s.URL + base + "/links/@item?_id=" + url.QueryEscape("witnessed_by|_|intel_report|_|person|_|new-key")
			if a.header.Get("Location") != want || a.header.Get("ETag") != `"1"` || a.header.Get("Vary") != "Accept" || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("got headers %v", a.header)
			}
			read := s.want(t, 200, call{method: "GET", path: strings.TrimPrefix(a.header.Get("Location"), s.URL), header: sviHeader()})
			if read.body != a.body || read.header.Get("ETag") != `"1"` {
				t.Errorf("read at its location: %s", read.body)
			}
		}
	})
}

func TestSviNewLinkInAWorkspace(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	s.want(t, 200, call{method: "PUT", path: "/w/ci/orglink/v1/fixtures", header: admin, body: sviJSON(t, strings.ReplaceAll(sviTypes, "anna-token", "ci-token"))})
	for _, base := range []string{"/w/ci", "/w/ci/svi-datahub"} {
		c := sviPost(sviNew(t, "loose", "a", "b", nil), "Authorization", "Bearer ci-token")
		c.path = base + c.path
		a := s.want(t, 201, c)
		if !strings.HasPrefix(a.header.Get("Location"), s.URL+base+"/links/@item?_id=loose%7C_%7Cplace%7C_%7Cplace%7C_%7C") {
			t.Errorf("got Location %s", a.header.Get("Location"))
		}
		s.want(t, 200, call{method: "GET", path: strings.TrimPrefix(a.header.Get("Location"), s.URL), header: sviHeader("Authorization", "Bearer ci-token")})
	}
}

func TestSviNewLinkLabels(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	labelled := func(a answer) bool {
		return strings.Contains(a.body, `"fromObjectDisplayLabel":"Harbour 12"`) && strings.Contains(a.body, `"toObjectDisplayLabel":"Mill"`)
	}
	for _, spelling := range []string{"includeEntityLabels", "_includeEntityLabels", "_includeDisplayLabel", "includeDisplayLabel"} {
		for value, want := range map[string]bool{"true": true, "TRUE": true, "false": false, "False": false} {
			for name, c := range sviEveryCall(t) {
				status := map[string]int{"sviGetLinks, one": 200, "sviGetLink": 200, "sviPostLink": 201, "sviGetLinks": 200}[name]
				if status == 0 {
					continue
				}
				separator := "&"
				if name == "sviPostLink" {
					separator = "?"
				}
				c.path += separator + spelling + "=" + value
				if a := s.want(t, status, c); labelled(a) != want {
					t.Errorf("%s: %s=%s: %s", name, spelling, value, a.body)
				}
			}
		}
		for _, value := range []string{"", "1", "yes", "t"} {
			c := sviPost(sviNew(t, "plain", "a", "b", nil))
			c.path += "?" + spelling + "=" + value
			s.wantFault(t, 400, c)
		}
	}
	c := sviPost(sviNew(t, "plain", "a", "b", nil))
	c.path += "?includeEntityLabels=true&_includeEntityLabels=true"
	s.wantFault(t, 400, c)
}

// What the server sets may be sent, in any form; it is not looked at.
func TestSviNewLinkIgnoresWhatTheServerSets(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database, servertest.Clock(sviClock))
		keys := map[string]bool{}
		for _, value := range []any{nil, "x", 7, 1.5, true, []any{}, map[string]any{"a": 1}} {
			fields := map[string]any{"sk": value, "version": value, "made_at": value, "made_by": value, "changed_at": value, "changed_by": value, "note": "n"}
			var link sviLink
			s.want(t, 201, sviPost(sviNew(t, "plain", "a", "b", fields,
				"id", value, "createdAt", value, "lastUpdatedAt", value, "displayLabel", value, "relationshipTypeLabel", value, "relationshipTypeVersion", value,
				"fromObjectTypeVersion", value, "toObjectTypeVersion", value, "fromObjectDisplayLabel", value, "toObjectDisplayLabel", value,
				"restrictedFields", value, "links", value, "unknown", value))).json(t, &link)
			if link.CreatedAt != sviClock().Format("2006-01-02T15:04:05.000Z") || link.LastUpdatedAt != link.CreatedAt {
				t.Errorf("%v: made at %s, changed at %s", value, link.CreatedAt, link.LastUpdatedAt)
			}
			f := link.FieldValues
			if f["version"] != 1.0 || f["made_by"] != "demo" || f["changed_by"] != "demo" || f["made_at"] != f["changed_at"] || f["made_at"] != sviClock().Format("2006-01-02T15:04:05.9Z") || f["note"] != "n" {
				t.Errorf("%v: got %v", value, f)
			}
			keys[f["sk"].(string)] = true
		}
		if len(keys) != 7 || keys["x"] {
			t.Errorf("got keys %v", keys)
		}
	})
}

func TestSviNewLinkValues(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		link := s.wantLink(t, 201, sviPost(sviNew(t, "near", "d", "e", map[string]any{
			"kind": "rail", "count": 7, "distance": 1.5, "paved": false, "opened": "2020-02-29", "seen": "2020-04-13T21:17:47.840+02:00",
			"code": "given-code", "grade": 3, "from_id": "d", "to_id": "e", "begin_dttm": "2020-01-01T00:00:00.5Z",
		}, "qualifiedTypeName", "place__near", "validTo", "2021-01-01T00:00:00+01:00")))
		for name, want := range map[string]any{
			"kind": "rail", "count": 7.0, "distance": 1.5, "paved": false, "opened": "2020-02-29", "seen": "2020-04-13T19:17:47.84Z",
			"code": nil, "level": nil, "grade": nil, "begin_dttm": "2020-01-01T00:00:00.5Z", "end_dttm": "2020-12-31T23:00:00Z", "version": 1.0,
		} {
			if link.FieldValues[name] != want {
				t.Errorf("%s is %v, want %v", name, link.FieldValues[name], want)
			}
		}
		if link.ValidFrom != "2020-01-01T00:00:00.500Z" || link.ValidTo != "2020-12-31T23:00:00.000Z" {
			t.Errorf("got validity %q to %q", link.ValidFrom, link.ValidTo)
		}
		s.want(t, 200, sviOf("GET", "fields/code", link.ID, "Authorization", "Bearer anna-token")).wantJSON(t, `{"fieldName":"code","raw":"given-code"}`)
	})
}

// What a new link's masked fields become, by the way in which they are sent.
func TestSviNewLinkMaskedFields(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for name, test := range map[string]struct {
			accept, contentType string
			code                any // "" omits the field
			status              int
			media               string
		}{
			"legacy, value":               {"application/json", "application/json", "v", 201, "application/json"},
			"legacy, null":                {"application/json", "application/json", nil, 201, "application/json"},
			"legacy, omitted":             {"", "application/json", "", 201, "application/json"},
			"legacy, bullets":             {"application/json", sviMasked, sviBullets, 400, ""},
			"masked, value":               {sviMasked, "application/json", "v", 201, sviMasked},
			"masked, null":                {sviMasked, "application/json", nil, 201, sviMasked},
			"masked, omitted":             {sviMasked, "application/json", "", 201, sviMasked},
			"masked, bullets":             {sviMasked, "application/json", sviBullets, 201, sviMasked},
			"masked by its body, bullets": {"*/*", sviMasked, sviBullets, 201, sviMasked},
		} {
			fields := map[string]any{"kind": "rail", "grade": 1}
			if test.code != "" {
				fields["code"] = test.code
			}
			a := s.want(t, test.status, sviPost(sviNew(t, "near", "a", "e", fields), "Accept", test.accept, "Content-Type", test.contentType))
			if test.status != 201 {
				continue
			}
			var link sviLink
			a.json(t, &link)
			if a.header.Get("Content-Type") != test.media {
				t.Errorf("%s: got %s", name, a.header.Get("Content-Type"))
			}
			if shown := link.FieldValues["code"]; test.code == "v" && test.media == sviMasked && shown != sviBullets || (test.code != "v" || test.media != sviMasked) && shown != nil {
				t.Errorf("%s: shown as %v", name, shown)
			}
			want := `null`
			if test.code == "v" {
				want = `"v"`
			}
			s.want(t, 200, sviOf("GET", "fields/code", link.ID, "Authorization", "Bearer anna-token")).wantJSON(t, `{"fieldName":"code","raw":`+want+`}`)
		}
		f := s.wantFault(t, 400, sviPost(sviNew(t, "near", "a", "e", map[string]any{"kind": "rail", "grade": sviBullets}), "Accept", sviMasked))
		if !slices.Equal(f.Details, []string{"Field grade is required."}) {
			t.Errorf("bullets for a required field: %q", f.Details)
		}
	})
}

// A document may be linked with itself, and with another one several times.
func TestSviNewLinksOfTheSameEnds(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		self := s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "a", nil)))
		if got := s.wantLink(t, 200, sviGet("plain|_|place|_|place|_|a|_|a")); got.ID != self.ID {
			t.Errorf("got %s, want %s", got.ID, self.ID)
		}
		first, second := s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "b", nil))), s.wantLink(t, 201, sviPost(sviNew(t, "plain", "a", "b", nil)))
		f := s.wantFault(t, 400, sviGet("plain|_|place|_|place|_|a|_|b"))
		want := []string{"Link ID: " + first.ID, "Link ID: " + second.ID}
		slices.Sort(want)
		if !slices.Equal(f.Details, want) {
			t.Errorf("got details %q, want %q", f.Details, want)
		}
		for _, c := range []call{
			sviPut("plain|_|place|_|place|_|a|_|b", `{"fieldValues":{"version":1}}`),
			{method: "PUT", path: "/links?" + sviEnds("plain", "a", "b"), header: sviHeader("Content-Type", "application/json"), body: `{"fieldValues":{"version":1}}`},
			{method: "GET", path: "/links?" + sviEnds("plain", "a", "b"), header: sviHeader()},
			sviPatch("plain|_|place|_|place|_|a|_|b", `[]`, "If-Match", "1"),
			sviDelete("plain|_|place|_|place|_|a|_|b"),
			sviOf("GET", "fields/note", "plain|_|place|_|place|_|a|_|b"),
		} {
			if f := s.wantFault(t, 400, c); !slices.Equal(f.Details, want) {
				t.Errorf("%s %s: got details %q, want %q", c.method, c.path, f.Details, want)
			}
		}
	})
}
