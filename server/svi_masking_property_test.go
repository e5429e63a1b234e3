package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"orglink/server/servertest"
)

// sviVaultTypes have a masked field each, which the members of Agents may reveal.
const sviVaultTypes = `
svi:
  entityTypes:
    - name: vault
      fields:
        - {name: id, dataType: string, primaryKey: true}
        - {name: version, dataType: integer, versionRole: true}
        - {name: note, dataType: string}
        - {name: code, dataType: string, masked: true, revealGroups: [Agents]}
  relationshipTypes:
    - name: opens
      fromObjectName: vault
      toObjectName: vault
      bridge: {keyFieldName: sk, fromFieldName: from_id, toFieldName: to_id}
      versionNumberFieldName: version
      fields:
        - {name: note, dataType: string}
        - {name: code, dataType: string, masked: true, revealGroups: [Agents]}
  documents:
    - {objectTypeName: vault, id: v1}
    - {objectTypeName: vault, id: v2}
`

// sviVault is a record with a masked field as a reader without the right to reveal it
// meets it. It knows what the field must hold by now.
type sviVault struct {
	s       *site
	t       *testing.T
	item    string // path of the record
	listed  string // path of a list that has the record
	field   func(name string) string
	history []string // paths of what is kept of its first version; a document has none
	media   string   // of the masked representation
	methods []string
	version int
	code    *string
	secrets []string // all that the field ever held
}

// The masked field holds what its last writer meant, whatever a reader without the
// right to reveal it does, and no answer to that reader shows what it holds or held.
func TestSviNoSequenceOfCallsShowsOrChangesAMaskedValue(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Fixtures(sviVaultTypes))
		for kind, open := range map[string]func(*testing.T, *site) *sviVault{"link": openLinkVault, "document": openDocumentVault} {
			t.Run(kind, func(t *testing.T) {
				rapid.Check(t, func(r *rapid.T) {
					v := open(t, s)
					r.Repeat(map[string]func(*rapid.T){
						"read":  v.read,
						"put":   v.put,
						"patch": v.patch,
						"spy":   v.spy,
						"":      v.check,
					})
				})
			})
		}
	})
}

func openLinkVault(t *testing.T, s *site) *sviVault {
	v := &sviVault{s: s, t: t, media: sviMasked, methods: []string{"GET", "HEAD"}, version: 1}
	v.seal("first")
	body := fmt.Sprintf(`{"relationshipTypeName":"opens","fromObjectTypeName":"vault","fromObjectId":"v1","toObjectTypeName":"vault","toObjectId":"v2","fieldValues":{"code":%q}}`, *v.code)
	var link sviLink
	s.want(t, 201, call{"POST", "/links", sviHeader("Content-Type", "application/json"), body}).json(t, &link)
	id := "?_id=" + url.QueryEscape(link.ID)
	v.item, v.listed = "/links/@item"+id, "/links?_relationshipName=opens&_fromEntityTypeName=vault&_entityId=v1"
	v.field = func(name string) string { return "/links/@item/fields/" + name + id }
	v.history = []string{
		"/links/@item/versions" + id, "/links/@item/versions/1" + id, "/links/@item/versions/2" + id,
		"/links/history/@item/fields/code" + id + "&version=1", "/links/@item/fields" + id + "&fieldName=code&fieldName=note",
	}
	return v
}

func openDocumentVault(t *testing.T, s *site) *sviVault {
	v := &sviVault{s: s, t: t, media: sviMaskedDocument, methods: []string{"GET"}, version: 1}
	v.seal("first")
	var document struct{ ID string }
	s.want(t, 201, call{
		"POST", "/documents", sviHeader("Content-Type", "application/json"),
		fmt.Sprintf(`{"objectTypeName":"vault","fieldValues":{"code":%q}}`, *v.code),
	}).json(t, &document)
	v.item, v.listed = "/documents/vault/"+document.ID, "/documents/vault?limit=1000"
	v.field = func(name string) string { return v.item + "/fields/" + name }
	return v
}

// seal has the field hold a value that stands nowhere else.
func (v *sviVault) seal(value string) {
	value = fmt.Sprintf("hush-%d-%s", len(v.secrets), value)
	v.code, v.secrets = &value, append(v.secrets, value)
}

// call sends a call by the reader, and fails on an answer that shows a secret.
func (v *sviVault) call(r *rapid.T, c call) answer {
	c.header["Authorization"] = "Bearer bert-token"
	a := v.s.do(v.t, c)
	if strings.Contains(a.body, "hush-") || strings.Contains(fmt.Sprint(a.header), "hush-") {
		r.Fatalf("%s %s %s shows a masked value: %s", c.method, c.path, c.body, a.body)
	}
	return a
}

func (v *sviVault) read(r *rapid.T) {
	path := rapid.SampledFrom([]string{v.item, v.listed}).Draw(r, "path")
	accept := rapid.SampledFrom([]string{"application/json", v.media, "*/*"}).Draw(r, "accept")
	header := map[string]string{"Accept": accept}
	if strings.HasPrefix(path, "/documents/vault?") { // Accept-Item names what is in a collection
		header = map[string]string{"Accept-Item": accept}
	}
	a := v.call(r, call{"GET", path, header, ""})
	if a.status != 200 {
		r.Fatalf("GET %s: %d %s", path, a.status, a.body)
	}
	if shown := strings.Contains(a.body, sviBullets); path == v.item && shown != (accept == v.media && v.code != nil) {
		r.Fatalf("%s shows bullets: %v, beside a value: %v", accept, shown, v.code != nil)
	}
}

