package server_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"orglink/server/servertest"
)

func sviApply(section string) call {
	return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":` + section + `}`}
}

func TestSviVersionsOfTypesInFixtures(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		var hour atomic.Int64
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time {
			return sviClock().Add(time.Duration(hour.Load()) * time.Hour)
		}))
		const ends = `"fromObjectName":"person","toObjectName":"phone"`
		made := "2026-01-02T03:04:05.600Z"
		for _, step := range []struct {
			members string
			version float64
			updated string
		}{
			{``, 1, made},
			{``, 1, made}, // unchanged
			{`,"label":"L"`, 2, "2026-01-02T05:04:05.600Z"},
			{`,"label":"L","version":2`, 2, "2026-01-02T05:04:05.600Z"},
			{`,"label":"M","version":2`, 3, "2026-01-02T07:04:05.600Z"}, // no version is one twice
			{`,"label":"M","version":9`, 9, "2026-01-02T08:04:05.600Z"},
			{`,"label":"M"`, 9, "2026-01-02T08:04:05.600Z"},
			{`,"label":"M","fields":[{"name":"f","dataType":"string","masked":true,"revealGroups":[]}]`, 10, "2026-01-02T10:04:05.600Z"},
			{`,"label":"M","fields":[{"name":"f","label":"f","dataType":"string","masked":true}]`, 10, "2026-01-02T10:04:05.600Z"},
			{`,"label":"M","fields":[{"name":"f","dataType":"string","masked":true,"revealGroups":["A"]}]`, 11, "2026-01-02T12:04:05.600Z"},
			{`,"version":1`, 12, "2026-01-02T13:04:05.600Z"},
		} {
			s.want(t, 200, sviApply(`{"entityTypes":[{"name":"e"`+step.members+`}],"relationshipTypes":[{"name":"r",`+ends+step.members+`}]}`))
			for _, name := range []string{"e", "person__r"} {
				d := sviType(t, s, name)
				if d["version"] != step.version || d["lastUpdatedAt"] != step.updated || d["createdAt"] != made || d["createdBy"] != "orglink" {
					t.Errorf("%s after %q: got %v, want version %v of %s", name, step.members, d, step.version, step.updated)
				}
			}
			hour.Add(1)
		}
		// A type that an administrator changed is set again to what fixtures say of it.
		d := sviType(t, s, "e")
		sviChange(t, s, 200, d.with("label", "changed"))
		s.want(t, 200, sviApply(`{"entityTypes":[{"name":"e"}]}`))
		if again := sviType(t, s, "e"); again["label"] != "e" || again["version"] != 14.0 || again["id"] != d["id"] {
			t.Errorf("got %v", again)
		}
	})
}

func TestSviFixturesHaveTheMembersOfTypes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	s.want(t, 200, sviApply(`{"entityTypes":[{"name":"e","createdAtTimeFieldName":"made","lastUpdatedByUserIdFieldName":"by","validFromFieldName":"begin","readGroups":["Investigators"]}],
		"relationshipTypes":[{"name":"r","fromObjectName":"e","toObjectName":"e","type":"DIRECT_CHILD","reverseName":"back","reverseLabel":"Back","historyEnabled":false}]}`))
	e, r := sviType(t, s, "e"), sviType(t, s, "e__r")
	for member, want := range map[string]any{"createdAtTimeFieldName": "made", "lastUpdatedByUserIdFieldName": "by", "validFromFieldName": "begin", "parentName": "e", "validToFieldName": nil} {
		if e[member] != want {
			t.Errorf("%s: got %v, want %v", member, e[member], want)
		}
	}
	for member, want := range map[string]any{"type": "DIRECT_CHILD", "reverseName": "back", "reverseLabel": "Back", "historyEnabled": false, "managed": false, "tableName": nil, "historyTableName": nil} {
		if r[member] != want {
			t.Errorf("%s: got %v, want %v", member, r[member], want)
		}
	}
}

// What is asked of an administrator is asked of fixtures.
func TestSviFixturesCannotBreakTypes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviInUse))
		for section, want := range map[string]string{
			`{"entityTypes":[{"name":"e"},{"name":"used","fields":[]}]}`: "entity type used: The entity type is in use and cannot be changed so. The field key is the key",
			`{"relationshipTypes":[{"name":"uses","fromObjectName":"used","toObjectName":"used","cardinality":"MANY_TO_ONE","bridge":{"keyFieldName":"sk","fromFieldName":"f","toFieldName":"t"},"fields":[
				{"name":"full","dataType":"string"},{"name":"some","dataType":"string","length":2},{"name":"must","dataType":"boolean"},{"name":"day","dataType":"date"}]}]}`: "relationship type uses: The relationship type is in use and cannot be changed so. The field some cannot be bounded so",
			`{"relationshipTypes":[{"name":"uses","fromObjectName":"used","toObjectName":"used"}]}`:                                         "There are links: the bridge table cannot be removed or added. There are links: the cardinality cannot change.",
			`{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"integer","length":3}]}]}`:                                        "entity type e: The field f has a length, but is not a STRING.",
			`{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"string","masked":true,"primaryKey":true}]}]}`:                    "The field f is masked and cannot be the primary key or the version.",
			`{"entityTypes":[{"name":"e","validFromFieldName":"f","fields":[{"name":"f","dataType":"date"}]}]}`:                             "A column and a field have the name f.",
			`{"relationshipTypes":[{"name":"r","fromObjectName":"used","toObjectName":"used","label":"` + strings.Repeat("x", 256) + `"}]}`: "label must have at most 255 characters.",
		} {
			if a := s.want(t, 422, sviApply(section)); !strings.Contains(a.body, want) {
				t.Errorf("%s: got %s, want %s", section, a.body, want)
			}
		}
		s.want(t, 404, sviAdmin("GET", sviEntities+"?name=e", "")) // nothing stays of refused fixtures
		if d := sviType(t, s, "used"); d["version"] != 1.0 {
			t.Errorf("got %v", d)
		}
	})
}
