package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func (s *site) sviBulked(t *testing.T, c call) (b sviBulked) {
	t.Helper()
	a := s.want(t, 200, c)
	a.json(t, &b)
	if b.Name != "links" || b.Version != 2 || b.Count != len(b.Items) || a.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %v %s", a.header, a.body)
	}
	for _, hidden := range []string{"raw-code", "987654", `"fieldValues"`, sviBullets} {
		if strings.Contains(a.body, hidden) {
			t.Errorf("the results hold field values: %s", a.body)
		}
	}
	return b
}

// One bad item of each kind among good ones: the results are in the order of the items,
// the good ones are stored, the bad ones left nothing.
func TestSviBulkOfGoodAndBadItems(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		good := sviNew(t, "plain", "a", "b", map[string]any{"note": "good"})
		s.want(t, 201, sviPost(sviNew(t, "one_one", "a", "b", nil)))
		update := func(id string, version int, fields map[string]any, more ...any) string {
			return sviBody(t, version, fields, append([]any{"id", id}, more...)...)
		}
		bad := []struct {
			name, item string
			status     int
			detail     string
		}{
			{"null", `null`, 400, ""},
			{"a number", `7`, 400, ""},
			{"text", `"x"`, 400, ""},
			{"a list", `[]`, 400, ""},
			{"nothing", `{}`, 400, "relationshipTypeName is required."},
			{"an id of another type", `{"id":7}`, 400, ""},
			{"an empty id", update("", 1, nil), 400, ""},
			{"an id that is none", update("near|_|place", 1, nil), 400, ""},
			{"a name in capitals", strings.Replace(good, "relationshipTypeName", "RelationshipTypeName", 1), 400, "relationshipTypeName is required."},
			{"an end of another type", sviNew(t, "plain", "a", "b", nil, "toObjectId", 7), 400, "toObjectId must be a string."},
			{"an unknown field", sviNew(t, "plain", "a", "b", map[string]any{"nope": 1}), 400, "Field nope is not a field of the relationship type."},
			{"no required field", sviNew(t, "near", "a", "b", nil), 400, "Field kind is required."},
			{"field values as a list", sviNew(t, "plain", "a", "b", nil, "fieldValues", []any{}), 400, "fieldValues must be an object."},
			{"bullets", sviNew(t, "near", "a", "b", sviNearFields("grade", 1, "code", sviBullets)), 400, "Field code must not hold the mask template."},
			{"a bad date", sviNew(t, "near", "a", "b", sviNearFields("grade", 1), "validFrom", "soon"), 400, "validFrom must be a time stamp in the format of RFC 3339."},
			{"another qualified name", sviNew(t, "plain", "a", "b", nil, "qualifiedTypeName", "x"), 400, "qualifiedTypeName is not that of the relationship type."},
			{"no bridge table", sviNew(t, "holds", "a", "b", nil), 400, "Relationship Type Name: holds"},
			{"an absent type", sviNew(t, "nope", "a", "b", nil), 404, "From Entity Type: place"},
			{"a hidden type", sviNew(t, "hides", "a", "x", nil, "toObjectTypeName", "secret_place"), 404, "From Entity Type: place"},
			{"an absent document", sviNew(t, "plain", "a", "nope", nil), 404, "From Entity Type: place"},
			{"one too many", sviNew(t, "one_one", "a", "d", nil), 409, ""},
			{"an update of nothing", update("near|_|place|_|place|_|nope", 1, nil), 404, "From Entity Type: place"},
			{"an update of a hidden link", update(sviHidden, 1, nil), 404, "From Entity Type: place"},
			{"an ambiguous update", update("near|_|place|_|place|_|b|_|a", 1, sviNearFields()), 400, "Link ID: near|_|place|_|place|_|ba1"},
			{"an update without bridge table", update(sviHolds, 1, nil), 400, "Relationship Type Name: holds"},
			{"an update without version", `{"id":"` + sviNear + `","fieldValues":{"kind":"road"}}`, 428, ""},
			{"an update without field values", `{"id":"` + sviNear + `"}`, 428, ""},
			{"a stale update", update(sviNear, 3, sviNearFields()), 412, ""},
			{"an update from the future", update(sviNear, 5, sviNearFields()), 412, ""},
			{"a version as text", strings.Replace(update(sviNear, 4, sviNearFields()), `"version":4`, `"version":"4"`, 1), 400, "Field version must be an integer."},
			{"an update that moves", update(sviNear, 4, sviNearFields(), "toObjectId", "d"), 400, "toObjectId cannot be changed."},
			{"an update of an unknown field", update(sviNear, 4, sviNearFields("nope", 1)), 400, "Field nope is not a field of the relationship type."},
			{"an update with bullets", update(sviNear, 4, sviNearFields("code", sviBullets)), 400, "Field code must not hold the mask template."},
		}
		var items []string
		for _, b := range bad {
			items = append(items, good, b.item)
		}
		before := sviState(t, s, sviNear)
		got := s.sviBulked(t, sviBulk(sviItems(append(items, good)...)))
		if got.Count != 2*len(bad)+1 {
			t.Fatalf("%d results for %d items", got.Count, 2*len(bad)+1)
		}
		for i, item := range got.Items {
			if i%2 == 0 {
				if item.Error != nil || item.Operation != "CREATE" || item.RelationshipTypeName != "plain" || item.FromID != "a" || item.FromEntityType != "place" || item.ToID != "b" || item.ToEntityType != "place" || !strings.HasPrefix(item.ID, "plain|_|place|_|place|_|") {
					t.Errorf("item %d: got %+v", i, item)
				}
				continue
			}
			b, e := bad[i/2], item.Error
			if e == nil || item.ID != "" || item.Operation != "" {
				t.Errorf("%s: got %+v", b.name, item)
				continue
			}
			if e.HTTPStatusCode != b.status || e.Version != 2 || e.ErrorCode != 0 || e.Message == "" || b.detail != "" && (len(e.Details) == 0 || e.Details[0] != b.detail) {
				t.Errorf("%s: got %+v", b.name, e)
			}
		}
		if keys := s.sviListed(t, sviList("plain", "a")); len(keys) != len(bad)+1 {
			t.Errorf("%d links are there, want %d", len(keys), len(bad)+1)
		}
		if keys := s.sviListed(t, sviList("one_one", "a")); len(keys) != 1 || sviState(t, s, sviNear) != before {
			t.Errorf("bad items left something: %v %s", keys, sviState(t, s, sviNear))
		}
	})
}

