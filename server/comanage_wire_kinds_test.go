package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// wireRegistry is a Registry with objects of every kind, some with every attribute.
var wireRegistry = strings.ReplaceAll(`
comanage:
  cos:
    - {id: 2, name: 'Two & <Co>', description: "of \"quotes\", ümlauts, 日本 and 😀\nin two lines"}
    - {id: 3, name: Three, status: Suspended}
  apiUsers:
    - {name: co_1.platform, secretHash: HASH}
    - {name: co_2.admin, secretHash: HASH, privileged: true}
    - {name: co_2.plain, secretHash: HASH}
    - {name: co_1.suspended, secretHash: HASH, status: Suspended}
  people:
    - {id: 12, co: 2, status: GracePeriod, timezone: Europe/Zürich, dateOfBirth: '1990-02-28'}
    - {id: 13, co: 2}
    - {id: 14, co: 2, deleted: true, revision: 3}
  orgIdentities:
    - {id: 34, co: 2}
    - {id: 35, co: 2, affiliation: member, title: 'R&D', o: Université, ou: Physics, status: SY, dateOfBirth: '1990-02-28',
       validFrom: '2026-01-01T00:00:00Z', validThrough: '2027-01-01T23:59:59Z', managerIdentifier: m@example.org, sponsorIdentifier: ''}
    - {id: 36, co: 2, deleted: true}
  names:
    - {id: 51, coPersonId: 12, honorific: Dr., given: Anna, middle: <B>, family: "D'Émo", suffix: II, type: official, language: de, primaryName: true}
    - {id: 52, coPersonId: 12, given: Ann, type: preferred}
    - {id: 53, orgIdentityId: 35, given: Anna, type: alternate, deleted: true}
  identifiers:
    - {id: 61, coPersonId: 12, identifier: 'a&b@example.org', type: eppn, login: true, language: de}
    - {id: 62, orgIdentityId: 35, identifier: '7', type: badge, status: Suspended}
    - {id: 63, orgIdentityId: 35, identifier: '8', type: badge, deleted: true}
  links:
    - {id: 44, coPersonId: 12, orgIdentityId: 35, actorIdentifier: co_2.admin}
    - {id: 45, coPersonId: 13, orgIdentityId: 34, deleted: true}
`, "HASH", "$2a$04$TCylkZ6h7/cdfDi4twbFFO.llaNa0tCAln8SFgKg8gkB6CAUc0/3q")

func startWire(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	return start(t, append([]servertest.Option{servertest.Fixtures(wireRegistry), servertest.Clock(comanageClock)}, opts...)...)
}

// wireKind is one of the kinds of objects, for tests that are the same for all.
type wireKind struct {
	path, one, many string
	// id is of a current object, deleted of a deleted one, the newest of the kind; gone
	// where nothing is left of what is deleted.
	id, deleted int
	gone        bool
	// entry and change are what an object can be added with, and the one of id be
	// changed to.
	entry, change string
	// column is of an attribute that is wrong in the entry of wrong.
	wrong, column string
	// text is a member of entry with a text or an id.
	text string
}

var wireKinds = []wireKind{
	{
		path: "/cos", one: "Co", many: "Cos", id: 2, deleted: 9, gone: true,
		entry:  `{"Version":"1.0","Name":"N & <é> \"q\"","Description":"日本 😀","Status":"Template"}`,
		change: `{"Version":"1.0","Name":"Changed","Status":"Suspended"}`,
		wrong:  `{"Version":"1.0","Name":"x","Status":"Nope"}`, column: "status", text: "Name",
	},
	{
		path: "/co_people", one: "CoPerson", many: "CoPeople", id: 12, deleted: 14,
		entry:  `{"Version":"1.0","CoId":"2","Status":"PendingVetting","Timezone":"a & <b>","DateOfBirth":"2000-02-29"}`,
		change: `{"Version":"1.0","CoId":2,"Status":"Locked"}`,
		wrong:  `{"Version":"1.0","CoId":"two","Status":"Active"}`, column: "co_id", text: "Timezone",
	},
	{
		path: "/org_identities", one: "OrgIdentity", many: "OrgIdentities", id: 35, deleted: 36,
		entry: `{"Version":"1.0","CoId":"2","Affiliation":"alum","Title":"R & D","O":"é","Ou":"\"q\"","ValidFrom":"2026-01-02 03:04:05",` +
			`"DateOfBirth":"2000-02-29","ManagerIdentifier":"<m>","SponsorIdentifier":"s","Status":"SY"}`,
		change: `{"Version":"1.0","CoId":2,"Title":"Changed"}`,
		wrong:  `{"Version":"1.0","CoId":"2","Affiliation":"nobody"}`, column: "affiliation", text: "Title",
	},
	{
		path: "/names", one: "Name", many: "Names", id: 52, deleted: 53,
		entry: `{"Version":"1.0","Person":{"Type":"CO","Id":"12"},"Honorific":"Dr.","Given":"A & <B>","Middle":"é","Family":"\"q\"","Suffix":"日本",` +
			`"Type":"author","Language":"de","PrimaryName":false}`,
		change: `{"Version":"1.0","Person":{"Type":"CO","Id":12},"Given":"Changed","Type":"fka","PrimaryName":true}`,
		wrong:  `{"Version":"1.0","Person":{"Type":"CO","Id":"12"},"Given":"x","Type":"nope"}`, column: "type", text: "Given",
	},
	{
		path: "/identifiers", one: "Identifier", many: "Identifiers", id: 61, deleted: 63,
		entry: `{"Version":"1.0","Person":{"Type":"Org","Id":"34"},"Identifier":"a&<b>é","Type":"uid","Login":true,"Status":"Suspended",` +
			`"Language":"de"}`,
		change: `{"Version":"1.0","Person":{"Type":"CO","Id":12},"Identifier":"changed","Type":"uid","Login":false,"Status":"Active"}`,
		wrong:  `{"Version":"1.0","Person":{"Type":"Org","Id":"34"},"Identifier":"","Type":"uid","Status":"Active"}`, column: "identifier", text: "Identifier",
	},
	{
		path: links, one: "CoOrgIdentityLink", many: "CoOrgIdentityLinks", id: 44, deleted: 45,
		entry:  `{"Version":"1.0","CoPersonId":"13","OrgIdentityId":"34"}`,
		change: `{"Version":"1.0","CoPersonId":13,"OrgIdentityId":34}`,
		wrong:  `{"Version":"1.0","CoPersonId":"13","OrgIdentityId":"x"}`, column: "org_identity_id", text: "CoPersonId",
	},
}

