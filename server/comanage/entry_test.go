package comanage

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"orglink/gen"
)

// forms are the kinds of objects as the document of the API has them.
func forms(t testing.TB) map[string]resource {
	t.Helper()
	document, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	found, err := resources(document)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Whatever comes in, the normalised document means what the given one meant, and
// normalising it again changes nothing.
func FuzzNormaliseBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"CoOrgIdentityLinks":[]}`, `{"CoOrgIdentityLinks":[null,{}]}`,
		`{"RequestType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[{"Version":"1.0","CoPersonId":"12","OrgIdentityId":34}]}`,
		`{"Version":1.0,"co_person_id":" 12","org_identity_id":2147483649,"Other":{"Version":2}}`,
		`{"Version":"0x1p0","CoPersonId":null,"OrgIdentityId":"` + "\u0661" + `"}`,
		`{"Version":"1e0","CoPersonId":1e1,"co_person_id":-0,"OU":"x"}`,
		`{"Names":[{"Version":1,"Person":{"Type":"CO","Id":12},"Given":5,"Family":null,"PrimaryName":"1"}]}`,
		`{"Identifiers":[{"Version":"1.0","org_identity_id":"34","Login":0,"Status":[]}]}`,
		`{"OrgIdentities":[{"Version":"1.0","CoId":2,"ValidFrom":"2026-02-30 00:00:00","O":" "}]}`,
		`{"Cos":[{"Version":"1","Name":"\ud83d\ude00 <&>","Description":null,"Status":"Active"},7]}`,
		`{"CoPeople":[{"Version":"1.0","co_id":"2","CoId":"3","Status":true}]}`,
		`{"Names":[{"Version":"1.0","Person":{"Type":"Org","Id":"\ud800"},"Given":"\u0000"}]}`,
		`{"Names":[{"Version":"1.0","Person":{"type":"CO","Id":` + strings.Repeat("9", 40) + `}}]}`,
		`{"Identifiers":[{"Version":"1.0","Person":null,"CoPersonId":[],"Login":"true"}],"Identifiers":null}`,
		strings.Repeat(`[`, 10001), strings.Repeat(`{"Names":`, 9999) + `1` + strings.Repeat(`}`, 9999),
	} {
		f.Add([]byte(seed))
	}
	kinds := forms(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range kinds {
			out := kind.normaliseBody(body)
			if again := kind.normaliseBody(out); !bytes.Equal(again, out) {
				t.Fatalf("%s normalised twice: %s, then %s", kind.singular, out, again)
			}
			given, ok := kind.readEntry(body)
			normal, normalOK := kind.readEntry(out)
			if ok != normalOK {
				t.Fatalf("%s: an entry in %q: %v, in %q: %v", kind.singular, body, ok, out, normalOK)
			}
			if !ok {
				continue
			}
			if !json.Valid(out) {
				t.Fatalf("not JSON: %q", out)
			}
			for column, value := range normal {
				if column != columnOwner && given[column] == nil {
					t.Fatalf("%s came from nowhere: %q, %q", column, body, value)
				}
			}
			kind.judge(t, normal)
		}
	})
}

// judge fails unless what passes as an id is one.
func (r resource) judge(t *testing.T, e entry) {
	t.Helper()
	wrong := r.invalid(e)
	for _, column := range []string{columnCO, columnPerson, columnOrg} {
		if e[column] == nil || wrong[fieldVersion] != nil || wrong[column] != nil {
			continue
		}
		if id := e.id(column); id == nil || *id < 0 || *id > maxID {
			t.Fatalf("%s passed: %q", column, e[column])
		}
	}
}

func TestNamesAreReadInCamelAndSnakeCase(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"CoPersonId": "co_person_id", "coPersonId": "co_person_id", "co_person_id": "co_person_id",
		"OU": "o_u", "Ou": "ou", "": "", "copersonid": "copersonid",
	} {
		if got := snakeCase(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
