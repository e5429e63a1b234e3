package server_test

import (
	"strconv"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// An edit keeps what it does not name and clears what is null, or an empty choice or
// time. What was there is
// kept under an id of its own.
func TestComanageObjectsEditsLeaveAnArchivedCopy(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		for _, k := range []struct {
			objectKind
			archive, touch, touched, clear, cleared string
		}{
			{
				personKind, "CoPersonId",
				`"CoId":"2","Status":"Locked","timezone":"UTC"`, `"CoId":"2","Status":"Locked","DateOfBirth":"2000-02-29","Timezone":"UTC"`,
				`"CoId":2,"Status":"Locked","Timezone":null,"DateOfBirth":""`, `"CoId":"2","Status":"Locked"`,
			},
			{
				orgKind, "OrgIdentityId",
				`"CoId":"2","O":"Other"`, strings.Replace(orgKind.fullShown, "Œuvre", "Other", 1),
				`"CoId":"2","Status":"","DateOfBirth":null,"Affiliation":"","Title":null,"O":null,"Ou":null,"ValidFrom":"","ValidThrough":null,"ManagerIdentifier":null,"SponsorIdentifier":null`,
				`"CoId":"2"`,
			},
		} {
			s.wantLine(t, "201 Added", as(coAdmin, "POST", k.list(), k.document(k.full)))
			id, first, second := k.firstID, k.secondID, idAfter(k.secondID)
			revised := func(tail, revision, actor, archiveOf string) objectKind {
				tail = strings.Replace(tail, `"Revision":"0"`, archiveOf+`"Revision":"`+revision+`"`, 1)
				k.tail = strings.Replace(tail, "co_1.platform", actor, 1)
				return k.objectKind
			}
			tail, copied := k.tail, `"`+k.archive+`":"`+id+`",`
			s.wantEmpty(t, "200 OK", as(platform, "PUT", k.one(id), k.document(k.touch)))
			s.wantEmpty(t, "200 OK", as(coAdmin, "PUT", k.one(id), k.document(k.clear)))

			current := revised(tail, "2", coAdmin, "")
			s.wantBody(t, "200 OK", k.shown(current.row(id, k.cleared)), as(platform, "GET", k.one(id), ""))
			s.wantBody(t, "200 OK", k.shown(revised(tail, "0", coAdmin, copied).row(first, k.fullShown)), as(platform, "GET", k.one(first), ""))
			s.wantBody(t, "200 OK", k.shown(revised(tail, "1", platform, copied).row(second, k.touched)), as(coAdmin, "GET", k.one(second), ""))

			keepsObjects(t, s, func() {
				for _, archived := range []string{first, second} {
					s.wantEmpty(t, "404 "+k.singular+" Unknown", as(platform, "PUT", k.one(archived), k.document(k.full)))
					s.wantEmpty(t, "404 "+k.singular+" Unknown", as(platform, "PUT", k.one(archived), "{"))
					s.wantEmpty(t, "404 "+k.singular+" Unknown", as(platform, "DELETE", k.one(archived), ""))
				}
			})
			list := s.wantLine(t, "200 OK", as(coAdmin, "GET", k.list()+"?coid=2", "")).body
			if !strings.Contains(list, current.row(id, k.cleared)) || strings.Contains(list, `"`+k.archive+`"`) {
				t.Errorf("want the edited %s in the list and no copy: %s", k.singular, list)
			}
			// The copies took ids.
			a := s.wantLine(t, "201 Added", as(platform, "POST", k.list(), k.document(k.least)))
			if !strings.Contains(a.body, `"Id":"`+idAfter(second)+`"`) {
				t.Errorf("want the id %s: %s", idAfter(second), a.body)
			}
		}
	})
}

func TestComanageCOsAreEditedInPlace(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		k := coKind
		s.wantLine(t, "201 Added", as(platform, "POST", k.list(), k.document(k.full)))
		s.wantEmpty(t, "200 OK", as(platform, "PUT", k.one("4"), k.document(`"Name":"Least","Status":"Active"`)))
		s.wantBody(t, "200 OK", k.shown(k.row("4", `"Name":"Least","Description":"a/b 😀","Status":"Active"`)), as(platform, "GET", k.one("4"), ""))
		s.wantEmpty(t, "200 OK", as(platform, "PUT", k.one("4"), k.document(`"Name":"Least","Description":null,"Status":"Active"`)))
		s.wantBody(t, "200 OK", k.shown(k.row("4", k.leastShown)), as(platform, "GET", k.one("4"), ""))
		s.wantEmpty(t, "404 Co Unknown", as(platform, "GET", k.one("5"), ""))
	})
}

