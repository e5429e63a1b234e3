package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// sviAdmins are callers who may change types, beside those of the demo and sviTypes.
const sviAdmins = `
svi:
  clients:
    - {id: modeller, secret: modeller-secret, grants: [client_credentials], scopes: [datahub.admin]}
  tokens:
    - {token: modeller-token, subject: modeller, scopes: [datahub.admin]}
`

const (
	sviEntities      = "/admin/storedObjects"
	sviRelationships = "/admin/relationships"
)

// sviAdmin is a call on types by the demo's user; more are pairs of headers.
func sviAdmin(method, path, body string, more ...string) call {
	header := sviHeader(more...)
	if _, given := header["Content-Type"]; body != "" && !given {
		header["Content-Type"] = "application/json"
	}
	return call{method: method, path: path, header: header, body: body}
}

// as is the call by another caller.
func (c call) as(token string) call {
	header := map[string]string{}
	for name, value := range c.header {
		header[name] = value
	}
	header["Authorization"] = "Bearer " + token
	c.header = header
	return c
}

// sviDefinition is a type as JSON has it.
type sviDefinition map[string]any

func (a answer) definition(t *testing.T) (d sviDefinition) {
	t.Helper()
	a.json(t, &d)
	return d
}

// with is a copy of the definition with other members; nil takes one away.
func (d sviDefinition) with(members ...any) sviDefinition {
	changed := sviDefinition{}
	for name, value := range d {
		changed[name] = value
	}
	for i := 0; i < len(members); i += 2 {
		changed[members[i].(string)] = members[i+1]
		if members[i+1] == nil {
			delete(changed, members[i].(string))
		}
	}
	return changed
}

// field is a copy of the definition with another field of the name; members as for
// with, none take the field away.
func (d sviDefinition) field(name string, members ...any) sviDefinition {
	fields := []any{}
	found := false
	for _, f := range d["fields"].([]any) {
		f := sviDefinition(f.(map[string]any))
		if f["name"] == name {
			found = true
			if len(members) == 0 {
				continue
			}
			f = f.with(members...)
		}
		fields = append(fields, map[string]any(f))
	}
	if !found {
		fields = append(fields, map[string]any(sviDefinition{"name": name}.with(members...)))
	}
	return d.with("fields", fields)
}

func (d sviDefinition) String() string {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// path is where the type is.
func (d sviDefinition) path() string {
	if d["qualifiedName"] != nil {
		return fmt.Sprintf("%s/%v", sviRelationships, d["id"])
	}
	return fmt.Sprintf("%s/%v", sviEntities, d["id"])
}

// sviType reads a type: an entity type by its name, a relationship type by its
// qualified one.
func sviType(t *testing.T, s *site, name string) sviDefinition {
	t.Helper()
	path := sviEntities + "?name=" + name
	if strings.Contains(name, "__") {
		path = sviRelationships + "?qualifiedName=" + name
	}
	return s.want(t, 200, sviAdmin("GET", path, "")).definition(t)
}

// sviChange puts the changed definition and returns the answer.
func sviChange(t *testing.T, s *site, status int, d sviDefinition) answer {
	t.Helper()
	return s.want(t, status, sviAdmin("PUT", d.path(), d.String()))
}

func TestSviTypesAreShownWhole(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Clock(sviClock))
		for what, c := range map[string]call{
			"by name":         sviAdmin("GET", sviEntities+"?name=phone", ""),
			"by id":           sviAdmin("GET", sviEntities+"/10", ""),
			"vendor prefix":   sviAdmin("GET", "/svi-datahub"+sviEntities+"/10", ""),
			"the vendor type": sviAdmin("GET", sviEntities+"?name=phone", "", "Accept", "application/vnd.sas.investigation.meta.entity.type.admin+json;version=2"),
			"any type":        sviAdmin("GET", sviEntities+"/10", "", "Accept", "text/html"),
		} {
			a := s.want(t, 200, c)
			golden(t, "svi/stored_object.json", a.body)
			if a.header.Get("ETag") != `"1"` || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: got headers %v", what, a.header)
			}
		}
		for _, path := range []string{sviRelationships + "?qualifiedName=person__calls", sviRelationships + "/10"} {
			a := s.want(t, 200, sviAdmin("GET", path, ""))
			golden(t, "svi/relationship_type.json", a.body)
			if a.header.Get("ETag") != `"1"` {
				t.Errorf("%s: got headers %v", path, a.header)
			}
		}
	})
}

