package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/oasdiff/yaml"

	"orglink/server/servertest"
)

// sviTypes are types, documents and links for what the demo does not have: fields
// of all data types, several links of the same ends, types without bridge table,
// without version and with protected ends, links whose documents are gone.
const sviTypes = `
svi:
  clients:
    - {id: reader, secret: reader-secret, grants: [client_credentials]}
    - {id: writer, secret: writer-secret, grants: [client_credentials, password], scopes: [datahub.write, other]}
  users:
    - {name: anna, passwordHash: $2a$10$86BrX02u0Y5xBiKu/KLKMeDjX7c0WlZvhAnTdNCQSNc5DozODfdMy, groups: [Investigators, Agents]}
    - {name: bert, passwordHash: $2a$10$86BrX02u0Y5xBiKu/KLKMeDjX7c0WlZvhAnTdNCQSNc5DozODfdMy}
  tokens:
    - {token: anna-token, subject: anna}
    - {token: bert-token, subject: bert}
    - {token: reader-token, subject: reader}
    - {token: writer-token, subject: writer, scopes: [datahub.write]}
  entityTypes:
    - {name: place, fields: [{name: title, dataType: string, displayLabel: true}, {name: number, dataType: integer, displayLabel: true}]}
    - {name: secret_place, readGroups: [Agents], fields: [{name: title, dataType: string, displayLabel: true}]}
  relationshipTypes:
    - name: near
      fromObjectName: place
      toObjectName: place
      reverseName: near_to
      symmetric: true
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
      lastUpdatedAtTimeFieldName: changed_at
      validFromFieldName: begin_dttm
      validToFieldName: end_dttm
      fields:
        - {name: kind, dataType: string, required: true, length: 5}
        - {name: count, dataType: integer}
        - {name: distance, dataType: number}
        - {name: paved, dataType: boolean}
        - {name: opened, dataType: date}
        - {name: seen, dataType: timestamp}
        - {name: code, dataType: string, masked: true, revealGroups: [Agents]}
        - {name: level, dataType: integer, masked: true}
        - {name: grade, dataType: integer, masked: true, required: true}
    - {name: holds, fromObjectName: place, toObjectName: place, versionNumberFieldName: version}
    - name: loose
      fromObjectName: place
      toObjectName: place
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      fields: [{name: note, dataType: string}, {name: pin, dataType: string, masked: true}]
    - name: hides
      fromObjectName: place
      toObjectName: secret_place
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
  documents:
    - {objectTypeName: place, id: a, fieldValues: {title: Harbour, number: 12}}
    - {objectTypeName: place, id: b, fieldValues: {title: Mill}}
    - {objectTypeName: place, id: 'c %41/ü', fieldValues: {}}
    - {objectTypeName: secret_place, id: x, fieldValues: {title: Bunker}}
  links:
    - {key: ab, relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: a, toObjectId: b, version: 4,
       createdAt: '2020-04-13T21:17:47.840+02:00', fieldValues: {kind: road, code: raw-code, level: 987654, grade: 3}}
    - {key: ba1, relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: b, toObjectId: a, fieldValues: {kind: road, grade: 3}}
    - {key: ba2, relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: b, toObjectId: a, fieldValues: {kind: road, grade: 3}}
    - {key: 'c %41/ü', relationshipTypeName: near, fromObjectTypeName: place, fromObjectId: 'c %41/ü', toObjectId: a, fieldValues: {kind: road, grade: 3}}
    - {key: a, relationshipTypeName: holds, fromObjectTypeName: place, fromObjectId: a, toObjectId: b}
    - {key: l1, relationshipTypeName: loose, fromObjectTypeName: place, fromObjectId: a, toObjectId: b, fieldValues: {pin: raw-code}}
    - {key: h1, relationshipTypeName: hides, fromObjectTypeName: place, fromObjectId: a, toObjectId: x}
`

// Ids of links in sviTypes.
const (
	sviNear   = "near|_|place|_|place|_|ab"
	sviHolds  = "holds|_|place|_|place|_|a"
	sviLoose  = "loose|_|place|_|place|_|l1"
	sviHidden = "hides|_|place|_|secret_place|_|h1"
)

// sviNearFields are valid field values of a link of the type near.
func sviNearFields(more ...any) map[string]any {
	fields := map[string]any{"kind": "road"}
	for i := 0; i < len(more); i += 2 {
		fields[more[i].(string)] = more[i+1]
	}
	return fields
}

func sviJSON(t *testing.T, text string) string {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(asJSON)
}

func TestSviFixturesAppliedAgainChangeNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("count", 7))))
		before := sviState(t, s, sviNear)
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, sviTypes)})
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a second apply changed the link from\n%s\nto\n%s", before, after)
		}
		s.want(t, 200, sviGet(sviNear, "Authorization", "Bearer anna-token"))
		s.want(t, 200, call{method: "POST", path: sviTokenPath, header: sviForm("writer", "writer-secret"), body: "grant_type=password&username=anna&password=demo-secret"})
	})
}

