package server_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviLinkTypes are relationship types beside those of sviTypes: of every cardinality,
// without history, without masked fields.
const sviLinkTypes = `
svi:
  relationshipTypes:
    - name: one_one
      fromObjectName: place
      toObjectName: place
      cardinality: ONE_TO_ONE
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
    - name: one_many
      fromObjectName: place
      toObjectName: place
      cardinality: ONE_TO_MANY
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
    - name: many_one
      fromObjectName: place
      toObjectName: place
      cardinality: MANY_TO_ONE
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
    - name: plain
      label: Plain link
      fromObjectName: place
      toObjectName: place
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
      createdAtTimeFieldName: made_at
      createdByUserIdFieldName: made_by
      lastUpdatedAtTimeFieldName: changed_at
      lastUpdatedByUserIdFieldName: changed_by
      historyEnabled: false
      fields: [{name: note, dataType: string, length: 20}, {name: size, dataType: integer}]
  documents:
    - {objectTypeName: place, id: d, fieldValues: {title: Dune}}
    - {objectTypeName: place, id: e, fieldValues: {}}
`

// startLinks starts a server with the demo, sviTypes and sviLinkTypes.
func startLinks(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	return start(t, append(opts, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Fixtures(sviLinkTypes))...)
}

// sviNew is the body of a new link between two places; more are pairs of members.
func sviNew(t *testing.T, relationship, from, to string, fields map[string]any, more ...any) string {
	t.Helper()
	body := map[string]any{
		"@type": "DocumentLink", "relationshipTypeName": relationship, "fromObjectTypeName": "place", "fromObjectId": from,
		"toObjectTypeName": "place", "toObjectId": to, "fieldValues": map[string]any{},
	}
	if fields != nil {
		body["fieldValues"] = fields
	}
	for i := 0; i < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return sviText(t, body)
}

func sviText(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func sviPost(body string, more ...string) call {
	return call{method: "POST", path: "/links", header: sviHeader(append([]string{"Content-Type", "application/json"}, more...)...), body: body}
}

func sviPatch(id, body string, more ...string) call {
	return call{method: "PATCH", path: sviPath + url.QueryEscape(id), header: sviHeader(append([]string{"Content-Type", "application/json-patch+json"}, more...)...), body: body}
}

func sviDelete(id string, more ...string) call {
	return call{method: "DELETE", path: sviPath + url.QueryEscape(id), header: sviHeader(more...)}
}

func sviBulk(body string, more ...string) call {
	return call{method: "POST", path: "/links/bulk", header: sviHeader(append([]string{"Content-Type", "application/json"}, more...)...), body: body}
}

// sviItems is the body of a bulk call.
func sviItems(items ...string) string { return `{"items":[` + strings.Join(items, ",") + `]}` }

// sviOf is a call that reads or asks for a part of a link: its fields, its versions.
func sviOf(method, part, id string, more ...string) call {
	path := "/links/@item/" + part + "?_id="
	if field, past := strings.CutPrefix(part, "history/"); past {
		path = "/links/history/@item/" + field + "?_id="
	}
	return call{method: method, path: path + url.QueryEscape(id), header: sviHeader(more...)}
}

// sviEnds are the query parameters of PUT /links and of the single form of GET /links.
func sviEnds(relationship, from, to string) string {
	return url.Values{"relationshipName": {relationship}, "fromEntityTypeName": {"place"}, "fromEntityId": {from}, "toEntityTypeName": {"place"}, "toEntityId": {to}}.Encode()
}

// sviList is the list of the links of a place.
func sviList(relationship, id string, more ...string) call {
	query := url.Values{"_relationshipName": {relationship}, "_fromEntityTypeName": {"place"}, "_entityId": {id}}.Encode()
	return call{method: "GET", path: "/links?" + query, header: sviHeader(more...)}
}

// sviFault is an error object.
type sviFault struct {
	ErrorCode      int
	Message, ID    string
	Details        []string
	Version        int
	HTTPStatusCode int
}

// wantFault fails the test unless the call is answered with an error of the status.
func (s *site) wantFault(t *testing.T, status int, c call) (f sviFault) {
	t.Helper()
	a := s.want(t, status, c)
	a.json(t, &f)
	if f.HTTPStatusCode != status || f.Version != 2 || f.ErrorCode != 0 || f.Message == "" || f.ID == "" {
		t.Errorf("%s %s: %s", c.method, c.path, a.body)
	}
	if got := a.header.Get("Content-Type"); got != "application/vnd.sas.error+json;version=2" {
		t.Errorf("%s %s: got Content-Type %s", c.method, c.path, got)
	}
	return f
}

// wantLink fails the test unless the call is answered with a link.
func (s *site) wantLink(t *testing.T, status int, c call) (l sviLink) {
	t.Helper()
	s.want(t, status, c).json(t, &l)
	return l
}

// sviListed are the surrogate keys of the links of a place, in their order.
func (s *site) sviListed(t *testing.T, c call) (keys []string) {
	t.Helper()
	var list struct {
		Items []sviLink
		Count int
	}
	s.want(t, 200, c).json(t, &list)
	if list.Count != len(list.Items) {
		t.Errorf("%s: a count of %d for %d links", c.path, list.Count, len(list.Items))
	}
	for _, l := range list.Items {
		keys = append(keys, l.ID[strings.LastIndex(l.ID, "|_|")+len("|_|"):])
	}
	return keys
}

// sviBulked is the answer to a bulk call.
type sviBulked struct {
	Name           string
	Count, Version int
	Items          []struct {
		ID, RelationshipTypeName, FromID, FromEntityType, ToID, ToEntityType, Operation string
		Error                                                                           *sviFault
	}
}

// sviMade makes n links of the body and returns their ids.
func (s *site) sviMade(t *testing.T, n int, body string) (ids []string) {
	t.Helper()
	var bulked sviBulked
	s.want(t, 200, sviBulk(sviItems(slices.Repeat([]string{body}, n)...))).json(t, &bulked)
	for _, item := range bulked.Items {
		if item.Error != nil {
			t.Fatalf("a link was not made: %+v", item.Error)
		}
		ids = append(ids, item.ID)
	}
	return ids
}
