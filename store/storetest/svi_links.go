package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"orglink/store"
)

func testSviLinks(t *testing.T, open Open) {
	for _, held := range []struct {
		cardinality store.SviCardinality
		refused     []string // of what follows a-x
	}{
		{store.SviOneToOne, []string{"a-x", "a-y", "b-x"}},
		{store.SviOneToMany, []string{"a-x", "b-x"}},
		{store.SviManyToOne, []string{"a-x", "a-y"}},
		{store.SviManyToMany, nil},
	} {
		t.Run(string(held.cardinality)+" holds, and a refused link spoils nothing", func(t *testing.T) {
			t.Parallel()
			testSviCardinality(t, open(t), held.cardinality, held.refused)
		})
	}
	t.Run("one of many creators at an end wins", func(t *testing.T) {
		t.Parallel()
		testSviCreators(t, open(t))
	})
	t.Run("a new link of a key that exists is a conflict", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		sviMakeLink(t, s, t.Context(), "k", "a", "x")
		if err := sviCreateLink(t.Context(), s, sviType, "k", "b", "y"); !errors.Is(err, store.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
		other := sviType
		other.ID = 2
		if err := sviCreateLink(t.Context(), s, other, "k", "b", "y"); err != nil {
			t.Errorf("of another type: %v", err)
		}
		if err := sviCreateLink(store.WithWorkspace(t.Context(), "other"), s, sviType, "k", "b", "y"); err != nil {
			t.Errorf("in another workspace: %v", err)
		}
		wantSviLinks(t.Context(), t, s, "k:a-x")
	})
	t.Run("links are made once, within the cardinality", func(t *testing.T) {
		t.Parallel()
		testSviMakeLink(t, open(t))
	})
	t.Run("all makers of the same link are content", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				link := store.SviLink{ID: "k", FromID: "a", ToID: "x", SviRecord: sviRecord()}
				err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.SviMakeLink(sviWith(store.SviOneToOne), link) })
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		wantSviLinks(t.Context(), t, s, "k:a-x")
	})
	t.Run("a deleted link makes room", func(t *testing.T) {
		t.Parallel()
		testSviDeleteLink(t, open(t))
	})
	t.Run("the links of a document are paged in the order of bytes", func(t *testing.T) {
		t.Parallel()
		testSviLinkPages(t, open(t))
	})
	t.Run("the types at both ends are found, or one is missing", func(t *testing.T) {
		t.Parallel()
		testSviEnds(t, open(t))
	})
	t.Run("holding and locking find what is there", func(t *testing.T) {
		t.Parallel()
		testSviHolds(t, open(t))
	})
}

// sviWith is a relationship type of the cardinality.
func sviWith(cardinality store.SviCardinality) store.SviRelationshipType {
	r := sviType
	r.Cardinality = cardinality
	return r
}

func sviCreateLink(ctx context.Context, s *store.Store, r store.SviRelationshipType, id, from, to string) error {
	return s.Write(ctx, func(tx *store.Tx) error {
		return tx.SviCreateLink(r, store.SviLink{ID: id, FromID: from, ToID: to, SviRecord: sviRecord()})
	})
}

// sviNames writes each link as key:from-to.
func sviNames(links []store.SviLink) (names []string) {
	for _, l := range links {
		names = append(names, fmt.Sprintf("%s:%s-%s", l.ID, l.FromID, l.ToID))
	}
	return names
}

// wantSviLinks expects the links of relationship type 1 that begin at a, b or c to be
// these.
func wantSviLinks(ctx context.Context, t *testing.T, s *store.Store, want ...string) {
	t.Helper()
	var got []string
	mustReadSvi(ctx, t, s, func(q *store.Query) error {
		for _, id := range []string{"a", "b", "c"} {
			links, err := q.SviLinksAt(1, store.SviFrom, id, store.SviLink{}, 100)
			if err != nil {
				return err
			}
			got = append(got, sviNames(links)...)
		}
		return nil
	})
	if !slices.Equal(got, want) {
		t.Errorf("links: got %v, want %v", got, want)
	}
}

func mustReadSvi(ctx context.Context, t *testing.T, s *store.Store, read func(*store.Query) error) {
	t.Helper()
	if err := s.Read(ctx, read); err != nil {
		t.Fatal(err)
	}
}

