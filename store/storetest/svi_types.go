package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func testSviTypes(t *testing.T, open Open) {
	t.Run("a type is added once under a new id", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ids := make([]int64, 8)
		results := make([]error, len(ids))
		var group sync.WaitGroup
		for i := range ids {
			group.Go(func() {
				results[i] = s.Write(t.Context(), func(tx *store.Tx) (err error) {
					ids[i], err = store.SviAddType(tx, sviEntityType(fmt.Sprint("e", i/2)))
					return err
				})
			})
		}
		group.Wait()
		var made []int64
		for i, err := range results {
			if err == nil {
				made = append(made, ids[i])
			} else if !errors.Is(err, store.ErrConflict) {
				t.Errorf("got %v, want ErrConflict", err)
			}
		}
		slices.Sort(made)
		if len(made) != len(ids)/2 || len(slices.Compact(made)) != len(made) {
			t.Errorf("got ids %v", made)
		}
		if err := s.Write(store.WithWorkspace(t.Context(), "other"), func(tx *store.Tx) error {
			_, err := store.SviAddType(tx, sviEntityType("e0"))
			return err
		}); err != nil {
			t.Errorf("the same name in another workspace: %v", err)
		}
	})
	t.Run("a type is found by what names it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		sviWrite(t, s, func(tx *store.Tx) error {
			for _, name := range []string{"a", "a__b", "b__c"} {
				sviAdd(t, tx, sviEntityType(name))
			}
			sviAdd(t, tx, sviRelationshipType("a", "b__c", "a"))
			sviAdd(t, tx, sviRelationshipType("a__b", "c", "a"))
			sviAdd(t, tx, sviRelationshipType("a__b", "d", "a__b"))
			return nil
		})
		sviRead(t, s, func(q *store.Query) error {
			for name, want := range map[string]int{"a__b__c": 2, "a__b__d": 1, "a__b": 0, "a": 0, "": 0, "__": 0, "a__b__": 0} {
				list, err := q.SviRelationshipTypesNamed(name, "__")
				if err != nil || len(list) != want {
					t.Errorf("%q names %d relationship types and %v, want %d", name, len(list), err, want)
				}
			}
			at, err := q.SviRelationshipTypesAt("a")
			if err != nil || len(at) != 2 || at[0].Name != "b__c" {
				t.Errorf("at a: %+v and %v", at, err)
			}
			named, err := q.SviEntityTypesNamed([]string{"a", "nope", "b__c"})
			if err != nil || len(named) != 2 {
				t.Errorf("named: %+v and %v", named, err)
			}
			all, err := store.SviListTypes[store.SviEntityType](q)
			if err != nil || len(all) != 3 || all[0].ID >= all[1].ID {
				t.Errorf("all: %+v and %v", all, err)
			}
			_, err = store.SviFindType[store.SviRelationshipType](q, 99)
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("an unknown id: got %v, want ErrNotFound", err)
			}
			return nil
		})
	})
	t.Run("a type is edited at its version only", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		was := sviEntityType("e")
		sviWrite(t, s, func(tx *store.Tx) error {
			was.ID = sviAdd(t, tx, was)
			return nil
		})
		next := was
		next.Version, next.Label, next.ReadGroups, next.CreatedBy = 2, "", []string{}, "nobody"
		next.Fields = []store.SviField{{Name: "g", DataType: "string"}}
		sviWrite(t, s, func(tx *store.Tx) error { return store.SviEditType(tx, next, 1) })
		err := s.Write(t.Context(), func(tx *store.Tx) error { return store.SviEditType(tx, next, 1) })
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("the old version again: got %v, want ErrStale", err)
		}
		sviRead(t, s, func(q *store.Query) error {
			got, err := q.SviEntityType("e")
			if got.Version != 2 || got.Label != "" || len(got.ReadGroups) != 0 || got.CreatedBy != "test" || !got.CreatedAt.Equal(was.CreatedAt) || got.Fields[0].Name != "g" {
				t.Errorf("got %+v", got)
			}
			return err
		})
	})
	t.Run("the id of a deleted type is not given out again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		sviWrite(t, s, func(tx *store.Tx) error {
			r := sviRelationshipType("e", "r", "e")
			r.ID = sviAdd(t, tx, r)
			if err := store.SviDeleteType(tx, r); err != nil {
				return err
			}
			again := sviRelationshipType("e", "r", "e")
			if next := sviAdd(t, tx, again); next <= r.ID {
				t.Errorf("got id %d after %d", next, r.ID)
			}
			return nil
		})
	})
	t.Run("records answer for their type", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		e, r := sviEntityType("e"), sviRelationshipType("e", "r", "e")
		sviWrite(t, s, func(tx *store.Tx) error {
			e.ID, r.ID = sviAdd(t, tx, e), sviAdd(t, tx, r)
			return nil
		})
		sviRead(t, s, func(q *store.Query) error {
			for _, records := range []store.SviRecords{e.Records(), r.Records()} {
				sviAnswers(t, q, records, [5]bool{})
			}
			return nil
		})
		values := store.SviValues{
			"text": json.RawMessage(`"äöü\n\"x"`), "number": json.RawMessage(`1e-20000`), "false": json.RawMessage(`false`),
			"big": json.RawMessage(`12345678901234567890123`),
		}
		sviWrite(t, s, func(tx *store.Tx) error {
			d := store.SviDocument{Type: "e", ID: "d"}
			d.Version, d.Attributes = 1, values
			if err := tx.SviMakeDocument(d); err != nil {
				return err
			}
			l := store.SviLink{ID: "l", FromID: "d", ToID: "d", SviRecord: d.SviRecord}
			if err := tx.SviMakeLink(r, l); err != nil {
				return err
			}
			// Others, which say nothing of these.
			d.Type, d.Attributes = "other", store.SviValues{"other": json.RawMessage(`"a long text"`)}
			l.Attributes = d.Attributes
			other := r
			other.ID++
			return errors.Join(tx.SviMakeDocument(d), tx.SviMakeLink(other, l))
		})
		sviRead(t, s, func(q *store.Query) error {
			for _, records := range []store.SviRecords{e.Records(), r.Records()} {
				sviAnswers(t, q, records, [5]bool{true, true, true, true, false})
				for _, field := range []string{"number", "false", "big"} {
					if with, err := q.SviAnyWith(records, field); err != nil || !with {
						t.Errorf("with %s: got %v, %v", field, with, err)
					}
					if without, err := q.SviAnyWithout(records, field); err != nil || without {
						t.Errorf("without %s: got %v, %v", field, without, err)
					}
				}
				if with, err := q.SviAnyWith(records, "other"); err != nil || with {
					t.Errorf("with a field of others: got %v, %v", with, err)
				}
			}
			return nil
		})
	})
}

