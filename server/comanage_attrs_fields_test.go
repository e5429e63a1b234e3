package server_test

import (
	"fmt"
	"strings"
	"testing"
)

const (
	noGiven      = `"given":["A given name must be provided"]`
	badNameType  = `"type":["A valid name type must be selected"]`
	noIdentifier = `"identifier":["An identifier must be provided"]`
	badIDType    = `"type":["A valid identifier type must be selected"]`
	badStatus    = `"status":["A valid status must be selected"]`
	badVersion   = `"Version":["Unknown version"]`
)

// text is a JSON string of n characters, each of four bytes, that does not compress.
func text(n int) string {
	characters := make([]rune, n)
	for i := range characters {
		characters[i] = rune(0x20000 + i*7919%0xa000)
	}
	return `"` + string(characters) + `"`
}

func TestComanageFieldsOfNamesAndIdentifiersAreChecked(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		tests := map[string]string{ // what replaces a good entry, and the fields that are wrong
			`"Type":"official"`:                            noGiven,
			`"Given":null,"Type":"official"`:               noGiven,
			`"Given":"","Type":"official"`:                 noGiven,
			`"Given":" \t","Type":"official"`:              noGiven,
			`"Given":true,"Type":"official"`:               noGiven,
			`"Given":["Eve"],"Type":"official"`:            noGiven,
			`"Given":` + text(129) + `,"Type":"official"`:  `"given":["content"]`,
			`"Given":"Eve"`:                                badNameType,
			`"Given":"Eve","Type":null`:                    badNameType,
			`"Given":"Eve","Type":""`:                      badNameType,
			`"Given":"Eve","Type":"Official"`:              badNameType,
			`"Given":"Eve","Type":"nickname"`:              badNameType,
			`"Given":"","Type":""`:                         noGiven + "," + badNameType,
			`"Type":1`:                                     noGiven + "," + badNameType,
			aName.needed + `,"Honorific":` + text(33):      `"honorific":["content"]`,
			aName.needed + `,"Middle":` + text(129):        `"middle":["content"]`,
			aName.needed + `,"Family":` + text(129):        `"family":["content"]`,
			aName.needed + `,"Suffix":` + text(33):         `"suffix":["content"]`,
			aName.needed + `,"Language":` + text(17):       `"language":["content"]`,
			aName.needed + `,"Family":{}`:                  `"family":["content"]`,
			aName.needed + `,"Family":false`:               `"family":["content"]`,
			aName.needed + `,"PrimaryName":"yes"`:          `"primary_name":["content"]`,
			aName.needed + `,"PrimaryName":2`:              `"primary_name":["content"]`,
			aName.needed + `,"PrimaryName":[]`:             `"primary_name":["content"]`,
			`"Family":1.5e400,"Given":[],"PrimaryName":{}`: noGiven + "," + badNameType + `,"primary_name":["content"]`,
			`"Given":"","Suffix":[]`:                       noGiven + "," + badNameType + `,"suffix":["content"]`,
		}
		if kind == anIdentifier {
			tests = map[string]string{
				`"Type":"uid","Status":"Active"`:                                noIdentifier,
				`"Identifier":null,"Type":"uid","Status":"Active"`:              noIdentifier,
				`"Identifier":"","Type":"uid","Status":"Active"`:                noIdentifier,
				`"Identifier":" ","Type":"uid","Status":"Active"`:               noIdentifier,
				`"Identifier":{},"Type":"uid","Status":"Active"`:                noIdentifier,
				`"Identifier":` + text(513) + `,"Type":"uid","Status":"Active"`: `"identifier":["content"]`,
				`"Identifier":"eve","Status":"Active"`:                          badIDType,
				`"Identifier":"eve","Type":null,"Status":"Active"`:              badIDType,
				`"Identifier":"eve","Type":"UID","Status":"Active"`:             badIDType,
				`"Identifier":"eve","Type":"accessid","Status":"Active"`:        badIDType,
				`"Identifier":"eve","Type":"uid"`:                               badStatus,
				`"Identifier":"eve","Type":"uid","Status":null`:                 badStatus,
				`"Identifier":"eve","Type":"uid","Status":"A"`:                  badStatus,
				`"Identifier":"eve","Type":"uid","Status":"active"`:             badStatus,
				`"Identifier":"eve","Type":"uid","Status":"Expired"`:            badStatus,
				`"Login":true`:          noIdentifier + "," + badIDType + "," + badStatus,
				`"Status":"","Type":""`: noIdentifier + "," + badIDType + "," + badStatus,
				anIdentifier.needed + `,"Language":` + text(17): `"language":["content"]`,
				anIdentifier.needed + `,"Language":[]`:          `"language":["content"]`,
				anIdentifier.needed + `,"Login":"yes"`:          `"login":["content"]`,
				anIdentifier.needed + `,"Login":-1`:             `"login":["content"]`,
			}
		}
		owner := fmt.Sprintf(ofPerson, 12)
		s.keeps(t, func() {
			for members, fields := range tests {
				body := kind.document(owner + members)
				s.wantLine(t, "400 Invalid Fields", kind.add(platform, body)).wantJSON(t, invalidFields("New", fields))
				s.wantLine(t, "400 Invalid Fields", kind.edit(platform, kind.first, body)).wantJSON(t, invalidFields(kind.first, fields))
				// A wrong owner is told beside them.
				a := s.wantLine(t, "400 Invalid Fields", kind.add(platform, kind.document(`"OrgIdentityId":"x",`+members)))
				a.wantJSON(t, invalidFields("New", fields+`,"org_identity_id":["content"]`))
			}
			// A wrong Version is told alone.
			for _, version := range []string{``, `"Version":"2.0",`, `"Version":null,`, `"Version":"one",`, `"Version":true,`} {
				body := `{"` + kind.plural + `":[{` + version + owner + `"Type":"x"}]}`
				s.wantLine(t, "400 Invalid Fields", kind.add(platform, body)).wantJSON(t, invalidFields("New", badVersion))
				s.wantLine(t, "400 Invalid Fields", kind.edit(platform, kind.first, body)).wantJSON(t, invalidFields(kind.first, badVersion))
			}
		})
	})
}

