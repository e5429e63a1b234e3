package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"orglink/store"
)

// testSviLinkPages reads lists page by page, at both ends. Several links have the same
// ends, and the ids are in another order in most languages than by their bytes.
func testSviLinkPages(t *testing.T, s *store.Store) {
	others := []string{"é", "b", "B", "a", "", "-", "𝒳", "b2"}
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		for i, there := range others {
			for _, key := range []string{"y", "Z", "á"} {
				id := fmt.Sprint(key, i)
				for _, l := range []store.SviLink{
					{ID: "f" + id, FromID: "hub", ToID: "t" + there},
					{ID: "t" + id, FromID: "t" + there, ToID: "hub"},
					{ID: "n" + id, FromID: "t" + there, ToID: "neighbour"},
				} {
					l.SviRecord = sviRecord()
					if err := tx.SviCreateLink(sviType, l); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	sviMakeLink(t, s, store.WithWorkspace(t.Context(), "other"), "foreign", "hub", "hub")
	for end, prefix := range map[store.SviEnd]string{store.SviFrom: "f", store.SviTo: "t"} {
		want := sviLinkPagesWanted(others, prefix)
		for _, size := range []int{1, 2, 5, len(want), 100} {
			if got := sviLinkPages(t, s, end, size); !slices.Equal(got, want) {
				t.Errorf("end %d in pages of %d: got %q, want %q", end, size, got, want)
			}
		}
	}
}

// sviLinkPagesWanted are the keys of the links at an end of the hub, in their order.
func sviLinkPagesWanted(others []string, prefix string) (want []string) {
	sorted := slices.Sorted(slices.Values(others)) // Go compares bytes
	for _, there := range sorted {
		for _, key := range []string{"Z", "y", "á"} {
			want = append(want, fmt.Sprint(prefix, key, slices.Index(others, there)))
		}
	}
	return want
}

// sviLinkPages reads a list in pages of a size and returns the keys.
func sviLinkPages(t *testing.T, s *store.Store, end store.SviEnd, size int) (keys []string) {
	t.Helper()
	mustReadSvi(t.Context(), t, s, func(q *store.Query) error {
		var after store.SviLink
		for {
			page, err := q.SviLinksAt(1, end, "hub", after, size)
			if err != nil || len(page) == 0 {
				return err
			}
			if len(page) > size || len(keys) > 100 { // a list that does not end is none
				return fmt.Errorf("%d links on a page of %d, after %d", len(page), size, len(keys))
			}
			for _, l := range page {
				keys = append(keys, l.ID)
			}
			after = page[len(page)-1]
		}
	})
	return keys
}

func testSviEnds(t *testing.T, s *store.Store) {
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		for _, name := range []string{"e", "f", "bystander"} {
			err := sviAddType(tx, store.SviEntityType{Name: name, Fields: []store.SviField{}, ReadGroups: []string{}})
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, ends := range []struct {
		from, to string
		want     error
	}{{"e", "f", nil}, {"f", "e", nil}, {"e", "e", nil}, {"e", "none", store.ErrNotFound}, {"none", "e", store.ErrNotFound}} {
		err := s.Read(t.Context(), func(q *store.Query) error {
			from, to, err := q.SviEnds(store.SviRelationshipType{FromType: ends.from, ToType: ends.to})
			if err == nil && (from.Name != ends.from || to.Name != ends.to) {
				t.Errorf("%v: got %s and %s", ends, from.Name, to.Name)
			}
			return err
		})
		if !errors.Is(err, ends.want) {
			t.Errorf("%v: got %v", ends, err)
		}
	}
	err := s.Read(store.WithWorkspace(t.Context(), "other"), func(q *store.Query) error {
		_, _, err := q.SviEnds(store.SviRelationshipType{FromType: "e", ToType: "f"})
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("in another workspace: got %v", err)
	}
}

// testSviHolds expects the reads that hold a row to return it, and ErrNotFound without
// one, also where another workspace has it.
func testSviHolds(t *testing.T, s *store.Store) {
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		return errors.Join(
			sviAddType(tx, store.SviEntityType{Name: "e", Label: "held", Fields: []store.SviField{}, ReadGroups: []string{}}),
			sviAddType(tx, store.SviRelationshipType{ID: 1, Name: "r", FromType: "e", ToType: "e", Label: "held", Fields: []store.SviField{}}),
			tx.SviMakeDocument(store.SviDocument{Type: "e", ID: "d", SviRecord: sviRecord()}),
			tx.SviCreateLink(sviType, store.SviLink{ID: "k", FromID: "d", ToID: "d", SviRecord: sviRecord()}),
		)
	})
	for workspace, want := range map[string]error{store.DefaultWorkspace: nil, "other": store.ErrNotFound} {
		mustWrite(store.WithWorkspace(t.Context(), workspace), t, s, func(tx *store.Tx) error {
			entity, entityErr := tx.SviHoldEntityType("e")
			relationship, relationshipErr := tx.SviHoldRelationshipType("e", "r")
			link, linkErr := tx.SviLockLink(1, "k")
			for what, held := range map[string]struct {
				found bool
				err   error
			}{
				"entity type":       {entity.Label == "held", entityErr},
				"relationship type": {relationship.Label == "held", relationshipErr},
				"link":              {link.FromID == "d", linkErr},
				"document":          {want == nil, tx.SviHoldDocument("e", "d")},
			} {
				if !errors.Is(held.err, want) || held.found != (want == nil) {
					t.Errorf("%s in workspace %s: found %v, %v", what, workspace, held.found, held.err)
				}
			}
			return nil
		})
	}
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		_, entityErr := tx.SviHoldEntityType("none")
		_, relationshipErr := tx.SviHoldRelationshipType("none", "r")
		_, linkErr := tx.SviLockLink(1, "none")
		for _, err := range []error{entityErr, relationshipErr, linkErr, tx.SviHoldDocument("e", "none")} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
		}
		return nil
	})
}
