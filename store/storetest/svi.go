package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func testSvi(t *testing.T, open Open) {
	t.Run("types get new ids or chosen ones, no id or name twice", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		add := func(ctx context.Context, name string, asked int64) (id int64, err error) {
			err = s.Write(ctx, func(tx *store.Tx) error {
				id, err = store.SviAddType(tx, store.SviEntityType{ID: asked, Name: name, Label: name, Fields: []store.SviField{}, ReadGroups: []string{}})
				return err
			})
			return id, err
		}
		first, err := add(t.Context(), "first", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := add(t.Context(), "first", 0); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a name again: got %v, want ErrConflict", err)
		}
		if _, err := add(t.Context(), "second", first); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the id of another type: got %v, want ErrConflict", err)
		}
		if id, err := add(t.Context(), "chosen", first+10); err != nil || id != first+10 {
			t.Errorf("a chosen id: got %d and %v", id, err)
		}
		if id, err := add(t.Context(), "next", 0); err != nil || id <= first+10 {
			t.Errorf("the id after a chosen one: got %d and %v", id, err)
		}
		if id, err := add(store.WithWorkspace(t.Context(), "other"), "first", first); err != nil || id != first {
			t.Errorf("the same id and name in another workspace: got %d and %v", id, err)
		}
	})
	t.Run("a link is updated at its version only", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := sviMakeLink(t, s, t.Context(), "k1", "a", "b")
		other := sviMakeLink(t, s, store.WithWorkspace(t.Context(), "other"), "k1", "a", "b")
		updated, err := sviUpdate(s, t.Context(), link)
		if err != nil || updated.Version != 2 {
			t.Fatalf("got version %d and %v", updated.Version, err)
		}
		if _, err := sviUpdate(s, t.Context(), link); !errors.Is(err, store.ErrStale) {
			t.Errorf("the old version again: got %v, want ErrStale", err)
		}
		link.ID = "nope"
		if _, err := sviUpdate(s, t.Context(), link); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such link: got %v, want ErrNotFound", err)
		}
		if _, err := sviUpdate(s, store.WithWorkspace(t.Context(), "other"), other); err != nil {
			t.Errorf("the same key in another workspace: %v", err)
		}
	})
	t.Run("one of many writers of a version wins", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := sviMakeLink(t, s, t.Context(), "k1", "a", "b")
		results := make([]error, 16)
		var group sync.WaitGroup
		for i := range results {
			group.Go(func() { _, results[i] = sviUpdate(s, t.Context(), link) })
		}
		group.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if !errors.Is(err, store.ErrStale) {
				t.Errorf("got %v, want ErrStale", err)
			}
		}
		if won != 1 {
			t.Errorf("%d writers won", won)
		}
	})
	t.Run("values and times come back as they were", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := sviMakeLink(t, s, t.Context(), "k1", "a", "b")
		var found store.SviLink
		err := s.Read(t.Context(), func(q *store.Query) (err error) {
			found, err = q.SviLink(1, "k1")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if string(found.Attributes["text"]) != `"<&>"` || string(found.Attributes["number"]) != "9007199254740993" || len(found.Attributes) != 2 {
			t.Errorf("got attributes %s", found.Attributes)
		}
		if !found.CreatedAt.Equal(made.CreatedAt) || found.ValidFrom == nil || !found.ValidFrom.Equal(*made.ValidFrom) || found.ValidTo != nil {
			t.Errorf("got %+v, want %+v", found, made)
		}
	})
	t.Run("making a link or a document again leaves it alone", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := sviMakeLink(t, s, t.Context(), "k1", "a", "b")
		if _, err := sviUpdate(s, t.Context(), link); err != nil {
			t.Fatal(err)
		}
		sviMakeLink(t, s, t.Context(), "k1", "a", "b")
		sviMakeLink(t, s, t.Context(), "k2", "a", "b")
		sviMakeLink(t, s, t.Context(), "k3", "b", "a")
		err := s.Read(t.Context(), func(q *store.Query) error {
			links, err := q.SviLinksBetween(1, "a", "b", 10)
			if err == nil && (len(links) != 2 || links[0].ID != "k1" || links[0].Version != 2 || links[1].ID != "k2") {
				t.Errorf("got %+v", links)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// sviType is a relationship type of links in tests; it need not be stored.
var sviType = store.SviRelationshipType{ID: 1, Name: "r", FromType: "e", ToType: "e", Bridge: true, HistoryEnabled: true}

// sviRecord is a record at its first version.
func sviRecord() store.SviRecord {
	at := time.Date(2015, 10, 1, 18, 30, 3, 656_000_000, time.UTC)
	return store.SviRecord{Version: 1, SviContent: store.SviContent{
		Attributes: store.SviValues{"text": json.RawMessage(strconv.Quote("<&>")), "number": json.RawMessage("9007199254740993")},
		ValidFrom:  &at, CreatedAt: at, CreatedBy: "test", LastUpdatedAt: at, LastUpdatedBy: "test",
	}}
}

// sviAddType adds a type.
func sviAddType[T store.SviType](tx *store.Tx, t T) error {
	_, err := store.SviAddType(tx, t)
	return err
}

// sviMakeLink makes a link of relationship type 1 and returns it as made.
func sviMakeLink(t *testing.T, s *store.Store, ctx context.Context, id, from, to string) store.SviLink {
	t.Helper()
	link := store.SviLink{RelationshipID: 1, ID: id, FromID: from, ToID: to, SviRecord: sviRecord()}
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SviMakeLink(sviType, link) }); err != nil {
		t.Fatal(err)
	}
	return link
}

func sviUpdate(s *store.Store, ctx context.Context, link store.SviLink) (updated store.SviLink, err error) {
	err = s.Write(ctx, func(tx *store.Tx) error {
		updated, err = tx.SviUpdateLink(sviType, link)
		return err
	})
	return updated, err
}
