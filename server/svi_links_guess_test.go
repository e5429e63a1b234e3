package server_test

import (
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Who may set a masked value, but not see it, could guess: the history does not tell
// whether the guess was right.
func TestSviHistoryConfirmsNoGuess(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		guess := func(version int, value any) string {
			s.want(t, 200, sviPut(sviNear, sviBody(t, version, sviNearFields("code", value)), "Authorization", "Bearer bert-token"))
			path := "/links/@item/versions/" + string(rune('0'+version+1)) + "?_id=" + url.QueryEscape(sviNear)
			a := s.want(t, 200, call{method: "GET", path: path, header: sviHeader("Authorization", "Bearer bert-token")})
			_, field, _ := strings.Cut(a.body, `{"name":"code"`)
			field, _, _ = strings.Cut(field, "}")
			changed := s.want(t, 200, call{method: "GET", path: path + "&changedOnly=true", header: sviHeader("Authorization", "Bearer bert-token")})
			if strings.Contains(changed.body, `"name":"code"`) {
				t.Errorf("version %d: %s", version+1, changed.body)
			}
			return field
		}
		if right, wrong := guess(4, "raw-code"), guess(5, "another"); right != wrong || !strings.Contains(right, `"valueChanged":false`) {
			t.Errorf("a right guess: %s\na wrong one: %s", right, wrong)
		}
	})
}

// What a field held at a version that is kept cannot be shown as another field's.
func TestSviFieldsStayWhileVersionsHoldTheirValues(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		s.want(t, 200, sviPut(sviLoose, `{"fieldValues":{"pin":null}}`, "Accept", sviMasked))
		for _, fields := range []string{
			"fields: [{name: note, dataType: string}]",
			"fields: [{name: note, dataType: string}, {name: pin, dataType: integer, masked: true}]",
		} {
			types := strings.Replace(sviTypes, "fields: [{name: note, dataType: string}, {name: pin, dataType: string, masked: true}]", fields, 1)
			a := s.want(t, 422, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, types)})
			if !strings.Contains(a.body, "pin") || strings.Contains(a.body, "raw-code") {
				t.Errorf("got %s", a.body)
			}
		}
	})
}

// The columns of the validity hold values: they stay while a link has some.
func TestSviValidityColumnsStayWhileTheyHoldValues(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		without := strings.Replace(sviTypes, "      validFromFieldName: begin_dttm\n      validToFieldName: end_dttm\n", "", 1)
		fixtures := func(text string) call {
			return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, text)}
		}
		s.want(t, 200, fixtures(without))
		s.want(t, 200, fixtures(sviTypes))
		s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields(), "validFrom", "2020-01-01T00:00:00Z")))
		a := s.want(t, 422, fixtures(without))
		if !strings.Contains(a.body, "validFromFieldName cannot be removed") || strings.Contains(a.body, "validToFieldName") {
			t.Errorf("got %s", a.body)
		}
	})
}

// A star beside a stale version lets no patch pass.
func TestSviPatchTakesNoStarBesideAVersion(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	for header, status := range map[string]int{"99, *": 412, "*, \"3\"": 412, "*": 428, "*, *": 428, "W/*": 412, "4, *": 200} {
		c := sviPatch(sviNear, `[{"op":"add","path":"/fieldValues/kind","value":"rail"}]`, "If-Match", header)
		if a := s.do(t, c); a.status != status {
			t.Errorf("If-Match %s: got %d, want %d; %s", header, a.status, status, a.body)
		}
	}
}
