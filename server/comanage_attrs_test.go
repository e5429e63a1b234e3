package server_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// attributes are names and identifiers in the registry, of people and of org
// identities in two COs.
const attributes = `
comanage:
  people: [{id: 15, co: 2}]
  names:
    - {id: 50, coPersonId: 12, given: Ann, family: Lee, type: official, primaryName: true, actorIdentifier: co_2.admin}
    - {id: 51, coPersonId: 12, honorific: Dr., given: Anna, middle: M., family: Lee-Roy, suffix: Jr., type: preferred, language: en}
    - {id: 52, orgIdentityId: 35, given: Ann, type: official, primaryName: true}
    - {id: 53, coPersonId: 13, given: Gone, type: fka, deleted: true, revision: 3, created: '2025-01-01T00:00:00Z', modified: '2025-06-01T12:30:59.9Z', actorIdentifier: co_9.gone}
    - {id: 54, coPersonId: 21, given: Bo, type: author}
    - {id: 55, orgIdentityId: 41, given: Bo, type: alternate}
  identifiers:
    - {id: 60, coPersonId: 12, identifier: ann@two.example, type: eppn, login: true, actorIdentifier: co_2.admin}
    - {id: 61, coPersonId: 12, identifier: A-1, type: badge, status: Suspended, language: en}
    - {id: 62, orgIdentityId: 35, identifier: ann@home.example, type: eppn}
    - {id: 63, coPersonId: 13, identifier: gone, type: uid, deleted: true, revision: 3, created: '2025-01-01T00:00:00Z', modified: '2025-06-01T12:30:59.9Z', actorIdentifier: co_9.gone}
    - {id: 64, coPersonId: 21, identifier: bo, type: uid}
    - {id: 65, orgIdentityId: 41, identifier: bo, type: uid}
`

func startAttributes(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	return startRegistry(t, append(opts, servertest.Fixtures(attributes))...)
}

// attribute is a kind of objects that belong to a person or an org identity. In
// the fixtures, the objects of either kind stand for the same, from the first id on.
type attribute struct {
	path, singular, plural string
	needed                 string // what an entry needs beside Version and Person
	first                  int
}

var (
	aName          = attribute{"/names", "Name", "Names", `"Given":"Eve","Type":"official"`, 50}
	anIdentifier   = attribute{"/identifiers", "Identifier", "Identifiers", `"Identifier":"eve","Type":"uid","Status":"Active"`, 60}
	attributeKinds = []attribute{aName, anIdentifier}
)

// eachAttribute runs a test for names and for identifiers on every database.
func eachAttribute(t *testing.T, test func(t *testing.T, s *site, kind attribute)) {
	t.Helper()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startAttributes(t, database)
		for _, kind := range attributeKinds {
			t.Run(kind.plural, func(t *testing.T) { test(t, s, kind) })
		}
	})
}

const ofPerson, ofOrgIdentity = `"Person":{"Type":"CO","Id":"%d"},`, `"Person":{"Type":"Org","Id":"%d"},`

// document is a request document whose one entry has a Version and the members.
func (k attribute) document(members string) string {
	return fmt.Sprintf(`{"RequestType":"%s","Version":"1.0","%[1]s":[{"Version":"1.0",%s}]}`, k.plural, members)
}

// of is the document of a good entry for the person or the org identity.
func (k attribute) of(owner string, id int) string {
	return k.document(fmt.Sprintf(owner, id) + k.needed)
}

func (k attribute) add(user, body string) call { return as(user, "POST", k.path+".json", body) }
func (k attribute) list(user, query string) call {
	return as(user, "GET", k.path+".json"+query, "")
}

func (k attribute) view(user string, id any) call {
	return as(user, "GET", fmt.Sprintf("%s/%v.json", k.path, id), "")
}

func (k attribute) edit(user string, id any, body string) call {
	return as(user, "PUT", fmt.Sprintf("%s/%v.json", k.path, id), body)
}

func (k attribute) remove(user string, id any) call {
	return as(user, "DELETE", fmt.Sprintf("%s/%v.json", k.path, id), "")
}

// rows is the document of an answer with the rows.
func (k attribute) rows(rows ...string) string {
	return fmt.Sprintf(`{"ResponseType":"%s","Version":"1.0","%[1]s":[%s]}`, k.plural, strings.Join(rows, ","))
}

// added adds an object and returns its id.
func (s *site) added(t *testing.T, k attribute, body string) string {
	t.Helper()
	a := s.wantLine(t, "201 Added", k.add(platform, body))
	var made struct{ ID string }
	a.json(t, &made)
	a.wantJSON(t, fmt.Sprintf(`{"ResponseType":"NewObject","Version":"1.0","ObjectType":"%s","Id":"%s"}`, k.singular, made.ID))
	return made.ID
}

var rowID = regexp.MustCompile(`\{"Version":"1.0","Id":"([0-9]+)"`)

// listed are the ids of the rows of a list, in their order.
func (s *site) listed(t *testing.T, c call) string {
	t.Helper()
	a := s.do(t, c)
	if a.status == 204 {
		return ""
	}
	if a.line != "200 OK" {
		t.Fatalf("%s %s: got %q", c.method, c.path, a.line)
	}
	var ids []string
	for _, match := range rowID.FindAllStringSubmatch(a.body, -1) {
		ids = append(ids, match[1])
	}
	return strings.Join(ids, " ")
}

// keeps runs test and fails if it changed a name, an identifier or a link.
func (s *site) keeps(t *testing.T, test func()) {
	t.Helper()
	state := func() (all string) {
		for _, kind := range attributeKinds {
			all += s.do(t, kind.list(platform, "")).body
			for id := kind.first; id < kind.first+12; id++ {
				a := s.do(t, kind.view(platform, id))
				all += a.line + a.body
			}
		}
		return all + registryState(t, s)
	}
	before := state()
	test()
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("the data changed (-before +after):\n%s", diff)
	}
}
