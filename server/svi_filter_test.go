package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"orglink/server/servertest"
)

const (
	sviFilterType = "application/vnd.sas.investigation.data.document.filter.request+json"
	sviIDType     = "application/vnd.sas.investigation.data.document.id.request+json"
)

// sviFilter is a GET by POST on the documents of a type.
func sviFilter(typeName, body string, more ...string) call {
	return sviDoc("POST", typeName, body, append([]string{"Content-Type", sviFilterType}, more...)...)
}

// sviBooks are documents for lists, beside sviDocuments.
const sviBooks = `
svi:
  entityTypes:
    - name: book
      createdAtTimeFieldName: created_dttm
      validToFieldName: end_dttm
      fields:
        - {name: isbn, dataType: string, primaryKey: true}
        - {name: rev, dataType: integer, versionRole: true}
        - {name: title, dataType: string, length: 8, displayLabel: true}
        - {name: pages, dataType: integer}
        - {name: price, dataType: number}
        - {name: lent, dataType: boolean}
        - {name: bought, dataType: date}
        - {name: seen, dataType: timestamp}
        - {name: owner, dataType: string, masked: true}
  documents:
    - {objectTypeName: book, id: b1, createdAt: '2020-01-01T00:00:00Z', fieldValues: {title: Emma, pages: 320, price: 1.5, lent: true, bought: '2020-02-29', owner: raw-code}}
    - {objectTypeName: book, id: b2, fieldValues: {title: emma, pages: 1000, price: 10, lent: false}, validTo: '2030-01-01T00:00:00Z'}
    - {objectTypeName: book, id: b3, version: 7, fieldValues: {title: "O'Neill", pages: 320, seen: '2020-04-13T19:17:47.840Z'}}
    - {objectTypeName: book, id: B4, fieldValues: {owner: raw-code}}
`

// sviIDs lists the ids of a bare array or of the items of a collection, and its count.
func sviIDs(t *testing.T, a answer) (string, int) {
	t.Helper()
	var c struct {
		Count int
		Items json.RawMessage
	}
	if strings.HasPrefix(a.body, "{") {
		a.json(t, &c)
	} else {
		c.Items = json.RawMessage(a.body)
	}
	var items []struct{ ID string }
	if err := json.Unmarshal(c.Items, &items); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, item := range items {
		ids = append(ids, item.ID)
	}
	return strings.Join(ids, " "), c.Count
}

func TestSviListOfDocuments(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviBooks))
		for query, want := range map[string]string{
			"":                                "B4 b1 b2 b3",
			"?start=1&limit=2":                "b1 b2",
			"?start=3":                        "b3",
			"?start=4":                        "",
			"?limit=0":                        "",
			"?limit=1000&depth=max":           "B4 b1 b2 b3",
			"?depth=0&includeDisplayLabel=NO": "refused",
			"?start=-1":                       "refused",
			"?limit=1001":                     "refused",
			"?limit=x":                        "refused",
			"?limit=":                         "refused",
			"?depth=deep":                     "refused",
			"?start=0&start=1":                "refused",
			"?other=0&other=1":                "refused",
			"?start=99999999999999999999":     "refused",
		} {
			a := s.do(t, sviDoc("GET", "book"+query, ""))
			if want == "refused" {
				if a.status != 400 {
					t.Errorf("%s: got %d", query, a.status)
				}
				continue
			}
			if ids, _ := sviIDs(t, a); ids != want || a.status != 200 || a.header.Get("Vary") != "Accept, Accept-Item" {
				t.Errorf("%s: got %d: %s", query, a.status, a.body)
			}
		}
		// SAS' page size.
		for i := range 41 {
			s.want(t, 201, sviDoc("POST", "", fmt.Sprintf(`{"objectTypeName":"person","id":"p%02d"}`, i)))
		}
		a := s.want(t, 200, sviDoc("GET", "person", ""))
		if ids, _ := sviIDs(t, a); !strings.HasSuffix(ids, "p39") {
			t.Errorf("got %s", ids)
		}
	})
}

