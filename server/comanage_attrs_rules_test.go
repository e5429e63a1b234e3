package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// primaryName is the id of the primary one of the listed names.
func (s *site) primaryName(t *testing.T, query string) string {
	t.Helper()
	var document struct {
		Names []struct {
			ID          string
			PrimaryName bool
		}
	}
	s.wantLine(t, "200 OK", aName.list(platform, query)).json(t, &document)
	var ids []string
	for _, name := range document.Names {
		if name.PrimaryName {
			ids = append(ids, name.ID)
		}
	}
	return strings.Join(ids, " ")
}

func TestComanageOneNameIsPrimary(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startAttributes(t, database)
		for _, test := range []struct {
			owner, query, other, otherPrimary string
			id, first                         int
		}{
			{ofPerson, "?copersonid=12", "?orgidentityid=35", "52", 12, 50},
			{ofOrgIdentity, "?orgidentityid=41", "?orgidentityid=35", "52", 41, 55},
		} {
			named := func(members string) string {
				return aName.document(fmt.Sprintf(test.owner, test.id) + `"Given":"Eve","Type":"official"` + members)
			}
			wantPrimary := func(want string) {
				t.Helper()
				if got := s.primaryName(t, test.query); got != want {
					t.Fatalf("%s: the primary names are %q, want %q", test.query, got, want)
				}
				if got := s.primaryName(t, test.other); got != test.otherPrimary {
					t.Fatalf("%s: the primary names are %q, want %q", test.other, got, test.otherPrimary)
				}
			}
			first := s.added(t, aName, named(`,"PrimaryName":true`)) // takes the mark, if there is one
			wantPrimary(first)
			second := s.added(t, aName, named(``))
			third := s.added(t, aName, named(`,"PrimaryName":false`))
			wantPrimary(first)

			s.wantEmpty(t, "200 OK", aName.edit(platform, second, named(`,"PrimaryName":true`)))
			wantPrimary(second)
			s.wantEmpty(t, "200 OK", aName.edit(platform, second, named(`,"PrimaryName":true`)))
			s.wantEmpty(t, "200 OK", aName.edit(platform, second, named(``)))
			s.wantEmpty(t, "200 OK", aName.edit(platform, second, named(`,"PrimaryName":null`)))
			s.wantEmpty(t, "200 OK", aName.edit(platform, third, named(`,"PrimaryName":false`)))
			wantPrimary(second)
			if row := s.row(t, aName, first); !strings.Contains(row, `"PrimaryName":false`) || !strings.Contains(row, `"Revision":"0"`) {
				t.Errorf("who lost the mark: %s", row)
			}

			s.keeps(t, func() {
				s.wantEmpty(t, "403 Primary Name Cannot Be Deleted", aName.remove(platform, second))
				s.wantEmpty(t, "403 Primary Name Cannot Be Deleted", aName.remove(platform, second))
				a := s.wantLine(t, "400 Invalid Fields", aName.edit(platform, second, named(`,"PrimaryName":false`)))
				a.wantJSON(t, invalidFields(second, `"primary_name":["A primary name is required"]`))
				// A refused one does not take the mark.
				s.wantLine(t, "400 Invalid Fields", aName.edit(platform, third, aName.document(fmt.Sprintf(ofPerson, 13)+`"PrimaryName":true,`+aName.needed)))
				s.wantLine(t, "400 Invalid Fields", aName.add(platform, named(`,"PrimaryName":true,"Suffix":[]`)))
			})

			s.wantEmpty(t, "200 Deleted", aName.remove(platform, first))
			fourth := s.added(t, aName, named(`,"PrimaryName":true`))
			wantPrimary(fourth)
			s.wantEmpty(t, "200 Deleted", aName.remove(platform, second))
			s.wantEmpty(t, "404 Name Unknown", aName.remove(platform, second))
			wantPrimary(fourth)
		}
		// Without a primary name nothing makes one.
		id := s.added(t, aName, aName.of(ofPerson, 15))
		s.wantEmpty(t, "200 Deleted", aName.remove(platform, id))
		s.wantEmpty(t, "204 CO Person Has No Name", aName.list(platform, "?copersonid=15"))
	})
}