func TestSviBulkUpdatesAndCreates(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database, servertest.Clock(sviClock))
		update := func(id string, version int, kind string) string {
			return sviBody(t, version, map[string]any{"kind": kind}, "id", id)
		}
		got := s.sviBulked(t, sviBulk(sviItems(
			update("near|_|place|_|place|_|a|_|b", 4, "rail"),      // by its ends
			update(sviNear, 4, "lost"),                             // of the version that was
			sviNew(t, "near", "d", "e", sviNearFields("grade", 1)), // a new one in between
			update(sviNear, 5, "path"),                             // of the version that the first made
			update("near|_|place|_|place|_|d|_|e", 1, "canal"),     // of the new one
			`{"id":"`+sviLoose+`","fieldValues":{"note":"n"}}`,     // of a type without version
			sviNew(t, "loose", "a", "b", nil, "id", nil),           // null is no id
			sviBody(t, 6, sviNearFields("code", nil), "id", sviNear, "links", 7, "validFrom", "2020-01-01T00:00:00Z"),
		), "Content-Type", "application/vnd.sas.collection+json"))
		var outcome []string
		for _, item := range got.Items {
			if item.Error != nil {
				item.Operation = fmt.Sprint(item.Error.HTTPStatusCode)
			}
			outcome = append(outcome, item.Operation)
		}
		if want := []string{"UPDATE", "412", "CREATE", "UPDATE", "UPDATE", "UPDATE", "CREATE", "UPDATE"}; !slices.Equal(outcome, want) {
			t.Fatalf("got %v, want %v", outcome, want)
		}
		if got.Items[0].ID != sviNear || got.Items[0].FromID != "a" || got.Items[0].ToID != "b" {
			t.Errorf("an update by ends: %+v", got.Items[0])
		}
		link := s.wantLink(t, 200, sviGet(sviNear))
		if link.FieldValues["version"] != 7.0 || link.FieldValues["kind"] != "road" || link.ValidFrom == "" || link.LastUpdatedAt != "2026-01-02T03:04:05.600Z" || link.CreatedAt != "2020-04-13T19:17:47.840Z" {
			t.Errorf("got %+v", link)
		}
		made := s.wantLink(t, 200, sviGet(got.Items[2].ID))
		if made.FieldValues["version"] != 2.0 || made.FieldValues["kind"] != "canal" {
			t.Errorf("got %+v", made)
		}
		s.want(t, 200, sviOf("GET", "fields/code", sviNear, "Authorization", "Bearer anna-token")).wantJSON(t, `{"fieldName":"code","raw":"raw-code"}`)
	})
}

