package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

const cos, people, orgIdentities = "/cos", "/co_people", "/org_identities"

// enrolled goes into the registry beside what it holds: names, and identifiers to
// look for.
const enrolled = `
comanage:
  names:
    - {id: 1, coPersonId: 12, given: Álvaro, family: Núñez, type: official, primaryName: true}
    - {id: 2, coPersonId: 12, given: álva, family: Other, type: preferred}
    - {id: 3, coPersonId: 13, given: Zoe, family: '100%_Nu', type: official}
    - {id: 4, coPersonId: 13, given: Gone, family: Gone, type: alternate, deleted: true}
    - {id: 5, coPersonId: 21, given: ÁLVA, family: NÚÑEZ, type: official}
    - {id: 6, orgIdentityId: 35, given: Álvaro, type: official}
  identifiers:
    - {id: 1, coPersonId: 12, identifier: Álvaro@Example.org, type: eppn}
    - {id: 2, coPersonId: 12, identifier: álvaro, type: uid}
    - {id: 3, coPersonId: 13, identifier: '100%_sure\', type: uid}
    - {id: 4, coPersonId: 13, identifier: gone, type: badge, deleted: true}
    - {id: 5, coPersonId: 21, identifier: ÁLVARO, type: uid}
    - {id: 6, orgIdentityId: 35, identifier: Álvaro@home, type: eppn}
    - {id: 7, orgIdentityId: 41, identifier: 'x%_Home', type: eppn}
`

// objectKind is a kind of objects: the members of an entry that has them all, and of
// one that has only those it needs, and what is shown of both after their ids, with
// the same tail.
type objectKind struct {
	path, plural, singular  string
	full, least             string
	fullShown, leastShown   string
	firstID, secondID, tail string
}

const changelogShown = `,"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05","Revision":"0","Deleted":false,"ActorIdentifier":"co_1.platform"`

// objectKinds say which ids are next in a registry.
var objectKinds = []objectKind{
	{
		path: cos, plural: "Cos", singular: "Co", firstID: "4", secondID: "5",
		full:      `"Name":"R&D <\"ö\">","Description":"a/b 😀","Status":"Template"`,
		fullShown: `"Name":"R&D <\"ö\">","Description":"a/b 😀","Status":"Template"`,
		least:     `"Name":"Least","Status":"Active"`, leastShown: `"Name":"Least","Status":"Active"`,
		tail: `,"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05"`,
	},
	{
		path: people, plural: "CoPeople", singular: "CoPerson", firstID: "22", secondID: "23",
		full:      `"CoId":"2","Status":"GracePeriod","Timezone":"Europe/Zürich","DateOfBirth":"2000-02-29"`,
		fullShown: `"CoId":"2","Status":"GracePeriod","DateOfBirth":"2000-02-29","Timezone":"Europe/Zürich"`,
		least:     `"CoId":"3","Status":"Pending"`, leastShown: `"CoId":"3","Status":"Pending"`,
		tail: changelogShown,
	},
	{
		path: orgIdentities, plural: "OrgIdentities", singular: "OrgIdentity", firstID: "43", secondID: "44",
		full: `"CoId":"2","Affiliation":"librarywalkin","Title":"Dr. & \"x\"","O":"Œuvre","Ou":"😀","ValidFrom":"2025-01-02 03:04:05","ValidThrough":"2026-12-31",
			"DateOfBirth":"1999-12-31","ManagerIdentifier":"m<1>","SponsorIdentifier":"","Status":"SY"`,
		fullShown: `"Status":"SY","DateOfBirth":"1999-12-31","Affiliation":"librarywalkin","Title":"Dr. & \"x\"","O":"Œuvre","Ou":"😀","CoId":"2",` +
			`"ValidFrom":"2025-01-02 03:04:05","ValidThrough":"2026-12-31 00:00:00","ManagerIdentifier":"m<1>","SponsorIdentifier":""`,
		least: `"CoId":"3"`, leastShown: `"CoId":"3"`,
		tail: changelogShown,
	},
}