func TestComanageIdentifiersOfPeopleAreUniqueInTheirCO(t *testing.T) {
	t.Parallel()
	const inUse = "403 Identifier In Use"
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startAttributes(t, database)
		of := func(owner string, id int, value, kind string) string {
			return anIdentifier.document(fmt.Sprintf(owner, id) + fmt.Sprintf(`"Identifier":"%s","Type":"%s","Status":"Active"`, value, kind))
		}
		s.keeps(t, func() {
			for _, person := range []int{12, 13, 15} {
				s.wantEmpty(t, inUse, anIdentifier.add(platform, of(ofPerson, person, "ann@two.example", "eppn")))
				s.wantEmpty(t, inUse, anIdentifier.add(coAdmin, of(ofPerson, person, "A-1", "badge"))) // a suspended one counts
			}
			s.wantEmpty(t, inUse, anIdentifier.edit(platform, 61, of(ofPerson, 12, "ann@two.example", "eppn")))
			s.wantEmpty(t, inUse, anIdentifier.add(platform, of(ofPerson, 21, "bo", "uid")))
		})
		for _, free := range []string{
			of(ofPerson, 12, "ann@two.example", "mail"),       // another type
			of(ofPerson, 12, "bo", "uid"),                     // of another CO
			of(ofPerson, 21, "ann@two.example", "eppn"),       // in another CO
			of(ofPerson, 13, "ann@home.example", "eppn"),      // an org identity's
			of(ofPerson, 13, "gone", "uid"),                   // a deleted one's
			of(ofPerson, 13, "ann@two.exampl_", "eppn"),       // nothing stands for another character
			of(ofOrgIdentity, 34, "ann@two.example", "eppn"),  // of a person
			of(ofOrgIdentity, 35, "ann@home.example", "eppn"), // org identities need not differ
			of(ofOrgIdentity, 35, "ann@home.example", "eppn"), // even of one
			of(ofOrgIdentity, 41, "ann@home.example", "eppn"), // in any CO
			of(ofPerson, 13, "A-1 ", "badge"),                 // not trimmed
		} {
			s.added(t, anIdentifier, free)
		}

		// To say again what it is, or to change it, is no clash with itself.
		for range 2 {
			s.wantEmpty(t, "200 OK", anIdentifier.edit(platform, 60, of(ofPerson, 12, "ann@two.example", "eppn")))
		}
		s.wantEmpty(t, "200 OK", anIdentifier.edit(platform, 62, of(ofOrgIdentity, 35, "A-1", "badge")))

		// An edit frees the old value, a deletion frees it, and so does that of the person.
		s.wantEmpty(t, "200 OK", anIdentifier.edit(platform, 60, of(ofPerson, 12, "new", "eppn")))
		taken := s.added(t, anIdentifier, of(ofPerson, 13, "ann@two.example", "eppn"))
		s.wantEmpty(t, inUse, anIdentifier.edit(platform, 60, of(ofPerson, 12, "ann@two.example", "eppn")))
		s.wantEmpty(t, "200 Deleted", anIdentifier.remove(platform, taken))
		s.wantEmpty(t, "200 OK", anIdentifier.edit(platform, 60, of(ofPerson, 12, "ann@two.example", "eppn")))
		s.wantEmpty(t, inUse, anIdentifier.add(platform, of(ofPerson, 13, "ann@two.example", "eppn")))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", "/co_people/12.json", ""))
		s.added(t, anIdentifier, of(ofPerson, 13, "ann@two.example", "eppn"))
		s.wantEmpty(t, inUse, anIdentifier.add(platform, of(ofPerson, 15, "ann@two.example", "eppn")))
	})
}

// Of names, none is in another's way.
func TestComanageNamesNeedNotDiffer(t *testing.T) {
	t.Parallel()
	s := startAttributes(t)
	for range 2 {
		s.added(t, aName, aName.of(ofPerson, 12))
		s.added(t, aName, aName.of(ofOrgIdentity, 35))
	}
}
