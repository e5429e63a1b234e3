package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"orglink/store"
)

func testComanage(t *testing.T, open Open) {
	t.Run("the platform's CO is in every workspace", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		made := workspace(t, s, "made")
		for _, ctx := range []context.Context{t.Context(), made} {
			if name := platformName(ctx, t, s); name != "COmanage" {
				t.Errorf("its name is %q", name)
			}
		}
		if err := s.DropWorkspace(t.Context(), store.DefaultWorkspace); err != nil {
			t.Fatal(err)
		}
		if name := platformName(t.Context(), t, s); name != "COmanage" {
			t.Errorf("after the default workspace was emptied its name is %q", name)
		}
	})
	t.Run("the same COs can be stored at once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		w, err := s.Workspace(t.Context(), store.DefaultWorkspace)
		if err != nil {
			t.Fatal(err)
		}
		for round := range int64(100) {
			var wg sync.WaitGroup
			for range 12 {
				wg.Go(func() {
					err := s.Write(t.Context(), func(tx *store.Tx) error {
						if err := tx.ClaimWorkspace(w, false); err != nil {
							return err
						}
						return tx.ComanagePutCO(store.ComanageCO{ID: 2 + round, Name: strconv.FormatInt(round, 10)})
					})
					if err != nil {
						t.Errorf("round %d: %v", round, err)
					}
				})
			}
			wg.Wait()
		}
	})
	t.Run("an edit archives, a deletion frees", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id := mustAddLink(t.Context(), t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{Actor: "a"}, PersonID: 1, OrgIdentityID: 7})
		edit := func(org int64) error {
			return s.Write(t.Context(), func(tx *store.Tx) error {
				stored, err := store.ComanageLock[store.ComanageLink](tx, id)
				if err != nil {
					return err
				}
				edited := stored
				edited.PersonID, edited.OrgIdentityID, edited.Modified, edited.Actor = 2, org, moment.Add(time.Hour), "b"
				return store.ComanageEdit(tx, stored, edited)
			})
		}
		if err := edit(7); !errors.Is(err, store.ErrConflict) {
			t.Errorf("an edit to the same org identity: %v, want ErrConflict", err)
		}
		if err := edit(8); err != nil {
			t.Fatal(err)
		}
		now, before := getLink(t, s, id), getLink(t, s, id+1)
		if now.OrgIdentityID != 8 || now.PersonID != 2 || now.Revision != 1 || now.Actor != "b" || !now.Modified.Equal(moment.Add(time.Hour)) || !now.Created.Equal(moment) {
			t.Errorf("the edited link: %+v", now)
		}
		if before.OrgIdentityID != 7 || before.Revision != 0 || before.Actor != "a" || before.ArchiveOf == nil || *before.ArchiveOf != id || before.Current() {
			t.Errorf("the archived copy: %+v", before)
		}
		other := mustAddLink(t.Context(), t, s, store.ComanageLink{PersonID: 1, OrgIdentityID: 7})
		if _, err := addLink(t.Context(), s, store.ComanageLink{PersonID: 1, OrgIdentityID: 8}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a second link: %v, want ErrConflict", err)
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error { return store.ComanageDelete[store.ComanageLink](tx, id, moment, "c") })
		if err != nil {
			t.Fatal(err)
		}
		last := mustAddLink(t.Context(), t, s, store.ComanageLink{PersonID: 1, OrgIdentityID: 8})
		if ids := linkIDs(t.Context(), t, s, store.ComanageFilter{}); !slices.Equal(ids, []int64{other, last}) {
			t.Errorf("the links are %v, want %d and %d", ids, other, last)
		}
	})
	t.Run("ids that were chosen are not taken again", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var org int64
		add := func(ctx context.Context, chosen int64) int64 {
			org++
			return mustAddLink(ctx, t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: chosen}, OrgIdentityID: org})
		}
		for _, step := range []struct{ chosen, want int64 }{{0, 1}, {44, 44}, {0, 45}, {10, 10}, {0, 46}, {47, 47}, {0, 48}} {
			if got := add(t.Context(), step.chosen); got != step.want {
				t.Errorf("chosen %d: got %d, want %d", step.chosen, got, step.want)
			}
		}
		if got := add(workspace(t, s, "other"), 44); got != 44 {
			t.Errorf("the id of another workspace: got %d", got)
		}
	})
	t.Run("chosen and new ids do not meet under load", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var wg sync.WaitGroup
		for i := range int64(24) {
			wg.Go(func() {
				link := store.ComanageLink{OrgIdentityID: i + 1}
				if i%4 == 0 {
					link.ID = 100 + 10*i
				}
				if _, err := addLink(t.Context(), s, link); err != nil {
					t.Errorf("link %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if ids := linkIDs(t.Context(), t, s, store.ComanageFilter{}); len(ids) != 24 || !slices.IsSorted(ids) {
			t.Errorf("the links are %v", ids)
		}
	})
	t.Run("a chosen id counts in its workspace only", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		other := workspace(t, s, "other")
		mustAddLink(other, t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: 1<<31 - 1}, OrgIdentityID: 1})
		for want := range int64(3) {
			if got := mustAddLink(t.Context(), t, s, store.ComanageLink{OrgIdentityID: want + 1}); got != want+1 {
				t.Errorf("beside a workspace with the largest id: got %d, want %d", got, want+1)
			}
		}
	})
	t.Run("new ids follow chosen ones, but for the very large", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var org int64
		for _, step := range []struct{ chosen, want int64 }{
			{2, 2}, {1<<31 - 1, 1<<31 - 1}, {0, 3}, {5, 5}, {0, 6}, {1<<63 - 1, 1<<63 - 1}, {0, 7}, {1<<30 + 1, 1<<30 + 1}, {0, 8},
			{1 << 30, 1 << 30}, {0, 1<<30 + 2}, {1<<30 + 3, 1<<30 + 3}, {0, 1<<30 + 4},
		} {
			org++
			if got := mustAddLink(t.Context(), t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: step.chosen}, OrgIdentityID: org}); got != step.want {
				t.Errorf("chosen %d: got %d, want %d", step.chosen, got, step.want)
			}
		}
	})
	t.Run("new ids under load are distinct", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		const writers = 8
		for _, chosen := range []int64{40, 1<<31 - 1} {
			org := chosen
			mustAddLink(t.Context(), t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: chosen}, OrgIdentityID: org})
			ids := make([]int64, writers)
			var wg sync.WaitGroup
			for i := range ids {
				wg.Go(func() { ids[i] = mustAddLink(t.Context(), t, s, store.ComanageLink{OrgIdentityID: org + 1 + int64(i)}) })
			}
			wg.Wait()
			slices.Sort(ids)
			if distinct := slices.Compact(slices.Clone(ids)); len(distinct) != writers || ids[0] < 1 || ids[writers-1] > 1<<31-1 {
				t.Errorf("past %d: got the ids %v", chosen, ids)
			}
		}
	})
	t.Run("workspaces do not meet", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		other := workspace(t, s, "other")
		for _, ctx := range []context.Context{t.Context(), other} {
			mustAddLink(ctx, t, s, store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: 5}, PersonID: 1, OrgIdentityID: 7})
		}
		if err := s.DropWorkspace(t.Context(), "other"); err != nil {
			t.Fatal(err)
		}
		if ids := linkIDs(t.Context(), t, s, store.ComanageFilter{PersonID: 1}); len(ids) != 1 {
			t.Errorf("the links are %v", ids)
		}
		if ids := linkIDs(other, t, s, store.ComanageFilter{}); len(ids) != 0 {
			t.Errorf("the dropped workspace has the links %v", ids)
		}
	})
}

