package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// applyComanage applies the members of the comanage section of fixtures.
func applyComanage(members string) call {
	return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{` + members + `}}`}
}

// everyAttribute is fixtures that say everything of an object of each kind.
const everyAttribute = `
	"cos":[{"id":7,"name":"Seven","description":"For fixtures","status":"Template"}],
	"people":[{"id":70,"co":7,"status":"GracePeriod","timezone":"Europe/Oslo","dateOfBirth":"1980-02-29","created":"2025-01-01T00:00:00+01:00",
			"modified":"2025-06-01T12:30:59.9Z","revision":3,"actorIdentifier":"co_7.gone"},
		{"id":71,"co":7,"deleted":true,"created":"2025-01-02T00:00:00Z"}],
	"orgIdentities":[{"id":72,"co":7,"affiliation":"librarywalkin","title":"Reader","o":"Example University","ou":"Library",
		"validFrom":"2024-01-01T00:00:00Z","validThrough":"2024-12-31T23:59:59.5+01:00","dateOfBirth":"1980-02-29","managerIdentifier":"boss",
		"sponsorIdentifier":"friend","status":"SY","revision":2147483647}],
	"names":[{"id":73,"coPersonId":70,"honorific":"Dr.","given":"Åsa","middle":"B.","family":"Öst","suffix":"III","type":"fka","language":"sv",
			"primaryName":true,"revision":1,"actorIdentifier":"x"},
		{"id":74,"orgIdentityId":72,"given":"Asa","type":"official"},
		{"id":75,"coPersonId":71,"given":"Gone","type":"author","deleted":true}],
	"identifiers":[{"id":76,"coPersonId":70,"identifier":"asa@example.org","type":"eppn","login":true,"status":"Suspended","language":"sv","revision":4},
		{"id":77,"orgIdentityId":72,"identifier":"asa@example.org","type":"eppn"},
		{"id":78,"coPersonId":71,"identifier":"asa@example.org","type":"eppn","deleted":true}],
	"links":[{"id":79,"coPersonId":70,"orgIdentityId":72,"revision":2}]`

const fixtureMoment = `"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05"`

// shownByID is what the API shows of everyAttribute, by plural and id.
var shownByID = map[string]string{
	"cos/7": `{"Version":"1.0","Id":"7","Name":"Seven","Description":"For fixtures","Status":"Template",` + fixtureMoment + `}`,
	"co_people/70": `{"Version":"1.0","Id":"70","CoId":"7","Status":"GracePeriod","DateOfBirth":"1980-02-29","Timezone":"Europe/Oslo",
		"Created":"2024-12-31 23:00:00","Modified":"2025-06-01 12:30:59","Revision":"3","Deleted":false,"ActorIdentifier":"co_7.gone"}`,
	"co_people/71": `{"Version":"1.0","Id":"71","CoId":"7","Status":"Active",
		"Created":"2025-01-02 00:00:00","Modified":"2025-01-02 00:00:00","Revision":"0","Deleted":true,"ActorIdentifier":""}`,
	"org_identities/72": `{"Version":"1.0","Id":"72","Status":"SY","DateOfBirth":"1980-02-29","Affiliation":"librarywalkin","Title":"Reader",
		"O":"Example University","Ou":"Library","CoId":"7","ValidFrom":"2024-01-01 00:00:00","ValidThrough":"2024-12-31 22:59:59",
		"ManagerIdentifier":"boss","SponsorIdentifier":"friend",` + fixtureMoment + `,"Revision":"2147483647","Deleted":false,"ActorIdentifier":""}`,
	"names/73": `{"Version":"1.0","Id":"73","Honorific":"Dr.","Given":"Åsa","Middle":"B.","Family":"Öst","Suffix":"III","Type":"fka","Language":"sv",
		"Person":{"Type":"CO","Id":"70"},"PrimaryName":true,` + fixtureMoment + `,"Revision":"1","Deleted":false,"ActorIdentifier":"x"}`,
	"names/74": `{"Version":"1.0","Id":"74","Given":"Asa","Type":"official","Person":{"Type":"Org","Id":"72"},"PrimaryName":false,
		` + fixtureMoment + `,"Revision":"0","Deleted":false,"ActorIdentifier":""}`,
	"names/75": `{"Version":"1.0","Id":"75","Given":"Gone","Type":"author","Person":{"Type":"CO","Id":"71"},"PrimaryName":false,
		` + fixtureMoment + `,"Revision":"0","Deleted":true,"ActorIdentifier":""}`,
	"identifiers/76": `{"Version":"1.0","Id":"76","Identifier":"asa@example.org","Type":"eppn","Language":"sv","Login":true,"Status":"Suspended",
		"Person":{"Type":"CO","Id":"70"},` + fixtureMoment + `,"Revision":"4","Deleted":false,"ActorIdentifier":""}`,
	"identifiers/77": `{"Version":"1.0","Id":"77","Identifier":"asa@example.org","Type":"eppn","Login":false,"Status":"Active",
		"Person":{"Type":"Org","Id":"72"},` + fixtureMoment + `,"Revision":"0","Deleted":false,"ActorIdentifier":""}`,
	"identifiers/78": `{"Version":"1.0","Id":"78","Identifier":"asa@example.org","Type":"eppn","Login":false,"Status":"Active",
		"Person":{"Type":"CO","Id":"71"},` + fixtureMoment + `,"Revision":"0","Deleted":true,"ActorIdentifier":""}`,
	"co_org_identity_links/79": `{"Version":"1.0","Id":"79","CoPersonId":"70","OrgIdentityId":"72",` + fixtureMoment + `,
		"Revision":"2","Deleted":false,"ActorIdentifier":""}`,
}

var pluralOf = map[string]string{
	"cos": "Cos", "co_people": "CoPeople", "org_identities": "OrgIdentities", "names": "Names", "identifiers": "Identifiers",
	"co_org_identity_links": "CoOrgIdentityLinks",
}

// registryObjects is all that the API lists, and the objects of everyAttribute.
func registryObjects(t *testing.T, s *site) string {
	t.Helper()
	paths := slices.AppendSeq(slices.Collect(maps.Keys(pluralOf)), maps.Keys(shownByID))
	var all strings.Builder
	for _, path := range slices.Sorted(slices.Values(paths)) {
		a := s.do(t, as(platform, "GET", "/"+path+".json", ""))
		fmt.Fprintf(&all, "%s %s %s", path, a.line, a.body)
	}
	return all.String()
}

func TestComanageFixturesSayEverythingOnce(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := comanageClock()
		s := startRegistry(t, database, servertest.Clock(func() time.Time { return now }))
		s.want(t, 200, applyComanage(everyAttribute))
		for path, row := range shownByID {
			plural := pluralOf[path[:strings.Index(path, "/")]]
			s.wantLine(t, "200 OK", as(platform, "GET", "/"+path+".json", "")).wantJSON(t,
				fmt.Sprintf(`{"ResponseType":%[1]q,"Version":"1.0",%[1]q:[%[2]s]}`, plural, row))
		}
		made := registryObjects(t, s)
		now = now.Add(time.Hour)
		s.want(t, 200, applyComanage(everyAttribute))
		if diff := cmp.Diff(made, registryObjects(t, s)); diff != "" {
			t.Errorf("a second apply changed (-before +after):\n%s", diff)
		}
		// Chosen ids are not given out again.
		a := s.wantLine(t, "201 Added", as(platform, "POST", "/identifiers.json", `{"Version":"1.0","Person":{"Type":"CO","Id":"70"},"Identifier":"1","Type":"uid","Status":"Active"}`))
		if !strings.Contains(a.body, `"Id":"79"`) {
			t.Errorf("want the id 79: %s", a.body)
		}
	})
}

func TestComanageFixturesLeaveWhatCallersChanged(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		s.want(t, 200, applyComanage(everyAttribute))
		for path, entry := range map[string]string{
			"co_people/70":      `{"Version":"1.0","CoId":"7","Status":"Active","Timezone":null}`,
			"org_identities/72": `{"Version":"1.0","CoId":"7","Title":"Writer","Status":null}`,
			"names/74":          `{"Version":"1.0","Person":{"Type":"Org","Id":"72"},"Given":"Other","Type":"official","PrimaryName":true}`,
			"identifiers/76":    `{"Version":"1.0","Person":{"Type":"CO","Id":"70"},"Identifier":"new@example.org","Type":"eppn","Status":"Active"}`,
		} {
			s.wantEmpty(t, "200 OK", as(platform, "PUT", "/"+path+".json", entry))
		}
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/identifiers/77.json", ""))
		changed := registryObjects(t, s)
		s.want(t, 200, applyComanage(everyAttribute))
		if diff := cmp.Diff(changed, registryObjects(t, s)); diff != "" {
			t.Errorf("fixtures changed (-before +after):\n%s", diff)
		}
		// Deleted by a caller with all it has: what fixtures say of it stays deleted, too.
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/co_people/70.json", ""))
		changed = registryObjects(t, s)
		s.want(t, 200, applyComanage(everyAttribute))
		if diff := cmp.Diff(changed, registryObjects(t, s)); diff != "" {
			t.Errorf("fixtures brought back (-before +after):\n%s", diff)
		}
	})
}

// COs are set, as far as fixtures speak of them.
func TestComanageFixturesSetCOs(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := comanageClock()
		s := startRegistry(t, database, servertest.Clock(func() time.Time { return now }))
		co := func(modified, members string) {
			t.Helper()
			s.wantLine(t, "200 OK", as(platform, "GET", "/cos/2.json", "")).wantJSON(t, `{"ResponseType":"Cos","Version":"1.0","Cos":[{"Version":"1.0","Id":"2",`+
				members+`,"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 `+modified+`"}]}`)
		}
		now = now.Add(time.Hour)
		s.want(t, 200, applyComanage(`"cos":[{"id":2,"name":"Two","status":"Active"},{"id":1,"name":"COmanage","status":"Active"}]`))
		co("03:04:05", `"Name":"Two","Status":"Active"`)
		s.want(t, 200, applyComanage(`"cos":[{"id":2,"name":"Second","description":"The second one"}]`))
		co("04:04:05", `"Name":"Second","Description":"The second one","Status":"Active"`)
		now = now.Add(time.Hour)
		s.wantEmpty(t, "200 OK", as(platform, "PUT", "/cos/2.json", `{"Version":"1.0","Name":"Second","Status":"Suspended"}`))
		now = now.Add(time.Hour)
		s.want(t, 200, applyComanage(`"cos":[{"id":2,"name":"Second"}]`))
		co("05:04:05", `"Name":"Second","Description":"The second one","Status":"Suspended"`)
		s.want(t, 200, applyComanage(`"cos":[{"id":2,"name":"Second","status":"InTrash"}]`))
		co("06:04:05", `"Name":"Second","Description":"The second one","Status":"InTrash"`)
		// A CO that a caller deleted is made anew, empty.
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/cos/2.json", ""))
		s.want(t, 200, applyComanage(`"cos":[{"id":2,"name":"Again"}]`))
		if a := s.wantLine(t, "200 OK", as(platform, "GET", "/co_people.json?coid=2", "")); !strings.Contains(a.body, `"CoPeople":[]`) {
			t.Errorf("want nobody in the new CO: %s", a.body)
		}
	})
}

func TestComanageFixturesOfObjectsThatContradictChangeNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		s.want(t, 200, applyComanage(everyAttribute))
		before := registryObjects(t, s)
		for name, test := range map[string]struct{ members, detail string }{
			"name of both":               {`"names":[{"id":90,"coPersonId":70,"orgIdentityId":72,"given":"x","type":"official"}]`, "Name 90: give either coPersonId or orgIdentityId."},
			"name of neither":            {`"names":[{"id":90,"given":"x","type":"official"}]`, "Name 90: give either coPersonId or orgIdentityId."},
			"name of an unknown person":  {`"names":[{"id":90,"coPersonId":99,"given":"x","type":"official"}]`, "Name 90: there is no person 99."},
			"deleted name of nobody":     {`"names":[{"id":90,"coPersonId":99,"given":"x","type":"official","deleted":true}]`, "Name 90: there is no person 99."},
			"name of nothing":            {`"names":[{"id":90,"orgIdentityId":99,"given":"x","type":"official"}]`, "Name 90: there is no org identity 99."},
			"name of a deleted person":   {`"names":[{"id":90,"coPersonId":71,"given":"x","type":"official"}]`, "Name 90: there is no person 71."},
			"second primary name":        {`"names":[{"id":90,"coPersonId":70,"given":"x","type":"official","primaryName":true}]`, "Name 90: its person or org identity has a primary name already."},
			"two primary names":          {`"names":[{"id":90,"orgIdentityId":72,"given":"x","type":"official","primaryName":true},{"id":91,"orgIdentityId":72,"given":"y","type":"fka","primaryName":true}]`, "Name 91: its person or org identity has a primary name already."},
			"identifier of both":         {`"identifiers":[{"id":90,"coPersonId":70,"orgIdentityId":72,"identifier":"x","type":"uid"}]`, "Identifier 90: give either coPersonId or orgIdentityId."},
			"identifier of neither":      {`"identifiers":[{"id":90,"identifier":"x","type":"uid"}]`, "Identifier 90: give either coPersonId or orgIdentityId."},
			"identifier of nobody":       {`"identifiers":[{"id":90,"coPersonId":99,"identifier":"x","type":"uid"}]`, "Identifier 90: there is no person 99."},
			"identifier of nothing":      {`"identifiers":[{"id":90,"orgIdentityId":99,"identifier":"x","type":"uid"}]`, "Identifier 90: there is no org identity 99."},
			"identifier of one deleted":  {`"identifiers":[{"id":90,"coPersonId":71,"identifier":"x","type":"uid"}]`, "Identifier 90: there is no person 71."},
			"identifier that is in use":  {`"identifiers":[{"id":90,"coPersonId":70,"identifier":"asa@example.org","type":"eppn"}]`, "Identifier 90: a person of its CO has it already."},
			"two of an identifier":       {`"people":[{"id":80,"co":7}],"identifiers":[{"id":90,"coPersonId":80,"identifier":"x","type":"uid"},{"id":91,"coPersonId":70,"identifier":"x","type":"uid"}]`, "Identifier 91: a person of its CO has it already."},
			"link of what is linked":     {`"links":[{"id":90,"coPersonId":70,"orgIdentityId":72}]`, "Link 90: org identity 72 is linked already."},
			"person of another CO":       {`"people":[{"id":70,"co":2}]`, "Person 70 is of CO 7."},
			"org identity of another CO": {`"orgIdentities":[{"id":72,"co":2}]`, "Org identity 72 is of CO 7."},
			"created in the year 0":      {`"people":[{"id":90,"co":7,"created":"0000-12-31T23:59:59Z"}]`, "Person 90: a time is not in the years 1 to 9999 of UTC."},
			"modified in the year 10000": {`"links":[{"id":90,"coPersonId":70,"orgIdentityId":72,"deleted":true,"modified":"9999-12-31T23:59:59-01:00"}]`, "Link 90: a time is not in the years 1 to 9999 of UTC."},
			"valid from the year 0":      {`"orgIdentities":[{"id":90,"co":7,"validFrom":"0001-01-01T00:00:00+01:00"}]`, "Org identity 90: a time is not in the years 1 to 9999 of UTC."},
			"API user of the year 10000": {`"apiUsers":[{"name":"co_7.x","secret":"s","validThrough":"9999-12-31T23:59:59-01:00"}]`, "API user co_7.x: a time is not in the years 1 to 9999 of UTC."},
			"CO 1 renamed":               {`"cos":[{"id":1,"name":"Mine"}]`, "CO 1 is COmanage and cannot be changed."},
			"CO 1 described":             {`"cos":[{"id":1,"name":"COmanage","description":"x"}]`, "CO 1 is COmanage and cannot be changed."},
			"CO 1 suspended":             {`"cos":[{"id":1,"name":"COmanage","status":"Suspended"}]`, "CO 1 is COmanage and cannot be changed."},
			"name of another CO":         {`"cos":[{"id":7,"name":"Two"}]`, "CO 7 has the name of another CO."},
		} {
			t.Run(name, func(t *testing.T) {
				// What stands before a contradiction is not there either.
				members := test.members
				if !strings.Contains(members, `"cos"`) {
					members = `"cos":[{"id":7,"name":"Seven","description":"changed"}],` + members
				}
				a := s.want(t, 422, applyComanage(members))
				var problem struct{ Detail string }
				a.json(t, &problem)
				if problem.Detail != test.detail {
					t.Errorf("got %q, want %q", problem.Detail, test.detail)
				}
			})
		}
		if diff := cmp.Diff(before, registryObjects(t, s)); diff != "" {
			t.Errorf("the data changed (-before +after):\n%s", diff)
		}
	})
}

// What the API would not take, fixtures do not take either.
func TestComanageFixturesKeepTheRulesOfFields(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	for name, members := range map[string]string{
		"unknown status of a CO":      `"cos":[{"id":7,"name":"x","status":"Open"}]`,
		"long description":            `"cos":[{"id":7,"name":"x","description":"` + strings.Repeat("x", 129) + `"}]`,
		"unknown status of a person":  `"people":[{"id":70,"co":2,"status":"A"}]`,
		"impossible date":             `"people":[{"id":70,"co":2,"dateOfBirth":"1981-02-29"}]`,
		"long timezone":               `"people":[{"id":70,"co":2,"timezone":"` + strings.Repeat("x", 81) + `"}]`,
		"negative revision":           `"people":[{"id":70,"co":2,"revision":-1}]`,
		"unknown affiliation":         `"orgIdentities":[{"id":70,"co":2,"affiliation":"Member"}]`,
		"tag in a title":              `"orgIdentities":[{"id":70,"co":2,"title":"<b>"}]`,
		"blank organization":          `"orgIdentities":[{"id":70,"co":2,"o":" "}]`,
		"time without a zone":         `"orgIdentities":[{"id":70,"co":2,"validFrom":"2026-01-02 03:04:05"}]`,
		"name without given":          `"names":[{"id":70,"coPersonId":12,"type":"official"}]`,
		"empty given":                 `"names":[{"id":70,"coPersonId":12,"given":"","type":"official"}]`,
		"name without a type":         `"names":[{"id":70,"coPersonId":12,"given":"x"}]`,
		"unknown type of a name":      `"names":[{"id":70,"coPersonId":12,"given":"x","type":"nick"}]`,
		"unknown type of identifiers": `"identifiers":[{"id":70,"coPersonId":12,"identifier":"x","type":"x"}]`,
		"long identifier":             `"identifiers":[{"id":70,"coPersonId":12,"identifier":"` + strings.Repeat("x", 513) + `","type":"uid"}]`,
		"unknown member":              `"identifiers":[{"id":70,"coPersonId":12,"identifier":"x","type":"uid","co":2}]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.want(t, 400, applyComanage(members))
		})
	}
}
