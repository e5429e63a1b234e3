package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// What InvalidFields says, in the kinds' own words.
const (
	noName    = `"name":["A name must be provided"]`
	noStatus  = `"status":["A valid status must be selected"]`
	noCO      = `"co_id":["A CO ID must be provided"]`
	noVersion = `"Version":["Unknown version"]`
)

func contentOf(column string) string   { return `"` + column + `":["content"]` }
func characterIn(column string) string { return `"` + column + `":["Invalid character found"]` }

func TestComanageObjectsNameInvalidFields(t *testing.T) {
	t.Parallel()
	s := startEnrolled(t)
	long := func(n int) string { return strings.Repeat("ö", n) }
	tests := []struct {
		objectKind
		id    string // of one to edit
		tests []struct{ name, members, fields string }
	}{
		{coKind, "2", []struct{ name, members, fields string }{
			{"nothing but a Version", `"x":1`, noName + `,` + noStatus},
			{"no Name", `"Status":"Active"`, noName},
			{"Name null", `"Name":null,"Status":"Active"`, noName},
			{"Name empty", `"Name":"","Status":"Active"`, noName},
			{"Name true", `"Name":true,"Status":"Active"`, noName},
			{"Name a list", `"Name":["x"],"Status":"Active"`, noName},
			{"Name too long", `"Name":"` + long(129) + `","Status":"Active"`, contentOf("name")},
			{"Description too long", `"Name":"x","Status":"Active","Description":"` + long(129) + `"`, contentOf("description")},
			{"Description false", `"Name":"x","Status":"Active","Description":false`, contentOf("description")},
			{"no Status", `"Name":"x"`, noStatus},
			{"Status null", `"Name":"x","Status":null`, noStatus},
			{"Status empty", `"Name":"x","Status":""`, noStatus},
			{"Status in another case", `"Name":"x","Status":"active"`, noStatus},
			{"Status of a person", `"Name":"x","Status":"Pending"`, noStatus},
			{"Status by its code", `"Name":"x","Status":"A"`, noStatus},
			{"a blank Name", `"Name":" \t","Status":"Active"`, noName},
			{"all wrong", `"Name":"","Status":0,"Description":{}`, noName + `,` + noStatus + `,` + contentOf("description")},
		}},
		{personKind, "12", []struct{ name, members, fields string }{
			{"nothing but a Version", `"x":1`, noCO + `,` + noStatus},
			{"no CoId", `"Status":"Active"`, noCO},
			{"CoId null", `"CoId":null,"Status":"Active"`, noCO},
			{"CoId empty", `"CoId":"","Status":"Active"`, noCO},
			{"CoId a word", `"CoId":"two","Status":"Active"`, noCO},
			{"CoId a fraction", `"CoId":2.0,"Status":"Active"`, noCO},
			{"CoId negative", `"CoId":-2,"Status":"Active"`, noCO},
			{"CoId too large", `"CoId":2147483649,"Status":"Active"`, noCO},
			{"no Status", `"CoId":"2"`, noStatus},
			{"Status unknown", `"CoId":"2","Status":"Nope"`, noStatus},
			{"Status of a CO", `"CoId":"2","Status":"InTrash"`, noStatus},
			{"Status with a space", `"CoId":"2","Status":"Active "`, noStatus},
			{"Timezone too long", `"CoId":"2","Status":"Active","Timezone":"` + long(81) + `"`, contentOf("timezone")},
			{"a date that is none", `"CoId":"2","Status":"Active","DateOfBirth":"2026-02-30"`, contentOf("date_of_birth")},
			{"a date in a common year", `"CoId":"2","Status":"Active","DateOfBirth":"2025-02-29"`, contentOf("date_of_birth")},
			{"a date with a time", `"CoId":"2","Status":"Active","DateOfBirth":"2025-02-28 00:00:00"`, contentOf("date_of_birth")},
			{"a date in short", `"CoId":"2","Status":"Active","DateOfBirth":"2025-2-8"`, contentOf("date_of_birth")},
			{"a date of digits", `"CoId":"2","Status":"Active","DateOfBirth":20250228`, contentOf("date_of_birth")},
			{"a blank date", `"CoId":"2","Status":"Active","DateOfBirth":" "`, contentOf("date_of_birth")},
			{"all wrong", `"CoId":[],"Status":{},"Timezone":false,"DateOfBirth":"x"`, noCO + `,` + noStatus + `,` + contentOf("timezone") + `,` + contentOf("date_of_birth")},
		}},
		{orgKind, "34", []struct{ name, members, fields string }{
			{"no CoId", `"Title":"x"`, noCO},
			{"CoId null", `"CoId":null`, noCO},
			{"CoId a word", `"CoId":"x"`, noCO},
			{"Affiliation unknown", `"CoId":"2","Affiliation":"boss"`, contentOf("affiliation")},
			{"Affiliation in another case", `"CoId":"2","Affiliation":"Faculty"`, contentOf("affiliation")},
			{"Status unknown", `"CoId":"2","Status":"Active"`, contentOf("status")},
			{"Title too long", `"CoId":"2","Title":"` + long(129) + `"`, contentOf("title")},
			{"O too long", `"CoId":"2","O":"` + long(129) + `"`, contentOf("o")},
			{"Ou too long", `"CoId":"2","Ou":"` + long(129) + `"`, contentOf("ou")},
			{"Title with markup", `"CoId":"2","Title":"a<b"`, characterIn("title")},
			{"O with markup", `"CoId":"2","O":">"`, characterIn("o")},
			{"Ou with markup", `"CoId":"2","Ou":"<i>x</i>"`, characterIn("ou")},
			{"Title blank", `"CoId":"2","Title":"  "`, characterIn("title")},
			{"O blank", `"CoId":"2","O":" "`, characterIn("o")},
			{"Ou blank", `"CoId":"2","Ou":"\t\n"`, characterIn("ou")},
			{"Title true", `"CoId":"2","Title":true`, characterIn("title")},
			{"ManagerIdentifier too long", `"CoId":"2","ManagerIdentifier":"` + long(513) + `"`, contentOf("manager_identifier")},
			{"SponsorIdentifier too long", `"CoId":"2","SponsorIdentifier":"` + long(513) + `"`, contentOf("sponsor_identifier")},
			{"a date that is none", `"CoId":"2","DateOfBirth":"2026-02-30"`, contentOf("date_of_birth")},
			{"a time on a day that is none", `"CoId":"2","ValidFrom":"2026-02-30 01:02:03"`, contentOf("valid_from")},
			{"a day that is none", `"CoId":"2","ValidThrough":"2026-02-30"`, contentOf("valid_through")},
			{"a time that is none", `"CoId":"2","ValidFrom":"2026-02-28 24:00:00"`, contentOf("valid_from")},
			{"a time without seconds", `"CoId":"2","ValidFrom":"2026-02-28 12:00"`, contentOf("valid_from")},
			{"a time without a zone", `"CoId":"2","ValidThrough":"2026-02-28T12:00:00"`, contentOf("valid_through")},
			{"a time in a year of no database", `"CoId":"2","ValidThrough":"9999-12-31T23:59:59-01:00"`, contentOf("valid_through")},
			{"a time before all years", `"CoId":"2","ValidFrom":"0001-01-01T00:00:00+01:00"`, contentOf("valid_from")},
			{"a time in seconds", `"CoId":"2","ValidFrom":1767322800`, contentOf("valid_from")},
			{
				"all wrong", `"CoId":"x","Affiliation":" ","Title":"<","O":"<","Ou":"<","ValidFrom":"x","ValidThrough":"x","DateOfBirth":"x","ManagerIdentifier":[],"SponsorIdentifier":{},"Status":"x"`,
				noCO + `,` + contentOf("affiliation") + `,` + characterIn("title") + `,` + characterIn("o") + `,` + characterIn("ou") + `,` + contentOf("valid_from") + `,` +
					contentOf("valid_through") + `,` + contentOf("date_of_birth") + `,` + contentOf("manager_identifier") + `,` + contentOf("sponsor_identifier") + `,` + contentOf("status"),
			},
		}},
	}
	keepsObjects(t, s, func() {
		for _, k := range tests {
			refuses := func(t *testing.T, body, fields string) {
				t.Helper()
				const answer = `{"ResponseType":"ErrorResponse","Version":"1.0","Id":"%s","InvalidFields":{%s}}`
				s.wantLine(t, "400 Invalid Fields", as(platform, "POST", k.list(), body)).wantJSON(t, fmt.Sprintf(answer, "New", fields))
				s.wantLine(t, "400 Invalid Fields", as(platform, "PUT", k.one(k.id), body)).wantJSON(t, fmt.Sprintf(answer, k.id, fields))
			}
			for _, test := range k.tests {
				t.Run(k.singular+"/"+test.name, func(t *testing.T) { refuses(t, k.document(test.members), test.fields) })
			}
			// A wrong Version is told alone, whatever else is wrong.
			sound := k.document(k.full)
			for _, version := range []string{`"2.0"`, `null`, `""`, `2`, `["1.0"]`} {
				wrong := `[{"Version":` + version
				refuses(t, strings.Replace(sound, `[{"Version":"1.0"`, wrong, 1), noVersion)
				refuses(t, strings.Replace(k.document(`"CoId":"x","Status":"x"`), `[{"Version":"1.0"`, wrong, 1), noVersion)
			}
			refuses(t, `{}`, noVersion)
			refuses(t, `{"`+k.plural+`":[{}]}`, noVersion)
			refuses(t, strings.Replace(sound, `[{"Version":"1.0",`, `[{`, 1), noVersion)
		}
	})
}