func TestSviListsOfTypes(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		var whole, short []sviDefinition
		s.want(t, 200, sviAdmin("GET", sviEntities+"/all", "")).json(t, &whole)
		s.want(t, 200, sviAdmin("GET", sviEntities+"/listAll", "")).json(t, &short)
		if len(whole) < 2 || len(short) != len(whole) {
			t.Fatalf("got %d types, and %d in short", len(whole), len(short))
		}
		for i, d := range whole {
			if diff := cmp.Diff(sviType(t, s, d["name"].(string)), d); diff != "" {
				t.Errorf("%v differs in the list (-alone +list):\n%s", d["name"], diff)
			}
			in := d.with("fields", nil, "relationshipsFrom", nil, "relationshipsTo", nil, "parentName", nil)
			if diff := cmp.Diff(in, short[i]); diff != "" {
				t.Errorf("%v differs in short (-long +short):\n%s", d["name"], diff)
			}
		}
		s.want(t, 201, sviAdmin("POST", sviRelationships, `{"name":"inside","fromObjectName":"place","toObjectName":"place","type":"DIRECT_CHILD"}`))
		for query, want := range map[string]string{
			"":                                   "[near holds loose hides inside]",
			"?type=RELATIONSHIP":                 "[near holds loose hides]",
			"?type=DIRECT_CHILD":                 "[inside]",
			"?type=relationship&unknown=ignored": "[]",
		} {
			var list []sviDefinition
			s.want(t, 200, sviAdmin("GET", sviRelationships+query, "")).json(t, &list)
			names := []any{}
			for _, d := range list {
				if d["fromObjectName"] == "place" {
					names = append(names, d["name"])
				}
			}
			if fmt.Sprint(names) != want {
				t.Errorf("%q: got %v, want %s", query, names, want)
			}
		}
	})
}

func TestSviTypesAreHiddenFromThoseWhoMayNotReadThem(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Fixtures(sviAdmins))
		secret, hides, place := sviType(t, s, "secret_place"), sviType(t, s, "place__hides"), sviType(t, s, "place")
		for token, seen := range map[string]bool{
			"demo-token": true, "modeller-token": true, "anna-token": true, // administrators, and a reader of the type
			"bert-token": false, "reader-token": false, "writer-token": false,
		} {
			status := 404
			if seen {
				status = 200
			}
			for _, path := range []string{sviEntities + "?name=secret_place", secret.path(), sviRelationships + "?qualifiedName=place__hides", hides.path()} {
				s.want(t, status, sviAdmin("GET", path, "").as(token))
			}
			for _, path := range []string{sviEntities + "/all", sviEntities + "/listAll", sviRelationships, sviRelationships + "?type=RELATIONSHIP", place.path()} {
				a := s.want(t, 200, sviAdmin("GET", path, "").as(token))
				if shown := strings.Contains(a.body, "secret_place"); shown != seen && path != place.path() || strings.Contains(a.body, "hides") != seen && !strings.HasSuffix(path, "listAll") {
					t.Errorf("%s as %s: %s", path, token, a.body)
				}
			}
			for _, list := range []string{"/all", "/listAll"} {
				a := s.want(t, 200, sviAdmin("GET", sviEntities+list+"?excludeUnauthorized=TRUE", "").as(token))
				if shown := strings.Contains(a.body, "secret_place"); shown != (token == "anna-token") {
					t.Errorf("%s without unauthorized ones as %s: %s", list, token, a.body)
				}
			}
		}
		golden(t, "svi/stored_object_not_found.json", s.want(t, 404, sviAdmin("GET", sviEntities+"?name=secret_place", "").as("bert-token")).body)
		hidden := s.want(t, 404, sviAdmin("GET", secret.path(), "").as("bert-token")).body
		absent := s.want(t, 404, sviAdmin("GET", sviEntities+"/4711", "").as("bert-token")).body
		if id := fmt.Sprint(secret["id"]); strings.ReplaceAll(absent, "4711", id) != hidden {
			t.Errorf("an absent type and a hidden one differ:\n%s\n%s", absent, hidden)
		}
	})
}