// row is what the API shows of the object.
func (s *site) row(t *testing.T, k attribute, id any) string {
	t.Helper()
	return s.wantLine(t, "200 OK", k.view(platform, id)).body
}

func TestComanageFieldsOfNamesAndIdentifiersTakeTheLongestAndOddest(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		tests := []string{
			`"Given":` + text(128) + `,"Type":"fka"`,
			aName.needed + `,"Honorific":` + text(32),
			aName.needed + `,"Middle":` + text(128),
			aName.needed + `,"Family":` + text(128),
			aName.needed + `,"Suffix":` + text(32),
			aName.needed + `,"Language":` + text(16),
			aName.needed + `,"Family":""`,
			aName.needed + `,"Family":"<b>O'Neill & \"Söhne\" \\ %_ 李 é","Suffix":"\t\n"`,
		}
		if kind == anIdentifier {
			tests = []string{
				`"Identifier":` + text(512) + `,"Type":"uid","Status":"Active"`,
				`"Identifier":"<'&\"%_\\ 李","Type":"uid","Status":"Active"`,
				`"Identifier":"1","Type":"uid","Status":"Active","Language":` + text(16),
				`"Identifier":"2","Type":"uid","Status":"Active","Language":""`,
			}
		}
		for _, members := range tests {
			id := s.added(t, kind, kind.document(fmt.Sprintf(ofPerson, 15)+members))
			var list map[string][]map[string]any
			var sent, got map[string]any
			answer{body: "{" + members + "}"}.json(t, &sent)
			row := s.row(t, kind, id)
			_, row, _ = strings.Cut(row, `"`+kind.plural+`":`)
			answer{body: `{"rows":` + strings.TrimSpace(row)}.json(t, &list)
			got = list["rows"][0]
			for member, value := range sent {
				if got[member] != value {
					t.Errorf("%s: sent %q, got %q", member, value, got[member])
				}
			}
		}
	})
}

func TestComanageEveryTypeAndStatusIsTaken(t *testing.T) {
	t.Parallel()
	s := startAttributes(t)
	takes := func(kind attribute, members string) {
		t.Helper()
		id := s.added(t, kind, kind.document(fmt.Sprintf(ofPerson, 15)+members))
		for _, member := range strings.Split(members, ",") {
			if row := s.row(t, kind, id); !strings.Contains(row, member) {
				t.Errorf("sent %s, got %s", member, row)
			}
		}
	}
	for _, kind := range []string{"alternate", "author", "fka", "official", "preferred"} {
		takes(aName, `"Given":"Eve","Type":"`+kind+`"`)
	}
	for _, kind := range []string{
		"sor-affiliate", "badge", "enterprise", "entityid", "eppn", "eptid", "epuid", "sor-guest", "sor-hr", "mail", "name", "national", "network", "oidcsub",
		"openid", "orcid", "provisioningtarget", "reference", "pairwiseid", "subjectid", "sorid", "sor-student", "uid",
	} {
		takes(anIdentifier, `"Identifier":"eve","Type":"`+kind+`","Status":"Suspended"`)
	}
	takes(anIdentifier, `"Identifier":"adam","Type":"uid","Status":"Active"`)
}

