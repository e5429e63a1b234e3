package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// calls are one call of each operation of a kind, which would do something for the
// platform's API user.
func (k wireKind) calls(t *testing.T, format string) []call {
	t.Helper()
	return []call{
		{method: "GET", path: k.list(format)},
		{method: "POST", path: k.list(format), body: k.document(t, k.entry, format)},
		{method: "DELETE", path: k.list(format)},
		{method: "GET", path: k.object(k.id, format)},
		{method: "PUT", path: k.object(k.id, format), body: k.document(t, k.change, format)},
		{method: "DELETE", path: k.object(k.id, format)},
	}
}

// authorized is the call with the Authorization.
func (c call) authorized(authorization string) call {
	c.header = map[string]string{"Authorization": authorization, "Content-Type": "application/json"}
	return c
}

func TestComanageEveryOperationAsksForCredentials(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		nothingChanges(t, s, func() {
			for name, header := range map[string]string{
				"none": "", "wrong key": basic(platform, "wrong"), "unknown user": basic("co_1.nobody", "demo-secret"),
				"suspended": basic("co_1.suspended", "demo-secret"), "unprivileged": basic("co_2.plain", "demo-secret"),
				"the admin token": "Bearer " + servertest.AdminToken,
			} {
				t.Run(name, func(t *testing.T) {
					eachKind(t, func(t *testing.T, k wireKind) {
						for i, c := range k.calls(t, map[bool]string{true: "json", false: "xml"}[name == "none"]) {
							if i > 0 && (name == "wrong key" || name == "unknown user") {
								break // slow by intention
							}
							s.wantEmpty(t, "401 Unauthorized", c.authorized(header))
						}
						// What is wrong besides does not show.
						s.wantEmpty(t, "401 Unauthorized", call{method: "GET", path: k.object(999, "json")}.authorized(""))
						s.wantEmpty(t, "401 Unauthorized", call{method: "PUT", path: k.object(999, "xml"), body: "<"}.authorized(""))
						s.wantEmpty(t, "401 Unauthorized", call{method: "DELETE", path: k.object("", "json")}.authorized(""))
						s.wantEmpty(t, "401 Unauthorized", call{method: "GET", path: k.list("json") + "?coid=99&copersonid="}.authorized(""))
					})
				})
			}
		})
	})
}

// Without credentials: what Registry has no route for is 404 before they count.
func TestComanageUnknownRoutesOfEveryKind(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	nothingChanges(t, s, func() {
		eachKind(t, func(t *testing.T, k wireKind) {
			for _, route := range []string{
				"GET .yaml", "POST .yaml", "DELETE .yaml", "GET /12.yaml", "PUT /12.yaml", "DELETE /12.yaml", "DELETE /.yaml", "GET .XML",
				"GET .JSON", "GET .", "GET ", "POST ", "GET /", "GET /12", "GET /12.", "GET /12.json.xml", "GET .json.xml",
				"GET /x.json", "PUT /x.xml", "DELETE /x.json", "DELETE /-1.json", "GET /-1.xml", "GET /1.5.json", "GET /+1.json",
				"GET /1%2F2.json", "GET /12%00.json", "GET /%ff.json", "GET /12.js%00n", "GET /%2E.json", "GET /1%202.json", "GET /١.json",
				"GET /0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d1.json", "GET /0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10.yaml",
				"GET /.json", "PUT /.xml", "GET .json/", "GET .json/12", "GET /12.json/", "GET /12.json/13.json", "GET /12.xml/x",
				"PUT .json", "PATCH .xml", "HEAD .json", "OPTIONS .json", "POST /12.json", "PATCH /12.json", "HEAD /12.xml", "OPTIONS /12.json", "LINK /12.json",
			} {
				method, rest, _ := strings.Cut(route, " ")
				for _, prefix := range []string{"", "/registry", "/w/default/registry"} {
					s.wantEmpty(t, "404 Unknown", as("", method, prefix+k.path+rest, ""))
				}
				s.wantEmpty(t, "404 Unknown", as(platform, method, k.path+rest, ""))
			}
			for _, path := range []string{"/w/nowhere" + k.list("json"), "/w/nowhere/registry" + k.object(k.id, "xml"), "/registry/registry" + k.list("json"), "/registry/w/default" + k.list("json")} {
				s.wantEmpty(t, "404 Unknown", as(platform, "GET", path, ""))
				s.wantEmpty(t, "404 Unknown", as("", "DELETE", path, ""))
			}
		})
	})
}

