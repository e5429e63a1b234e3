package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// What is true of programs is true of campaigns, which have their own words and sets.
func TestResponsysCampaignsHaveAccessAttributesLikePrograms(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(
			`responsys: {campaigns: [{name: "50% off, a/b & more?"}, {name: both, organizations: [APAC]}], programs: [{name: both}]}`))
		wantAccess := func(path, want string) {
			t.Helper()
			a := s.want(t, 200, call{method: "GET", path: path, header: map[string]string{"Authorization": "demo-token"}})
			if got := strings.Join(responsysNames(t, a), " "); got != want {
				t.Errorf("%s is accessible to %q, want %q", path, got, want)
			}
		}
		wantAccess(responsysCampaign, "USA")
		a := s.want(t, 200, call{method: "POST", path: responsysCampaign, header: responsysHeader, body: responsysBody("Global", "APAC", "Global")})
		a.wantJSON(t, `{"attributes":{"organizations":{"attributeValues":[
			{"id":12000007,"name":"Global","lineage":"7:12000007:"},{"id":4000007,"name":"APAC","lineage":"7:4000007:"}]}}}`)
		if media := a.header.Get("Content-Type"); media != responsysMedia {
			t.Errorf("Content-Type is %q", media)
		}
		a = s.want(t, 400, call{method: "POST", path: responsysCampaign, header: responsysHeader, body: responsysBody("USA", "Usa")})
		golden(t, "responsys/unknown-organization-of-campaign.json", a.body)
		wantAccess(responsysCampaign, "Global APAC")

		const campaigns, programs = "/rest/api/v1.3/attributes/campaigns/", "/rest/api/v1.3/attributes/programs/"
		s.want(t, 200, call{method: "POST", path: campaigns + "both", header: responsysHeader, body: responsysBody()})
		wantAccess(campaigns+"both", "")
		wantAccess(programs+"both", "USA")
		wantAccess(campaigns+"50%25%20off%2C%20a%2Fb%20%26%20more%3F", "USA")

		const (
			token   = "Not a valid authentication token"
			unread  = "Request body is empty or invalid"
			unknown = "Campaign with the name example_program not found"
		)
		for name, test := range map[string]struct {
			status              int
			code, detail        string
			method, path, token string
			body                string
		}{
			"no token":             {401, "INVALID_TOKEN", token, "GET", responsysCampaign, "", ""},
			"token before syntax":  {401, "INVALID_TOKEN", token, "POST", responsysCampaign, "x", "{"},
			"no name":              {404, "RESOURCE_NOT_FOUND", "Resource not found", "GET", campaigns, "demo-token", ""},
			"no name before shape": {404, "RESOURCE_NOT_FOUND", "Resource not found", "POST", campaigns, "demo-token", "{}"},
			"a program":            {404, "CAMPAIGN_NOT_FOUND", unknown, "GET", campaigns + "example_program", "demo-token", ""},
			"a campaign":           {404, "PROGRAM_NOT_FOUND", "Program with the name example_campaign not found", "GET", programs + "example_campaign", "demo-token", ""},
			"syntax before name":   {400, "INVALID_REQUEST_CONTENT", unread, "POST", campaigns + "example_program", "demo-token", "{"},
			"campaign, then shape": {404, "CAMPAIGN_NOT_FOUND", unknown, "POST", campaigns + "example_program", "demo-token", "{}"},
			"campaign, then names": {404, "CAMPAIGN_NOT_FOUND", unknown, "POST", campaigns + "example_program", "demo-token", responsysBody("usa")},
			"one decoding":         {404, "CAMPAIGN_NOT_FOUND", "Campaign with the name a%20b+c not found", "GET", campaigns + "a%2520b+c", "demo-token", ""},
			"shape":                {400, "INVALID_PARAMETER", "attributes is required.", "POST", responsysCampaign, "demo-token", "{}"},
			"too large":            {413, "INVALID_REQUEST_CONTENT", "Request body is too large", "POST", responsysCampaign, "demo-token", strings.Repeat(" ", 1<<20+1)},
			"no operation":         {405, "METHOD_NOT_SUPPORTED", "", "DELETE", responsysCampaign, "demo-token", ""},
		} {
			t.Run(name, func(t *testing.T) {
				s.wantResponsysError(t, test.status, test.code, test.detail, call{
					method: test.method, path: test.path, body: test.body, header: map[string]string{"Authorization": test.token},
				})
			})
		}
		wantAccess(responsysCampaign, "Global APAC")
		wantAccess(responsysProgram, "USA")
	})
}