var moment = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func workspace(t *testing.T, s *store.Store, name string) context.Context {
	t.Helper()
	w, err := store.NewWorkspace(name, moment)
	if err != nil {
		t.Fatal(err)
	}
	ctx := store.WithWorkspace(t.Context(), name)
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.EnsureWorkspace(w) }); err != nil {
		t.Fatal(err)
	}
	return ctx
}

func platformName(ctx context.Context, t *testing.T, s *store.Store) string {
	t.Helper()
	var co store.ComanageCO
	err := s.Read(ctx, func(q *store.Query) error {
		var err error
		co, err = q.ComanageCO(store.ComanagePlatformCO)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return co.Name
}

// addLink stores a link under its id or, if that is 0, a new one.
func addLink(ctx context.Context, s *store.Store, l store.ComanageLink) (id int64, err error) {
	l.Created, l.Modified = moment, moment
	err = s.Write(ctx, func(tx *store.Tx) error {
		if id = l.ID; id != 0 {
			return store.ComanageMake(tx, l)
		}
		id, err = store.ComanageAdd(tx, l)
		return err
	})
	return id, err
}

func mustAddLink(ctx context.Context, t *testing.T, s *store.Store, l store.ComanageLink) int64 {
	t.Helper()
	id, err := addLink(ctx, s, l)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func getLink(t *testing.T, s *store.Store, id int64) (l store.ComanageLink) {
	t.Helper()
	err := s.Read(t.Context(), func(q *store.Query) error {
		var err error
		l, err = store.ComanageFind[store.ComanageLink](q, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func linkIDs(ctx context.Context, t *testing.T, s *store.Store, filter store.ComanageFilter) (ids []int64) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		ids = nil
		links, err := store.ComanagePage[store.ComanageLink](q, filter, 0, 1000)
		for _, l := range links {
			ids = append(ids, l.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