func TestSviItemsOfAList(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviBooks))
	for accept, masked := range map[string]bool{
		"": false, "*/*": false, "application/json": false,
		"application/vnd.sas.investigation.data.enriched.document": false,
		"application/vnd.sas.investigation.data.document":          false,
		sviMaskedDocument: true,
		"application/vnd.sas.investigation.data.masked.enriched.document, application/json;q=0.1": true,
	} {
		for _, c := range []call{
			sviDoc("GET", "book?includeDisplayLabel=true", "", "Accept", "application/json", "Accept-Item", accept),
			sviFilter("book?includeDisplayLabel=true", `{"filter":"eq(isbn,'b1')"}`, "Accept-Item", accept),
		} {
			a := s.want(t, 200, c)
			if strings.Contains(a.body, `"owner":"`+sviBullets+`"`) != masked || sviSaid(a.body) || !strings.Contains(a.body, `"displayLabel":"Emma"`) ||
				!strings.Contains(a.body, `"fieldRestrictions":{"book":{"owner":`) || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s, Accept-Item %q: got %s", c.method, accept, a.body)
			}
		}
	}
	for _, accept := range []string{"text/html", "application/vnd.sas.investigation.data.minimally.masked.enriched.document+json", sviMasked} {
		s.want(t, 415, sviDoc("GET", "book", "", "Accept-Item", accept))
		s.want(t, 415, sviFilter("book", `{}`, "Accept-Item", accept))
	}
	s.want(t, 406, sviDoc("GET", "book", "", "Accept", sviMaskedDocument))
	s.want(t, 406, sviFilter("book", `{}`, "Accept", "text/html"))
	a := s.want(t, 200, sviFilter("book", `{}`, "Accept", sviCollection))
	if a.header.Get("Content-Type") != sviCollection {
		t.Errorf("got %s", a.header.Get("Content-Type"))
	}
}

func TestSviFilterOfDocuments(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviBooks))
		for filter, want := range map[string]string{
			``:                                     "B4 b1 b2 b3",
			`eq(title,'Emma')`:                     "b1",
			`eq(title,'O''Neill')`:                 "b3",
			`eq(title,'a title that is too long')`: "",
			`eq(title,''' OR ''1''=''1')`:          "",
			`eq(pages,320)`:                        "b1 b3",
			`eq(pages,320.0)`:                      "b1 b3",
			`eq(price,1.50)`:                       "b1",
			`eq(price,1e1)`:                        "b2",
			`eq(lent,true)`:                        "b1",
			`eq(lent,false)`:                       "b2",
			`eq(bought,'2020-02-29')`:              "b1",
			`eq(seen,'2020-04-13T21:17:47.84+02:00')`: "b3",
			`eq(isbn,'B4')`: "B4",
			`eq(rev,7)`:     "b3",
			`eq(created_dttm,'2020-01-01T01:00:00+01:00')`:                    "b1",
			`eq(end_dttm,'2030-01-01T00:00:00Z')`:                             "b2",
			`and(eq(pages,320),eq(title,'Emma'))`:                             "b1",
			`or(eq(title,'emma'),and(eq(pages,320),eq(rev,7)),eq(isbn,'b9'))`: "b2 b3",
			`eq(owner,'raw-code')`:                                            "refused: Field owner is masked: documents cannot be compared by it.",
			`or(eq(pages,1),eq(owner,'raw-code'))`:                            "refused: Field owner is masked: documents cannot be compared by it.",
			`eq(nope,1)`:                                                      "refused: Field nope is not a field of the entity type.",
			`eq(pages,'320')`:                                                 "refused: Field pages must be an integer.",
			`eq(pages,1.5)`:                                                   "refused: Field pages must be an integer.",
			`eq(price,1e999)`:                                                 "refused: Field price must be a number.",
			`eq(title,7)`:                                                     "refused: Field title must be a string.",
			`eq(lent,'true')`:                                                 "refused: Field lent must be true or false.",
			`eq(bought,'yesterday')`:                                          "refused: Field bought must be a date, YYYY-MM-DD.",
			`eq(created_dttm,'yesterday')`:                                    "refused: Field created_dttm must be a time stamp in the format of RFC 3339.",
			`eq(rev,'7')`:                                                     "refused: Field rev must be an integer.",
			`ne(title,'x')`:                                                   "refused: The filter has an operator that is not eq, and or or.",
			`eq(title,'x'`:                                                    "refused: The filter lacks a ).",
			strings.Repeat("and(", 8) + `eq(title,'x')` + strings.Repeat(")", 8): "refused: The filter is nested more than 8 deep.",
		} {
			body, _ := json.Marshal(map[string]any{"filter": filter, "unknown": 1})
			a := s.do(t, sviFilter("book", string(body)))
			if refusal, ok := strings.CutPrefix(want, "refused: "); ok {
				var e struct{ Details []string }
				a.json(t, &e)
				if a.status != 400 || len(e.Details) != 1 || e.Details[0] != refusal {
					t.Errorf("%s: got %d: %s", filter, a.status, a.body)
				}
				continue
			}
			ids, count := sviIDs(t, a)
			if a.status != 200 || ids != want || count != len(strings.Fields(want)) {
				t.Errorf("%s: got %d: %s", filter, a.status, a.body)
			}
		}
	})
}

