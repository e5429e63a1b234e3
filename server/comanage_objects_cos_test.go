package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestComanageCONamesAreUnique(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		named := func(name string) string { return coKind.document(`"Name":"` + name + `","Status":"Active"`) }
		keepsObjects(t, s, func() {
			for _, name := range []string{"Two", "Three", "COmanage"} {
				s.wantEmpty(t, "403 Name In Use", as(platform, "POST", cos+".json", named(name)))
				if name != "Two" {
					s.wantEmpty(t, "403 Name In Use", as(platform, "PUT", cos+"/2.json", named(name)))
				}
			}
		})
		s.wantEmpty(t, "200 OK", as(platform, "PUT", cos+"/2.json", coKind.document(`"Name":"Two","Status":"Suspended"`)))
		a := s.wantLine(t, "200 OK", as(platform, "GET", cos+"/2.json", ""))
		if !strings.Contains(a.body, `"Name":"Two","Status":"Suspended"`) {
			t.Errorf("the CO that kept its name: %s", a.body)
		}
		s.wantLine(t, "201 Added", as(platform, "POST", cos+".json", named("two")))
		s.wantLine(t, "201 Added", as(platform, "POST", cos+".json", named(" Two")))
		// A name that was given up, and that of a deleted CO, are free.
		s.wantEmpty(t, "200 OK", as(platform, "PUT", cos+"/2.json", named("Zwei")))
		s.wantLine(t, "201 Added", as(platform, "POST", cos+".json", named("Two")))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", cos+"/3.json", ""))
		s.wantLine(t, "201 Added", as(platform, "POST", cos+".json", named("Three")))
	})
}

func TestComanageThePlatformCOStays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		keepsObjects(t, s, func() {
			for _, id := range []string{"1", "0001"} {
				s.wantEmpty(t, "403 Cannot Edit COmanage CO", as(platform, "PUT", coKind.one(id), coKind.document(coKind.least)))
				s.wantEmpty(t, "403 Cannot Edit COmanage CO", as(platform, "PUT", coKind.one(id), coKind.document(`"Name":"COmanage","Status":"Active"`)))
				s.wantEmpty(t, "403 Cannot Remove COmanage CO", as(platform, "DELETE", coKind.one(id), ""))
			}
			s.wantBody(t, "200 OK", coKind.shown(coKind.row("1", `"Name":"COmanage","Status":"Active"`)), as(platform, "GET", coKind.one("1"), ""))
		})
	})
}

