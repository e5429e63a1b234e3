package comanage

import (
	"bytes"
	"encoding/json"
	"testing"
)

// Whatever comes in, the normalised document means what the given one meant, and
// normalising it again changes nothing.
func FuzzNormaliseBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"CoOrgIdentityLinks":[]}`, `{"CoOrgIdentityLinks":[null,{}]}`,
		`{"RequestType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[{"Version":"1.0","CoPersonId":"12","OrgIdentityId":34}]}`,
		`{"Version":1.0,"co_person_id":" 12","org_identity_id":2147483649,"Other":{"Version":2}}`,
		`{"Version":"0x1p0","CoPersonId":null,"OrgIdentityId":"` + "\u0661" + `"}`,
		`{"Version":"1e0","CoPersonId":1e1,"co_person_id":-0,"OU":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out := normaliseBody(body)
		if again := normaliseBody(out); !bytes.Equal(again, out) {
			t.Fatalf("normalised twice: %s, then %s", out, again)
		}
		given, ok := readEntry(body)
		normal, normalOK := readEntry(out)
		if ok != normalOK {
			t.Fatalf("an entry in %q: %v, in %q: %v", body, ok, out, normalOK)
		}
		if !ok {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("not JSON: %q", out)
		}
		if (given.person == nil) != (normal.person == nil) || (given.org == nil) != (normal.org == nil) {
			t.Fatalf("a member came or went: %q, %q", body, out)
		}
		both, invalid := normal.check()
		for _, id := range []*int64{both.person, both.org} {
			if id != nil && (*id < 0 || *id > maxID && len(invalid) == 0) {
				t.Fatalf("%q passed with the id %d", body, *id)
			}
		}
	})
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
