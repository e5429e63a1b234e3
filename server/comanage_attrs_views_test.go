package server_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestComanageNamesAndIdentifiersAreShownWhole(t *testing.T) {
	t.Parallel()
	const made = `"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05","Revision":"0","Deleted":false,"ActorIdentifier":"`
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		for id, row := range map[int]string{
			50: `{"Version":"1.0","Id":"50","Given":"Ann","Family":"Lee","Type":"official","Person":{"Type":"CO","Id":"12"},"PrimaryName":true,` + made + `co_2.admin"}`,
			51: `{"Version":"1.0","Id":"51","Honorific":"Dr.","Given":"Anna","Middle":"M.","Family":"Lee-Roy","Suffix":"Jr.","Type":"preferred","Language":"en",` +
				`"Person":{"Type":"CO","Id":"12"},"PrimaryName":false,` + made + `"}`,
			52: `{"Version":"1.0","Id":"52","Given":"Ann","Type":"official","Person":{"Type":"Org","Id":"35"},"PrimaryName":true,` + made + `"}`,
			53: `{"Version":"1.0","Id":"53","Given":"Gone","Type":"fka","Person":{"Type":"CO","Id":"13"},"PrimaryName":false,` +
				`"Created":"2025-01-01 00:00:00","Modified":"2025-06-01 12:30:59","Revision":"3","Deleted":true,"ActorIdentifier":"co_9.gone"}`,
			60: `{"Version":"1.0","Id":"60","Identifier":"ann@two.example","Type":"eppn","Login":true,"Status":"Active","Person":{"Type":"CO","Id":"12"},` + made + `co_2.admin"}`,
			61: `{"Version":"1.0","Id":"61","Identifier":"A-1","Type":"badge","Language":"en","Login":false,"Status":"Suspended","Person":{"Type":"CO","Id":"12"},` + made + `"}`,
			62: `{"Version":"1.0","Id":"62","Identifier":"ann@home.example","Type":"eppn","Login":false,"Status":"Active","Person":{"Type":"Org","Id":"35"},` + made + `"}`,
			63: `{"Version":"1.0","Id":"63","Identifier":"gone","Type":"uid","Login":false,"Status":"Active","Person":{"Type":"CO","Id":"13"},` +
				`"Created":"2025-01-01 00:00:00","Modified":"2025-06-01 12:30:59","Revision":"3","Deleted":true,"ActorIdentifier":"co_9.gone"}`,
		} {
			if id < kind.first || id >= kind.first+10 {
				continue
			}
			// The members come in this order.
			if a := s.wantLine(t, "200 OK", kind.view(platform, id)); a.body != kind.rows(row)+"\n" {
				t.Errorf("got  %swant %s", a.body, kind.rows(row))
			}
		}
	})
}

