package server_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// sviCaller calls as a user, as one client would.
type sviCaller struct {
	s     *site
	t     *testing.T
	base  string // a vendor's prefix, or nothing
	token string
}

// sviLogin gets a token as a person does, with the public client.
func sviLogin(t *testing.T, s *site, base, user string) sviCaller {
	t.Helper()
	token := sviToken(t, s, "sas.ec", "", "grant_type=password&username="+user+"&password=demo-secret")
	return sviCaller{s: s, t: t, base: base, token: token.AccessToken}
}

func (c sviCaller) call(status int, method, path, body string, header ...string) answer {
	c.t.Helper()
	h := map[string]string{"Authorization": "Bearer " + c.token}
	if body != "" {
		h["Content-Type"] = "application/json"
	}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return c.s.want(c.t, status, call{method, c.base + path, h, body})
}

const (
	sviStorySuspect = `{"name":"suspect","label":"Suspect","fields":[
		{"name":"suspect_id","label":"Suspect Id","dataType":"STRING","primaryKeyField":true},
		{"name":"full_name","label":"Name","dataType":"STRING","required":true,"length":80,"displayLabel":true},
		{"name":"version","label":"Version","dataType":"LONG","versionRole":true}]}`
	sviStoryAccount = `{"name":"account","label":"Account","fields":[
		{"name":"account_id","dataType":"STRING","primaryKeyField":true},
		{"name":"bank","dataType":"STRING","displayLabel":true},
		{"name":"iban","dataType":"STRING","masked":true,"revealGroups":["RevealMasked"]},
		{"name":"version","dataType":"LONG","versionRole":true}]}`
	sviStoryHolds = `{"name":"holds_account","label":"Holds account","fromObjectName":"suspect","toObjectName":"account",
		"bridge":{"keyFieldName":"auto_generated_sk","fromFieldName":"suspectId","toFieldName":"accountId"},
		"versionNumberFieldName":"version","lastUpdatedByUserIdFieldName":"last_updated_by_user_id","createdAtTimeFieldName":"created_at_dttm",
		"validFromFieldName":"valid_from_dttm","validToFieldName":"valid_to_dttm",
		"fields":[{"name":"role","dataType":"STRING","required":true},{"name":"pin","dataType":"STRING","masked":true,"revealGroups":["RevealMasked"]}]}`
)

// An investigation from its types to its last link, by an administrator who may reveal
// masked values and a reader who may not.
func TestSviStory(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]string{"at the root": "", "under the vendor's prefix": "/svi-datahub"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachWay(t, func(t *testing.T, database servertest.Option) {
				s := start(t, database, servertest.Demo())
				sviStory(t, sviLogin(t, s, base, "demo"), sviLogin(t, s, base, "demo-reader"))
			})
		})
	}
}

func sviStory(t *testing.T, admin, reader sviCaller) {
	t.Helper()
	for _, entity := range []string{sviStorySuspect, sviStoryAccount} {
		reader.call(403, "POST", "/admin/storedObjects", entity)
		admin.call(201, "POST", "/admin/storedObjects", entity)
	}
	admin.call(201, "POST", "/admin/relationships", sviStoryHolds)

	reader.call(201, "POST", "/documents", `{"objectTypeName":"suspect","fieldValues":{"suspect_id":"s-1","full_name":"Jane Roe"}}`)
	reader.call(201, "POST", "/documents", `{"objectTypeName":"account","fieldValues":{"account_id":"a-1","bank":"First Bank","iban":"XX00 1234"}}`)
	reader.call(201, "POST", "/documents", `{"objectTypeName":"account","fieldValues":{"account_id":"a-2","bank":"Second Bank"}}`)
	made := reader.call(201, "POST", "/links?includeEntityLabels=true", `{"@type":"DocumentLink","relationshipTypeName":"holds_account",
		"fromObjectTypeName":"suspect","fromObjectId":"s-1","toObjectTypeName":"account","toObjectId":"a-1","fieldValues":{"role":"owner","pin":"4711"}}`)
	var link struct {
		ID                                           string
		FromObjectDisplayLabel, ToObjectDisplayLabel string
	}
	made.json(t, &link)
	if link.FromObjectDisplayLabel != "Jane Roe" || link.ToObjectDisplayLabel != "First Bank" || made.header.Get("ETag") != `"1"` {
		t.Errorf("the new link: %v %s", made.header, made.body)
	}
	item := "/links/@item?_id=" + url.QueryEscape(link.ID)

	whole := sviStoryReads(t, reader, item)
	sviStoryUpdates(t, reader, item, whole)
	sviStoryReveals(t, admin, reader, item)
	sviStoryBulk(t, reader, link.ID)

	var versions struct {
		Count int
		Items []struct{ Version, Operation, CreatedBy string }
	}
	reader.call(200, "GET", strings.Replace(item, "?", "/versions?", 1), "").json(t, &versions)
	if versions.Count != 5 || versions.Items[0].Version != "5" || versions.Items[4].Operation != "create" || versions.Items[0].CreatedBy != "demo-reader" {
		t.Errorf("the history: %+v", versions)
	}
	past := reader.call(200, "GET", strings.Replace(item, "?", "/versions/2?changedOnly=true&", 1), "")
	if !strings.Contains(past.body, `"previousVersionValue":"owner","value":"co-owner"`) || strings.Contains(past.body, "4711") {
		t.Errorf("version 2: %s", past.body)
	}

	reader.call(412, "DELETE", item, "", "If-Match", `"1"`)
	reader.call(204, "DELETE", item, "", "If-Match", `"5"`)
	reader.call(404, "GET", item, "")
}

