package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestComanageAdmitsOnlyGoodCredentials(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	unchanged(t, s, func() {
		for name, header := range map[string]string{
			"none":                    "",
			"wrong key":               basic(platform, "wrong"),
			"empty key":               basic(platform, ""),
			"key over bcrypt's limit": basic(platform, strings.Repeat("x", 100)),
			"unknown user":            basic("co_1.nobody", "demo-secret"),
			"empty user":              basic("", ""),
			"user in another case":    basic("CO_1.platform", "demo-secret"),
			"user that is no text":    basic("co_1.\xff", "demo-secret"),
			"user with a NUL":         basic("co_1.platform\x00", "demo-secret"),
			"not base64":              "Basic %%%",
			"no colon":                "Basic Y29fMS5wbGF0Zm9ybQ==",
			"another scheme":          "Bearer demo-secret",
			"the admin token":         "Bearer " + servertest.AdminToken,
			"suspended":               basic("co_1.suspended", "demo-secret"),
			"before its time":         basic("co_1.early", "demo-secret"),
			"after its time":          basic("co_1.late", "demo-secret"),
			"from another address":    basic("co_1.elsewhere", "demo-secret"),
			"of a CO, not privileged": basic("co_2.plain", "demo-secret"),
			"more than one":           basic(platform, "demo-secret") + ", " + basic(platform, "x"),
		} {
			t.Run(name, func(t *testing.T) {
				calls := everyCall
				if header != "" {
					calls = calls[:1] // the check is the same, and slow for wrong keys by intention
				}
				for _, c := range calls {
					s.wantEmpty(t, "401 Unauthorized", call{method: c.method, path: c.path, body: c.body, header: map[string]string{"Authorization": header}})
				}
			})
		}
	})
	for _, user := range []string{platform, "co_1.timely", "co_1.here"} {
		s.wantLine(t, "200 OK", as(user, "GET", links+".json", ""))
	}
	c := call{method: "GET", path: links + ".json", header: map[string]string{"Authorization": strings.Replace(basic(platform, "demo-secret"), "Basic", "bASIC", 1)}}
	s.wantLine(t, "200 OK", c)
}

// everyCall is one call of each operation.
var everyCall = []call{
	{method: "GET", path: links + ".json"},
	{method: "POST", path: links + ".json", body: request("12", "34")},
	{method: "DELETE", path: links + ".json"},
	{method: "GET", path: links + "/44.json"},
	{method: "PUT", path: links + "/44.json", body: request("12", "34")},
	{method: "DELETE", path: links + "/44.json"},
}