func TestComanageADeletedCOIsGoneWithEverythingInIt(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startEnrolled(t, database)
		s.wantLine(t, "201 Added", as(coAdmin, "POST", people+".json", personKind.document(personKind.full)))                                // 22, the largest
		s.wantEmpty(t, "200 OK", as(coAdmin, "PUT", people+"/22.json", personKind.document(personKind.full)))                                // archived as 23
		s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", people+"/22.json", ""))                                                          // deleted, and goes all the same
		s.wantLine(t, "201 Added", as(coAdmin, "POST", orgIdentities+".json", orgKind.document(orgKind.full)))                               // 43
		s.wantLine(t, "201 Added", as(coAdmin, "POST", links+".json", request("13", "43")))                                                  // 47
		s.wantLine(t, "201 Added", as(platform, "POST", cos+".json", coKind.document(coKind.full)))                                          // 4
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{"people":[{"id":30,"co":4}]}}`}) // in another CO
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", people+"/30.json", ""))

		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", cos+"/2.json", ""))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", cos+"/4.json", ""))
		for _, call := range []struct{ method, line, body string }{
			{"GET", "404 Co Unknown", ""}, {"DELETE", "404 Co Unknown", ""}, {"PUT", "404 Co Unknown", coKind.document(coKind.least)}, {"PUT", "404 Co Unknown", "{"},
		} {
			s.wantEmpty(t, call.line, as(platform, call.method, cos+"/2.json", call.body))
		}
		for _, path := range []string{people, orgIdentities, "/names", "/identifiers", links} {
			s.wantEmpty(t, "404 CO Unknown", as(platform, "GET", path+".json?coid=2", ""))
		}
		for path, kind := range map[string]string{
			people + "/12": "CoPerson", people + "/14": "CoPerson", people + "/22": "CoPerson", people + "/23": "CoPerson", people + "/30": "CoPerson",
			orgIdentities + "/34": "OrgIdentity", orgIdentities + "/43": "OrgIdentity", links + "/44": "CoOrgIdentityLink", links + "/47": "CoOrgIdentityLink",
			"/names/1": "Name", "/names/6": "Name", "/identifiers/1": "Identifier", "/identifiers/6": "Identifier",
		} {
			s.wantEmpty(t, "404 "+kind+" Unknown", as(platform, "GET", path+".json", ""))
		}
		for _, user := range []string{coAdmin, "co_2.plain"} {
			s.wantEmpty(t, "401 Unauthorized", as(user, "GET", people+".json?coid=2", ""))
		}
		s.wantEmpty(t, "403 CO Does Not Exist", as(platform, "POST", people+".json", personKind.document(personKind.full)))
		// What is another CO's stays.
		for path, ids := range map[string]string{cos: "1 3", people: "21", orgIdentities: "41 42", links: "46", "/names": "5", "/identifiers": "5 7"} {
			if got := s.ids(t, path+".json"); got != ids {
				t.Errorf("%s: got %s, want %s", path, got, ids)
			}
		}
		// No id is given out twice.
		for path, c := range map[string]struct{ body, id string }{
			cos:            {coKind.document(coKind.full), "5"},
			people:         {personKind.document(personKind.least), "31"},
			orgIdentities:  {orgKind.document(orgKind.least), "44"},
			links:          {request("21", "42"), "48"},
			"/names":       {`{"Version":"1.0","Given":"x","Type":"official","Person":{"Type":"CO","Id":"21"}}`, "7"},
			"/identifiers": {`{"Version":"1.0","Identifier":"x","Type":"uid","Status":"Active","Person":{"Type":"CO","Id":"21"}}`, "8"},
		} {
			if a := s.wantLine(t, "201 Added", as(platform, "POST", path+".json", c.body)); !strings.Contains(a.body, `"Id":"`+c.id+`"`) {
				t.Errorf("%s: want the id %s: %s", path, c.id, a.body)
			}
		}
	})
}

// ids lists the ids of the rows that a list shows, in its order.
func (s *site) ids(t *testing.T, path string) string {
	t.Helper()
	var document map[string]any
	s.wantLine(t, "200 OK", as(platform, "GET", path, "")).json(t, &document)
	var ids []string
	for _, row := range document[document["ResponseType"].(string)].([]any) {
		ids = append(ids, row.(map[string]any)["Id"].(string))
	}
	return strings.Join(ids, " ")
}

func TestComanageParallelAddsMakeOneCO(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		lines := inParallel(16, func(int) string {
			return s.do(t, as(platform, "POST", cos+".json", coKind.document(coKind.full))).line
		})
		if lines["201 Added"] != 1 || lines["403 Name In Use"] != 15 {
			t.Fatalf("want one 201 and 15 times 403, got %v", lines)
		}
		lines = inParallel(16, func(i int) string {
			return s.do(t, as(platform, "PUT", fmt.Sprintf("%s/%d.json", cos, 2+i%2), coKind.document(coKind.least))).line
		})
		if lines["200 OK"] != 8 || lines["403 Name In Use"] != 8 {
			t.Fatalf("want the name for one of two COs, got %v", lines)
		}
	})
}

// Whoever adds something to a CO while it is deleted is either refused, or it is
// deleted with the CO.
func TestComanageAdditionsDoNotOutliveTheirCO(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		before := map[string]string{}
		lists := []string{people, orgIdentities, "/names", "/identifiers", links}
		for _, list := range lists {
			before[list] = s.ids(t, list+".json")
		}
		allowed := map[string]bool{
			"200 Deleted": true, "201 Added": true, "200 OK": true, "403 CO Does Not Exist": true, "404 CoPerson Unknown": true,
			"403 Person Does Not Exist": true, "403 CoPerson Does Not Exist": true, "403 OrgIdentity Does Not Exist": true,
		}
		for round := range 8 {
			add := func(path, body string) string {
				var made struct{ ID string }
				s.wantLine(t, "201 Added", as(platform, "POST", path+".json", body)).json(t, &made)
				return made.ID
			}
			co := add(cos, coKind.document(fmt.Sprintf(`"Name":"Round %d","Status":"Active"`, round)))
			newPerson, newOrg := personKind.document(`"CoId":"`+co+`","Status":"Active"`), orgKind.document(`"CoId":"`+co+`"`)
			person, org := add(people, newPerson), add(orgIdentities, newOrg)
			owner := `,"Person":{"Type":"CO","Id":"` + person + `"}}`
			calls := []call{
				as(platform, "POST", people+".json", newPerson),
				as(platform, "POST", orgIdentities+".json", newOrg),
				as(platform, "POST", "/names.json", `{"Version":"1.0","Given":"x","Type":"official","PrimaryName":true`+owner),
				as(platform, "DELETE", cos+"/"+co+".json", ""),
				as(platform, "POST", "/identifiers.json", `{"Version":"1.0","Identifier":"x","Type":"uid","Status":"Active"`+owner),
				as(platform, "POST", links+".json", request(person, org)),
				as(platform, "PUT", people+"/"+person+".json", newPerson),
				as(platform, "POST", people+".json", newPerson),
			}
			lines := inParallel(len(calls), func(i int) string { return s.do(t, calls[(i+round)%len(calls)]).line })
			for line := range lines {
				if !allowed[line] {
					t.Fatalf("round %d: %v", round, lines)
				}
			}
			if lines["200 Deleted"] != 1 {
				t.Fatalf("round %d: the CO was not deleted: %v", round, lines)
			}
			for _, list := range lists {
				if got := s.ids(t, list+".json"); got != before[list] {
					t.Fatalf("round %d: %s: want %s, got %s", round, list, before[list], got)
				}
			}
			s.wantEmpty(t, "404 CoPerson Unknown", as(platform, "GET", people+"/"+person+".json", ""))
		}
	})
}

// Fixtures, too, put nobody into a CO that is being deleted.
func TestComanageFixturesPutNothingIntoADeletedCO(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		for round := range 8 {
			id := 10 + round
			apply := func(section string) call {
				return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{` + section + `}}`}
			}
			s.want(t, 200, apply(fmt.Sprintf(`"cos":[{"id":%d,"name":"Round %d"}]`, id, round)))
			lines := inParallel(4, func(i int) string {
				if i == 0 {
					return s.do(t, as(platform, "DELETE", fmt.Sprintf("%s/%d.json", cos, id), "")).line
				}
				n := 1000 + 10*round + i
				return s.do(t, apply(fmt.Sprintf(`"people":[{"id":%d,"co":%d}],"orgIdentities":[{"id":%d,"co":%d}]`, n, id, n, id))).line
			})
			if lines["200 Deleted"] != 1 || lines["200 OK"]+lines["422 Unprocessable Entity"] != 3 {
				t.Fatalf("round %d: %v", round, lines)
			}
			if got := s.ids(t, people+".json") + " / " + s.ids(t, orgIdentities+".json"); got != "12 13 21 / 34 35 36 41 42" {
				t.Fatalf("round %d: an orphan: %s", round, got)
			}
		}
	})
}
