package server_test

import (
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestComanageAPIUsersOfACOSeeNoCOs(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	keepsObjects(t, s, func() {
		for _, user := range []string{coAdmin, "co_2.plain", ""} {
			for _, c := range []struct{ method, path, body string }{
				{"GET", ".json", ""},
				{"GET", ".json?coid=2", ""},
				{"GET", "/2.json", ""},
				{"GET", "/99.json", ""},
				{"POST", ".json", coKind.document(coKind.full)},
				{"POST", ".json", "{"},
				{"POST", ".json", `{"Version":"7"}`},
				{"PUT", "/2.json", coKind.document(coKind.full)},
				{"PUT", "/2.json", "{}"},
				{"PUT", "/99.json", "{"},
				{"DELETE", "/2.json", ""},
				{"DELETE", "/1.json", ""},
				{"DELETE", "/99.json", ""},
				{"DELETE", "/0.json", ""},
				{"DELETE", "/.json", ""},
				{"DELETE", ".json", ""},
			} {
				s.wantEmpty(t, "401 Unauthorized", as(user, c.method, cos+c.path, c.body))
			}
		}
	})
}

func TestComanageAPIUsersOfACOStayAmongItsObjects(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		for _, k := range []struct {
			objectKind
			own, other, deleted string
		}{{personKind, "12", "21", "14"}, {orgKind, "34", "41", "37"}} {
			in := func(co, more string) string { return k.document(`"CoId":` + co + `,"Status":` + more) }
			sound := map[string]string{people: `"Active"`, orgIdentities: `"SY"`}[k.path]
			keepsObjects(t, s, func() {
				for _, test := range []struct{ line, method, path, body string }{
					{"401 No CO Specified", "GET", ".json", ""},
					{"401 No CO Specified", "GET", ".json?search.identifier=x", ""},
					{"401 Unauthorized", "GET", ".json?coid=3", ""},
					{"401 Unauthorized", "GET", ".json?coid=1", ""},
					{"404 CO Not Found", "GET", ".json?coid=99", ""},
					{"404 CO Not Found", "GET", ".json?coid=", ""},
					{"401 Unauthorized", "GET", "/" + k.other + ".json", ""},
					{"401 No CO Specified", "GET", "/99.json", ""},
					{"401 No CO Specified", "GET", "/0.json", ""},
					{"401 Unauthorized", "POST", ".json", in("3", sound)},
					{"401 Unauthorized", "POST", ".json", in("1", sound)},
					{"401 Unauthorized", "POST", ".json", in("3", `"x"`)},
					{"401 Unauthorized", "POST", ".json", `{"Version":"7","CoId":3}`},
					{"404 CO Not Found", "POST", ".json", in("99", sound)},
					{"404 CO Not Found", "POST", ".json", in("0", `"x"`)},
					{"401 No CO Specified", "POST", ".json", k.document(`"Status":` + sound)},
					{"401 No CO Specified", "POST", ".json", in(`"x"`, sound)},
					{"401 No CO Specified", "POST", ".json", in(`null`, `"x"`)},
					{"401 No CO Specified", "POST", ".json", ""},
					{"401 No CO Specified", "POST", ".json", "{"},
					{"400 Invalid Fields", "POST", ".json", in("2", `"x"`)},
					{"400 Invalid Fields", "POST", ".json", `{"Version":"7","CoId":2}`},
					{"401 Unauthorized", "PUT", "/" + k.other + ".json", in("3", sound)},
					{"401 Unauthorized", "PUT", "/" + k.other + ".json", "{"},
					{"401 No CO Specified", "PUT", "/99.json", in("2", sound)},
					{"401 No CO Specified", "PUT", "/99.json", ""},
					{"400 Invalid Fields", "PUT", "/" + k.own + ".json", in("3", sound)},
					{"403 CO Does Not Exist", "PUT", "/" + k.own + ".json", in("99", sound)},
					{"400 Bad Request", "PUT", "/" + k.own + ".json", "{"},
					{"404 " + k.singular + " Unknown", "PUT", "/" + k.deleted + ".json", in("2", sound)},
					{"401 Unauthorized", "DELETE", "/" + k.other + ".json", ""},
					{"401 No CO Specified", "DELETE", "/99.json?coid=2", ""},
					{"401 No CO Specified", "DELETE", "/0.json", ""},
					{"401 No CO Specified", "DELETE", "/.json", ""},
					{"401 No CO Specified", "DELETE", ".json", ""},
				} {
					s.wantLine(t, test.line, as(coAdmin, test.method, k.path+test.path, test.body))
					s.wantEmpty(t, "401 Unauthorized", as("co_2.plain", test.method, k.path+test.path, test.body))
				}
			})
			var made struct{ ID string }
			s.wantLine(t, "201 Added", as(coAdmin, "POST", k.list(), k.document(k.full))).json(t, &made)
			s.wantEmpty(t, "200 OK", as(coAdmin, "PUT", k.one(made.ID), k.document(k.full)))
			for _, path := range []string{k.list() + "?coid=2", k.one(k.own), k.one(k.deleted), k.one(made.ID)} {
				s.wantLine(t, "200 OK", as(coAdmin, "GET", path, ""))
			}
			s.wantEmpty(t, "200 Deleted", as(coAdmin, "DELETE", k.one(made.ID), ""))
		}
	})
}