// document is a request document for an object with the members.
func (k objectKind) document(members string) string {
	return fmt.Sprintf(`{"RequestType":%q,"Version":"1.0",%q:[{"Version":"1.0",%s}]}`, k.plural, k.plural, members)
}

// list is the path of the list; one is that of an object.
func (k objectKind) list() string         { return k.path + ".json" }
func (k objectKind) one(id string) string { return k.path + "/" + id + ".json" }

// shown is the answer that shows the rows.
func (k objectKind) shown(rows ...string) string {
	return fmt.Sprintf(`{"ResponseType":%q,"Version":"1.0",%q:[`, k.plural, k.plural) + strings.Join(rows, ",") + "]}\n"
}

func (k objectKind) row(id, shown string) string {
	return `{"Version":"1.0","Id":"` + id + `",` + shown + k.tail + `}`
}

var coKind, personKind, orgKind = objectKinds[0], objectKinds[1], objectKinds[2]

func startEnrolled(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	return startRegistry(t, append([]servertest.Option{servertest.Fixtures(enrolled)}, opts...)...)
}

// wantBody is wantLine for an answer whose body is known byte by byte.
func (s *site) wantBody(t *testing.T, line, body string, c call) {
	t.Helper()
	if diff := cmp.Diff(body, s.wantLine(t, line, c).body); diff != "" {
		t.Fatalf("%s %s (-want +got):\n%s", c.method, c.path, diff)
	}
}

// keepsObjects runs test and fails if it changed what the API shows: the lists, and
// by id also what is deleted, archived or not there yet.
func keepsObjects(t *testing.T, s *site, test func()) {
	t.Helper()
	state := func() (state []string) {
		for _, list := range []string{cos, people, orgIdentities, "/names", "/identifiers", links} {
			state = append(state, s.wantLine(t, "200 OK", as(platform, "GET", list+".json", "")).body)
		}
		for id := 12; id < 50; id++ {
			for _, path := range []string{people, orgIdentities, links} {
				a := s.do(t, as(platform, "GET", fmt.Sprintf("%s/%d.json", path, id), ""))
				state = append(state, a.line+a.body)
			}
		}
		return state
	}
	before := state()
	test()
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("the data changed (-before +after):\n%s", diff)
	}
}

func TestComanageObjectsAreShownAsTheyWereAdded(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		for _, k := range objectKinds {
			before := s.wantLine(t, "200 OK", as(platform, "GET", k.list(), "")).body
			added := `{"ResponseType":"NewObject","Version":"1.0","ObjectType":"` + k.singular + `","Id":"%s"}` + "\n"
			s.wantBody(t, "201 Added", fmt.Sprintf(added, k.firstID), as(platform, "POST", k.list(), k.document(k.full)))
			s.wantBody(t, "201 Added", fmt.Sprintf(added, k.secondID), as(platform, "POST", k.list(), k.document(k.least)))
			full, least := k.row(k.firstID, k.fullShown), k.row(k.secondID, k.leastShown)
			s.wantBody(t, "200 OK", k.shown(full), as(platform, "GET", k.one(k.firstID), ""))
			s.wantBody(t, "200 OK", k.shown(least), as(platform, "GET", k.one(k.secondID), ""))
			s.wantBody(t, "200 OK", strings.TrimSuffix(before, "]}\n")+","+full+","+least+"]}\n", as(platform, "GET", k.list(), ""))
		}
	})
}