// sviAnswers expects the answers to: are there records, one with a text, one without
// another field, one with more than 5 and one with more than 6 characters of text.
func sviAnswers(t *testing.T, q *store.Query, r store.SviRecords, want [5]bool) {
	t.Helper()
	var got [5]bool
	var failed [5]error
	got[0], failed[0] = q.SviAny(r)
	got[1], failed[1] = q.SviAnyWith(r, "text")
	got[2], failed[2] = q.SviAnyWithout(r, "nothing")
	got[3], failed[3] = q.SviAnyLonger(r, "text", 5)
	got[4], failed[4] = q.SviAnyLonger(r, "text", 6)
	if err := errors.Join(failed[:]...); err != nil || got != want {
		t.Errorf("%+v: got %v and %v, want %v", r, got, err, want)
	}
}

func sviEntityType(name string) store.SviEntityType {
	at := time.Date(2015, 10, 1, 18, 30, 3, 656_000_000, time.UTC)
	return store.SviEntityType{
		Name: name, Label: strings.ToUpper(name), Version: 1, Fields: []store.SviField{{Name: "f", DataType: "string"}},
		ReadGroups: []string{"Agents"}, CreatedAt: at, CreatedBy: "test", LastUpdatedAt: at, LastUpdatedBy: "test",
	}
}

func sviRelationshipType(from, name, to string) store.SviRelationshipType {
	return store.SviRelationshipType{
		FromType: from, Name: name, ToType: to, Version: 1, Kind: "RELATIONSHIP", Cardinality: "MANY_TO_MANY", Fields: []store.SviField{},
	}
}

func sviAdd[T store.SviType](t *testing.T, tx *store.Tx, made T) int64 {
	t.Helper()
	id, err := store.SviAddType(tx, made)
	if err != nil {
		t.Error(err)
	}
	return id
}

func sviWrite(t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func sviRead(t *testing.T, s *store.Store, fn func(*store.Query) error) {
	t.Helper()
	if err := s.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}