// What a request may name wrongly beside the fields of its document, and which of
// two faults is answered.
func TestComanageObjectsRefuseInRegistrysOrder(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		keepsObjects(t, s, func() {
			for _, k := range []struct {
				objectKind
				own, deleted string
			}{{coKind, "2", ""}, {personKind, "12", "14"}, {orgKind, "34", "37"}} {
				unknown := "404 " + k.singular + " Unknown"
				for _, test := range []struct{ line, user, method, path, body string }{
					{"404 Unknown", "", "GET", "/x.json", ""},
					{"404 Unknown", "", "POST", "/2.json", "{"},
					{"404 Unknown", "", "PUT", ".json", "{"},
					{"404 Unknown", platform, "PATCH", "/2.json", k.document(k.full)},
					{"404 Unknown", platform, "GET", ".yaml", ""},
					{"401 Unauthorized", "", "POST", ".json", "{"},
					{"401 Unauthorized", "", "PUT", "/99.json", "{"},
					{"401 Unauthorized", "", "DELETE", ".json", ""},
					{"401 Unauthorized", "", "GET", ".json?coid=99", ""},
					{unknown, platform, "GET", "/99.json", ""},
					{unknown, platform, "GET", "/0.json", ""},
					{unknown, platform, "GET", "/99999999999999999999.json", ""},
					{unknown, platform, "GET", "/0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10.json", ""},
					{unknown, platform, "PUT", "/99.json", k.document(k.full)},
					{unknown, platform, "PUT", "/99.json", ""},
					{unknown, platform, "PUT", "/99.json", "{}"},
					{unknown, platform, "DELETE", "/99.json", ""},
					{"400 Invalid Fields", platform, "DELETE", "/0.json", ""},
					{"400 Invalid Fields", platform, "DELETE", "/.json", ""},
					{"400 Invalid Fields", platform, "DELETE", ".json", ""},
					{"400 Bad Request", platform, "POST", ".json", ""},
					{"400 Bad Request", platform, "POST", ".json", "{"},
					{"400 Bad Request", platform, "POST", ".json", `{"` + k.plural + `":[]}`},
					{"400 Bad Request", platform, "POST", ".json", `{"` + k.plural + `":[7]}`},
					{"400 Bad Request", platform, "PUT", "/" + k.own + ".json", ""},
					{"400 Bad Request", platform, "PUT", "/" + k.own + ".json", `[]`},
				} {
					s.wantEmpty(t, test.line, as(test.user, test.method, k.path+test.path, test.body))
				}
				if k.deleted != "" {
					s.wantEmpty(t, unknown, as(platform, "PUT", k.one(k.deleted), "{"))
					s.wantEmpty(t, unknown, as(platform, "PUT", k.one(k.deleted), k.document(`"CoId":"99"`)))
				}
			}
			// COs: fields come before the platform's CO, and that before the name.
			s.wantLine(t, "400 Invalid Fields", as(platform, "PUT", coKind.one("1"), coKind.document(`"Name":"Two"`)))
			s.wantEmpty(t, "400 Bad Request", as(platform, "PUT", coKind.one("1"), "{"))
			s.wantEmpty(t, "403 Cannot Edit COmanage CO", as(platform, "PUT", coKind.one("1"), coKind.document(`"Name":"Two","Status":"Active"`)))
			s.wantLine(t, "400 Invalid Fields", as(platform, "POST", coKind.list(), coKind.document(`"Name":"Two"`)))
			// Of the others fields come before the CO, its being before its being another.
			for _, k := range []struct {
				objectKind
				own, wrong string
			}{{personKind, "12", `"Status":"x"`}, {orgKind, "34", `"Status":"x"`}} {
				for _, co := range []string{`"99"`, `0`, `2147483648`} {
					sound := strings.Replace(k.full, `"CoId":"2"`, `"CoId":`+co, 1)
					s.wantEmpty(t, "403 CO Does Not Exist", as(platform, "POST", k.list(), k.document(sound)))
					s.wantEmpty(t, "403 CO Does Not Exist", as(platform, "PUT", k.one(k.own), k.document(sound)))
					s.wantLine(t, "400 Invalid Fields", as(platform, "POST", k.list(), k.document(`"CoId":`+co+`,`+k.wrong)))
					s.wantLine(t, "400 Invalid Fields", as(platform, "PUT", k.one(k.own), k.document(`"CoId":`+co+`,`+k.wrong)))
				}
				const moved = `{"ResponseType":"ErrorResponse","Version":"1.0","Id":"%s","InvalidFields":{"co_id":["\"co_id\" may not refer to another CO"]}}`
				s.wantLine(t, "400 Invalid Fields", as(platform, "PUT", k.one(k.own), k.document(k.least))).wantJSON(t, fmt.Sprintf(moved, k.own))
			}
		})
	})
}