func TestSviSortingAndPagesOfAFilter(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviBooks))
		for body, want := range map[string]string{
			`{"sortBy":"title:ascending"}`:                                     "b1 b3 b2 B4",
			`{"sortBy":"title:descending;"}`:                                   "b2 b3 b1 B4",
			`{"sortBy":"pages;title:descending"}`:                              "b3 b1 b2 B4",
			`{"sortBy":"price:descending"}`:                                    "b2 b1 B4 b3",
			`{"sortBy":"lent"}`:                                                "b2 b1 B4 b3",
			`{"sortBy":"isbn:descending"}`:                                     "b3 b2 b1 B4",
			`{"sortBy":"rev:descending;created_dttm"}`:                         "b3 b1 B4 b2",
			`{"sortBy":null,"filter":null,"start":null,"limit":null}`:          "B4 b1 b2 b3",
			`{"sortBy":"pages:descending","filter":"eq(pages,320)","start":1}`: "b3",
			`{"start":1,"limit":2}`:                                            "b1 b2",
			`{"start":9,"limit":2}`:                                            "",
			`{"limit":0}`:                                                      "",
			`{"sortBy":"owner"}`:                                               "refused",
			`{"sortBy":"nope"}`:                                                "refused",
			`{"sortBy":"title:up"}`:                                            "refused",
			`{"sortBy":"a;a;a;a;a;a;a;a;a;a;a"}`:                               "refused",
			`{"sortBy":7}`:                                                     "refused",
			`{"filter":7}`:                                                     "refused",
			`{"start":-1}`:                                                     "refused",
			`{"limit":1001}`:                                                   "refused",
			`{"limit":"20"}`:                                                   "refused",
			`{"filter":"eq(title,'` + strings.Repeat("x", 1<<14) + `')"}`:      "refused",
			`[]`: "refused", `{`: "refused",
		} {
			a := s.do(t, sviFilter("book", body))
			if want == "refused" {
				if a.status != 400 {
					t.Errorf("%.80s: got %d", body, a.status)
				}
				continue
			}
			if ids, _ := sviIDs(t, a); a.status != 200 || ids != want {
				t.Errorf("%s: got %d %s: %s", body, a.status, ids, a.body)
			}
		}
		a := s.want(t, 200, sviFilter("book", `{"filter":"eq(pages,320)","start":1,"limit":1}`))
		if !strings.HasPrefix(a.body, `{"links":[],"name":"documents","start":1,"limit":1,"count":2,"items":[{"objectTypeName":"book",`) || !strings.HasSuffix(a.body, `}],"version":2}`) {
			t.Errorf("got %s", a.body)
		}
		for body, want := range map[string]string{
			`{"documentIds":["b3","nope","B4","b3"]}`:              "B4 b3",
			`{"documentIds":["b3","B4","b1"],"start":1,"limit":1}`: "b1",
			`{"documentIds":[]}`:                                   "",
		} {
			a := s.want(t, 200, sviFilter("book", body, "Content-Type", sviIDType))
			if ids, _ := sviIDs(t, a); ids != want {
				t.Errorf("%s: got %s", body, ids)
			}
		}
		for _, body := range []string{`{}`, `{"documentIds":null}`, `{"documentIds":[7]}`, `{"documentIds":["\u0000"]}`, `{"documentIds":[` + strings.Repeat(`"x",`, 1000) + `"x"]}`} {
			s.want(t, 400, sviFilter("book", body, "Content-Type", sviIDType))
		}
	})
}

func TestSviMediaTypesOfAFilter(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviBooks))
	for contentType, status := range map[string]int{
		sviFilterType: 200,
		strings.TrimSuffix(sviFilterType, "+json"): 200,
		sviFilterType + "; charset=UTF-8":          200,
		strings.ToUpper(sviFilterType):             200,
		"application/json":                         415,
		"":                                         415,
		"text/plain":                               415,
		"application/vnd.sas.investigation.data.other": 415,
	} {
		s.want(t, status, sviFilter("book", `{}`, "Content-Type", contentType))
	}
	s.want(t, 413, sviFilter("book", `{"filter":"`+strings.Repeat("x", 1<<18)+`"}`))
	s.want(t, 404, sviFilter("novel", `{`))
}
