package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"orglink/store"
)

func testSviPages(t *testing.T, s *store.Store) {
	for _, id := range []string{"b", "a", "B", "ä", "c"} {
		if err := sviCreate(s, t.Context(), sviDocument(id, nil)); err != nil {
			t.Fatal(err)
		}
	}
	other := sviDocument("x", nil)
	other.Type = "other"
	if err := errors.Join(sviCreate(s, t.Context(), other), sviCreate(s, store.WithWorkspace(t.Context(), "other"), sviDocument("y", nil))); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		page  store.SviDocumentPage
		want  string
		total int64
	}{
		"all":           {store.SviDocumentPage{Limit: 10}, "B a b c ä", 5},
		"the first":     {store.SviDocumentPage{Limit: 2}, "B a", 5},
		"the next":      {store.SviDocumentPage{Start: 2, Limit: 2}, "b c", 5},
		"beyond":        {store.SviDocumentPage{Start: 9, Limit: 2}, "", 5},
		"none":          {store.SviDocumentPage{Limit: 0}, "", 5},
		"some ids":      {store.SviDocumentPage{IDs: []string{"c", "nope", "B", "x", "y"}, Limit: 10}, "B c", 2},
		"no ids at all": {store.SviDocumentPage{IDs: []string{}, Limit: 10}, "", 0},
	} {
		test.page.Type = "person"
		if got, total := sviList(t, s, test.page); got != test.want || total != test.total {
			t.Errorf("%s: got %q of %d, want %q of %d", name, got, total, test.want, test.total)
		}
	}
}

// sviSamples are documents whose values differ in all that comparisons look at.
func sviSamples(t *testing.T, s *store.Store) {
	t.Helper()
	for id, values := range map[string]map[string]string{
		"1": {"text": `"a"`, "whole": `9007199254740993`, "number": `1.50`, "truth": `true`},
		"2": {"text": `"B"`, "whole": `9007199254740992`, "number": `10`, "truth": `false`},
		"3": {"text": `"ä"`, "whole": `-7`, "number": `-0.25`},
		"4": {"text": `"it's \"1\""`, "number": `1e-320`},
		"5": {},
		"6": {"text": `""`, "whole": `0`, "number": `15e-1`},
	} {
		if err := sviCreate(s, t.Context(), sviDocument(id, values)); err != nil {
			t.Fatal(err)
		}
	}
}

func testSviConditions(t *testing.T, s *store.Store) {
	sviSamples(t, s)
	eq := func(key store.SviKey, value any) store.SviCondition {
		return store.SviCondition{Key: key, Value: value}
	}
	text := store.SviKey{Attribute: "text", Kind: store.SviText}
	whole := store.SviKey{Attribute: "whole", Kind: store.SviInteger}
	number := store.SviKey{Attribute: "number", Kind: store.SviNumber}
	truth := store.SviKey{Attribute: "truth", Kind: store.SviBoolean}
	id := store.SviKey{Column: "id"}
	for name, test := range map[string]struct {
		where store.SviCondition
		want  string
	}{
		"text":                   {eq(text, "a"), "1"},
		"text of another case":   {eq(text, "A"), ""},
		"text with quotes":       {eq(text, `it's "1"`), "4"},
		"empty text":             {eq(text, ""), "6"},
		"SQL":                    {eq(text, "' OR '1'='1"), ""},
		"an integer beyond 2^53": {eq(whole, int64(9007199254740993)), "1"},
		"a negative integer":     {eq(whole, int64(-7)), "3"},
		"numbers by value":       {eq(number, 1.5), "1 6"},
		"a number as an integer": {eq(number, 10.0), "2"},
		"true":                   {eq(truth, true), "1"},
		"false":                  {eq(truth, false), "2"},
		"an id":                  {eq(id, "5"), "5"},
		"a version":              {eq(store.SviKey{Column: "version"}, int64(1)), "1 2 3 4 5 6"},
		"a time":                 {eq(store.SviKey{Column: "created_at"}, sviNow), "1 2 3 4 5 6"},
		"another time":           {eq(store.SviKey{Column: "created_at"}, sviNow.Add(time.Millisecond)), ""},
		"an unknown attribute":   {eq(store.SviKey{Attribute: `no"pe`, Kind: store.SviText}, "a"), ""},
		"all":                    {store.SviCondition{All: []store.SviCondition{eq(number, 1.5), eq(text, "a")}}, "1"},
		"any":                    {store.SviCondition{Any: []store.SviCondition{eq(whole, int64(0)), eq(text, "a"), eq(id, "3")}}, "1 3 6"},
		"nested": {store.SviCondition{All: []store.SviCondition{
			eq(number, 1.5), {Any: []store.SviCondition{eq(text, "B"), {All: []store.SviCondition{eq(text, ""), eq(whole, int64(0))}}}},
		}}, "6"},
	} {
		got, total := sviList(t, s, store.SviDocumentPage{Type: "person", Where: &test.where, Limit: 10})
		if got != test.want || total != int64(len(strings.Fields(test.want))) {
			t.Errorf("%s: got %q of %d, want %q", name, got, total, test.want)
		}
	}
	for _, key := range []store.SviKey{{Column: "attributes"}, {Column: "1; DROP TABLE svi_documents"}, {Attribute: "a", Kind: "text)"}} {
		err := s.Read(t.Context(), func(q *store.Query) error {
			_, err := q.SviDocuments(store.SviDocumentPage{Type: "person", Where: &store.SviCondition{Key: key, Value: "x"}, Sort: []store.SviSort{{Key: key}}})
			return err
		})
		if err == nil {
			t.Errorf("%v: taken for a key", key)
		}
	}
}