// spy asks for what only others may see.
func (v *sviVault) spy(r *rapid.T) {
	paths := append([]string{v.field("code")}, v.history...)
	method := rapid.SampledFrom(v.methods).Draw(r, "method")
	path := rapid.SampledFrom(paths).Draw(r, "path")
	a := v.call(r, call{method, path, map[string]string{}, ""})
	if strings.Contains(path, "/fields/code") && a.status != 403 {
		r.Fatalf("%s %s: %d", method, path, a.status)
	}
}

// put sends the whole record with one of the forms of the masked field.
func (v *sviVault) put(r *rapid.T) {
	masked := rapid.Bool().Draw(r, "masked")
	form := rapid.SampledFrom([]string{"omitted", "null", "bullets", "value"}).Draw(r, "form")
	version := v.version - rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(r, "behind")
	fields := map[string]any{"version": version, "note": rapid.StringMatching(`[a-z]{0,5}`).Draw(r, "note")}
	bad := rapid.SampledFrom([]bool{false, false, false, true}).Draw(r, "bad")
	if bad {
		fields["nope"] = 1
	}
	next, refused := v.code, bad || form == "bullets" && !masked
	switch form {
	case "null":
		if fields["code"] = nil; masked {
			next = nil
		}
	case "bullets":
		fields["code"] = sviBullets
	case "value":
		next = v.drawn(r)
		fields["code"] = *next
	}
	body, err := json.Marshal(map[string]any{"fieldValues": fields})
	if err != nil {
		r.Fatal(err)
	}
	media := "application/json"
	if masked {
		media = v.media
	}
	a := v.call(r, call{"PUT", v.item, map[string]string{"Accept": media, "Content-Type": media}, string(body)})
	v.settle(r, a, version == v.version && !refused, next)
}

// patch sends one operation at the masked field, or above it.
func (v *sviVault) patch(r *rapid.T) {
	var next *string
	operations := map[string]struct {
		text string
		next func() *string // nil where it is refused
	}{
		"add":         {`{"op":"add","path":"/fieldValues/code","value":%q}`, func() *string { return next }},
		"clear":       {`{"op":"add","path":"/fieldValues/code","value":null}`, func() *string { return nil }},
		"remove":      {`{"op":"remove","path":"/fieldValues/code"}`, func() *string { return nil }},
		"other":       {`{"op":"add","path":"/fieldValues/note","value":"x"}`, func() *string { return v.code }},
		"replace all": {`{"op":"replace","path":"/fieldValues","value":{}}`, func() *string { return v.code }},
		"remove all":  {`{"op":"remove","path":"/fieldValues"}`, func() *string { return v.code }},
		"test":        {`{"op":"test","path":"/fieldValues/code","value":%q}`, nil},
		"copy":        {`{"op":"copy","from":"/fieldValues/code","path":"/fieldValues/note"}`, nil},
		"move":        {`{"op":"move","from":"/fieldValues/code","path":"/fieldValues/note"}`, nil},
		"copy in":     {`{"op":"copy","from":"/fieldValues/note","path":"/fieldValues/code"}`, nil},
		"test all":    {`{"op":"test","path":"/fieldValues","value":{}}`, nil},
		"copy all":    {`{"op":"copy","from":"","path":"/fieldValues/note"}`, nil},
	}
	names := []string{"add", "clear", "remove", "other", "replace all", "remove all", "test", "copy", "move", "copy in", "test all", "copy all"}
	name := rapid.SampledFrom(names).Draw(r, "operation")
	o := operations[name]
	version := v.version - rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(r, "behind")
	succeeds := version == v.version && o.next != nil && (name != "remove" || v.code != nil)
	next = v.drawn(r)
	text := o.text
	if strings.Contains(text, "%q") {
		text = fmt.Sprintf(text, *next)
	}
	accept := rapid.SampledFrom([]string{"application/json", v.media}).Draw(r, "accept")
	a := v.call(r, call{"PATCH", v.item, map[string]string{"Accept": accept, "If-Match": fmt.Sprint(version), "Content-Type": "application/json-patch+json"}, "[" + text + "]"})
	if o.next != nil {
		next = o.next()
	}
	v.settle(r, a, succeeds, next)
}

// drawn is a new value for the field; the reader may know what it sets itself, but no
// answer tells.
func (v *sviVault) drawn(r *rapid.T) *string {
	value := fmt.Sprintf("hush-%d-%s", len(v.secrets), rapid.StringMatching(`[a-z]{1,5}`).Draw(r, "code"))
	v.secrets = append(v.secrets, value)
	return &value
}

// settle holds the answer of a change against what was to be expected.
func (v *sviVault) settle(r *rapid.T, a answer, succeeds bool, next *string) {
	if (a.status == 200) != succeeds || a.status >= 500 {
		r.Fatalf("got %d, expected success: %v; %s", a.status, succeeds, a.body)
	}
	if succeeds {
		v.version++
		v.code = next
	}
}

// check has one who may reveal the field look at it.
func (v *sviVault) check(r *rapid.T) {
	a := v.s.want(v.t, 200, call{method: "GET", path: v.field("code"), header: map[string]string{"Authorization": "Bearer anna-token"}})
	var value struct{ Raw *string }
	a.json(v.t, &value)
	if (value.Raw == nil) != (v.code == nil) || value.Raw != nil && *value.Raw != *v.code {
		r.Fatalf("the field holds %s", a.body)
	}
}
