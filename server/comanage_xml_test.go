package server_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// element is an element of an XML document.
type element struct {
	Name       string
	Attributes []string
	Text       string
	Children   []element
}

// parseXML reads a document that is one element after a declaration.
func parseXML(t *testing.T, document string) element {
	t.Helper()
	body, declared := strings.CutPrefix(document, `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
	if !declared || !strings.HasSuffix(body, ">\n") || strings.Count(body, "\n") != 1 {
		t.Fatalf("want a declaration, and a document in one line: %s", document)
	}
	decoder := xml.NewDecoder(strings.NewReader(body))
	open := []element{{}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("not XML: %v: %s", err, document)
		}
		last := len(open) - 1
		switch token := token.(type) {
		case xml.StartElement:
			begun := element{Name: token.Name.Local}
			for _, a := range token.Attr {
				begun.Attributes = append(begun.Attributes, a.Name.Local+"="+a.Value)
			}
			open = append(open, begun)
		case xml.CharData:
			open[last].Text += string(token)
		case xml.EndElement:
			open[last-1].Children = append(open[last-1].Children, open[last])
			open = open[:last]
		}
	}
	if len(open[0].Children) != 1 {
		t.Fatalf("want one root: %s", document)
	}
	return open[0].Children[0]
}

// elementsOf are the members of a JSON object as elements. XML has no control
// characters.
func elementsOf(t *testing.T, members []member) []element {
	t.Helper()
	var out []element
	for _, m := range members {
		if m.value[0] == '{' {
			out = append(out, element{Name: m.name, Children: elementsOf(t, membersOf(t, string(m.value)))})
			continue
		}
		out = append(out, element{Name: m.name, Text: strings.ReplaceAll(m.text(), "\x01", "\uFFFD")})
	}
	return out
}

// listOf is a list in JSON as Registry would write it in XML.
func (k wireKind) listOf(t *testing.T, body string) element {
	t.Helper()
	document := membersOf(t, body)
	list := element{Name: k.many, Attributes: []string{"Version=" + document[1].text()}}
	var rows []json.RawMessage
	if err := json.Unmarshal(document[2].value, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		members := membersOf(t, string(row))
		list.Children = append(list.Children, element{
			Name:       k.one,
			Attributes: []string{"Version=" + members[0].text(), "Id=" + members[1].text()},
			Children:   elementsOf(t, members[1:]),
		})
	}
	if len(rows) == 0 {
		list.Children = []element{{Name: k.one}}
	}
	return list
}

// wantSame gets a path in both formats and fails unless both say the same.
func (k wireKind) wantSame(t *testing.T, s *site, path, query string) {
	t.Helper()
	inJSON := s.wantLine(t, "200 OK", as(platform, "GET", path+".json"+query, ""))
	inXML := s.wantLine(t, "200 OK", as(platform, "GET", path+".xml"+query, ""))
	if diff := cmp.Diff(k.listOf(t, inJSON.body), parseXML(t, inXML.body)); diff != "" {
		t.Errorf("%s%s in XML (-as in JSON +got):\n%s", path, query, diff)
	}
}

func TestComanageXMLListsSayWhatJSONSays(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		eachKind(t, func(t *testing.T, k wireKind) {
			k.wantSame(t, s, k.path, "")
			k.wantSame(t, s, k.path, "?coid=1")
			k.wantSame(t, s, k.path, "?coid=2")
			object := strings.TrimSuffix(k.object(k.id, "json"), ".json")
			k.wantSame(t, s, object, "")
			// With what an edit leaves behind, under the next id.
			s.wantEmpty(t, "200 OK", as(platform, "PUT", object+".xml", k.document(t, k.change, "xml")))
			k.wantSame(t, s, object, "")
			if k.gone {
				return
			}
			k.wantSame(t, s, strings.TrimSuffix(k.object(k.deleted+1, "json"), ".json"), "")
			k.wantSame(t, s, strings.TrimSuffix(k.object(k.deleted, "json"), ".json"), "")
		})
		// Text that XML must escape, or has no way to write.
		c := as(platform, "POST", "/names.json", `{"Version":"1.0","Person":{"Type":"CO","Id":"12"},"Type":"fka","Given":"]]>\u0001\r\n\t'&amp;","Family":"\u2028\ufffd"}`)
		s.wantLine(t, "201 Added", c)
		wireKinds[3].wantSame(t, s, "/names", "?copersonid=12")
	})
}

func TestComanageXMLOfAdditionsAndRefusals(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	eachKind(t, func(t *testing.T, k wireKind) {
		for method, path := range map[string]string{"POST": k.path, "PUT": strings.TrimSuffix(k.object(k.id, "json"), ".json")} {
			inJSON := membersOf(t, s.wantLine(t, "400 Invalid Fields", as(platform, method, path+".json", k.document(t, k.wrong, "json"))).body)
			inXML := s.wantLine(t, "400 Invalid Fields", as(platform, method, path+".xml", k.document(t, k.wrong, "xml"))).body
			var fields map[string][]string
			if err := json.Unmarshal(inJSON[3].value, &fields); err != nil || len(fields[k.column]) != 1 {
				t.Fatalf("%s: want %s to be wrong: %s", path, k.column, inJSON[3].value)
			}
			want := element{
				Name:       "ErrorResponse",
				Attributes: []string{"Version=1.0", "Id=" + inJSON[2].text()},
				Children:   []element{{Name: "InvalidFields", Children: []element{{Name: k.column, Text: fields[k.column][0]}}}},
			}
			if diff := cmp.Diff(want, parseXML(t, inXML)); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", method, path, diff)
			}
		}
		added := parseXML(t, s.wantLine(t, "201 Added", as(platform, "POST", k.list("xml"), k.document(t, k.entry, "xml"))).body)
		i := slices.IndexFunc(added.Children, func(e element) bool { return e.Name == "Id" })
		if i != 1 {
			t.Fatalf("want ObjectType and Id: %v", added)
		}
		id := added.Children[i].Text
		want := element{
			Name: "NewObjectResponse", Attributes: []string{"Version=1.0"},
			Children: []element{{Name: "ObjectType", Text: k.one}, {Name: "Id", Text: id}},
		}
		if diff := cmp.Diff(want, added); diff != "" {
			t.Errorf("the addition (-want +got):\n%s", diff)
		}
		k.wantSame(t, s, strings.TrimSuffix(k.object(id, "json"), ".json"), "")
		s.wantEmpty(t, "200 Deleted", as(platform, "DELETE", k.object(id, "xml"), ""))
	})
}

// What has no document in JSON has none in XML either.
func TestComanageXMLRefusalsWithoutADocument(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	nothingChanges(t, s, func() {
		eachKind(t, func(t *testing.T, k wireKind) {
			for _, c := range []struct {
				line string
				call
			}{
				{"401 Unauthorized", as("", "GET", k.list("xml"), "")},
				{"401 Unauthorized", as("co_2.plain", "POST", k.list("xml"), k.document(t, k.entry, "xml"))},
				{"400 Bad Request", as(platform, "POST", k.list("xml"), k.document(t, k.entry, "json"))},
				{"400 Bad Request", as(platform, "POST", k.list("json"), k.document(t, k.entry, "xml"))},
				{"400 Bad Request", as(platform, "PUT", k.object(k.id, "xml"), k.document(t, k.change, "json"))},
				{"400 Bad Request", as(platform, "PUT", k.object(k.id, "json"), k.document(t, k.change, "xml"))},
				{"400 Bad Request", as(platform, "POST", k.list("xml"), "")},
				{"400 Bad Request", as(platform, "POST", k.list("xml"), "<"+k.one+`s Version="1.0"/>`)},
				{"400 Invalid Fields", as(platform, "DELETE", k.list("xml"), "")},
				{"400 Invalid Fields", as(platform, "DELETE", k.object("", "xml"), "")},
				{k.unknown(), as(platform, "GET", k.object(999, "xml"), "")},
				{k.unknown(), as(platform, "PUT", k.object(999, "xml"), "<")},
				{"404 Unknown", as("", "GET", k.path+".XML", "")},
			} {
				s.wantEmpty(t, c.line, c.call)
			}
		})
	})
}

func TestComanageXMLSamples(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Clock(comanageClock))
		for _, sample := range []struct{ file, line, method, path, body string }{
			{"links.xml", "200 OK", "GET", links + ".xml", ""},
			{"names.xml", "200 OK", "GET", "/names.xml", ""},
			{"none.xml", "200 OK", "GET", "/co_people.xml?coid=1", ""},
			{"added.xml", "201 Added", "POST", links + ".xml", wireKinds[5].document(t, `{"Version":"1.0","CoPersonId":"12","OrgIdentityId":"34"}`, "xml")},
			{"invalid.xml", "400 Invalid Fields", "POST", links + ".xml", wireKinds[5].document(t, `{"Version":"1.0","CoPersonId":"x","OrgIdentityId":""}`, "xml")},
			{"memberships.xml", "403 CoPerson Exists", "DELETE", "/org_identities/35.xml", ""},
		} {
			golden(t, "comanage/"+sample.file, s.wantLine(t, sample.line, as("co_1.demo", sample.method, sample.path, sample.body)).body)
		}
	})
}
