package server_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestComanageOwnersAreGivenInManyWays(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		for owner, row := range map[string]string{
			`"Person":{"Type":"CO","Id":"15"},`:                                       `"Person":{"Type":"CO","Id":"15"}`,
			`"Person":{"Type":"CO","Id":15},`:                                         `"Person":{"Type":"CO","Id":"15"}`,
			`"Person":{"Type":"CO","Id":"0015"},`:                                     `"Person":{"Type":"CO","Id":"15"}`,
			`"person":{"Type":"CO","Id":"15"},`:                                       `"Person":{"Type":"CO","Id":"15"}`,
			`"Person":{"Type":"CO","Id":"15","Extra":1},`:                             `"Person":{"Type":"CO","Id":"15"}`,
			`"co_person_id":15,`:                                                      `"Person":{"Type":"CO","Id":"15"}`,
			`"CoPersonId":"15",`:                                                      `"Person":{"Type":"CO","Id":"15"}`,
			`"Person":null,"CoPersonId":"15",`:                                        `"Person":{"Type":"CO","Id":"15"}`,
			`"CoPersonId":"15","OrgIdentityId":"34",`:                                 `"Person":{"Type":"CO","Id":"15"}`,
			`"CoPersonId":"13","Person":{"Type":"CO","Id":"15"},`:                     `"Person":{"Type":"CO","Id":"15"}`,
			`"Person":{"Type":"Org","Id":"34"},`:                                      `"Person":{"Type":"Org","Id":"34"}`,
			`"Person":{"Type":"Org","Id":34},`:                                        `"Person":{"Type":"Org","Id":"34"}`,
			`"org_identity_id":"34",`:                                                 `"Person":{"Type":"Org","Id":"34"}`,
			`"OrgIdentityId":34,`:                                                     `"Person":{"Type":"Org","Id":"34"}`,
			`"Id":"50","Revision":"7","Deleted":true,"OrgIdentityId":34,`:             `"Person":{"Type":"Org","Id":"34"}`,
			`"ActorIdentifier":"me","Created":"2020-01-01 00:00:00","CoPersonId":15,`: `"Person":{"Type":"CO","Id":"15"}`,
		} {
			id := s.added(t, kind, kind.document(owner+kind.needed))
			a := s.wantLine(t, "200 OK", kind.view(platform, id))
			tail := `"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05","Revision":"0","Deleted":false,"ActorIdentifier":"co_1.platform"}]}` + "\n"
			if !strings.Contains(a.body, row) || !strings.HasSuffix(a.body, tail) {
				t.Errorf("%s: got %s", owner, a.body)
			}
			s.wantEmpty(t, "200 Deleted", kind.remove(platform, id)) // identifiers are unique
		}
		// The entry may come without its envelope; of several the first is read.
		bare := `{"Version":1,"CoPersonId":15,` + kind.needed + `}`
		s.wantEmpty(t, "200 Deleted", kind.remove(platform, s.added(t, kind, bare)))
		s.wantEmpty(t, "200 Deleted", kind.remove(platform, s.added(t, kind, `{"`+kind.plural+`":[`+bare+`,{"Version":"9"},null]}`)))
	})
}

