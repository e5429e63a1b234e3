package server_test

import (
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

const accHubs = "/project/v1/hubs"

// accHubsFixture adds accounts in an order that is not that of their names.
const accHubsFixture = `
acc:
  clients:
    - {id: stranger, secret: stranger-secret}
  tokens:
    - {token: strange, subject: stranger, scopes: ['data:read']}
    - {token: no-data, subject: demo-client, scopes: ['account:read']}
  accounts:
    - {id: 11111111-1111-4111-8111-111111111111, name: Australian, region: AUS, clients: [demo-client]}
    - {id: 22222222-2222-4222-8222-222222222222, name: Foreign, region: US}
`

func accHubID(account string) string { return "b." + account }

// accHubsSeen lists the ids of the hubs that the query finds.
func accHubsSeen(t *testing.T, s *site, query string) string {
	t.Helper()
	var body struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	s.want(t, 200, accGet(accHubs+query)).json(t, &body)
	var ids []string
	for _, hub := range body.Data {
		ids = append(ids, hub.ID[:len("b.11111111")])
	}
	return strings.Join(ids, " ")
}

func TestAccHubsAreTheAccountsOfTheApp(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accHubsFixture), servertest.PublicURL("https://orglink.example"))
		const account = "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace"
		self := "https://orglink.example/project/v1/hubs/b." + account
		hub := `{"type":"hubs","id":"b.` + account + `","attributes":{"name":"Demo Construction","extension":{` +
			`"type":"hubs:autodesk.bim360:Account","version":"1.0","schema":{"href":"https://orglink.example/schema/v1/versions/hubs:autodesk.bim360:Account-1.0"},"data":{}},` +
			`"region":"US"},"relationships":{"projects":{"links":{"related":{"href":"` + self + `/projects"}}}},"links":{"self":{"href":"` + self + `"}}}`
		if a := s.want(t, 200, accGet("//project/v1/hubs/b."+strings.ToUpper(account)+"/")); a.body !=
			`{"jsonapi":{"version":"1.0"},"links":{"self":{"href":"`+self+`"}},"data":`+hub+`}` {
			t.Errorf("one hub: %s", a.body)
		}
		list := s.want(t, 200, accGet(accHubs))
		if !strings.HasPrefix(list.body, `{"jsonapi":{"version":"1.0"},"links":{"self":{"href":"https://orglink.example/project/v1/hubs"}},"data":[{`) ||
			!strings.Contains(list.body, hub) {
			t.Errorf("the list: %s", list.body)
		}
		for query, want := range map[string]string{
			"":                         "b.11111111 b.e3d5ef8d b.b7c1d4a2", // by name
			"?filter[id]=b." + account: "b.e3d5ef8d",
			"?filter%5Bid%5D=b.x":      "",
			"?filter[name]=Demo+Construction&filter[name]=Australian":                                                                            "b.11111111 b.e3d5ef8d",
			"?filter[extension.type]=hubs:autodesk.core:Hub&filter[extension.type]=hubs:autodesk.bim360:Account":                                 "b.11111111 b.e3d5ef8d b.b7c1d4a2",
			"?filter[extension.type]=hubs:autodesk.core:Hub":                                                                                     "",
			"?page[number]=3&filter[name]=" + url.QueryEscape("Demo Construction Europe") + "&filter[id]=b.b7c1d4a2-5f0e-4a86-9c3d-2e8f1a6b0d47": "b.b7c1d4a2",
		} {
			if got := accHubsSeen(t, s, query); got != want {
				t.Errorf("%s: got %s, want %s", query, got, want)
			}
		}
	})
}

func TestAccHubsRefuse(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accHubsFixture))
		foreign := accHubs + "/" + accHubID("22222222-2222-4222-8222-222222222222")
		known := accHubs + "/" + accHubID("e3d5ef8d-5c37-4b9d-925d-1e6d24753ace")
		as := func(token string) map[string]string { return map[string]string{"Authorization": "Bearer " + token} }
		for name, test := range map[string]struct {
			call   call
			status int
			code   string
		}{
			"not provisioned":          {accGet(foreign), 403, "BIM360DM_ERROR"},
			"a stranger":               {call{"GET", known, as("strange"), ""}, 403, "BIM360DM_ERROR"},
			"unknown":                  {accGet(accHubs + "/b.33333333-3333-4333-8333-333333333333"), 404, "NOT_FOUND"},
			"an account's id":          {accGet(accHubs + "/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace"), 404, "NOT_FOUND"},
			"not text":                 {accGet(accHubs + "/b.%20%ff%00"), 400, "BAD_INPUT"},
			"projects are not served":  {accGet(known + "/projects"), 404, "NOT_FOUND"},
			"other method":             {call{"POST", accHubs, accHeader, "{}"}, 405, "METHOD_NOT_ALLOWED"},
			"a filter that is no text": {accGet(accHubs + "?filter[id]=%ff"), 400, "BAD_INPUT"},
		} {
			t.Run(name, func(t *testing.T) {
				a := s.want(t, test.status, test.call)
				var body struct {
					Errors []struct{ ID, Status, Code, Detail string } `json:"errors"`
				}
				a.json(t, &body)
				if len(body.Errors) != 1 || body.Errors[0].Code != test.code || body.Errors[0].Detail == "" || body.Errors[0].ID == "" {
					t.Errorf("want code %s, got %s", test.code, a.body)
				}
			})
		}
		if list := s.want(t, 200, call{"GET", accHubs, as("strange"), ""}); !strings.HasSuffix(list.body, `"data":[]}`) {
			t.Errorf("a stranger sees %s", list.body)
		}
		for _, path := range []string{accHubs, known} {
			s.accCode(t, call{"GET", path, nil, ""}, 401, "AUTH-012")
			s.accCode(t, call{"GET", path, as("no-data"), ""}, 403, "AUTH-010")
		}
		s.CloseDatabase(t)
		s.want(t, 500, accGet(accHubs))
		s.want(t, 500, accGet(known))
	})
}