// idAfter is the id after another.
func idAfter(id string) string {
	n, _ := strconv.Atoi(id)
	return strconv.Itoa(n + 1)
}

func TestComanageObjectsStayReadableOnceDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		for _, k := range []objectKind{personKind, orgKind} {
			s.wantLine(t, "201 Added", as(coAdmin, "POST", k.list(), k.document(k.full)))
			list := s.wantLine(t, "200 OK", as(platform, "GET", k.list(), "")).body
			s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", k.one(k.firstID)+"?coid=3", ""))
			deleted := k
			deleted.tail = strings.Replace(k.tail, `"Deleted":false`, `"Deleted":true`, 1)
			row := k.row(k.firstID, k.fullShown)
			s.wantBody(t, "200 OK", k.shown(deleted.row(k.firstID, k.fullShown)), as(coAdmin, "GET", k.one(k.firstID), ""))
			live := strings.Replace(row, platform, coAdmin, 1)
			s.wantBody(t, "200 OK", strings.Replace(list, ","+live, "", 1), as(platform, "GET", k.list(), ""))
			keepsObjects(t, s, func() {
				s.wantEmpty(t, "404 "+k.singular+" Unknown", as(platform, "DELETE", k.one(k.firstID), ""))
				s.wantEmpty(t, "404 "+k.singular+" Unknown", as(platform, "PUT", k.one(k.firstID), k.document(k.full)))
				s.wantEmpty(t, "404 "+k.singular+" Unknown", as(coAdmin, "PUT", k.one(k.firstID), ""))
			})
		}
	})
}

func TestComanageDeletingAPersonTakesWhatIsItsAlong(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startEnrolled(t, database)
		mine := func(path string) call { return as(platform, "GET", path+".json?copersonid=12", "") }
		for _, path := range []string{links, "/names", "/identifiers"} {
			s.wantLine(t, "200 OK", mine(path))
		}
		s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", people+"/12.json", ""))
		for path, kind := range map[string]string{links: "CoOrgIdentityLink", "/names": "Name", "/identifiers": "Identifier"} {
			s.wantEmpty(t, "204 CO Person Has No "+kind, mine(path))
		}
		for _, path := range []string{people + "/12", links + "/44", "/names/1", "/names/2", "/identifiers/1", "/identifiers/2"} {
			a := s.wantLine(t, "200 OK", as(platform, "GET", path+".json", ""))
			if !strings.Contains(a.body, `"Deleted":true,"ActorIdentifier":"co_2.admin"`) {
				t.Errorf("%s is not deleted by co_2.admin: %s", path, a.body)
			}
		}
		// What is another's stays, and the org identity is free.
		for _, path := range []string{"/names/3", "/names/6", "/identifiers/3", "/identifiers/6", orgIdentities + "/35"} {
			a := s.wantLine(t, "200 OK", as(platform, "GET", path+".json", ""))
			if !strings.Contains(a.body, `"Deleted":false`) {
				t.Errorf("%s is deleted: %s", path, a.body)
			}
		}
		s.wantLine(t, "201 Added", as(coAdmin, "POST", links+".json", request("13", "35")))
		s.wantEmpty(t, "403 CoPerson Does Not Exist", as(platform, "POST", links+".json", request("12", "36")))
	})
}

func TestComanageALinkedOrgIdentityIsNotDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startEnrolled(t, database)
		keepsObjects(t, s, func() {
			for _, user := range []string{platform, coAdmin} {
				s.wantBody(t, "403 CoPerson Exists", `{"ResponseType":"ErrorResponse","Version":"1.0","Id":"35","Memberships":{"2":"Two"}}`+"\n",
					as(user, "DELETE", orgIdentities+"/35.json", ""))
			}
		})
		s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", links+"/44.json", ""))
		s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", orgIdentities+"/35.json", ""))
		for path, kind := range map[string]string{"/names": "Name", "/identifiers": "Identifier"} {
			s.wantEmpty(t, "204 Org Identity Has No "+kind, as(platform, "GET", path+".json?orgidentityid=35", ""))
		}
		s.wantEmpty(t, "403 OrgIdentity Does Not Exist", as(platform, "POST", links+".json", request("12", "35")))
		// With its person deleted it is free, too.
		s.wantLine(t, "403 CoPerson Exists", as(platform, "DELETE", orgIdentities+"/41.json", ""))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", people+"/21.json", ""))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", orgIdentities+"/41.json", ""))
	})
}