func TestComanageNamesAndIdentifiersAreFiltered(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		ids := func(nth ...int) string {
			var texts []string
			for _, n := range nth {
				texts = append(texts, fmt.Sprint(kind.first+n))
			}
			return strings.Join(texts, " ")
		}
		for query, want := range map[string]string{
			"":                                   ids(0, 1, 2, 4, 5),
			"?other=1":                           ids(0, 1, 2, 4, 5),
			"?coid=2":                            ids(0, 1, 2),
			"?coid=3":                            ids(4, 5),
			"?coid=1":                            "",
			"?copersonid=12":                     ids(0, 1),
			"?copersonid=0012":                   ids(0, 1),
			"?copersonid=12&orgidentityid=41":    ids(0, 1),
			"?orgidentityid=41&copersonid=12":    ids(0, 1),
			"?copersonid=12&orgidentityid=":      ids(0, 1),
			"?copersonid=12&orgidentityid=99":    ids(0, 1),
			"?copersonid=12&coid=3":              ids(0, 1),
			"?copersonid=12&coid=99":             ids(0, 1),
			"?orgidentityid=35":                  ids(2),
			"?orgidentityid=35&coid=99":          ids(2),
			"?copersonid=99&copersonid=12":       ids(0, 1),
			"?copersonid=&copersonid=12":         ids(0, 1),
			"?orgidentityid=41&orgidentityid=35": ids(2),
			"?coid=2&other=1&coid=3":             ids(4, 5),
			"?copersonid%3D99&copersonid=12":     ids(0, 1),
			"?copersonid=1%32":                   ids(0, 1),
		} {
			a := s.wantLine(t, "200 OK", kind.list(platform, query))
			if got := s.listed(t, kind.list(platform, query)); got != want {
				t.Errorf("%q: got %q, want %q", query, got, want)
			}
			if want == "" {
				a.wantJSON(t, kind.rows())
			}
		}
		for query, line := range map[string]string{
			"?copersonid=13":                         "204 CO Person Has No " + kind.singular,
			"?copersonid=14":                         "204 CO Person Has No " + kind.singular,
			"?copersonid=15&coid=99":                 "204 CO Person Has No " + kind.singular,
			"?copersonid=15&orgidentityid=35":        "204 CO Person Has No " + kind.singular,
			"?orgidentityid=34":                      "204 Org Identity Has No " + kind.singular,
			"?orgidentityid=37":                      "204 Org Identity Has No " + kind.singular,
			"?copersonid=99":                         "404 CO Person Unknown",
			"?copersonid=99&orgidentityid=35":        "404 CO Person Unknown",
			"?copersonid=12&copersonid=99":           "404 CO Person Unknown",
			"?copersonid=12;x":                       "404 CO Person Unknown",
			"?copersonid=12;orgidentityid=35":        "404 CO Person Unknown",
			"?copersonid=12%3Bx":                     "404 CO Person Unknown",
			"?copersonid=ann":                        "404 CO Person Unknown",
			"?copersonid=-12":                        "404 CO Person Unknown",
			"?copersonid=+12":                        "404 CO Person Unknown",
			"?copersonid=12.0":                       "404 CO Person Unknown",
			"?copersonid=" + strings.Repeat("9", 30): "404 CO Person Unknown",
			"?orgidentityid=99":                      "404 Org Identity Unknown",
			"?orgidentityid=35;x":                    "404 Org Identity Unknown",
			"?orgidentityid=x&coid=2":                "404 Org Identity Unknown",
			"?coid=99":                               "404 CO Unknown",
			"?coid=":                                 "404 CO Unknown",
			"?coid=2;x":                              "404 CO Unknown",
			"?copersonid=":                           "400 CO Person Not Specified",
			"?copersonid":                            "400 CO Person Not Specified",
			"?copersonid=&orgidentityid=35":          "400 CO Person Not Specified",
			"?copersonid=12&copersonid=":             "400 CO Person Not Specified",
			"?orgidentityid=":                        "400 Org Identity Not Specified",
			"?orgidentityid=35&orgidentityid":        "400 Org Identity Not Specified",
			"?copersonid=%ff":                        "404 CO Person Unknown",
			"?orgidentityid=%00":                     "404 Org Identity Unknown",
		} {
			s.wantEmpty(t, line, kind.list(platform, query))
		}
		for _, id := range []string{"0", "99", "9223372036854775808", "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10"} {
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.view(platform, id))
		}
	})
}

func TestComanageNamesAndIdentifiersStayReadableWhenDeleted(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		s.keeps(t, func() {
			for path, line := range map[string]string{
				".json":                               "400 Invalid Fields",
				"/.json":                              "400 Invalid Fields",
				"/0.json":                             "400 Invalid Fields",
				".json?copersonid=12":                 "400 Invalid Fields",
				"/99.json":                            "404 " + kind.singular + " Unknown",
				"/99999999999999999999.json":          "404 " + kind.singular + " Unknown",
				fmt.Sprintf("/%d.json", kind.first+3): "404 " + kind.singular + " Unknown",
			} {
				s.wantEmpty(t, line, as(platform, "DELETE", kind.path+path, ""))
			}
		})
		id := kind.first + 1
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", fmt.Sprintf("%s/%d.json?coid=3", kind.path, id), ""))
		s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.remove(platform, id))
		s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.edit(platform, id, kind.of(ofPerson, 12)))
		if a := s.wantLine(t, "200 OK", kind.view(platform, id)); !strings.Contains(a.body, `"Revision":"0","Deleted":true,"ActorIdentifier":"co_1.platform"`) {
			t.Errorf("the deleted one: %s", a.body)
		}
		if got, want := s.listed(t, kind.list(platform, "?copersonid=12")), fmt.Sprint(kind.first); got != want {
			t.Errorf("%q are listed, want %q", got, want)
		}
		if got := s.listed(t, kind.list(platform, "")); strings.Contains(got, fmt.Sprint(id)) {
			t.Errorf("the list holds the deleted one: %s", got)
		}
	})
}

