package svi

import (
	"slices"
	"strings"
	"testing"

	"orglink/store"
)

func FuzzParseLinkID(f *testing.F) {
	for _, seed := range []string{"r|_|f|_|t|_|k", "r|_|f|_|t|_|1|_|2", "", "|_|", "|_|_|", "a|_|_|_|b", "r|_|f|_|t|_||_|2", "%7C_%7C"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := parseLinkID(text)
		if !ok {
			return
		}
		if id.String() != text {
			t.Errorf("%q is read as %q", text, id)
		}
		if (id.key == "") == (id.fromID == "" && id.toID == "") {
			t.Errorf("%q is neither of both forms: %+v", text, id)
		}
		again, ok := parseLinkID(id.String())
		if !ok || again != id {
			t.Errorf("%q does not come back: %+v", text, again)
		}
	})
}

func FuzzIfMatch(f *testing.F) {
	for _, seed := range []string{"", "*", `"1"`, "1", `W/"1"`, `"0", "1"`, `"1`, `1"`, `"a,b"`, `"\"`, `,,`, `W/`, `"*"`, `""`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		for _, tag := range splitTags(header) {
			if tag != "*" && (len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Count(tag, `"`) != 2) {
				t.Errorf("%q holds the tag %q", header, tag)
			}
		}
		if !strings.Contains(header, "1") && !strings.Contains(header, "*") && ifMatch(header, `"1"`) {
			t.Errorf("%q matches a tag that it does not name", header)
		}
		if ifMatch(header, "") && !slices.Contains(splitTags(header), "*") {
			t.Errorf("%q matches a link that has no tag", header)
		}
	})
}

func FuzzNegotiate(f *testing.F) {
	bare := strings.TrimSuffix(linkMedia[1].name, jsonSuffix)
	for _, seed := range []string{
		"", "*/*", "application/json", linkMedia[1].name, bare + ";q=0.5, application/json;q=0.4",
		"application/json;q=0, */*", `text/html;x="a,b"`, "application/*;q=0", ";", ",", `a;b="\",`, "application/json;q=NaN",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		for _, offers := range [][]media{linkMedia, documentMedia} {
			answers := map[media]bool{}
			for _, sent := range offers {
				m, ok := negotiate(accept, offers, sent)
				if ok != slices.Contains(offers, m) {
					t.Errorf("%q beside %q gives %q, %v", accept, sent.name, m.name, ok)
				}
				if m.masked && !sent.masked && !strings.Contains(strings.ToLower(accept), "masked") && !strings.ContainsAny(accept, "qQ") {
					t.Errorf("%q beside %q gives %q without naming it", accept, sent.name, m.name)
				}
				answers[m] = ok
			}
			if _, refused := answers[media{}]; refused && len(answers) > 1 {
				t.Errorf("%q is acceptable by Content-Type", accept)
			}
		}
	})
}

func FuzzBodyMedia(f *testing.F) {
	for _, seed := range []string{"", "application/json", "application/json;charset=utf-8", linkMedia[1].name, linkBodyMedia[0].name, "text/plain", ";"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, contentType string) {
		for _, accepted := range [][]media{linkBodyMedia, documentBodyMedia} {
			m, ok := bodyMedia(contentType, accepted)
			if !slices.Contains(accepted, m) || !ok && m != plainJSON {
				t.Errorf("%q gives %q, %v", contentType, m.name, ok)
			}
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"v":"x"}`, `{"v":1}`, `{"v":1e999}`, `{"v":-1.5e3}`, `{"v":true}`, `{"v":"2020-02-29"}`, `{"v":"2020-04-13T21:17:47.840+02:00"}`, `{"v":[1]}`, `{"v":{}}`, `[]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := decodeValues([]byte(raw))
		if err != nil || values["v"] == nil {
			return
		}
		for _, dataType := range []string{typeString, typeInteger, typeNumber, typeBoolean, typeDate, typeTimestamp} {
			field := store.SviField{Name: "v", DataType: dataType}
			value, problem := canonical(field, values["v"])
			if problem != "" {
				continue
			}
			stored, err := store.SviValues{"v": value}.Value()
			if err != nil {
				t.Fatalf("%s %s cannot be stored: %v", dataType, value, err)
			}
			again, err := decodeValues([]byte(stored.(string)))
			if err != nil {
				t.Fatalf("%s %s cannot be read: %v", dataType, value, err)
			}
			same, problem := canonical(field, again["v"])
			if problem != "" || string(same) != string(value) {
				t.Errorf("%s %s becomes %s: %s", dataType, value, same, problem)
			}
		}
	})
}

func TestNegotiateKeepsWhatWasSentForWildcards(t *testing.T) {
	t.Parallel()
	for _, offers := range [][]media{linkMedia, documentMedia} {
		for _, sent := range offers {
			for _, accept := range []string{"", " , ", "*/*", "application/*", "text/html, */*;q=0.1"} {
				if got, ok := negotiate(accept, offers, sent); !ok || got != sent {
					t.Errorf("Accept %q beside %s: got %s, %v", accept, sent.name, got.name, ok)
				}
			}
		}
	}
}