func testSviOrder(t *testing.T, s *store.Store) {
	sviSamples(t, s)
	by := func(key store.SviKey, descending bool) store.SviSort {
		return store.SviSort{Key: key, Descending: descending}
	}
	text := store.SviKey{Attribute: "text", Kind: store.SviText}
	whole := store.SviKey{Attribute: "whole", Kind: store.SviInteger}
	number := store.SviKey{Attribute: "number", Kind: store.SviNumber}
	truth := store.SviKey{Attribute: "truth", Kind: store.SviBoolean}
	for name, test := range map[string]struct {
		sort []store.SviSort
		want string
	}{
		"text":                  {[]store.SviSort{by(text, false)}, "6 2 1 4 3 5"},
		"text, descending":      {[]store.SviSort{by(text, true)}, "3 4 1 2 6 5"},
		"integers":              {[]store.SviSort{by(whole, false)}, "3 6 2 1 4 5"},
		"integers, descending":  {[]store.SviSort{by(whole, true)}, "1 2 6 3 4 5"},
		"numbers":               {[]store.SviSort{by(number, false)}, "3 4 1 6 2 5"},
		"booleans":              {[]store.SviSort{by(truth, false)}, "2 1 3 4 5 6"},
		"booleans, descending":  {[]store.SviSort{by(truth, true)}, "1 2 3 4 5 6"},
		"two keys":              {[]store.SviSort{by(number, true), by(text, false)}, "2 6 1 4 3 5"},
		"the id, descending":    {[]store.SviSort{by(store.SviKey{Column: "id"}, true)}, "6 5 4 3 2 1"},
		"a column of equals":    {[]store.SviSort{by(store.SviKey{Column: "created_by"}, true)}, "1 2 3 4 5 6"},
		"a column with no time": {[]store.SviSort{by(store.SviKey{Column: "valid_to"}, true)}, "1 2 3 4 5 6"},
	} {
		if got, _ := sviList(t, s, store.SviDocumentPage{Type: "person", Sort: test.sort, Limit: 10}); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// sviList lists the ids of a page, and counts the documents of all pages.
func sviList(t *testing.T, s *store.Store, page store.SviDocumentPage) (ids string, total int64) {
	t.Helper()
	var list []store.SviDocument
	err := s.Read(t.Context(), func(q *store.Query) (err error) {
		if list, err = q.SviDocuments(page); err != nil {
			return err
		}
		total, err = q.SviCountDocuments(page)
		return err
	})
	if err != nil {
		t.Fatalf("%+v: %v", page, err)
	}
	names := slices.Collect(func(yield func(string) bool) {
		for _, d := range list {
			if !yield(d.ID) {
				return
			}
		}
	})
	return strings.Join(names, " "), total
}
