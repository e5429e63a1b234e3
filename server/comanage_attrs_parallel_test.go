package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// writers is how many connections write at once.
const writers = 32

func TestComanageParallelAddsMakeOneIdentifier(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		lines := inParallel(writers, func(i int) string {
			return s.do(t, anIdentifier.add(platform, anIdentifier.of(ofPerson, []int{12, 13, 15}[i%3]))).line
		})
		if lines["201 Added"] != 1 || lines["403 Identifier In Use"] != writers-1 {
			t.Errorf("want one 201, else 403: %v", lines)
		}
		if a := s.wantLine(t, "200 OK", anIdentifier.list(platform, "?coid=2")); strings.Count(a.body, `"Identifier":"eve"`) != 1 {
			t.Errorf("want one identifier: %s", a.body)
		}
		// Edits and additions want one value.
		var own []string
		for i := range writers / 2 {
			own = append(own, s.added(t, anIdentifier, anIdentifier.document(fmt.Sprintf(ofPerson+`"Identifier":"own-%d","Type":"uid","Status":"Active"`, 12, i))))
		}
		wanted := anIdentifier.document(fmt.Sprintf(ofPerson, 12) + `"Identifier":"wanted","Type":"uid","Status":"Active"`)
		lines = inParallel(writers, func(i int) string {
			if i%2 == 0 {
				return s.do(t, anIdentifier.edit(platform, own[i/2], wanted)).line
			}
			return s.do(t, anIdentifier.add(platform, wanted)).line
		})
		if lines["200 OK"]+lines["201 Added"] != 1 || lines["403 Identifier In Use"] != writers-1 {
			t.Errorf("want one success, else 403: %v", lines)
		}
	})
}

// primaryNames counts the primary ones of the listed names.
func (s *site) primaryNames(t *testing.T, query string) int {
	t.Helper()
	return strings.Count(s.wantLine(t, "200 OK", aName.list(platform, query)).body, `"PrimaryName":true`)
}

func TestComanageParallelPrimaryNamesLeaveOne(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		primary := func(owner string, id int) string {
			return aName.document(fmt.Sprintf(owner, id) + `"Given":"Eve","Type":"official","PrimaryName":true`)
		}
		for _, test := range []struct {
			owner, query string
			id           int
		}{{ofPerson, "?copersonid=12", 12}, {ofPerson, "?copersonid=13", 13}, {ofOrgIdentity, "?orgidentityid=35", 35}} {
			lines := inParallel(writers, func(int) string { return s.do(t, aName.add(platform, primary(test.owner, test.id))).line })
			if lines["201 Added"] != writers {
				t.Errorf("%s: additions alone: %v", test.query, lines)
			}
			if got := s.primaryNames(t, test.query); got != 1 {
				t.Errorf("%s: %d primary names after additions, want 1", test.query, got)
			}
			var others []string
			for range 4 {
				others = append(others, s.added(t, aName, aName.of(test.owner, test.id)))
			}
			lines = inParallel(writers, func(i int) string {
				if i%2 == 0 {
					return s.do(t, aName.add(platform, primary(test.owner, test.id))).line
				}
				return s.do(t, aName.edit(platform, others[i/2%4], primary(test.owner, test.id))).line
			})
			if lines["201 Added"] != writers/2 || lines["200 OK"] != writers/2 {
				t.Errorf("%s: additions and edits: %v", test.query, lines)
			}
			if got := s.primaryNames(t, test.query); got != 1 {
				t.Errorf("%s: %d primary names after edits, want 1", test.query, got)
			}
		}
	})
}

// withItsPerson are the answers to writers while their person is being deleted.
var withItsPerson = []string{
	"200 Deleted", "200 OK", "201 Added", "403 Person Does Not Exist", "403 CoPerson Does Not Exist", "403 CoPersonRole Does Not Exist",
	"404 Name Unknown", "404 Identifier Unknown", "404 CoOrgIdentityLink Unknown",
}