func TestComanageSuspensionAndNewKeysCountAtOnce(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	list := as(platform, "GET", links+".json", "")
	apply := func(text string) {
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{"apiUsers":[{"name":"co_1.platform",` + text + `}]}}`})
	}
	s.wantLine(t, "200 OK", list)
	apply(`"status":"Suspended"`) // without a key: it stays
	s.wantEmpty(t, "401 Unauthorized", list)
	apply(`"status":"Active"`)
	s.wantLine(t, "200 OK", list)
	apply(`"secret":"other"`)
	s.wantEmpty(t, "401 Unauthorized", list)
	list.header["Authorization"] = basic(platform, "other")
	s.wantLine(t, "200 OK", list)
	apply(`"remoteIp":"^192\\.168\\."`)
	s.wantEmpty(t, "401 Unauthorized", list)
}

func TestComanageAPIUsersOfACOStayInIt(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	unchanged(t, s, func() {
		for _, test := range []struct{ name, line, method, path, body string }{
			{"unfiltered list", "401 No CO Specified", "GET", links + ".json", ""},
			{"empty person", "401 No CO Specified", "GET", links + ".json?copersonid=", ""},
			{"unknown person", "401 No CO Specified", "GET", links + ".json?copersonid=99", ""},
			{"word for a person", "401 No CO Specified", "GET", links + ".json?copersonid=x&coid=2", ""},
			{"unknown org identity", "401 No CO Specified", "GET", links + ".json?orgidentityid=99", ""},
			{"foreign person", "401 Unauthorized", "GET", links + ".json?copersonid=21", ""},
			{"foreign org identity", "401 Unauthorized", "GET", links + ".json?orgidentityid=41", ""},
			{"foreign CO", "401 Unauthorized", "GET", links + ".json?coid=3", ""},
			{"the platform's CO", "401 Unauthorized", "GET", links + ".json?coid=1", ""},
			{"unknown CO", "404 CO Not Found", "GET", links + ".json?coid=99", ""},
			{"foreign link", "401 Unauthorized", "GET", links + "/46.json", ""},
			{"unknown link", "401 No CO Specified", "GET", links + "/99.json", ""},
			{"edit of a foreign link", "401 Unauthorized", "PUT", links + "/46.json", request("21", "42")},
			{"edit of an unknown link", "401 No CO Specified", "PUT", links + "/99.json", request("12", "34")},
			{"edit of a foreign link without a document", "401 Unauthorized", "PUT", links + "/46.json", ""},
			{"edit of an unknown link without a document", "401 No CO Specified", "PUT", links + "/99.json", ""},
			{"edit out of the CO", "400 Invalid Fields", "PUT", links + "/44.json", request("21", "42")},
			{"edit of a deleted link", "404 CoOrgIdentityLink Unknown", "PUT", links + "/45.json", request("12", "34")},
			{"deletion of a foreign link", "401 Unauthorized", "DELETE", links + "/46.json", ""},
			{"deletion of an unknown link", "401 No CO Specified", "DELETE", links + "/99.json", ""},
			{"deletion without id", "401 No CO Specified", "DELETE", links + ".json", ""},
			{"deletion with an empty id", "401 No CO Specified", "DELETE", links + "/.json", ""},
			{"deletion of 0", "401 No CO Specified", "DELETE", links + "/0.json", ""},
			{"add without a document", "401 No CO Specified", "POST", links + ".json", ""},
			{"add of malformed JSON", "401 No CO Specified", "POST", links + ".json", "{"},
			{"add without a person", "401 No CO Specified", "POST", links + ".json", `{"CoOrgIdentityLinks":[{"Version":"1.0","OrgIdentityId":"34"}]}`},
			{"add of a word for a person", "401 No CO Specified", "POST", links + ".json", request(`"x"`, "34")},
			{"add of an unknown person", "401 No CO Specified", "POST", links + ".json", request("99", "34")},
			{"add of a foreign person", "401 Unauthorized", "POST", links + ".json", request("21", "42")},
			{"add of a foreign person with a bad field", "401 Unauthorized", "POST", links + ".json", request("21", `"x"`)},
			{"add of a foreign person in a bad Version", "401 Unauthorized", "POST", links + ".json", `{"Version":"7","CoPersonId":21}`},
			{"add with a bad field", "400 Invalid Fields", "POST", links + ".json", request("12", `"x"`)},
			{"add in a bad Version", "400 Invalid Fields", "POST", links + ".json", `{"Version":"7","CoPersonId":12}`},
			{"add of a foreign org identity", "400 Invalid Fields", "POST", links + ".json", request("12", "42")},
			{"add of a deleted person", "403 CoPerson Does Not Exist", "POST", links + ".json", request("14", "34")},
		} {
			t.Run(test.name, func(t *testing.T) {
				s.wantLine(t, test.line, as(coAdmin, test.method, test.path, test.body))
			})
		}
	})
	for _, path := range []string{links + ".json?copersonid=12", links + ".json?orgidentityid=35", links + ".json?coid=2", links + "/44.json", links + "/45.json"} {
		s.wantLine(t, "200 OK", as(coAdmin, "GET", path, ""))
	}
	s.wantEmpty(t, "204 CO Person Has No CoOrgIdentityLink", as(coAdmin, "GET", links+".json?copersonid=13", ""))
	s.wantLine(t, "201 Added", as(coAdmin, "POST", links+".json", request("12", "36")))
	s.wantEmpty(t, "200 OK", as(coAdmin, "PUT", links+"/44.json", request("13", "34")))
	s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", links+"/44.json", ""))
}

// Of two faults in a request the one that Registry looks for first is answered.
func TestComanageOrderOfChecks(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	const entry = `{"CoOrgIdentityLinks":[{"Version":"1.0"%s}]}`
	unchanged(t, s, func() {
		for _, test := range []struct{ name, line, user, method, path, body string }{
			{"route, credentials", "404 Unknown", "", "GET", links + "/x.json", ""},
			{"format, credentials", "404 Unknown", "", "POST", links + ".yaml", "{"},
			{"credentials, link", "401 Unauthorized", "", "PUT", links + "/99.json", "{"},
			{"credentials, document", "401 Unauthorized", "", "POST", links + ".json", "{"},
			{"credentials, no id", "401 Unauthorized", "", "DELETE", links + "/.json", ""},
			{"CO, document", "401 No CO Specified", coAdmin, "POST", links + ".json", "{"},
			{"link, document", "404 CoOrgIdentityLink Unknown", platform, "PUT", links + "/99.json", "{"},
			{"Version, fields", "400 Invalid Fields", platform, "POST", links + ".json", `{"CoPersonId":"x"}`},
			{"fields, person", "400 Invalid Fields", platform, "POST", links + ".json", strings.Replace(entry, "%s", `,"OrgIdentityId":"x"`, 1)},
			{"fields, unknown person", "400 Invalid Fields", platform, "POST", links + ".json", request("99", `"x"`)},
			{"person, org identity", "403 CoPerson Does Not Exist", platform, "POST", links + ".json", strings.Replace(entry, "%s", "", 1)},
			{"unknown person, org identity", "403 CoPerson Does Not Exist", platform, "POST", links + ".json", request("99", "99")},
			{"unknown person, linked", "403 CoPerson Does Not Exist", platform, "POST", links + ".json", request("99", "35")},
			{"person of another CO, org identity", "403 OrgIdentity Does Not Exist", platform, "PUT", links + "/44.json", request("21", "99")},
			{"another CO, linked", "400 Invalid Fields", platform, "PUT", links + "/44.json", request("21", "41")},
		} {
			t.Run(test.name, func(t *testing.T) {
				s.wantLine(t, test.line, as(test.user, test.method, test.path, test.body))
			})
		}
	})
}

// Without credentials: what Registry has no route for is 404 before they count.
func TestComanageUnknownRoutes(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	unchanged(t, s, func() {
		for _, route := range []string{
			"GET .yaml", "POST .yaml", "DELETE .yaml", "GET /44.yaml", "PUT /44.yaml", "DELETE /44.yaml", "DELETE /.yaml", "GET .XML",
			"GET .JSON", "GET .", "GET ", "POST ", "GET /", "GET /44", "GET /44.", "GET /44.json.xml", "GET .json.xml",
			"GET /x.json", "PUT /x.json", "DELETE /x.json", "DELETE /-1.json", "GET /-1.json", "GET /1.5.json", "GET /+1.json",
			"GET /1%2F2.json", "GET /44%2F.json", "GET /44%00.json", "GET /%ff.json", "GET /44.js%00n", "GET /%2E.json", "GET /4%2034.json",
			"GET /0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d1.json", "GET /0f0f7b1e4d5c4c1a9a525a1c3c1f2d10.json", "GET /g0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10.json",
			"GET /0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10.yaml", "POST /0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10.json",
			"DELETE /1%2F2.json", "PUT /%2e%2e%2f44.json", "GET /١.json",
			"GET /.json", "PUT /.json", "GET .json/", "GET .json/44", "GET /44.json/", "GET /44.json/45.json",
			"PUT .json", "PATCH .json", "HEAD .json", "OPTIONS .json", "POST /44.json", "PATCH /44.json", "HEAD /44.json", "OPTIONS /44.json", "LINK /44.json",
		} {
			method, rest, _ := strings.Cut(route, " ")
			for _, prefix := range []string{"", "/registry"} {
				for _, user := range []string{"", platform} {
					s.wantEmpty(t, "404 Unknown", as(user, method, prefix+links+rest, ""))
				}
			}
		}
		for _, path := range []string{
			"/registry", "/registry/", "/registry/co_org_identity", "/co_org_identity", "/co_person_roles.json", "/co_groups.xml",
			"/email_addresses.json", "/cous/1.json", "/registry/email_addresses.json", "/registry/hq/v1/accounts", "/registry/links/@item",
			"/registry/openapi.json", "/registry/orglink/v1/version", "/registry/registry" + links + ".json", "/w/nowhere" + links + ".json", "/w/nowhere" + links + "/44.json",
			"/w/nowhere/registry" + links + ".json", "/registry/docs", "/registry/docs/", "/registry/docs/index.html", "/registry/docs/nope", "/registry//docs/",
			"/w/default/registry/docs/",
		} {
			s.wantEmpty(t, "404 Unknown", as(platform, "GET", path, ""))
			s.wantEmpty(t, "404 Unknown", as("", "OPTIONS", path, ""))
		}
	})
}

// Registry's routes take a UUID for an id, though no link has one.
func TestComanageIDsMayBeShapedLikeUUIDs(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	unchanged(t, s, func() {
		for _, id := range []string{"0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10", "0F0F7B1E-4D5C-4C1A-9A52-5A1C3C1F2D10", "00000000-0000-0000-0000-000000000044"} {
			for _, method := range []string{"GET", "PUT", "DELETE"} {
				for _, body := range []string{"", "{", request("12", "34")} {
					if method != "PUT" && body != "" {
						continue
					}
					for user, line := range map[string]string{"": "401 Unauthorized", coAdmin: "401 No CO Specified", platform: "404 CoOrgIdentityLink Unknown"} {
						s.wantEmpty(t, line, as(user, method, links+"/"+id+".json", body))
					}
				}
			}
		}
	})
}

func TestComanageAnswersUnderItsAliasToo(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	for _, prefix := range []string{"/registry", "//registry/", "/w/default/registry", "/w/default"} {
		a := s.wantLine(t, "200 OK", as(platform, "GET", prefix+links+"/44.json", ""))
		if !strings.Contains(a.body, `"Id":"44"`) {
			t.Errorf("%s: %s", prefix, a.body)
		}
	}
	s.wantLine(t, "201 Added", as(platform, "POST", "/registry"+links+".json", request("12", "34")))
	s.wantEmpty(t, "403 OrgIdentity Already Linked", as(platform, "POST", links+".json", request("12", "34")))
}

func TestComanageWorkspacesDoNotMeet(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		other := func(c call) call { c.path = "/w/other" + c.path; return c }
		apply := `{"comanage":{"cos":[{"id":5,"name":"Two"}],"apiUsers":[{"name":"co_1.only","secret":"demo-secret"}],
			"people":[{"id":12,"co":5}],"orgIdentities":[{"id":35,"co":5}]}}`
		s.want(t, 200, other(call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: apply}))
		s.wantEmpty(t, "401 Unauthorized", other(as(platform, "GET", links+".json", "")))
		s.wantEmpty(t, "401 Unauthorized", as("co_1.only", "GET", links+".json", ""))
		s.wantEmpty(t, "204 CO Person Has No CoOrgIdentityLink", other(as("co_1.only", "GET", links+".json?copersonid=12", "")))
		s.wantEmpty(t, "404 CoOrgIdentityLink Unknown", other(as("co_1.only", "GET", links+"/44.json", "")))
		unchanged(t, s, func() {
			a := s.wantLine(t, "201 Added", other(as("co_1.only", "POST", links+".json", request("12", "35"))))
			var made struct{ ID string }
			a.json(t, &made)
			s.wantEmpty(t, "200 Deleted", other(as("co_1.only", "DELETE", links+"/"+made.ID+".json", "")))
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/other", header: admin})
			s.wantEmpty(t, "404 Unknown", other(as("co_1.only", "GET", links+".json", "")))
		})
	})
}

func TestComanagePlatformCOIsInEveryWorkspace(t *testing.T) {
	t.Parallel()
	s := start(t)
	user := `{"comanage":{"apiUsers":[{"name":"co_1.first","secret":"demo-secret"}],"cos":[{"id":1,"name":"COmanage"}]}}`
	for _, prefix := range []string{"", "/w/made"} {
		s.want(t, 200, call{method: "PUT", path: prefix + "/orglink/v1/fixtures", header: admin, body: user})
		s.wantLine(t, "200 OK", as("co_1.first", "GET", prefix+links+".json?coid=1", ""))
	}
	s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/default", header: admin})
	s.wantEmpty(t, "401 Unauthorized", as("co_1.first", "GET", links+".json", ""))
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: user})
	s.wantLine(t, "200 OK", as("co_1.first", "GET", links+".json?coid=1", ""))
}

func TestComanageFixturesAppliedAgainChangeNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		again := call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{
			"cos":[{"id":2,"name":"Two"}],"apiUsers":[{"name":"co_2.admin","privileged":true},{"name":"co_1.new","secret":"demo-secret"}],
			"people":[{"id":12,"co":2,"deleted":true},{"id":13,"co":2}],"orgIdentities":[{"id":34,"co":2},{"id":35,"co":2}],
			"links":[{"id":44,"coPersonId":12,"orgIdentityId":35,"revision":9,"actorIdentifier":"x"},{"id":45,"coPersonId":13,"orgIdentityId":36}]}}`}
		unchanged(t, s, func() { s.want(t, 200, again) })
		// What callers did meanwhile is left alone.
		s.wantEmpty(t, "200 OK", as(platform, "PUT", links+"/44.json", request("13", "34")))
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", links+"/44.json", ""))
		unchanged(t, s, func() { s.want(t, 200, again) })
		// An id that was chosen is not taken again.
		s.want(t, 200, call{
			method: "PUT", path: "/orglink/v1/fixtures", header: admin,
			body: `{"comanage":{"links":[{"id":50,"coPersonId":12,"orgIdentityId":35}]}}`,
		})
		a := s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request("12", "36")))
		if !strings.Contains(a.body, `"Id":"51"`) {
			t.Errorf("want the id 51: %s", a.body)
		}
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{}}`})
	})
}

func TestComanageFixturesThatContradictChangeNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		unchanged(t, s, func() {
			for name, section := range map[string]string{
				"platform CO renamed":        `{"cos":[{"id":1,"name":"Mine"}]}`,
				"name of another CO":         `{"cos":[{"id":4,"name":"Two"}]}`,
				"two of a name":              `{"cos":[{"id":4,"name":"Four"},{"id":5,"name":"Four"}]}`,
				"the platform's name":        `{"cos":[{"id":4,"name":"COmanage"}]}`,
				"API user of no CO":          `{"apiUsers":[{"name":"co_9.x","secret":"s"}]}`,
				"API user without a key":     `{"apiUsers":[{"name":"co_2.x"}]}`,
				"API user with two keys":     `{"apiUsers":[{"name":"co_2.x","secret":"s","secretHash":"h"}]}`,
				"API user twice":             `{"apiUsers":[{"name":"co_2.x","secret":"s"},{"name":"co_2.x","secret":"s"}]}`,
				"a hash that is none":        `{"apiUsers":[{"name":"co_2.x","secretHash":"h"}]}`,
				"a key of too many bytes":    `{"apiUsers":[{"name":"co_2.x","secret":"` + strings.Repeat("ä", 40) + `"}]}`,
				"a pattern that is none":     `{"apiUsers":[{"name":"co_2.x","secret":"s","remoteIp":"("}]}`,
				"an end before a beginning":  `{"apiUsers":[{"name":"co_2.x","secret":"s","validFrom":"2026-01-02T00:00:00Z","validThrough":"2026-01-01T00:00:00Z"}]}`,
				"person of no CO":            `{"people":[{"id":77,"co":9}]}`,
				"person moved":               `{"people":[{"id":12,"co":3}]}`,
				"org identity of no CO":      `{"orgIdentities":[{"id":77,"co":9}]}`,
				"org identity moved":         `{"orgIdentities":[{"id":34,"co":3}]}`,
				"link of nobody":             `{"links":[{"id":48,"coPersonId":99,"orgIdentityId":34}]}`,
				"link of a deleted person":   `{"links":[{"id":48,"coPersonId":14,"orgIdentityId":34}]}`,
				"link of nothing":            `{"links":[{"id":48,"coPersonId":12,"orgIdentityId":99}]}`,
				"link of a deleted identity": `{"links":[{"id":48,"coPersonId":12,"orgIdentityId":37}]}`,
				"link across COs":            `{"links":[{"id":48,"coPersonId":12,"orgIdentityId":42}]}`,
				"second link":                `{"links":[{"id":48,"coPersonId":12,"orgIdentityId":34},{"id":49,"coPersonId":13,"orgIdentityId":34}]}`,
			} {
				t.Run(name, func(t *testing.T) {
					a := s.want(t, 422, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":` + section + `}`})
					var problem struct{ Detail string }
					a.json(t, &problem)
					if problem.Detail == "" {
						t.Error("the answer does not say what contradicts")
					}
				})
			}
			for name, section := range map[string]string{
				"unknown member": `{"nope":1}`, "no id": `{"people":[{"co":2}]}`, "id 0": `{"cos":[{"id":0,"name":"x"}]}`,
				"id too large": `{"cos":[{"id":2147483648,"name":"x"}]}`, "name without CO": `{"apiUsers":[{"name":"admin","secret":"s"}]}`,
				"name too long": `{"apiUsers":[{"name":"co_2.` + strings.Repeat("x", 46) + `","secret":"s"}]}`,
				"bad status":    `{"apiUsers":[{"name":"co_2.x","secret":"s","status":"A"}]}`, "bad time": `{"links":[{"id":48,"coPersonId":12,"orgIdentityId":34,"created":"now"}]}`,
			} {
				t.Run(name, func(t *testing.T) {
					s.want(t, 400, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":` + section + `}`})
				})
			}
		})
		// What stood in front of a contradiction is not there.
		s.wantEmpty(t, "404 CO Unknown", as(platform, "GET", links+".json?coid=4", ""))
	})
}

func TestComanageFixturesAppliedAtOnceAgree(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		var identities, made []string
		for i := range 20 {
			identities = append(identities, fmt.Sprintf(`{"id":%d,"co":7}`, 100+i))
			made = append(made, fmt.Sprintf(`{"id":%d,"coPersonId":1,"orgIdentityId":%d}`, 200+i, 100+i))
		}
		apply := func(section string) call {
			return call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"comanage":{` + section + `}}`}
		}
		s.want(t, 200, apply(`"cos":[{"id":7,"name":"Seven"}],"people":[{"id":1,"co":7}],"orgIdentities":[`+strings.Join(identities, ",")+`]`))
		c := apply(`"links":[` + strings.Join(made, ",") + `]`)
		lines := inParallel(12, func(int) string {
			a := s.do(t, c)
			if a.status != 200 {
				t.Errorf("got %s: %s", a.line, a.body)
			}
			return a.line
		})
		if lines["200 OK"] != 12 {
			t.Errorf("want 12 times 200, got %v", lines)
		}
		a := s.wantLine(t, "200 OK", as(platform, "GET", links+".json?copersonid=1", ""))
		if got := strings.Count(a.body, `"Id"`); got != 20 {
			t.Errorf("want 20 links, got %d", got)
		}
	})
}