// sviStoryReads reads the link in both modes and returns it as a client without masks
// keeps it.
func sviStoryReads(t *testing.T, reader sviCaller, item string) map[string]any {
	t.Helper()
	legacy := reader.call(200, "GET", item+"&_includeDisplayLabel=true", "")
	masked := reader.call(200, "GET", item, "", "Accept", sviMasked)
	if strings.Contains(legacy.body, `"pin":"`) || !strings.Contains(masked.body, `"pin":"`+sviBullets+`"`) {
		t.Errorf("legacy: %s\nmasked: %s", legacy.body, masked.body)
	}
	if !strings.Contains(legacy.body, `"restrictedFields":{"pin":{"masked":{"currentUserIsAuthorizedToReveal":false}}}`) {
		t.Errorf("restrictions: %s", legacy.body)
	}
	var whole map[string]any
	legacy.json(t, &whole)
	return whole
}

// sviStoryUpdates changes the link as three clients do, and loses a race.
func sviStoryUpdates(t *testing.T, reader sviCaller, item string, whole map[string]any) {
	t.Helper()
	// One sends the whole link back, labels and all.
	whole["fieldValues"].(map[string]any)["role"] = "co-owner"
	text, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	reader.call(200, "PUT", item, string(text), "If-Match", `"1"`)
	// It lost the race that it runs again.
	reader.call(412, "PUT", item, string(text))
	reader.call(412, "PUT", item, string(text), "If-Match", `"1"`)
	// One sends masked values back, with a wildcard Accept and the type of its reading.
	masked := reader.call(200, "GET", item, "", "Accept", sviMasked)
	again := reader.call(200, "PUT", item, masked.body, "Accept", "*/*", "Content-Type", masked.header.Get("Content-Type"))
	if again.header.Get("Content-Type") != sviMasked || again.header.Get("ETag") != `"3"` {
		t.Errorf("a masked echo: %v", again.header)
	}
	// One patches, with the bare version that it found among the field values.
	patched := reader.call(200, "PATCH", item, `[{"op":"add","path":"/fieldValues/role","value":"owner"}]`, "If-Match", "3")
	var link sviLink
	patched.json(t, &link)
	if link.FieldValues["role"] != "owner" || link.FieldValues["version"] != 4.0 || link.FieldValues["last_updated_by_user_id"] != "demo-reader" {
		t.Errorf("patched: %s", patched.body)
	}
	reader.call(412, "PATCH", item, `[{"op":"remove","path":"/fieldValues/role"}]`, "If-Match", "3")
}

// sviStoryReveals asks for masked values with and without the right to.
func sviStoryReveals(t *testing.T, admin, reader sviCaller, item string) {
	t.Helper()
	field := strings.Replace(item, "?", "/fields/pin?", 1)
	reader.call(403, "GET", field, "")
	admin.call(200, "GET", field, "").wantJSON(t, `{"fieldName":"pin","raw":"4711"}`)
	several := strings.Replace(item, "?", "/fields?fieldName=pin&fieldName=role&", 1)
	reader.call(200, "GET", several, "").wantJSON(t, `{"count":1,"items":[{"fieldName":"role","raw":"owner"}]}`)
	const document = "/documents/account/a-1"
	reader.call(403, "GET", document+"/fields/iban", "")
	admin.call(200, "GET", document+"/fields/iban", "").wantJSON(t, `{"fieldName":"iban","raw":"XX00 1234"}`)
}

// sviStoryBulk updates the link and makes another one beside an item that is wrong.
func sviStoryBulk(t *testing.T, reader sviCaller, id string) {
	t.Helper()
	var results struct {
		Count int
		Items []struct {
			ID, Operation string
			Error         *struct{ HTTPStatusCode int }
		}
	}
	reader.call(200, "POST", "/links/bulk", `{"items":[
		{"id":"`+id+`","fieldValues":{"version":4,"role":"former owner"}},
		{"relationshipTypeName":"holds_account","fromObjectTypeName":"suspect","fromObjectId":"s-1","toObjectTypeName":"account","toObjectId":"gone","fieldValues":{"role":"owner"}},
		{"relationshipTypeName":"holds_account","fromObjectTypeName":"suspect","fromObjectId":"s-1","toObjectTypeName":"account","toObjectId":"a-2","fieldValues":{"role":"owner"}}]}`).json(t, &results)
	if results.Count != 3 || results.Items[0].ID != id || results.Items[0].Operation != "UPDATE" ||
		results.Items[1].Error == nil || results.Items[1].Error.HTTPStatusCode != 404 || results.Items[2].Operation != "CREATE" {
		t.Errorf("the bulk call: %+v", results)
	}
	var links struct{ Count int }
	reader.call(200, "GET", "/links?_relationshipName=holds_account&_fromEntityTypeName=suspect&_entityId=s-1", "").json(t, &links)
	if links.Count != 2 {
		t.Errorf("the links of the suspect: %d", links.Count)
	}
}