// However additions and edits meet the deletion of their person, nothing current
// is of a deleted person afterwards.
func TestComanageNothingOutlivesItsPerson(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		for round := range 4 {
			gone := s.newObject(t, "/co_people.json", `{"CoPeople":[{"Version":"1.0","CoId":"2","Status":"Active"}]}`)
			var orgs []string
			for range writers {
				orgs = append(orgs, s.newObject(t, "/org_identities.json", `{"OrgIdentities":[{"Version":"1.0","CoId":"2"}]}`))
			}
			owner := fmt.Sprintf(`"Person":{"Type":"CO","Id":"%s"},`, gone)
			name := aName.document(owner + `"Given":"Eve","Type":"official","PrimaryName":true`)
			badge := func(i int) string {
				return anIdentifier.document(owner + fmt.Sprintf(`"Identifier":"%d-%d","Type":"badge","Status":"Active"`, round, i))
			}
			nameID, badgeID := s.added(t, aName, name), s.added(t, anIdentifier, badge(-1))
			otherName := s.added(t, aName, aName.document(owner+aName.needed))
			linkID := s.newObject(t, links+".json", request(`"`+gone+`"`, orgs[0]))
			movedID := s.newObject(t, links+".json", request("15", orgs[1]))
			writes := func(i int) call {
				return []call{
					aName.edit(platform, nameID, name),
					aName.edit(platform, otherName, name),
					anIdentifier.edit(platform, badgeID, badge(-1)),
					aName.add(platform, name),
					anIdentifier.add(platform, badge(i)),
					as(platform, "POST", links+".json", request(gone, orgs[i])),
					as(platform, "PUT", links+"/"+linkID+".json", request(gone, orgs[i])),
					as(platform, "PUT", links+"/"+movedID+".json", request(gone, orgs[i])),
				}[i%8]
			}
			lines := inParallel(writers, func(i int) string {
				if i == writers/2 {
					return s.do(t, as(platform, "DELETE", "/co_people/"+gone+".json", "")).line
				}
				return s.do(t, writes(i)).line
			})
			if lines["200 Deleted"] != 1 {
				t.Errorf("round %d: the person was not deleted: %v", round, lines)
			}
			for line := range lines {
				if !slices.Contains(withItsPerson, line) {
					t.Errorf("round %d: unexpected %q in %v", round, line, lines)
				}
			}
			query := "?copersonid=" + gone
			s.wantEmpty(t, "204 CO Person Has No Name", aName.list(platform, query))
			s.wantEmpty(t, "204 CO Person Has No Identifier", anIdentifier.list(platform, query))
			s.wantEmpty(t, "204 CO Person Has No CoOrgIdentityLink", as(platform, "GET", links+".json"+query, ""))
		}
	})
}

// newObject adds an object of any kind and returns its id.
func (s *site) newObject(t *testing.T, path, body string) string {
	t.Helper()
	var made struct{ ID string }
	s.wantLine(t, "201 Added", as(platform, "POST", path, body)).json(t, &made)
	return made.ID
}

// An org identity that is linked while it is being deleted is either linked and not
// deleted or deleted and not linked.
func TestComanageOrgIdentitiesAreLinkedOrDeleted(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		moving := s.newObject(t, links+".json", request("15", "36"))
		for round := range 12 {
			org := s.newObject(t, "/org_identities.json", `{"OrgIdentities":[{"Version":"1.0","CoId":"2"}]}`)
			lines := inParallel(writers/4, func(i int) string {
				switch i {
				case round % 8:
					return "gone " + s.do(t, as(platform, "DELETE", "/org_identities/"+org+".json", "")).line
				case (round + 1) % 8:
					return s.do(t, as(platform, "PUT", links+"/"+moving+".json", request("15", org))).line
				case (round + 2) % 8:
					body := aName.document(`"Person":{"Type":"Org","Id":"` + org + `"},` + aName.needed)
					return "named " + s.do(t, aName.add(platform, body)).line
				}
				return s.do(t, as(platform, "POST", links+".json", request([]string{"12", "13"}[i%2], org))).line
			})
			deleted, linked := lines["gone 200 Deleted"], lines["201 Added"]+lines["200 OK"]
			if deleted+linked != 1 || lines["gone 403 CoPerson Exists"] != linked {
				t.Errorf("round %d: want either a link or a deletion: %v", round, lines)
			}
			if refused := lines["403 OrgIdentity Does Not Exist"] + lines["403 OrgIdentity Already Linked"]; linked+refused != 6 {
				t.Errorf("round %d: unexpected answers: %v", round, lines)
			}
			if lines["named 201 Added"]+lines["named 403 Person Does Not Exist"] != 1 {
				t.Errorf("round %d: the name: %v", round, lines)
			}
			view := s.wantLine(t, "200 OK", as(platform, "GET", "/org_identities/"+org+".json", ""))
			if got := strings.Contains(view.body, `"Deleted":true`); got != (deleted == 1) {
				t.Errorf("round %d: deleted is %v: %v", round, got, lines)
			}
			if got := s.listed(t, as(platform, "GET", links+".json?orgidentityid="+org, "")); (got != "") != (linked == 1) {
				t.Errorf("round %d: the links are %q: %v", round, got, lines)
			}
			if got := s.listed(t, aName.list(platform, "?orgidentityid="+org)); deleted == 1 && got != "" {
				t.Errorf("round %d: the deleted org identity has the names %q", round, got)
			}
		}
	})
}