// How masked fields are treated is what Content-Item-Type says, whatever Accept says.
func TestSviBulkOfMaskedItems(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		for _, test := range []struct {
			media string
			code  any // "" omits the field
			raw   string
		}{
			{"", nil, `"raw-code"`},
			{"application/json", nil, `"raw-code"`},
			{"", "", `"raw-code"`},
			{"application/json", sviBullets, "refused"},
			{"application/vnd.sas.investigation.data.relationshiplink+json", sviBullets, "refused"},
			{"application/json", "new", `"new"`},
			{sviMasked, sviBullets, `"raw-code"`},
			{strings.TrimSuffix(sviMasked, "+json") + ";v=1", sviBullets, `"raw-code"`},
			{sviMasked, "", `"raw-code"`},
			{sviMasked, "new", `"new"`},
			{sviMasked, nil, "null"},
		} {
			id := s.sviMade(t, 1, sviNew(t, "near", "d", "e", sviNearFields("grade", 1, "code", "raw-code")))[0]
			fields := sviNearFields()
			if test.code != "" {
				fields["code"] = test.code
			}
			got := s.sviBulked(t, sviBulk(sviItems(sviBody(t, 1, fields, "id", id)), "Content-Item-Type", test.media, "Accept", sviMasked))
			if refused := got.Items[0].Error != nil; refused != (test.raw == "refused") {
				t.Errorf("%s, %v: got %+v", test.media, test.code, got.Items[0])
			}
			raw := strings.Replace(test.raw, "refused", `"raw-code"`, 1)
			s.want(t, 200, sviOf("GET", "fields/code", id, "Authorization", "Bearer anna-token")).wantJSON(t, `{"fieldName":"code","raw":`+raw+`}`)
		}
	})
}

func TestSviBulkOfManyItems(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startLinks(t, database)
		var items []string
		for i := range 1000 {
			items = append(items, sviNew(t, "plain", "a", []string{"b", "nope", "d"}[i%3], map[string]any{"size": i}))
		}
		got := s.sviBulked(t, sviBulk(sviItems(items...)))
		for i, item := range got.Items {
			if refused := item.Error != nil; refused != (i%3 == 1) || !refused && item.ToID != []string{"b", "", "d"}[i%3] {
				t.Fatalf("item %d: got %+v", i, item)
			}
		}
		if keys := s.sviListed(t, sviList("plain", "a")); len(keys) != 667 {
			t.Errorf("%d links are there", len(keys))
		}
	})
}

func TestSviBulkBodies(t *testing.T) {
	t.Parallel()
	s := startLinks(t)
	if got := s.sviBulked(t, sviBulk(`{"items":[]}`)); got.Count != 0 {
		t.Errorf("got %+v", got)
	}
	s.sviBulked(t, sviBulk(`{"items":[],"name":"links","version":2,"links":[],"count":7}`))
	for _, body := range []string{"", `null`, `[]`, `{}`, `{"items":null}`, `{"items":{}}`, `{"items":7}`, `{"Items":[]}`, `{"items":[`, `{"items":[]}[]`, sviItems(slices.Repeat([]string{"1"}, 1001)...)} {
		s.wantFault(t, 400, sviBulk(body))
	}
	if got := s.sviBulked(t, sviBulk(sviItems(slices.Repeat([]string{"1"}, 1000)...))); got.Count != 1000 || got.Items[999].Error == nil {
		t.Errorf("got %d results", got.Count)
	}
}