func TestSviFixturesSetProvisioningObjects(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{
			"entityTypes":[{"name":"person","version":7,"fields":[{"name":"id","dataType":"string","primaryKey":true},{"name":"version","dataType":"integer","versionRole":true},
				{"name":"first_name","dataType":"string"},{"name":"last_name","dataType":"string","displayLabel":true},{"name":"national_id","dataType":"string","masked":true}]}],
			"users":[{"name":"demo","password":"other","groups":[]}]}}`})
		a := s.want(t, 200, sviGet(sviFourParts).with("_includeDisplayLabel=true"))
		for _, want := range []string{`"toObjectTypeVersion":7`, `"toObjectDisplayLabel":"Smith"`, `"currentUserIsAuthorizedToReveal":false`} {
			if !strings.Contains(a.body, want) {
				t.Errorf("want %s in %s", want, a.body)
			}
		}
		s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{"users":[{"name":"demo","password":"other"}]}}`})
		s.want(t, 401, call{method: "POST", path: sviTokenPath, header: sviForm("sas.ec", ""), body: "grant_type=password&username=demo&password=demo-secret"})
		s.want(t, 200, call{method: "POST", path: sviTokenPath, header: sviForm("sas.ec", ""), body: "grant_type=password&username=demo&password=other"})
	})
}

func TestSviFixturesThatContradictAreRefused(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		near := sviState(t, s, sviNear)
		for name, section := range map[string]string{
			"relationship without its entity type": `{"relationshipTypes":[{"name":"r","fromObjectName":"place","toObjectName":"nowhere"}]}`,
			"relationship that ends elsewhere":     `{"relationshipTypes":[{"name":"near","fromObjectName":"place","toObjectName":"person"}]}`,
			"two fields of one name":               `{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"string"},{"name":"f","dataType":"date"}]}]}`,
			"column and field of one name":         `{"relationshipTypes":[{"name":"r","fromObjectName":"place","toObjectName":"place","versionNumberFieldName":"f","fields":[{"name":"f","dataType":"string"}]}]}`,
			"masked label":                         `{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"string","masked":true,"displayLabel":true}]}]}`,
			"two primary keys":                     `{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"string","primaryKey":true},{"name":"g","dataType":"string","primaryKey":true}]}]}`,
			"two versions":                         `{"entityTypes":[{"name":"e","fields":[{"name":"f","dataType":"integer","versionRole":true},{"name":"g","dataType":"integer","versionRole":true}]}]}`,
			"role on a link's field":               `{"relationshipTypes":[{"name":"r","fromObjectName":"place","toObjectName":"place","fields":[{"name":"f","dataType":"string","primaryKey":true}]}]}`,
			"another id for a stored type":         `{"entityTypes":[{"name":"place","id":4711}]}`,
			"an id that another type has":          `{"entityTypes":[{"name":"e","id":1}]}`,
			"another id for a stored relationship": `{"relationshipTypes":[{"name":"near","id":4711,"fromObjectName":"place","toObjectName":"place"}]}`,
			"entity type twice":                    `{"entityTypes":[{"name":"e"},{"name":"e"}]}`,
			"relationship type twice":              `{"relationshipTypes":[{"name":"r","fromObjectName":"place","toObjectName":"place"},{"name":"r","fromObjectName":"place","toObjectName":"place"}]}`,
			"user twice":                           `{"users":[{"name":"u","password":"p"},{"name":"u","password":"p"}]}`,
			"client twice":                         `{"clients":[{"id":"c","secret":""},{"id":"c","secret":""}]}`,
			"user without password":                `{"users":[{"name":"u"}]}`,
			"user with two passwords":              `{"users":[{"name":"u","password":"p","passwordHash":"$2a$10$86BrX02u0Y5xBiKu/KLKMeDjX7c0WlZvhAnTdNCQSNc5DozODfdMy"}]}`,
			"user with a hash that is none":        `{"users":[{"name":"u","passwordHash":"x"}]}`,
			"client with an unserved grant":        `{"clients":[{"id":"c","secret":"","grants":["authorization_code"]}]}`,
			"client without secret":                `{"clients":[{"id":"c"}]}`,
			"token of nobody":                      `{"tokens":[{"token":"t","subject":"nobody"}]}`,
			"document of an unknown type":          `{"documents":[{"objectTypeName":"nowhere","id":"d"}]}`,
			"document id with the delimiter":       `{"documents":[{"objectTypeName":"place","id":"a|_|b"}]}`,
			"document twice":                       `{"documents":[{"objectTypeName":"place","id":"d"},{"objectTypeName":"place","id":"d"}]}`,
			"document with an unknown field":       `{"documents":[{"objectTypeName":"place","id":"d","fieldValues":{"nope":1}}]}`,
			"document with a wrong value":          `{"documents":[{"objectTypeName":"place","id":"d","fieldValues":{"number":"x"}}]}`,
			"document that gives its key twice":    `{"documents":[{"objectTypeName":"person","id":"d","fieldValues":{"id":"d"}}]}`,
			"document that ends before it begins":  `{"documents":[{"objectTypeName":"place","id":"d","validFrom":"2020-01-02T00:00:00Z","validTo":"2020-01-01T00:00:00Z"}]}`,
			"link of an unknown type":              `{"links":[{"key":"l","relationshipTypeName":"nope","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b"}]}`,
			"link to nowhere":                      `{"links":[{"key":"l","relationshipTypeName":"loose","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"nowhere"}]}`,
			"link key with the delimiter":          `{"links":[{"key":"a|_|b","relationshipTypeName":"loose","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b"}]}`,
			"link without a required field":        `{"links":[{"key":"l","relationshipTypeName":"near","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b"}]}`,
			"link with validity and no field":      `{"links":[{"key":"l","relationshipTypeName":"loose","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b","validFrom":"2020-01-01T00:00:00Z"}]}`,
			"link that ends before it begins":      `{"links":[{"key":"l","relationshipTypeName":"near","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b","fieldValues":{"kind":"road","grade":1},"validFrom":"2020-01-02T00:00:00Z","validTo":"2020-01-01T00:00:00Z"}]}`,
			"link twice":                           `{"links":[{"key":"l","relationshipTypeName":"loose","fromObjectTypeName":"place","fromObjectId":"a","toObjectId":"b"},{"key":"l","relationshipTypeName":"loose","fromObjectTypeName":"place","fromObjectId":"b","toObjectId":"a"}]}`,
		} {
			// A valid entity type before the fault must not stay.
			var document map[string]any
			if err := json.Unmarshal([]byte(section), &document); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			body, _ := json.Marshal(map[string]any{"svi": document})
			a := s.want(t, 422, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: string(body)})
			if !strings.Contains(a.body, `"detail"`) {
				t.Errorf("%s: the refusal does not say why: %s", name, a.body)
			}
		}
		if after := sviState(t, s, sviNear); after != near {
			t.Errorf("refused fixtures changed the link from\n%s\nto\n%s", near, after)
		}
	})
}