// eachKind runs a test for every kind.
func eachKind(t *testing.T, test func(t *testing.T, k wireKind)) {
	t.Helper()
	for _, k := range wireKinds {
		t.Run(k.one, func(t *testing.T) { test(t, k) })
	}
}

// object is the path of an object, with its format.
func (k wireKind) object(id any, format string) string {
	return fmt.Sprintf("%s/%v.%s", k.path, id, format)
}

func (k wireKind) list(format string) string { return k.path + "." + format }

// unknown is the status line for ids that nothing has.
func (k wireKind) unknown() string { return "404 " + k.one + " Unknown" }

// document is a request document with the entry, in JSON or in XML.
func (k wireKind) document(t *testing.T, entry, format string) string {
	t.Helper()
	if format == "xml" {
		return "<" + k.many + ">" + k.xmlEntry(t, entry, escaped) + "</" + k.many + ">"
	}
	return fmt.Sprintf(`{"RequestType":%q,"Version":"1.0",%q:[%s]}`, k.many, k.many, entry)
}

// xmlEntry is an entry in XML, with Version as its attribute and the texts written as
// text says.
func (k wireKind) xmlEntry(t *testing.T, entry string, text func(string) string) string {
	t.Helper()
	out := ""
	for _, m := range membersOf(t, entry)[1:] {
		out += xmlMemberOf(t, m, text)
	}
	return "<" + k.one + ` Version="1.0">` + out + "</" + k.one + ">"
}

func xmlMemberOf(t *testing.T, m member, text func(string) string) string {
	t.Helper()
	if m.value[0] != '{' {
		return "<" + m.name + ">" + text(m.text()) + "</" + m.name + ">"
	}
	out := ""
	for _, inner := range membersOf(t, string(m.value)) {
		out += xmlMemberOf(t, inner, text)
	}
	return "<" + m.name + ">" + out + "</" + m.name + ">"
}

// member is a member of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// membersOf are the members of a JSON object in their order.
func membersOf(t *testing.T, object string) []member {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(object))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		t.Fatalf("not a JSON object: %v in %s", err, object)
	}
	var members []member
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		m := member{name: fmt.Sprint(token)}
		if err := decoder.Decode(&m.value); err != nil {
			t.Fatal(err)
		}
		members = append(members, m)
	}
	return members
}

// text is a value that is no object or list as XML has it.
func (m member) text() string {
	var text string
	switch {
	case json.Unmarshal(m.value, &text) == nil:
		return text
	case string(m.value) == "true":
		return "1"
	case string(m.value) == "false":
		return "0"
	}
	return string(m.value)
}

// wireState is all that a client sees of the objects.
func wireState(t *testing.T, s *site) string {
	t.Helper()
	state := ""
	for _, k := range wireKinds {
		state += s.wantLine(t, "200 OK", as(platform, "GET", k.list("json"), "")).body
		if !k.gone {
			state += s.wantLine(t, "200 OK", as(platform, "GET", k.object(k.deleted, "json"), "")).body
		}
	}
	return state
}

// nothingChanges runs test and fails if a client sees a difference.
func nothingChanges(t *testing.T, s *site, test func()) {
	t.Helper()
	before := wireState(t, s)
	test()
	if after := wireState(t, s); after != before {
		t.Errorf("the data changed from\n%s\nto\n%s", before, after)
	}
}

// escaped is a text as XML writes it.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