func TestComanageSpellingsOfBooleansAndNumbers(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		member := map[string]string{"Names": "PrimaryName", "Identifiers": "Login"}[kind.plural]
		for sent, want := range map[string]string{
			"": "false", `"%s":true,`: "true", `"%s":false,`: "false", `"%s":1,`: "true", `"%s":0,`: "false", `"%s":"1",`: "true", `"%s":"0",`: "false",
			`"%s":"true",`: "true", `"%s":"false",`: "false", `"%s":null,`: "false",
		} {
			if sent != "" {
				sent = fmt.Sprintf(sent, member)
			}
			id := s.added(t, kind, kind.document(fmt.Sprintf(ofOrgIdentity, 34)+sent+kind.needed))
			if row := s.row(t, kind, id); !strings.Contains(row, `"`+member+`":`+want) {
				t.Errorf("%s: got %s", sent, row)
			}
		}
	})
	s := startAttributes(t)
	id := s.added(t, aName, aName.document(fmt.Sprintf(ofPerson, 15)+`"primary_name":1,"given":7,"family":-1.50,"type":"fka"`))
	if row := s.row(t, aName, id); !strings.Contains(row, `"Given":"7","Family":"-1.50","Type":"fka"`) {
		t.Errorf("numbers for text: %s", row)
	}
}

func TestComanageEditsSaveWhatIsSent(t *testing.T) {
	t.Parallel()
	eachAttribute(t, func(t *testing.T, s *site, kind attribute) {
		id := kind.first + 1
		type step struct{ members, shown string }
		steps := []step{ // each after the one before
			{`"Given":"Nan","Type":"author"`, `"Honorific":"Dr.","Given":"Nan","Middle":"M.","Family":"Lee-Roy","Suffix":"Jr.","Type":"author","Language":"en",`},
			{`"Given":"Nan","Type":"author","Middle":null`, `"Honorific":"Dr.","Given":"Nan","Family":"Lee-Roy","Suffix":"Jr.","Type":"author","Language":"en",`},
			{`"Given":"Nan","Type":"author","Family":"","Unknown":1`, `"Honorific":"Dr.","Given":"Nan","Family":"","Suffix":"Jr.","Type":"author","Language":"en",`},
			{`"Given":"Nan","Type":"fka","Honorific":null,"Family":null,"Suffix":null,"Language":null,"PrimaryName":null`, `"Id":"51","Given":"Nan","Type":"fka","Person"`},
			{`"Given":"Nan","Type":"fka","Language":"de"`, `"Given":"Nan","Type":"fka","Language":"de","Person"`},
		}
		if kind == anIdentifier {
			steps = []step{
				{`"Identifier":"B-2","Type":"badge","Status":"Active"`, `"Identifier":"B-2","Type":"badge","Language":"en","Login":false,"Status":"Active",`},
				{`"Identifier":"B-2","Type":"uid","Status":"Active","Login":true`, `"Identifier":"B-2","Type":"uid","Language":"en","Login":true,"Status":"Active",`},
				{`"Identifier":"B-2","Type":"uid","Status":"Active","Login":null,"Language":null`, `"Identifier":"B-2","Type":"uid","Login":false,"Status":"Active",`},
				{`"Identifier":"B-2","Type":"uid","Status":"Suspended","Login":false`, `"Identifier":"B-2","Type":"uid","Login":false,"Status":"Suspended",`},
			}
		}
		for i, step := range steps {
			s.wantEmpty(t, "200 OK", kind.edit(platform, id, kind.document(fmt.Sprintf(ofPerson, 12)+step.members)))
			row := s.row(t, kind, id)
			if !strings.Contains(row, step.shown) || !strings.Contains(row, fmt.Sprintf(`"Revision":"%d"`, i+1)) {
				t.Errorf("after %s: got %s", step.members, row)
			}
		}
	})
}
