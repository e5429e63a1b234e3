package server_test

import (
	"testing"
	"time"

	"orglink/server/servertest"
)

// Every call below /hq counts for its app, and every call for a token; each minute
// starts anew.
func TestAccLimitsCountTheCallsOfAnAppByTheMinute(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		now := time.Date(2026, 5, 6, 7, 8, 20, 0, time.UTC)
		s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }), servertest.Fixtures(`
acc:
  clients: [{id: other, secret: other-secret, scopes: ['account:read']}]
  tokens: [{token: of-other, subject: other, scopes: ['account:read']}]
  accounts: [{id: e3d5ef8d-5c37-4b9d-925d-1e6d24753ace, name: Demo Construction, region: US, clients: [other]}]
  rateLimits: {hq: 4, token: 2}
`))
		issued := accIssued(t, s, "account:read account:write")
		spend := func() {
			s.want(t, 200, accGet(accUS))
			s.want(t, 200, call{"GET", accUS, with(accHeader, "Authorization", "Bearer "+issued), ""})
			s.want(t, 404, accGet("/hq/v1/accounts/11111111-1111-4111-8111-111111111111/business_units_structure"))
			s.want(t, 400, accPut(accUS, `{`)) // counts, too
		}
		spend()
		for _, path := range []string{accUS, accEU} {
			for _, c := range []call{accGet(path), accPut(path, `{"business_units":[]}`)} {
				a := s.want(t, 429, c)
				if a.body != `{"developerMessage":"Quota limit exceeded."}` || a.header.Get("Retry-After") != "40" ||
					a.header.Get("Content-Type") != "application/json" || a.header.Get("Content-Length") != "44" {
					t.Errorf("got %s %v", a.body, a.header)
				}
			}
		}
		s.want(t, 200, accGet(accHubs)) // counted elsewhere by the vendor
		s.want(t, 200, call{"GET", accUS, map[string]string{"Authorization": "Bearer of-other"}, ""})
		s.want(t, 401, call{"GET", accUS, map[string]string{"Authorization": "Bearer x"}, ""})

		accIssued(t, s, "account:read") // the second
		for _, path := range []string{accToken, accOldToken} {
			a := s.want(t, 429, accFormCall(path, "", "grant_type", "client_credentials", "client_id", "demo-client", "client_secret", "demo-secret"))
			if a.header.Get("Retry-After") != "40" {
				t.Errorf("got %v", a.header)
			}
			a.wantJSON(t, `{"developerMessage":"Rate limit of this API request is exceeded.",
				"moreInfo":"https://aps.autodesk.com/en/docs/oauth/v2/developers_guide/error_handling/","errorCode":"ERR-001"}`)
		}
		for range 4 { // nobody's calls count: the names would fill the memory
			s.accCode(t, accFormCall(accToken, "", "grant_type", "client_credentials", "client_id", "nobody", "client_secret", "x"), 403, "AUTH-001")
		}
		for _, wrong := range []int{401, 401, 429} {
			s.want(t, wrong, accFormCall(accToken, accBasic("other", "wrong"), "grant_type", "client_credentials"))
		}
		now = now.Add(40 * time.Second)
		accIssued(t, s, "account:read")
		spend()
		s.want(t, 429, accGet(accUS))
		s.want(t, 200, accApply("", `{"acc":{"rateLimits":{"hq":0}}}`))
		s.want(t, 200, accGet(accUS))
		s.want(t, 200, accGet(accUS))
	})
}