// However writers meet the deletion of their CO, it goes whole and they are refused.
func TestComanageEditsDoNotOutliveTheirCO(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		for round := range 4 {
			co := s.newObject(t, "/cos.json", fmt.Sprintf(`{"Cos":[{"Version":"1.0","Name":"Round %d","Status":"Active"}]}`, round))
			personBody := `{"CoPeople":[{"Version":"1.0","CoId":"` + co + `","Status":"Active"}]}`
			orgBody := `{"OrgIdentities":[{"Version":"1.0","CoId":"` + co + `"}]}`
			person, org := s.newObject(t, "/co_people.json", personBody), s.newObject(t, "/org_identities.json", orgBody)
			linkID := s.newObject(t, links+".json", request(person, org))
			other := s.newObject(t, "/org_identities.json", orgBody)
			owner := `"Person":{"Type":"CO","Id":"` + person + `"},`
			name := aName.document(owner + `"PrimaryName":true,` + aName.needed)
			nameID := s.added(t, aName, name)
			calls := []call{
				as(platform, "DELETE", "/cos/"+co+".json", ""),
				aName.add(platform, name),
				aName.edit(platform, nameID, name),
				anIdentifier.add(platform, anIdentifier.document(owner+anIdentifier.needed)),
				as(platform, "PUT", links+"/"+linkID+".json", request(person, other)),
				as(platform, "PUT", "/co_people/"+person+".json", personBody),
				as(platform, "PUT", "/org_identities/"+org+".json", orgBody),
				as(platform, "POST", "/co_people.json", personBody),
			}
			lines := inParallel(writers, func(i int) string {
				if i%8 == 0 && i != 16 {
					return s.do(t, as(platform, "GET", "/co_people.json", "")).line
				}
				return s.do(t, calls[i%8]).line
			})
			for line := range lines {
				if strings.HasPrefix(line, "5") {
					t.Errorf("round %d: %v", round, lines)
				}
			}
			if lines["200 Deleted"] != 1 {
				t.Errorf("round %d: the CO was not deleted: %v", round, lines)
			}
			for _, path := range []string{"/co_people.json?coid=" + co, aName.path + ".json?coid=" + co, links + ".json?coid=" + co} {
				s.wantEmpty(t, "404 CO Unknown", as(platform, "GET", path, ""))
			}
			if list := s.wantLine(t, "200 OK", as(platform, "GET", "/co_people.json", "")); strings.Contains(list.body, `"CoId":"`+co+`"`) {
				t.Errorf("round %d: people of the deleted CO: %s", round, list.body)
			}
			for _, kind := range attributeKinds {
				if list := s.wantLine(t, "200 OK", kind.list(platform, "")); strings.Contains(list.body, `"Person":{"Type":"CO","Id":"`+person+`"}`) {
					t.Errorf("round %d: of the deleted CO: %s", round, list.body)
				}
			}
			if list := s.wantLine(t, "200 OK", as(platform, "GET", links+".json", "")); strings.Contains(list.body, `"CoPersonId":"`+person+`"`) {
				t.Errorf("round %d: links of the deleted CO: %s", round, list.body)
			}
		}
	})
}

// Edits that name each other's owners are all refused, at once: nobody waits for a
// lock on what he may not have.
func TestComanageEditsThatNameOtherOwnersAreRefused(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startAttributes(t, deployment)
		var people, names []string
		for range 2 {
			person := s.newObject(t, "/co_people.json", `{"CoPeople":[{"Version":"1.0","CoId":"2","Status":"Active"}]}`)
			people = append(people, person)
			names = append(names, s.added(t, aName, aName.document(`"Person":{"Type":"CO","Id":"`+person+`"},`+aName.needed)))
		}
		lines := inParallel(2*writers, func(i int) string {
			other := `"Person":{"Type":"CO","Id":"` + people[1-i%2] + `"},`
			return s.do(t, aName.edit(coAdmin, names[i%2], aName.document(other+aName.needed))).line
		})
		if lines["400 Invalid Fields"] != 2*writers {
			t.Errorf("got %v", lines)
		}
	})
}
