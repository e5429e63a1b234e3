package server_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// xmlSpellings are ways to write one request document in XML, which all mean the
// same to Registry.
func (k wireKind) xmlSpellings(t *testing.T) map[string]string {
	t.Helper()
	plain := k.xmlEntry(t, k.entry, escaped)
	in := func(entry string) string { return "<" + k.many + ` Version="1.0">` + entry + "</" + k.many + ">" }
	spelled := func(text func(string) string) string { return in(k.xmlEntry(t, k.entry, text)) }
	asElement := strings.Replace(plain, ` Version="1.0">`, "><Version>1.0</Version>", 1)
	references := func(text string) string {
		out := ""
		for i, r := range text {
			out += fmt.Sprintf([]string{"&#%d;", "&#x%x;", "&#x0%X;"}[i%3], r)
		}
		return out
	}
	return map[string]string{
		"plain":                  in(plain),
		"declared UTF-8":         `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + in(plain) + "\n",
		"declared utf-8":         `<?xml version='1.0' encoding='utf-8' standalone='yes'?>` + in(plain),
		"a byte order mark":      "\uFEFF" + in(plain),
		"no Version of the list": "<" + k.many + ">" + plain + "</" + k.many + ">",
		"a list of version 9":    "<" + k.many + ` Version="9">` + plain + "</" + k.many + ">",
		"Version an element":     in(asElement),
		"Version in short":       in(strings.Replace(plain, `"1.0"`, `'1'`, 1)),
		"Version an element, 1":  in(strings.Replace(asElement, ">1.0<", "> 1 <", 1)),
		"an Id":                  in(strings.Replace(plain, ` Version="1.0">`, fmt.Sprintf(` Id="%d" Version="1.0"><Id>%d</Id>`, k.id, k.id), 1)),
		"other attributes":       in(strings.Replace(plain, ` Version`, ` Color="red" Version`, 1)),
		"what only rows have":    in(strings.Replace(plain, ">", "><Created>x</Created><Revision>7</Revision><Deleted>1</Deleted><Other><A><B>x</B></A></Other>", 1)),
		"spaces around texts":    spelled(func(text string) string { return "\n\t " + escaped(text) + " \r\n" }),
		"CDATA":                  spelled(func(text string) string { return "<![CDATA[" + text + "]]>" }),
		"CDATA in parts": spelled(func(text string) string {
			return " <![CDATA[" + strings.Join(strings.Split(text, ""), "]]><![CDATA[") + "]]>\n"
		}),
		"character references":   spelled(references),
		"comments":               spelled(func(text string) string { return "<!-- & -->" + escaped(text) + "<!-- <Status>x</Status> -->" }),
		"instructions":           "<?xml-stylesheet href='x'?>" + spelled(func(text string) string { return "<?php x ?>" + escaped(text) + "<?php y ?>" }) + "<?end?>",
		"a default namespace":    strings.Replace(in(plain), ` Version`, ` xmlns="urn:x" Version`, 1),
		"a namespace of each":    regexp.MustCompile(`<([A-Z]\w*)>`).ReplaceAllString(in(plain), `<$1 xmlns="urn:$1" xmlns:Version="urn:y">`),
		"a prefix":               strings.Replace(regexp.MustCompile(`(</?)([A-Z])`).ReplaceAllString(in(plain), `${1}r:$2`), ` Version`, ` xmlns:r="urn:x" Version`, 1),
		"more entries":           in(plain + "<" + k.one + ">x</" + k.one + "><Other/>" + plain),
		"texts between elements": in("\n  " + strings.ReplaceAll(plain, "><", ">\n    <") + " x "),
	}
}

// rowOf is an object's row without its id, which differs with each addition.
func (k wireKind) rowOf(t *testing.T, s *site, id string) map[string]any {
	t.Helper()
	var document map[string]json.RawMessage
	s.wantLine(t, "200 OK", as(platform, "GET", k.object(id, "json"), "")).json(t, &document)
	var rows []map[string]any
	if err := json.Unmarshal(document[k.many], &rows); err != nil || len(rows) != 1 {
		t.Fatalf("want one row: %s", document[k.many])
	}
	delete(rows[0], "Id")
	return rows[0]
}

var addedInXML = regexp.MustCompile(`<Id>([0-9]+)</Id>`)

func TestComanageXMLRequestsMeanWhatJSONMeans(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		eachKind(t, func(t *testing.T, k wireKind) {
			var added struct{ ID string }
			s.wantLine(t, "201 Added", as(platform, "POST", k.list("json"), k.document(t, k.entry, "json"))).json(t, &added)
			want := k.rowOf(t, s, added.ID)
			s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", k.object(added.ID, "xml"), ""))
			add := func(t *testing.T, media, document string) {
				t.Helper()
				c := as(platform, "POST", k.list("xml"), document)
				c.header["Content-Type"] = media
				id := addedInXML.FindStringSubmatch(s.wantLine(t, "201 Added", c).body)
				if id == nil {
					t.Fatal("no id in the answer")
				}
				if diff := cmp.Diff(want, k.rowOf(t, s, id[1])); diff != "" {
					t.Errorf("the object (-from JSON +from XML):\n%s\n%s", diff, document)
				}
				s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", k.object(id[1], "xml"), ""))
			}
			for name, document := range k.xmlSpellings(t) {
				t.Run(name, func(t *testing.T) { add(t, "application/xml", document) })
			}
			for _, media := range []string{"", "text/xml; charset=UTF-8", "application/json", "text/plain; charset=latin1", "/;;"} {
				t.Run("of type "+media, func(t *testing.T) { add(t, media, k.document(t, k.entry, "xml")) })
			}
		})
	})
}

func TestComanageXMLEditsMeanWhatJSONMeans(t *testing.T) {
	t.Parallel()
	inXML, inJSON := startWire(t), startWire(t)
	eachKind(t, func(t *testing.T, k wireKind) {
		inXML.wantEmpty(t, "200 OK", as(platform, "PUT", k.object(k.id, "xml"), k.document(t, k.change, "xml")))
		inJSON.wantEmpty(t, "200 OK", as(platform, "PUT", k.object(k.id, "json"), k.document(t, k.change, "json")))
		if diff := cmp.Diff(wireState(t, inJSON), wireState(t, inXML)); diff != "" {
			t.Errorf("after the edit (-in JSON +in XML):\n%s", diff)
		}
	})
}

// A client may change what it read and send it back whole, with all that only
// answers have.
func TestComanageXMLAnswersAreRequestsToo(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	for _, k := range wireKinds[:5] { // a link that stays the same is refused
		read := s.wantLine(t, "200 OK", as(platform, "GET", k.object(k.id, "xml"), "")).body
		before := k.rowOf(t, s, fmt.Sprint(k.id))
		s.wantEmpty(t, "200 OK", as(platform, "PUT", k.object(k.id, "xml"), read))
		after := k.rowOf(t, s, fmt.Sprint(k.id))
		for _, row := range []map[string]any{before, after} {
			delete(row, "Revision")
			delete(row, "ActorIdentifier")
			delete(row, "Modified")
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s sent back (-before +after):\n%s", k.one, diff)
		}
	}
}

func TestComanageXMLBooleans(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	k := wireKinds[4]
	for i, test := range []struct{ text, want string }{
		{"1", "true"}, {"true", "true"}, {" 1\n", "true"}, {"0", "false"}, {"false", "false"}, {"<![CDATA[0]]>", "false"}, {"", "false"},
	} {
		entry := strings.Replace(k.xmlEntry(t, k.entry, escaped), "<Login>1<", "<Login>"+test.text+"<", 1)
		entry = strings.Replace(entry, "<Identifier>", fmt.Sprintf("<Identifier>%d", i), 1)
		id := addedInXML.FindStringSubmatch(s.wantLine(t, "201 Added", as(platform, "POST", k.list("xml"), "<Identifiers>"+entry+"</Identifiers>")).body)
		if got := fmt.Sprint(k.rowOf(t, s, id[1])["Login"]); got != test.want {
			t.Errorf("%q: got %s, want %s", test.text, got, test.want)
		}
	}
	for _, text := range []string{"yes", "2", "TRUE", "<A>1</A>"} {
		entry := strings.Replace(k.xmlEntry(t, k.entry, escaped), "<Login>1<", "<Login>"+text+"<", 1)
		a := s.wantLine(t, "400 Invalid Fields", as(platform, "POST", k.list("xml"), "<Identifiers>"+entry+"</Identifiers>"))
		if !strings.Contains(a.body, "<InvalidFields><login>") {
			t.Errorf("%q: login is not told: %s", text, a.body)
		}
	}
}

// What is written like an escape of JSON is plain text in XML.
func TestComanageXMLTextMayLookLikeJSON(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	const text = `C:\u0000\ud800 "\n"`
	a := s.wantLine(t, "201 Added", as(platform, "POST", "/cos.xml", `<Cos><Co Version="1.0"><Name>`+text+`</Name><Status>Active</Status></Co></Cos>`))
	if got := wireKinds[0].rowOf(t, s, addedInXML.FindStringSubmatch(a.body)[1])["Name"]; got != text {
		t.Errorf("got the name %q, want %q", got, text)
	}
}
