package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Time stamps are sorted by time, also within a second: they are stored without the
// zeros at their end.
func TestSviDocumentsAreSortedByTimeStamps(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(`
svi:
  entityTypes: [{name: event, fields: [{name: at, dataType: timestamp}]}]
  documents:
    - {objectTypeName: event, id: d, fieldValues: {at: '2020-01-01T00:00:01Z'}}
    - {objectTypeName: event, id: b, fieldValues: {at: '2020-01-01T00:00:00.5Z'}}
    - {objectTypeName: event, id: c, fieldValues: {at: '2020-01-01T00:00:00.84Z'}}
    - {objectTypeName: event, id: a, fieldValues: {at: '2020-01-01T00:00:00Z'}}
`))
		ids := func(body string) string {
			header := sviHeader("Content-Type", "application/vnd.sas.investigation.data.document.filter.request+json")
			var page struct{ Items []struct{ ID string } }
			s.want(t, 200, call{method: "POST", path: "/documents/event", header: header, body: body}).json(t, &page)
			var list []string
			for _, item := range page.Items {
				list = append(list, item.ID)
			}
			return strings.Join(list, " ")
		}
		for body, want := range map[string]string{
			`{"sortBy":"at:ascending"}`:                       "a b c d",
			`{"sortBy":"at:descending"}`:                      "d c b a",
			`{"filter":"eq(at,'2020-01-01T01:00:00+01:00')"}`: "a",
			`{"filter":"eq(at,'2020-01-01T00:00:00.500Z')"}`:  "b",
		} {
			if got := ids(body); got != want {
				t.Errorf("%s: got %s, want %s", body, got, want)
			}
		}
	})
}

// Ids that a link's id or a URL could not carry are refused, by fixtures too.
func TestSviDocumentIDsThatNothingCanNameAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for _, id := range []string{"a|_", "a|_|b", ".", "..", strings.Repeat("x", 256)} {
		s.want(t, 400, call{
			method: "POST", path: "/documents", header: sviHeader("Content-Type", "application/json"),
			body: `{"objectTypeName":"person","id":"` + id + `"}`,
		})
		a := s.do(t, call{
			method: "PUT", path: "/orglink/v1/fixtures", header: admin,
			body: `{"svi":{"documents":[{"objectTypeName":"person","id":"` + id + `"}]}}`,
		})
		if a.status != 400 && a.status != 422 {
			t.Errorf("fixtures with the id %.10s: got %d", id, a.status)
		}
	}
	a := s.want(t, 422, call{
		method: "PUT", path: "/orglink/v1/fixtures", header: admin,
		body: `{"svi":{"documents":[{"objectTypeName":"person","id":"m","fieldValues":{"national_id":"` + sviBullets + `"}}]}}`,
	})
	if !strings.Contains(a.body, "mask template") {
		t.Errorf("bullets in fixtures: %s", a.body)
	}
}