func TestComanageEditedNamesAndIdentifiersLeaveACopy(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		id, copied := kind.first+1, kind.first+6
		before := s.wantLine(t, "200 OK", kind.view(platform, id)).body
		s.wantEmpty(t, "200 OK", kind.edit(coAdmin, id, kind.of(ofPerson, 12)))
		a := s.wantLine(t, "200 OK", kind.view(platform, id))
		if !strings.Contains(a.body, `"Revision":"1","Deleted":false,"ActorIdentifier":"co_2.admin"`) {
			t.Errorf("the edited one: %s", a.body)
		}
		archived := strings.Replace(before, fmt.Sprintf(`"Id":"%d"`, id), fmt.Sprintf(`"Id":"%d"`, copied), 1)
		archived = strings.Replace(archived, `"Revision"`, fmt.Sprintf(`"%sId":"%d","Revision"`, kind.singular, id), 1)
		if a := s.wantLine(t, "200 OK", kind.view(platform, copied)); a.body != archived {
			t.Errorf("the copy: got %s, want %s", a.body, archived)
		}
		s.keeps(t, func() {
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.edit(platform, copied, kind.of(ofPerson, 12)))
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.edit(platform, copied, `{`))
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.remove(platform, copied))
			for _, query := range []string{"", "?copersonid=12", "?coid=2"} {
				if got := s.listed(t, kind.list(platform, query)); strings.Contains(got, fmt.Sprint(copied)) {
					t.Errorf("%q: the list holds the copy: %s", query, got)
				}
			}
		})
		if got, want := s.added(t, kind, kind.document(fmt.Sprintf(ofOrgIdentity, 34)+kind.needed)), fmt.Sprint(copied+1); got != want {
			t.Errorf("the next id is %s, want %s", got, want)
		}
	})
}

func TestComanageNamesAndIdentifiersGoWithTheirOwner(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		// One person and one org identity for each kind: they share a server.
		person := s.newObject(t, "/co_people.json", `{"CoPeople":[{"Version":"1.0","CoId":"2","Status":"Active"}]}`)
		org := s.newObject(t, "/org_identities.json", `{"OrgIdentities":[{"Version":"1.0","CoId":"2"}]}`)
		for _, owner := range []struct{ kind, id, path, query, phrase string }{
			{"CO", person, "/co_people/", "?copersonid=", "204 CO Person Has No "},
			{"Org", org, "/org_identities/", "?orgidentityid=", "204 Org Identity Has No "},
		} {
			document := kind.document(`"Person":{"Type":"` + owner.kind + `","Id":"` + owner.id + `"},"PrimaryName":true,` + kind.needed)
			id := s.added(t, kind, document)
			s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", owner.path+owner.id+".json", ""))
			s.wantEmpty(t, owner.phrase+kind.singular, kind.list(platform, owner.query+owner.id))
			a := s.wantLine(t, "200 OK", kind.view(platform, id))
			if !strings.Contains(a.body, `"Revision":"0","Deleted":true,"ActorIdentifier":"co_2.admin"`) {
				t.Errorf("it stands after its owner: %s", a.body)
			}
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.edit(platform, id, document))
			s.wantEmpty(t, "404 "+kind.singular+" Unknown", kind.remove(platform, id))
			s.wantEmpty(t, "403 Person Does Not Exist", kind.add(platform, document))
		}
	})
}