// testSviCardinality creates links in one transaction, which goes on after those that
// are refused: what it wrote before and writes after them is there after its commit.
func testSviCardinality(t *testing.T, s *store.Store, cardinality store.SviCardinality, refused []string) {
	r := sviWith(cardinality)
	var want, got []string
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		want, got = nil, nil
		for i, ends := range [][2]string{{"a", "x"}, {"a", "x"}, {"a", "y"}, {"b", "x"}, {"c", "z"}} {
			name := ends[0] + "-" + ends[1]
			err := tx.SviCreateLink(r, store.SviLink{ID: fmt.Sprint("k", i), FromID: ends[0], ToID: ends[1], SviRecord: sviRecord()})
			if i > 0 && errors.Is(err, store.ErrConflict) {
				got = append(got, name)
			} else if err != nil {
				return err
			} else {
				want = append(want, fmt.Sprintf("k%d:%s", i, name))
			}
		}
		return tx.SviMakeDocument(store.SviDocument{Type: "e", ID: "after", SviRecord: sviRecord()})
	})
	if !slices.Equal(got, refused) {
		t.Errorf("refused: got %v, want %v", got, refused)
	}
	wantSviLinks(t.Context(), t, s, want...)
	mustReadSvi(t.Context(), t, s, func(q *store.Query) error {
		_, err := q.SviDocument("e", "after")
		return err
	})
	if err := sviCreateLink(store.WithWorkspace(t.Context(), "other"), s, r, "k9", "a", "x"); err != nil {
		t.Errorf("in another workspace: %v", err)
	}
	r.ID = 2
	if err := sviCreateLink(t.Context(), s, r, "k9", "a", "x"); err != nil {
		t.Errorf("of another type: %v", err)
	}
}

func testSviCreators(t *testing.T, s *store.Store) {
	errs := make([]error, 16)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() {
			errs[i] = sviCreateLink(t.Context(), s, sviWith(store.SviManyToOne), fmt.Sprint(i), "a", fmt.Sprint(i))
		})
	}
	group.Wait()
	var winners []string
	for i, err := range errs {
		if err == nil {
			winners = append(winners, fmt.Sprintf("%d:a-%d", i, i))
		} else if !errors.Is(err, store.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
	}
	if len(winners) != 1 {
		t.Errorf("%d creators won", len(winners))
	}
	wantSviLinks(t.Context(), t, s, winners...)
}

func testSviMakeLink(t *testing.T, s *store.Store) {
	r := sviWith(store.SviOneToOne)
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		for _, make := range []struct {
			id, from, to string
			want         error
		}{
			{"k1", "a", "x", nil},
			{"k1", "a", "x", nil}, // is there
			{"k1", "b", "y", nil}, // is left alone, whatever is asked for
			{"k2", "a", "y", store.ErrConflict},
			{"k2", "b", "x", store.ErrConflict},
			{"k2", "b", "y", nil},
		} {
			err := tx.SviMakeLink(r, store.SviLink{ID: make.id, FromID: make.from, ToID: make.to, SviRecord: sviRecord()})
			if !errors.Is(err, make.want) {
				return fmt.Errorf("%v: got %w, want %w", make, err, make.want)
			}
		}
		return nil
	})
	wantSviLinks(t.Context(), t, s, "k1:a-x", "k2:b-y")
	mustReadSvi(t.Context(), t, s, func(q *store.Query) error {
		_, count, err := q.SviLinkVersions(1, "k1", 0, 10)
		if count != 1 {
			t.Errorf("the link that was made once has %d versions", count)
		}
		return err
	})
}

func testSviDeleteLink(t *testing.T, s *store.Store) {
	other := store.WithWorkspace(t.Context(), "other")
	r := sviWith(store.SviOneToOne)
	for _, ctx := range []context.Context{t.Context(), other} {
		if err := sviCreateLink(ctx, s, r, "k", "a", "x"); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []error{nil, store.ErrNotFound} {
		err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.SviDeleteLink(1, "k") })
		if !errors.Is(err, want) {
			t.Errorf("delete: got %v, want %v", err, want)
		}
	}
	wantSviLinks(t.Context(), t, s)
	wantSviLinks(other, t, s, "k:a-x")
	if err := sviCreateLink(t.Context(), s, r, "new", "a", "x"); err != nil {
		t.Errorf("a link in the place of the deleted one: %v", err)
	}
}