func TestComanageDeletionsWithoutAnIDOfEveryKind(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		nothingChanges(t, s, func() {
			eachKind(t, func(t *testing.T, k wireKind) {
				ofCO := "401 No CO Specified"
				if k.gone {
					ofCO = "401 Unauthorized" // COs are the platform's
				}
				for _, path := range []string{".json", "/.json", "/0.json", "/000.xml", ".xml", "/.xml", ".json?coid=2&copersonid=12"} {
					s.wantEmpty(t, "400 Invalid Fields", as(platform, "DELETE", "/registry"+k.path+path, ""))
					s.wantEmpty(t, "400 Invalid Fields", as(platform, "DELETE", k.path+path, `{"x`))
					s.wantEmpty(t, ofCO, as(coAdmin, "DELETE", k.path+path, ""))
				}
			})
		})
	})
}

func TestComanageUnknownIDsOfEveryKind(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		nothingChanges(t, s, func() {
			eachKind(t, func(t *testing.T, k wireKind) {
				ofCO := "401 No CO Specified"
				if k.gone {
					ofCO = "401 Unauthorized"
				}
				for _, id := range []string{"999", "0999", "2147483648", "9223372036854775808", strings.Repeat("9", 60), "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10"} {
					for _, format := range []string{"json", "xml"} {
						path := k.object(id, format)
						s.wantEmpty(t, k.unknown(), as(platform, "GET", path, ""))
						s.wantEmpty(t, k.unknown(), as(platform, "DELETE", path, ""))
						for _, body := range []string{"", "{", "<", k.document(t, k.change, format), k.document(t, k.wrong, format), strings.Repeat(" ", 2<<20)} {
							s.wantEmpty(t, k.unknown(), as(platform, "PUT", path, body))
						}
						s.wantEmpty(t, ofCO, as(coAdmin, "PUT", path, k.document(t, k.change, format)))
					}
				}
				s.wantEmpty(t, k.unknown(), as(platform, "GET", k.object("0", "json"), ""))
				s.wantEmpty(t, k.unknown(), as(platform, "PUT", k.object("0", "json"), k.document(t, k.change, "json")))
				// Deleted ones are readable, but nothing else.
				s.wantEmpty(t, k.unknown(), as(platform, "PUT", k.object(k.deleted, "json"), "{"))
				s.wantEmpty(t, k.unknown(), as(platform, "PUT", k.object(k.deleted, "xml"), k.document(t, k.change, "xml")))
				s.wantEmpty(t, k.unknown(), as(platform, "DELETE", k.object(k.deleted, "json"), ""))
			})
		})
	})
}

// The body is not waited for where the object decides.
func TestComanageUnknownIDsAreToldBeforeTheBodyIsRead(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	for _, k := range wireKinds {
		c := dial(t, s)
		c.send(t, raw(platform, "PUT", k.object(999, "json"), "", "Content-Length: 50000000")+strings.Repeat(" ", 1000))
		c.want(t, "HTTP/1.1 "+k.unknown(), "PUT")
	}
}

func TestComanageHidesTheCauseOfAnInternalErrorOfEveryKind(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		s.CloseDatabase(t)
		eachKind(t, func(t *testing.T, k wireKind) {
			for _, format := range []string{"json", "xml"} {
				for _, c := range k.calls(t, format) {
					s.wantEmpty(t, "500 Other Error", c.authorized(basic(platform, "demo-secret")))
					c.path = "/registry" + c.path
					s.wantEmpty(t, "500 Other Error", c.authorized(basic("co_1.nobody", "x")))
				}
			}
		})
	})
}
