package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

func testComanageCOs(t *testing.T, open Open) {
	t.Run("a CO comes back as it was, and as it was edited", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		want := store.ComanageCO{Name: "Ärzte", Description: new("d"), Status: "Template", Created: moment, Modified: later}
		mustWrite(ctx, t, s, func(tx *store.Tx) (err error) {
			want.ID, err = tx.ComanageAddCO(want)
			return err
		})
		want.Workspace = store.DefaultWorkspace
		platform, bystander := getCO(t, s, store.ComanagePlatformCO), makeCO(ctx, t, s, "bystander")
		if got := getCO(t, s, want.ID); !cmp.Equal(want, got) {
			t.Error(cmp.Diff(want, got))
		}
		want.Name, want.Description, want.Status, want.Modified = "", nil, "", moment.Add(2*time.Hour)
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			if _, err := tx.ComanageLockCO(want.ID); err != nil {
				return err
			}
			return tx.ComanageEditCO(want)
		})
		if got := getCO(t, s, want.ID); !cmp.Equal(want, got) {
			t.Error(cmp.Diff(want, got))
		}
		if got := getCO(t, s, store.ComanagePlatformCO); !cmp.Equal(platform, got) {
			t.Errorf("the edit of another changed the platform's:\n%s", cmp.Diff(platform, got))
		}
		wantCO(ctx, t, s, bystander)
	})
	t.Run("a name is of one CO of a workspace", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		first, second := makeCO(ctx, t, s, "first"), makeCO(ctx, t, s, "second")
		rename := func(name string) error {
			return s.Write(ctx, func(tx *store.Tx) error {
				co, err := tx.ComanageLockCO(second.co)
				if err != nil {
					return err
				}
				co.Name, co.Status = name, "Suspended"
				return tx.ComanageEditCO(co)
			})
		}
		if err := rename("first"); !errors.Is(err, store.ErrConflict) {
			t.Errorf("the name of another: got %v, want ErrConflict", err)
		}
		if co := getCO(t, s, second.co); co.Name != "second" || co.Status != "Active" {
			t.Errorf("a refused edit left %+v", co)
		}
		if err := rename("second"); err != nil {
			t.Errorf("its own name: %v", err)
		}
		if err := rename("First"); err != nil {
			t.Errorf("another case: %v", err)
		}
		deleteCO(ctx, t, s, first.co)
		if err := rename("first"); err != nil {
			t.Errorf("the name of a deleted one: %v", err)
		}
		makeCO(workspace(t, s, "other"), t, s, "first")
	})
	t.Run("pages follow each other", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		for _, name := range []string{"z", "y", "x"} {
			makeCO(ctx, t, s, name)
		}
		makeCO(workspace(t, s, "other"), t, s, "not ours")
		page := func(after int64, limit int) (names []string) {
			err := s.Read(ctx, func(q *store.Query) error {
				cos, err := q.ComanageCOs(after, limit)
				for _, co := range cos {
					names = append(names, co.Name)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return names
		}
		for after, want := range [][]string{{"COmanage", "z"}, {"z", "y"}, {"y", "x"}, {"x"}, nil} {
			if got := page(int64(after), 2); !slices.Equal(got, want) {
				t.Errorf("after %d: got %q, want %q", after, got, want)
			}
		}
	})
}

func getCO(t *testing.T, s *store.Store, id int64) (co store.ComanageCO) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) (err error) {
		co, err = q.ComanageCO(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return co
}