func TestSviFixturesBoundTheIDsOfTypes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	for id, status := range map[string]int{"2147483648": 400, "9223372036854775807": 400, "0": 400, "2147483647": 200} {
		for _, section := range []string{
			`{"entityTypes":[{"name":"e","id":` + id + `}]}`,
			`{"relationshipTypes":[{"name":"r","id":` + id + `,"fromObjectName":"place","toObjectName":"place"}]}`,
		} {
			s.want(t, status, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":` + section + `}`})
		}
	}
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{"entityTypes":[{"name":"next"}]}}`})
}

func TestSviRefusedFixturesLeaveNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		before := sviState(t, s, sviFourParts)
		s.want(t, 422, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: `{"svi":{
			"entityTypes":[{"name":"person","version":99,"fields":[{"name":"id","dataType":"string","primaryKey":true},{"name":"version","dataType":"integer","versionRole":true},
				{"name":"first_name","dataType":"string"},{"name":"last_name","dataType":"string"}]}],"documents":[{"objectTypeName":"nowhere","id":"d"}]}}`})
		if after := sviState(t, s, sviFourParts); after != before {
			t.Errorf("refused fixtures changed the link from\n%s\nto\n%s", before, after)
		}
	})
}

func TestSviWorkspacesNeverMeet(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(sviTypes))
		other := strings.ReplaceAll(strings.ReplaceAll(sviTypes, "anna-token", "other-token"), "Harbour", "Port")
		s.want(t, 200, call{method: "PUT", path: "/w/other/orglink/v1/fixtures", header: admin, body: sviJSON(t, other)})
		in := func(workspace string, c call) call {
			c.path = workspace + c.path
			return c
		}
		here := sviGet(sviNear, "Authorization", "Bearer anna-token").with("_includeDisplayLabel=true")
		there := in("/w/other", sviGet(sviNear, "Authorization", "Bearer other-token").with("_includeDisplayLabel=true"))
		s.want(t, 200, in("/w/other", sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Authorization", "Bearer other-token")))
		if a := s.want(t, 200, there); !strings.Contains(a.body, `"version":5`) || !strings.Contains(a.body, "Port") {
			t.Errorf("the other workspace: %s", a.body)
		}
		if a := s.want(t, 200, here); !strings.Contains(a.body, `"version":4`) || !strings.Contains(a.body, "Harbour") {
			t.Errorf("the default workspace: %s", a.body)
		}
		s.want(t, 401, in("/w/other", here))
		s.want(t, 401, call{method: "GET", path: sviPath + sviNear, header: map[string]string{"Authorization": "Bearer other-token"}})
		token := sviToken(t, s, "writer", "writer-secret", "grant_type=password&username=anna&password=demo-secret")
		s.want(t, 200, sviGet(sviNear, "Authorization", "Bearer "+token.AccessToken))
		s.want(t, 401, in("/w/other", sviGet(sviNear, "Authorization", "Bearer "+token.AccessToken)))
		s.want(t, 404, in("/w/nowhere", here))
		s.want(t, 404, call{method: "POST", path: "/w/nowhere" + sviTokenPath, header: sviForm("writer", "writer-secret"), body: "grant_type=client_credentials"})
	})
}