// Every value of an enumeration, and every length that just fits. Lengths are of
// characters, not of bytes.
func TestComanageObjectsTakeWhatFits(t *testing.T) {
	t.Parallel()
	eachDatabase(t, takesWhatFits)
}

func takesWhatFits(t *testing.T, database servertest.Option) {
	s := startRegistry(t, database)
	fits := func(k objectKind, members, shown string) {
		t.Helper()
		var made struct{ ID string }
		s.wantLine(t, "201 Added", as(platform, "POST", k.list(), k.document(members))).json(t, &made)
		s.wantBody(t, "200 OK", k.shown(k.row(made.ID, shown)), as(platform, "GET", k.one(made.ID), ""))
		s.wantEmpty(t, "200 OK", as(platform, "PUT", k.one(made.ID), k.document(members)))
	}
	same := func(k objectKind, members string) { t.Helper(); fits(k, members, members) }
	wide := func(n int) string { return strings.Repeat("😀", n) }
	for _, status := range []string{"Active", "Suspended", "Template", "InTrash"} {
		same(coKind, `"Name":"`+status+`","Status":"`+status+`"`)
	}
	same(coKind, `"Name":"`+wide(128)+`","Description":"`+wide(128)+`","Status":"Active"`)
	same(coKind, `"Name":"x","Description":"","Status":"Active"`)
	fits(coKind, `"Name":"y","Description":null,"Status":"Active"`, `"Name":"y","Status":"Active"`)
	for _, status := range []string{
		"Active", "Approved", "Confirmed", "Declined", "Deleted", "Denied", "Duplicate", "Expired", "GracePeriod", "Invited",
		"Locked", "Pending", "PendingApproval", "PendingConfirmation", "PendingVetting", "Suspended",
	} {
		same(personKind, `"CoId":"2","Status":"`+status+`"`)
	}
	same(personKind, `"CoId":"2","Status":"Active","Timezone":"`+wide(80)+`"`)
	fits(personKind, `"CoId":"2","Status":"Active","Timezone":null,"DateOfBirth":null`, `"CoId":"2","Status":"Active"`)
	for _, affiliation := range []string{"faculty", "student", "staff", "alum", "member", "affiliate", "employee", "librarywalkin"} {
		same(orgKind, `"Affiliation":"`+affiliation+`","CoId":"2"`)
	}
	same(orgKind, `"Status":"RM","CoId":"2"`)
	same(orgKind, `"Status":"SY","CoId":"2"`)
	same(orgKind, `"Title":"`+wide(128)+`","O":"`+wide(128)+`","Ou":"`+wide(128)+`","CoId":"2"`)
	same(orgKind, `"Title":"","O":" x ","Ou":"","CoId":"2"`)
	same(orgKind, `"CoId":"2","ManagerIdentifier":"`+wide(512)+`","SponsorIdentifier":"`+wide(512)+`"`)
	for sent, shown := range map[string]string{
		"2026-02-28 23:59:59":           "2026-02-28 23:59:59",
		"2026-02-28":                    "2026-02-28 00:00:00",
		"2026-02-28T23:59:59Z":          "2026-02-28 23:59:59",
		"2026-02-28T23:59:59.999-05:30": "2026-03-01 05:29:59",
		"0001-01-01 00:00:00":           "0001-01-01 00:00:00",
		"9999-12-31 23:59:59":           "9999-12-31 23:59:59",
	} {
		fits(orgKind, `"CoId":"2","ValidFrom":"`+sent+`","ValidThrough":"`+sent+`"`, `"CoId":"2","ValidFrom":"`+shown+`","ValidThrough":"`+shown+`"`)
	}
}
