package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

const responsysOrganizations = "/orglink/v1/responsys/organizations/"

func TestResponsysOrganizationsAreDeletedWithAllBelow(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.applyResponsys(t, 200, `{"organizations": [{"name": "Japan", "parent": "APAC", "id": 20000007, "children": [{"name": "Kyoto"}]}]}`)
		for _, path := range []string{responsysProgram, responsysCampaign} {
			s.want(t, 200, call{method: "POST", path: path, header: responsysHeader, body: responsysBody("Kyoto", "Global", "APAC", "USA", "Japan")})
		}
		s.want(t, 200, call{method: "PUT", path: "/w/ci/orglink/v1/fixtures", header: admin, body: `{"responsys": {"organizations": [{"name": "X", "children": [{"id": 4000007, "name": "Y"}]}]}}`})

		s.want(t, 204, call{method: "DELETE", path: responsysOrganizations + "4000007", header: admin})
		if got, want := s.responsysLineages(t), "USA 7:, Global 7:12000007:"; got != want {
			t.Errorf("the tree is %s, want %s", got, want)
		}
		for _, path := range []string{responsysProgram, responsysCampaign} {
			a := s.want(t, 200, call{method: "GET", path: path, header: responsysHeader})
			a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[
				{"id":12000007,"name":"Global","lineage":"7:12000007:"},{"id":7,"name":"USA","lineage":"7:"}]}}}`)
		}
		s.wantResponsysError(t, 400, "SET_OBJECT_ATTRIBUTE_EXCEPTION", "Unable to set Access Attributes for the program. Invalid attribute value: Kyoto",
			call{method: "POST", path: responsysProgram, header: responsysHeader, body: responsysBody("USA", "Kyoto")})
		// Another workspace has its own, and an id that was given out is not given again.
		s.want(t, 204, call{method: "DELETE", path: "/w/ci" + responsysOrganizations + "4000007", header: admin})
		s.applyResponsys(t, 200, `{"organizations": [{"name": "Kyoto", "parent": "Global"}]}`)
		if got, want := s.responsysLineages(t), "USA 7:, Global 7:12000007:, Kyoto 7:12000007:20000047:"; got != want {
			t.Errorf("the tree is %s, want %s", got, want)
		}
		s.wantResponsysAccess(t, "Global", "USA")
	})
}

func TestResponsysDeletionOfAnOrganizationIsRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for path, status := range map[string]int{
			responsysOrganizations + "8":                    404,
			responsysOrganizations + "0":                    400,
			responsysOrganizations + "x":                    400,
			responsysOrganizations + "7.5":                  400,
			responsysOrganizations + "":                     404,
			"/w/nope" + responsysOrganizations + "7":        404,
			responsysOrganizations + "99999999999999999999": 400,
		} {
			if a := s.do(t, call{method: "DELETE", path: path, header: admin}); a.status != status {
				t.Errorf("%s: got %d %s, want %d", path, a.status, a.body, status)
			}
		}
		a := s.want(t, 409, call{method: "DELETE", path: responsysOrganizations + "7", header: admin})
		if !strings.Contains(a.body, `"status":409,"detail":"The root organization cannot be deleted`) || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("the root: got %s", a.body)
		}
		s.want(t, 401, call{method: "DELETE", path: responsysOrganizations + "4000007", header: responsysHeader})
		s.want(t, 405, call{method: "GET", path: responsysOrganizations + "4000007", header: admin})
		if got, want := s.responsysLineages(t), "USA 7:, APAC 7:4000007:, Global 7:12000007:"; got != want {
			t.Errorf("the tree is %s, want %s", got, want)
		}
		s.CloseDatabase(t)
		s.want(t, 500, call{method: "DELETE", path: responsysOrganizations + "4000007", header: admin})
	})
}
