package server_test

import (
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestComanageObjectsAreFoundByFilters(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startEnrolled(t, database)
		find := func(path, query, ids string) {
			t.Helper()
			if got := s.ids(t, path+".json?"+query); got != ids {
				t.Errorf("%s?%s: got %q, want %q", path, query, got, ids)
			}
		}
		identified := func(path, text, ids string) {
			t.Helper()
			find(path, "search.identifier="+url.QueryEscape(text), ids)
			find(path, "search_identifier="+url.QueryEscape(text), ids)
		}
		find(people, "", "12 13 21")
		find(people, "coid=2", "12 13")
		find(people, "coid=02", "12 13")
		find(people, "coid=1", "")
		find(people, "coid=2&coid=3", "21")
		find(orgIdentities, "coid=2", "34 35 36")
		find(orgIdentities, "coid=3&unknown=1", "41 42")
		find(orgIdentities, "given=x&family=y&mail=z", "34 35 36 41 42")
		find(cos, "coid=2&search.identifier=x&other=1", "1 2 3")

		// A part of an identifier in any case of letters; each owner once.
		for _, text := range []string{"álvaro", "ÁLVARO", "Álv"} {
			identified(people, text, "12 21")
		}
		identified(people, "@EXAMPLE.", "12")
		identified(people, "alvaro", "")
		identified(people, "100%_SURE", "13")
		identified(people, "%", "13")
		identified(people, "_", "13")
		identified(people, `\`, "13")
		identified(people, `e\`, "13")
		identified(people, "1%e", "")
		identified(people, "gone", "")
		identified(people, "@home", "")
		identified(people, "' OR 1=1 --", "")
		identified(people, "", "12 13 21")
		identified(people, strings.Repeat("á", 600), "")
		identified(people, strings.Repeat("%", 60_000), "")
		identified(orgIdentities, "ÁLVARO@HOME", "35")
		identified(orgIdentities, "home", "35 41")
		identified(orgIdentities, "%_", "41")
		identified(orgIdentities, "álvaro@e", "")
		find(people, "coid=2&search.identifier=%C3%81lvaro", "12")
		find(people, "coid=3&search_identifier=%C3%81lvaro", "21")
		find(people, "coid=3&search.identifier=sure", "")
		find(people, "coid=1&search.identifier=sure", "")
		find(orgIdentities, "coid=3&search.identifier=home", "41")
		find(orgIdentities, "coid=2&search_identifier=home", "35")

		// Names are matched from their beginning, both in one name.
		find(people, "given=%C3%A1lv", "12 21")
		find(people, "given=%C3%81LVARO", "12")
		find(people, "family=n%C3%BA%C3%B1", "12 21")
		find(people, "given=%C3%81lva&family=N%C3%BA%C3%B1", "12 21")
		find(people, "given=%C3%81lvaro&family=Other", "")
		find(people, "given=%C3%81lva&family=Oth&coid=2", "12")
		find(people, "coid=3&given=%C3%A1lva", "21")
		find(people, "given=lvaro", "")
		find(people, "given=gone", "")
		find(people, "family=100%25_", "13")
		find(people, "family=1%25_", "")
		find(people, "given=%C3%A1l", "")
		find(people, "family=n%C3%BA", "")
		find(people, "given=zoe&family=10", "")
		find(people, "given=zoe&family=", "13")
		find(people, "given=%C3%A1lva&search.identifier=example", "12")
		find(people, "given=zoe&search.identifier=example", "")

		// Nobody has an email address.
		for _, query := range []string{"mail=zoe@example.org", "search.mail=x", "search_mail=x", "coid=2&mail=a", "given=zoe&mail=zoe"} {
			find(people, query, "")
		}
		find(orgIdentities, "search.mail=x", "")
		find(orgIdentities, "coid=2&search_mail=x", "")

		s.wantBody(t, "200 OK", personKind.shown(), as(platform, "GET", people+".json?search.identifier=nobody", ""))
	})
}

func TestComanageObjectsCannotBeFoundBy(t *testing.T) {
	t.Parallel()
	s := startEnrolled(t)
	for _, test := range []struct{ line, user, path string }{
		{"422 Unprocessable Entity", platform, people + ".json?other=1"},
		{"422 Unprocessable Entity", platform, people + ".json?coid=2&Given=Zoe"},
		{"422 Unprocessable Entity", platform, people + ".json?copersonid=12"},
		{"422 Unprocessable Entity", platform, people + ".json?search.identifier=x&search.name=x"},
		{"422 Unprocessable Entity", coAdmin, people + ".json?coid=2&other=1"},
		{"404 CO Unknown", platform, people + ".json?coid=99&other=1"},
		{"404 CO Not Found", coAdmin, people + ".json?coid=99&other=1"},
		{"401 Unauthorized", coAdmin, people + ".json?coid=3&other=1"},
		{"401 No CO Specified", coAdmin, people + ".json?other=1"},
		{"401 Unauthorized", "", people + ".json?other=1"},
		{"404 CO Unknown", platform, people + ".json?coid=99"},
		{"404 CO Unknown", platform, people + ".json?coid="},
		{"404 CO Unknown", platform, people + ".json?coid=two&search.identifier=x"},
		{"404 CO Unknown", platform, orgIdentities + ".json?coid=99"},
		{"404 CO Unknown", platform, orgIdentities + ".json?coid=-2&search_identifier=x"},
	} {
		s.wantEmpty(t, test.line, as(test.user, "GET", test.path, ""))
	}
	// What is no text, or no escape, is searched for as well, and found nowhere.
	for _, path := range []string{
		people + ".json?search.identifier=%ff", people + ".json?given=%00%00%00", people + ".json?family=1000%",
		orgIdentities + ".json?search_identifier=%zz", orgIdentities + ".json?coid=2&search.identifier=%C9",
	} {
		if a := s.wantLine(t, "200 OK", as(platform, "GET", path, "")); !strings.Contains(a.body, ":[]}") {
			t.Errorf("%s: found %s", path, a.body)
		}
	}
}