func TestComanageOwnersAreRefusedAsDocumented(t *testing.T) {
	t.Parallel()
	const noOwner, unknown = "403 No Person Specified", "403 Person Does Not Exist"
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		id := kind.first
		s.keeps(t, func() {
			for owner, line := range map[string]string{
				"":                                        noOwner,
				`"Person":null,`:                          noOwner,
				`"Person":{},`:                            noOwner,
				`"Person":"12",`:                          noOwner,
				`"Person":12,`:                            noOwner,
				`"Person":[{"Type":"CO","Id":"12"}],`:     noOwner,
				`"Person":{"Type":"CO"},`:                 noOwner,
				`"Person":{"Id":"12"},`:                   noOwner,
				`"Person":{"Type":null,"Id":"12"},`:       noOwner,
				`"Person":{"Type":"","Id":"12"},`:         noOwner,
				`"Person":{"Type":"co","Id":"12"},`:       noOwner,
				`"Person":{"Type":"Dept","Id":"12"},`:     noOwner,
				`"Person":{"Type":1,"Id":"12"},`:          noOwner,
				`"Person":{"type":"CO","id":"12"},`:       noOwner,
				`"Person":{"Type":"Dept","Id":"x"},`:      noOwner,
				`"Person":{"Id":"1"},"CoPersonId":1,`:     noOwner,
				`"Person":{"Type":"CO","Id":"99"},`:       unknown,
				`"Person":{"Type":"CO","Id":"0"},`:        unknown,
				`"Person":{"Type":"CO","Id":2147483648},`: unknown,
				`"Person":{"Type":"CO","Id":"14"},`:       unknown,
				`"CoPersonId":"14",`:                      unknown,
				`"Person":{"Type":"CO","Id":"35"},`:       unknown,
				`"Person":{"Type":"Org","Id":"99"},`:      unknown,
				`"Person":{"Type":"Org","Id":"37"},`:      unknown,
				`"OrgIdentityId":"37",`:                   unknown,
				`"Person":{"Type":"Org","Id":"12"},`:      unknown,
			} {
				s.wantEmpty(t, line, kind.add(platform, kind.document(owner+kind.needed)))
				s.wantEmpty(t, line, kind.edit(platform, id, kind.document(owner+kind.needed)))
			}
		})
	})
}

// invalidFields is the document of a refusal.
func invalidFields(id any, fields string) string {
	return fmt.Sprintf(`{"ResponseType":"ErrorResponse","Version":"1.0","Id":"%v","InvalidFields":{%s}}`, id, fields)
}

func TestComanageIDsOfOwnersAreChecked(t *testing.T) {
	t.Parallel()
	const person, org = `"co_person_id":["content"]`, `"org_identity_id":["content"]`
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		s.keeps(t, func() {
			for _, id := range []string{`"x"`, `""`, `null`, `1.5`, `12.0`, `-12`, `"-12"`, `" 12"`, `1e1`, `true`, `["12"]`, `{"Id":"12"}`, `2147483649`, `"` + strings.Repeat("9", 300) + `"`} {
				for owner, fields := range map[string]string{
					`"Person":{"Type":"CO","Id":%s},`:  person,
					`"CoPersonId":%s,`:                 person,
					`"co_person_id":%s,`:               person,
					`"Person":{"Type":"Org","Id":%s},`: org,
					`"OrgIdentityId":%s,`:              org,
					`"org_identity_id":%s,`:            org,
				} {
					body := kind.document(fmt.Sprintf(owner, id) + kind.needed)
					s.wantLine(t, "400 Invalid Fields", kind.add(platform, body)).wantJSON(t, invalidFields("New", fields))
					s.wantLine(t, "400 Invalid Fields", kind.edit(platform, kind.first, body)).wantJSON(t, invalidFields(kind.first, fields))
				}
			}
		})
	})
}

func TestComanageOwnersDoNotChange(t *testing.T) {
	t.Parallel()
	const otherPerson, otherOrg = `"co_person_id":["\"co_person_id\" may not refer to another CO"]`, `"org_identity_id":["\"org_identity_id\" may not refer to another CO"]`
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		s.keeps(t, func() {
			for _, test := range []struct {
				id     int
				owner  string
				of     int
				fields string
			}{
				{kind.first, ofPerson, 13, `"co_person_id":["content"]`},
				{kind.first, ofPerson, 21, otherPerson},
				{kind.first, ofOrgIdentity, 35, `"org_identity_id":["content"]`},
				{kind.first, ofOrgIdentity, 41, otherOrg},
				{kind.first + 2, ofOrgIdentity, 34, `"org_identity_id":["content"]`},
				{kind.first + 2, ofOrgIdentity, 41, otherOrg},
				{kind.first + 2, ofPerson, 12, `"co_person_id":["content"]`},
			} {
				for _, user := range []string{platform, coAdmin} {
					a := s.wantLine(t, "400 Invalid Fields", kind.edit(user, test.id, kind.of(test.owner, test.of)))
					a.wantJSON(t, invalidFields(test.id, test.fields))
				}
			}
		})
	})
}