// What Registry does not check, or reads loosely, stands in no client's way.
func TestComanageObjectsTakeManySpellings(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		for _, k := range []struct {
			objectKind
			shown  string
			bodies []string
		}{
			{coKind, `"Name":"7%d","Description":"2.5","Status":"Suspended"`, []string{
				coKind.document(`"Name":"7%d","Description":"2.5","Status":"Suspended"`),
				coKind.document(`"Name":7%d,"Description":2.5,"Status":"Suspended"`),
				coKind.document(`"name":"7%d","description":"2.5","status":"Suspended"`),
				`{"Version":1,"Name":"7%d","Description":"2.5","Status":"Suspended"}`,
				`{"Cos":[{"Version":1.0,"Name":"7%d","Description":"2.5","Status":"Suspended"},{"Name":7},null,8]}`,
				coKind.document(`"Name":"7%d","Description":"2.5","Status":"Suspended","Id":"2","Created":"x","Modified":null,"Revision":9,"Deleted":true,"ActorIdentifier":7,"Other":{}`),
			}},
			{personKind, `"CoId":"2","Status":"Active","DateOfBirth":"2000-01-02","Timezone":"3%d"`, []string{
				personKind.document(`"CoId":"2","Status":"Active","DateOfBirth":"2000-01-02","Timezone":"3%d"`),
				personKind.document(`"CoId":2,"Status":"Active","DateOfBirth":"2000-01-02","Timezone":3%d`),
				personKind.document(`"co_id":"02","status":"Active","date_of_birth":"2000-01-02","timezone":"3%d"`),
				`{"version":"1","co_id":2,"Status":"Active","DateOfBirth":"2000-01-02","Timezone":"3%d"}`,
				`{"RequestType":["x"],"CoPeople":[{"Version":"1.0","CoId":"2","Status":"Active","DateOfBirth":"2000-01-02","Timezone":"3%d"},{"CoId":"x"}]}`,
				personKind.document(`"CoId":"2","Status":"Active","DateOfBirth":"2000-01-02","Timezone":"3%d","Id":"12","Created":"x","Revision":9,"Deleted":true,"CoPersonId":"13","coid":"3"`),
			}},
			{orgKind, `"DateOfBirth":"2000-01-02","Title":"1","O":"-2","Ou":"4%d","CoId":"2","ValidFrom":"2025-01-02 00:00:00","ManagerIdentifier":"5"`, []string{
				orgKind.document(`"CoId":"2","DateOfBirth":"2000-01-02","Title":"1","O":"-2","Ou":"4%d","ValidFrom":"2025-01-02","ManagerIdentifier":"5"`),
				orgKind.document(`"CoId":2,"DateOfBirth":"2000-01-02","Title":1,"O":-2,"Ou":4%d,"ValidFrom":"2025-01-02","ManagerIdentifier":5`),
				orgKind.document(`"co_id":2,"date_of_birth":"2000-01-02","title":"1","o":"-2","ou":"4%d","OU":"x","valid_from":"2025-01-02","manager_identifier":"5"`),
				`{"Version":"1.0","CoId":"2","DateOfBirth":"2000-01-02","Title":"1","O":"-2","Ou":"4%d","ValidFrom":"2025-01-02 00:00:00","ManagerIdentifier":"5"}`,
				`{"OrgIdentities":[{"Version":"1.0","CoId":"2","DateOfBirth":"2000-01-02","Title":"1","O":"-2","Ou":"4%d","ValidFrom":"2025-01-02T02:00:00+02:00","ManagerIdentifier":"5"},{}]}`,
				orgKind.document(`"CoId":"2","Affiliation":null,"Title":"1","O":"-2","Ou":"4%d","ValidFrom":"2025-01-02T00:00:00.9Z","ValidThrough":null,"DateOfBirth":"2000-01-02",
					"ManagerIdentifier":"5","SponsorIdentifier":null,"Status":null,"Id":"34","Created":"x","Revision":9,"OrgIdentityId":"35"`),
			}},
		} {
			for i, body := range k.bodies {
				var made struct{ ID string }
				s.wantLine(t, "201 Added", as(platform, "POST", k.list(), fmt.Sprintf(body, i))).json(t, &made)
				s.wantBody(t, "200 OK", k.objectKind.shown(k.row(made.ID, fmt.Sprintf(k.shown, i))), as(platform, "GET", k.one(made.ID), ""))
				s.wantEmpty(t, "200 OK", as(platform, "PUT", k.one(made.ID), fmt.Sprintf(body, i)))
			}
		}
	})
}
