package svi

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/store"
)

// fuzzSecret is the value of the masked field code.
const fuzzSecret = "hush-hush-4711"

// fuzzedLink is a link of a type with a masked field, or without one.
func fuzzedLink(masked bool) found {
	at := time.Date(2020, 4, 13, 19, 17, 47, 840_000_000, time.UTC)
	return found{
		relationship: store.SviRelationshipType{
			Name: "near", Label: "Near", FromType: "place", ToType: "place", Version: 1, Bridge: true,
			Columns: store.SviColumns{Key: "sk", From: "from_id", To: "to_id", Version: "version", CreatedAt: "made_at", ValidFrom: "begin_at", ValidTo: "end_at"},
			Fields: []store.SviField{
				{Name: "kind", DataType: typeString, Required: true, Length: 20},
				{Name: "count", DataType: typeInteger},
				{Name: "code", DataType: typeString, Masked: masked, RevealGroups: []string{"Agents"}},
			},
		},
		from: store.SviEntityType{Name: "place", Version: 1},
		to:   store.SviEntityType{Name: "place", Version: 1},
		link: store.SviLink{ID: "ab", FromID: "a", ToID: "b", SviRecord: store.SviRecord{Version: 4, SviContent: store.SviContent{
			Attributes: store.SviValues{"kind": json.RawMessage(`"road"`), "count": json.RawMessage(`9007199254740993`), "code": json.RawMessage(`"` + fuzzSecret + `"`)},
			ValidFrom:  &at, CreatedAt: at, CreatedBy: "anna", LastUpdatedAt: at, LastUpdatedBy: "anna",
		}}},
	}
}

// patched is what the link holds after a PATCH of the body by the caller.
func patched(f found, body []byte, masked bool) (store.SviContent, error) {
	p, err := readPatch(f.shape(), body, masked)
	if err != nil {
		return store.SviContent{}, err
	}
	return patchLink(f, p, caller{name: "bert", user: true})
}

var patchSeeds = []string{
	`[]`, `null`, `{}`, `[1]`, `[null]`, `[{}]`, `[{"op":"add"}]`,
	`[{"op":"add","path":"/fieldValues/kind","value":"rail"}]`,
	`[{"op":"replace","path":"/fieldValues/code","value":null}]`,
	`[{"op":"remove","path":"/fieldValues/code"}]`,
	`[{"op":"replace","path":"/fieldValues/code","value":"•••••••••"}]`,
	`[{"op":"test","path":"/fieldValues/code","value":"x"}]`,
	`[{"op":"test","path":"/fieldValues","value":{}}]`,
	`[{"op":"test","path":"","value":{}}]`, `[{"op":"test","path":""}]`, `[{"op":"test","path":"/","value":{}}]`,
	`[{"op":"copy","from":"/fieldValues/code","path":"/fieldValues/kind"}]`,
	`[{"op":"copy","from":"//fieldValues/code","path":"/fieldValues/kind"}]`,
	`[{"op":"move","from":"/fieldValues","path":"/x"},{"op":"add","path":"/fieldValues","value":{"kind":"road"}}]`,
	`[{"op":"copy","from":"","path":"/x"}]`, `[{"op":"move","from":"","path":"/x"}]`,
	`[{"op":"replace","path":"","value":{"fieldValues":{"kind":"rail","code":"•••••••••"}}}]`,
	`[{"op":"replace","path":"","value":[]},{"op":"add","path":"/-","value":1}]`, `[{"op":"add","path":"","value":null}]`,
	`[{"op":"add","path":"/x","value":[null]},{"op":"test","path":"/x","value":[null]}]`,
	`[{"op":"add","path":"/x","value":[{}]},{"op":"test","path":"/x","value":[null]}]`,
	`[{"op":"add","path":"/x","value":[1]},{"op":"replace","path":"/x/7","value":1}]`,
	`[{"op":"add","path":"/x","value":[]},{"op":"remove","path":"/x/-1"}]`,
	`[{"op":"add","path":"/x","value":{"a":1}},{"op":"copy","from":"/x","path":"/x/a"},{"op":"copy","from":"/x","path":"/x/a"}]`,
	`[{"op":"remove","path":"/validFrom"}]`, `[{"op":"add","path":"/validTo","value":"2020-05-01T00:00:00Z"}]`,
	`[{"op":"remove","path":"/fieldValues/begin_at"}]`, `[{"op":"replace","path":"/fieldValues/begin_at","value":7}]`,
	`[{"op":"add","path":"/fieldValues/cod~0~1e","value":1}]`, `[{"op":"remove","path":"/fieldValues"}]`,
	`[{"op":"add","path":"/fieldValues","value":null}]`, `[{"op":"replace","path":"/fieldValues","value":[1]}]`,
	`[{"Op":"add","path":"/x","value":1}]`, `[{"op":"add","op":"remove","path":"/fieldValues/code","value":1}]`,
}

func FuzzPatch(f *testing.F) {
	for i, seed := range patchSeeds {
		f.Add([]byte(seed), i%2 == 0, i%3 != 0)
	}
	f.Fuzz(func(t *testing.T, body []byte, maskedField, maskedMode bool) {
		if strings.Contains(string(body), fuzzSecret) || len(body) > 1<<12 {
			return
		}
		link := fuzzedLink(maskedField)
		before := maps.Clone(link.link.Attributes)
		next, err := patched(link, body, maskedMode)
		if !maps.EqualFunc(before, link.link.Attributes, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Errorf("%s changed the stored values to %s", body, link.link.Attributes)
		}
		var refused *fault.Fault
		if err != nil {
			if !errors.As(err, &refused) || answerTo(refused).status >= 500 {
				t.Fatalf("%s fails with %v", body, err)
			}
			if text, _ := respond.Encode(errorBody(refused)); maskedField && strings.Contains(string(text), fuzzSecret) {
				t.Errorf("%s: the refusal shows the masked value: %s", body, text)
			}
			return
		}
		checkPatched(t, link, next, body)
	})
}

// checkPatched holds what a patch made of the link against what no patch may do.
func checkPatched(t *testing.T, f found, next store.SviContent, body []byte) {
	t.Helper()
	for name, value := range next.Attributes {
		field, ok := f.shape().field(name)
		if code, _ := f.shape().field("code"); !ok || name != "code" && code.Masked && strings.Contains(string(value), fuzzSecret) {
			t.Errorf("%s stores %s in %s", body, value, name)
		}
		if field.Masked && string(value) == string(quote(maskTemplate)) {
			t.Errorf("%s stores the mask template", body)
		}
	}
	if kind := next.Attributes["kind"]; len(kind) == 0 {
		t.Errorf("%s clears a required field", body)
	}
	f.link.SviContent = next
	for _, masked := range []bool{false, true} {
		text, err := respond.Encode(f.represent(caller{}, masked, labels{}))
		if err != nil {
			t.Fatalf("%s: what it stores cannot be shown: %v", body, err)
		}
		if field, _ := f.shape().field("code"); field.Masked && strings.Contains(string(text), fuzzSecret) {
			t.Errorf("%s shows the masked value: %s", body, text)
		}
	}
}