func TestComanageNamesAndIdentifiersStayInTheirCO(t *testing.T) {
	t.Parallel()
	const noCO, unauthorized, invalid = "401 No CO Specified", "401 Unauthorized", "400 Invalid Fields"
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		unknown := "404 " + kind.singular + " Unknown"
		own, orgs, gone, foreign := kind.first, kind.first+2, kind.first+3, kind.first+4
		sound := kind.of(ofPerson, 12)
		s.keeps(t, func() {
			for _, test := range []struct {
				name, line string
				call       call
			}{
				{"unfiltered list", noCO, kind.list(coAdmin, "")},
				{"empty person", noCO, kind.list(coAdmin, "?copersonid=")},
				{"unknown person", noCO, kind.list(coAdmin, "?copersonid=99&coid=2")},
				{"word for a person", noCO, kind.list(coAdmin, "?copersonid=x")},
				{"unknown org identity", noCO, kind.list(coAdmin, "?orgidentityid=99")},
				{"empty org identity", noCO, kind.list(coAdmin, "?orgidentityid=")},
				{"foreign person", unauthorized, kind.list(coAdmin, "?copersonid=21&coid=2")},
				{"foreign org identity", unauthorized, kind.list(coAdmin, "?orgidentityid=41")},
				{"foreign CO", unauthorized, kind.list(coAdmin, "?coid=3")},
				{"the platform's CO", unauthorized, kind.list(coAdmin, "?coid=1")},
				{"unknown CO", "404 CO Not Found", kind.list(coAdmin, "?coid=99")},
				{"empty CO", "404 CO Not Found", kind.list(coAdmin, "?coid=")},
				{"view of a foreign one", unauthorized, kind.view(coAdmin, foreign)},
				{"view of a foreign org identity's", unauthorized, kind.view(coAdmin, foreign+1)},
				{"view of an unknown one", noCO, kind.view(coAdmin, 99)},
				{"edit of a foreign one", unauthorized, kind.edit(coAdmin, foreign, kind.of(ofPerson, 21))},
				{"edit of a foreign one as if it were own", unauthorized, kind.edit(coAdmin, foreign, sound)},
				{"edit of a foreign one without a document", unauthorized, kind.edit(coAdmin, foreign, "")},
				{"edit of an unknown one", noCO, kind.edit(coAdmin, 99, sound)},
				{"edit of an unknown one without a document", noCO, kind.edit(coAdmin, 99, "{")},
				{"edit of a deleted one", unknown, kind.edit(coAdmin, gone, sound)},
				{"edit of a deleted one without an owner", unknown, kind.edit(coAdmin, gone, kind.document(kind.needed))},
				{"edit without an owner", "403 No Person Specified", kind.edit(coAdmin, own, kind.document(kind.needed))},
				{"deletion of a foreign one", unauthorized, kind.remove(coAdmin, foreign)},
				{"deletion of an unknown one", noCO, kind.remove(coAdmin, 99)},
				{"deletion of a deleted one", unknown, kind.remove(coAdmin, gone)},
				{"deletion of 0", noCO, kind.remove(coAdmin, 0)},
				{"deletion without id", noCO, as(coAdmin, "DELETE", kind.path+".json", "")},
				{"deletion with an empty id", noCO, as(coAdmin, "DELETE", kind.path+"/.json", "")},
				{"add without a document", noCO, kind.add(coAdmin, "")},
				{"add of malformed JSON", noCO, kind.add(coAdmin, "{")},
				{"add without an owner", noCO, kind.add(coAdmin, kind.document(kind.needed))},
				{"add with an unknown Type", noCO, kind.add(coAdmin, kind.document(`"Person":{"Type":"Dept","Id":"12"},`+kind.needed))},
				{"add for a word", noCO, kind.add(coAdmin, kind.document(`"Person":{"Type":"CO","Id":"x"},`+kind.needed))},
				{"add for an unknown person", noCO, kind.add(coAdmin, kind.of(ofPerson, 99))},
				{"add for a foreign person", unauthorized, kind.add(coAdmin, kind.of(ofPerson, 21))},
				{"add for a foreign person with bad fields", unauthorized, kind.add(coAdmin, kind.document(fmt.Sprintf(ofPerson, 21)+`"Type":"x"`))},
				{"add for a foreign org identity", unauthorized, kind.add(coAdmin, kind.of(ofOrgIdentity, 41))},
				{"add for a deleted person", "403 Person Does Not Exist", kind.add(coAdmin, kind.of(ofPerson, 14))},
				{"add with bad fields", invalid, kind.add(coAdmin, kind.document(fmt.Sprintf(ofPerson, 12)+`"Type":"x"`))},
				{"add in a bad Version", invalid, kind.add(coAdmin, `{"Version":"2.0","CoPersonId":"12"}`)},
				{"unprivileged list", unauthorized, kind.list("co_2.plain", "?coid=2")},
				{"unprivileged add", unauthorized, kind.add("co_2.plain", sound)},
				{"unprivileged view", unauthorized, kind.view("co_2.plain", own)},
				{"unprivileged edit", unauthorized, kind.edit("co_2.plain", own, sound)},
				{"unprivileged deletion", unauthorized, kind.remove("co_2.plain", own)},
				{"nobody's list", unauthorized, kind.list("", "?coid=2")},
				{"nobody's add", unauthorized, kind.add("", "{")},
				{"nobody's view", unauthorized, kind.view("", own)},
				{"nobody's edit", unauthorized, kind.edit("", 99, "{")},
				{"nobody's deletion", unauthorized, kind.remove("", own)},
				{"nobody's deletion without id", unauthorized, as("", "DELETE", kind.path+".json", "")},
			} {
				t.Run(test.name, func(t *testing.T) { s.wantLine(t, test.line, test.call) })
			}
		})
		for _, query := range []string{"?copersonid=12", "?orgidentityid=35", "?coid=2"} {
			s.wantLine(t, "200 OK", kind.list(coAdmin, query))
		}
		s.wantEmpty(t, "204 CO Person Has No "+kind.singular, kind.list(coAdmin, "?copersonid=14"))
		for _, id := range []int{own, orgs, gone} {
			s.wantLine(t, "200 OK", kind.view(coAdmin, id))
		}
		s.wantLine(t, "201 Added", kind.add(coAdmin, sound))
		s.wantLine(t, "201 Added", kind.add(coAdmin, kind.of(ofOrgIdentity, 35)))
		s.wantEmpty(t, "200 OK", kind.edit(coAdmin, orgs, kind.document(fmt.Sprintf(ofOrgIdentity, 35)+`"PrimaryName":true,`+kind.needed)))
		s.wantEmpty(t, "200 Deleted", kind.remove(coAdmin, kind.first+1))
	})
}