func TestSviTypesAreCreatedChangedAndDeleted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviAdmins))
		for _, step := range []struct{ collection, body string }{
			{sviEntities, `{"name":"car","fields":[{"name":"plate","dataType":"STRING","primaryKeyField":true,"length":9},{"name":"note","dataType":"STRING","masked":true,"revealGroups":["A"]}],
				"createdAtTimeFieldName":"made_at","validFromFieldName":"begin","readGroups":["Investigators"],"id":4711,"version":9,"createdBy":7,"unknown":{}}`},
			{sviEntities, `{"name":"bare"}`},
			{sviRelationships, `{"name":"drives","fromObjectName":"person","toObjectName":"car","type":"DIRECT_CHILD","cardinality":"ONE_TO_MANY","symmetric":true,"historyEnabled":false,
				"reverseName":"driven_by","bridge":{"keyFieldName":"sk","fromFieldName":"p","toFieldName":"c"},"versionNumberFieldName":"","fields":[{"name":"since","dataType":"DATE","required":true}]}`},
			{sviRelationships, `{"name":"drives","fromObjectName":"bare","toObjectName":"car","label":"","bridge":null,"required":false}`},
		} {
			made := s.want(t, 201, sviAdmin("POST", step.collection, step.body).as("modeller-token"))
			d := made.definition(t)
			if want := s.URL + d.path(); made.header.Get("Location") != want || made.header.Get("ETag") != `"1"` || d["version"] != 1.0 || d["createdBy"] != "modeller" {
				t.Errorf("got headers %v and %s", made.header, made.body)
			}
			read := s.want(t, 200, sviAdmin("GET", d.path(), ""))
			read.wantJSON(t, made.body)
			// The whole answer of a GET is sent back.
			echoed := s.want(t, 200, sviAdmin("PUT", d.path(), read.body, "If-Match", read.header.Get("ETag"))).definition(t)
			if diff := cmp.Diff(d.with("version", 2.0, "lastUpdatedBy", "demo", "lastUpdatedAt", echoed["lastUpdatedAt"]), echoed); diff != "" {
				t.Errorf("an echoed %v (-want +got):\n%s", d["name"], diff)
			}
		}
		car, drives := sviType(t, s, "car"), sviType(t, s, "person__drives")
		if car["parentName"] != "person" || len(car["relationshipsTo"].([]any)) != 2 || len(sviType(t, s, "person")["relationshipsFrom"].([]any)) != 2 {
			t.Errorf("got %v", car)
		}
		s.want(t, 409, sviAdmin("DELETE", car.path(), ""))
		s.want(t, 204, sviAdmin("DELETE", drives.path(), "", "If-Match", `"2"`))
		s.want(t, 204, sviAdmin("DELETE", sviType(t, s, "bare__drives").path(), ""))
		s.want(t, 204, sviAdmin("DELETE", car.path(), "", "If-Match", "*").as("modeller-token"))
		s.want(t, 404, sviAdmin("GET", car.path(), ""))
		again := s.want(t, 201, sviAdmin("POST", "/svi-datahub"+sviEntities, `{"name":"car"}`))
		if d := again.definition(t); d["id"].(float64) <= car["id"].(float64) || again.header.Get("Location") != s.URL+"/svi-datahub"+d.path() {
			t.Errorf("made again: %v %s", again.header, again.body)
		}
	})
}

// A field that is masked is masked for links that exist, at once.
func TestSviMaskingAFieldOfATypeInUse(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("count", 424242))))
	near := sviType(t, s, "place__near")
	sviChange(t, s, 200, near.field("count", "masked", true, "revealGroups", []string{"Agents"}))
	a := s.want(t, 200, sviGet(sviNear, "Authorization", "Bearer anna-token"))
	if strings.Contains(a.body, "424242") || !strings.Contains(a.body, `"count":{"masked":{"currentUserIsAuthorizedToReveal":true}}`) || !strings.Contains(a.body, `"relationshipTypeVersion":2`) {
		t.Errorf("got %s", a.body)
	}
}

func TestSviOneOfManyChangesOfATypeWins(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment, servertest.Demo())
		for _, name := range []string{"phone", "person__calls"} {
			d := sviType(t, s, name)
			counts := s.together(t, 16, func(i int) call {
				return sviAdmin("PUT", d.path(), d.with("label", fmt.Sprint(i)).String())
			})
			if counts[200] != 1 || counts[412] != 15 || sviType(t, s, name)["version"] != 2.0 {
				t.Errorf("%s: got %v and %v", name, counts, sviType(t, s, name))
			}
		}
		counts := s.together(t, 16, func(int) call { return sviAdmin("POST", sviEntities, `{"name":"only"}`) })
		if counts[201] != 1 || counts[409] != 15 {
			t.Errorf("one name: got %v", counts)
		}
		counts = s.together(t, 16, func(int) call {
			return sviAdmin("POST", sviRelationships, `{"name":"only","fromObjectName":"person","toObjectName":"phone"}`)
		})
		if counts[201] != 1 || counts[409] != 15 {
			t.Errorf("one name of a relationship type: got %v", counts)
		}
	})
}
