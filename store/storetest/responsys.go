package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

func testResponsys(t *testing.T, open Open) {
	t.Run("lineages follow the tree as it is", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		wantAccess(t, s, "7:", "7:4000007:4000027:", "7:27:")
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.MoveResponsysOrganization(4000027, 27); err != nil {
				return err
			}
			return tx.RenameResponsysOrganization(27, "Heritage")
		})
		if err != nil {
			t.Fatal(err)
		}
		wantAccess(t, s, "7:", "7:27:4000027:", "7:27:")
		var tree []string
		err = s.Read(t.Context(), func(q *store.Query) error {
			nodes, err := q.ResponsysTree()
			for _, n := range nodes {
				tree = append(tree, n.Name+" "+n.Lineage)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"Root 7:", "India 7:4000007:", "Heritage 7:27:", "Karnataka 7:27:4000027:"}
		if diff := cmp.Diff(want, tree); diff != "" {
			t.Errorf("the tree, parents first and siblings in their order (-want +got):\n%s", diff)
		}
	})
	t.Run("the tree keeps its rules", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		for name, o := range map[string]store.ResponsysOrganization{
			"a second root":     {ID: 1, Name: "Other"},
			"a name in use":     {ID: 1, Name: "India", ParentID: new(int64(7))},
			"an id in use":      {ID: 27, Name: "Other", ParentID: new(int64(7))},
			"an unknown parent": {ID: 1, Name: "Other", ParentID: new(int64(8))},
		} {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.AddResponsysOrganization(o) })
			if err == nil || name != "an unknown parent" && !errors.Is(err, store.ErrConflict) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	t.Run("many names are found, up to the first unknown one", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		var names []string
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			names = nil
			for i := range 1100 {
				o := store.ResponsysOrganization{ID: int64(100000 + i), Name: fmt.Sprint("unit ", i), ParentID: new(int64(7))}
				if err := tx.AddResponsysOrganization(o); err != nil {
					return err
				}
				names = append(names, o.Name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, unknown := range []int{-1, 0, 499, 500, 1099} {
			asked := append([]string{}, names...)
			if unknown >= 0 {
				asked[unknown] = "INDIA"
			}
			err := s.Read(t.Context(), func(q *store.Query) error {
				ids, err := q.ResponsysOrganizationIDs(asked)
				for i, name := range asked {
					if id, ok := ids[name]; ok && id != int64(100000+i) || !ok && (unknown < 0 || i < unknown) {
						return fmt.Errorf("%s: got %d, %t", name, id, ok)
					}
				}
				if _, ok := ids["INDIA"]; ok {
					return errors.New("a name of other case was found")
				}
				return err
			})
			if err != nil {
				t.Errorf("unknown at %d: %v", unknown, err)
			}
		}
	})
	t.Run("concurrent sets are never mixed", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		sets := [][]int64{{7, 27}, {4000007}, {4000027, 4000007, 7}, {}}
		allowed := []string{"7:|7:27:", "7:4000007:", "7:4000007:4000027:|7:4000007:|7:", ""}
		var wait sync.WaitGroup
		for i := range 32 {
			wait.Go(func() {
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					if err := tx.LockResponsysObject(store.ResponsysKindProgram, "p"); err != nil {
						return err
					}
					if err := tx.SetResponsysAccess(store.ResponsysKindProgram, "p", sets[i%4]); err != nil {
						return err
					}
					if got := access(t, &tx.Query); got != allowed[i%4] {
						return fmt.Errorf("a writer reads %q after its %q", got, allowed[i%4])
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	})
	t.Run("a workspace goes with its tree", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		if err := s.DropWorkspace(t.Context(), store.DefaultWorkspace); err != nil {
			t.Fatal(err)
		}
		wantAccess(t, s)
	})
}

// responsysTree stores four organizations and a program that three may access.
func responsysTree(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		for _, o := range []store.ResponsysOrganization{
			{ID: 7, Name: "Root"},
			{ID: 4000007, Name: "India", ParentID: new(int64(7)), Position: 1},
			{ID: 4000027, Name: "Karnataka", ParentID: new(int64(4000007)), Position: 2},
			{ID: 27, Name: "Legacy", ParentID: new(int64(7)), Position: 3},
		} {
			if err := tx.AddResponsysOrganization(o); err != nil {
				return err
			}
		}
		if _, err := tx.AddResponsysObject(store.ResponsysKindProgram, "p"); err != nil {
			return err
		}
		return tx.SetResponsysAccess(store.ResponsysKindProgram, "p", []int64{7, 4000027, 27})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantAccess(t *testing.T, s *store.Store, lineages ...string) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) error {
		if got, want := access(t, q), strings.Join(lineages, "|"); got != want {
			t.Errorf("the lineages are %q, want %q", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// access is the lineages of the program's organizations, in their order.
func access(t *testing.T, q *store.Query) string {
	t.Helper()
	nodes, err := q.ResponsysAccess(store.ResponsysKindProgram, "p")
	if err != nil {
		t.Error(err)
	}
	var lineages []string
	for _, n := range nodes {
		lineages = append(lineages, n.Lineage)
	}
	return strings.Join(lineages, "|")
}