// Of two faults in a request the one that Registry looks for first is answered.
func TestComanageOrderOfChecksOfNamesAndIdentifiers(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		bad := kind.document(`"Type":"x"`)
		s.keeps(t, func() {
			for _, test := range []struct {
				name, line string
				call       call
			}{
				{"route, credentials", "404 Unknown", as("", "GET", kind.path+"/x.json", "")},
				{"route, document", "404 Unknown", as("", "PUT", kind.path+".json", "{")},
				{"credentials, unknown", "401 Unauthorized", kind.edit("", 99, "{")},
				{"unknown, document", "404 " + kind.singular + " Unknown", kind.edit(platform, 99, "{")},
				{"deleted, document", "404 " + kind.singular + " Unknown", kind.edit(platform, kind.first+3, "")},
				{"deleted, fields", "404 " + kind.singular + " Unknown", kind.edit(platform, kind.first+3, bad)},
				{"deleted, owner", "404 " + kind.singular + " Unknown", kind.edit(platform, kind.first+3, kind.document(kind.needed))},
				{"no document", "400 Bad Request", kind.add(platform, "")},
				{"no document on edit", "400 Bad Request", kind.edit(platform, kind.first, "")},
				{"broken document", "400 Bad Request", kind.add(platform, `{"`+kind.plural+`":[`)},
				{"no entry", "400 Bad Request", kind.add(platform, `{"`+kind.plural+`":[]}`)},
				{"fields, no owner", "400 Invalid Fields", kind.add(platform, bad)},
				{"fields, unknown owner", "400 Invalid Fields", kind.add(platform, kind.document(fmt.Sprintf(ofPerson, 99)+`"Type":"x"`))},
				{"fields, another owner", "400 Invalid Fields", kind.edit(platform, kind.first, kind.document(fmt.Sprintf(ofPerson, 21)+`"Type":"x"`))},
			} {
				t.Run(test.name, func(t *testing.T) { s.wantLine(t, test.line, test.call) })
			}
		})
	})
}
