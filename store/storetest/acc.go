package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"orglink/store"
)

func testAcc(t *testing.T, open Open) {
	t.Run("units are walked up and down, and listed in order", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		accStore(t, s, "other")
		// More ids than one statement takes, among them one of another account.
		var many []string
		for i := range 2500 {
			many = append(many, fmt.Sprint("nobody-", i))
		}
		err := s.Read(ctx, func(q *store.Query) error {
			above, err := q.AccAncestors("a", append(slices.Clone(many), "a3", "a4", "b1"))
			accWant(t, above, err, "a1 a2 a3 a4")
			below, err := q.AccDescendants("a", append(slices.Clone(many), "a1", "a2", "b1"))
			accWant(t, below, err, "a2 a3 a4")
			nothing, err := q.AccAncestors("a", nil)
			accWant(t, nothing, err, "")
			found, err := q.AccUnits(append(slices.Clone(many), "a2", "b1"))
			if err != nil || len(found) != 2 {
				t.Errorf("want two units: %v, %v", found, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := "a3<a2 a1<- a2<a1 a4<a2"
		if got := accTree(t, s, ctx); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("a unit of another account is not replaced", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		err := s.Write(ctx, func(tx *store.Tx) error {
			return tx.AccPutUnits("a", []store.AccUnit{accUnitOf(9, "a9", ""), accUnitOf(8, "b1", "a9")})
		})
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
		if got, want := accTree(t, s, ctx), "a3<a2 a1<- a2<a1 a4<a2"; got != want {
			t.Errorf("got %q, want %q: a part of the write stayed", got, want)
		}
	})
	t.Run("units are listed in pages, with all that are above", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		accStore(t, s, "other")
		err := s.Read(ctx, func(q *store.Query) error {
			for _, test := range []struct {
				account        string
				after          int64
				limit          int
				page, withThem string
			}{
				{"a", 0, 1, "a3", "a1 a2 a3"}, // both above were created later
				{"a", 1, 1, "a1", "a1"},
				{"a", 2, 2, "a2 a4", "a1 a2 a4"},
				{"a", 3, 9, "a4", "a1 a2 a4"},
				{"a", 0, 9, "a3 a1 a2 a4", "a1 a2 a3 a4"},
				{"a", 4, 9, "", ""},
				{"b", 0, 9, "b1", "b1"},
				{"nobody", 0, 9, "", ""},
			} {
				page, reached, err := q.AccPage(test.account, test.after, test.limit)
				if err != nil {
					return err
				}
				if got := accNames(page); got != test.page {
					t.Errorf("%d of %s after %d: got %q, want %q", test.limit, test.account, test.after, got, test.page)
				}
				accWant(t, reached, err, test.withThem)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a unit is deleted when none is below it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		accStore(t, s, "other")
		for _, test := range []struct {
			account, id string
			want        error
		}{
			{"a", "a2", store.ErrConflict},
			{"a", "b1", store.ErrNotFound},
			{"b", "a3", store.ErrNotFound},
			{"a", "a3", nil},
			{"a", "a3", store.ErrNotFound},
			{"a", "a2", store.ErrConflict},
			{"a", "a4", nil},
			{"a", "a2", nil},
		} {
			err := s.Write(ctx, func(tx *store.Tx) error { return tx.AccDeleteUnit(test.account, test.id) })
			if !errors.Is(err, test.want) {
				t.Errorf("%s of %s: got %v, want %v", test.id, test.account, err, test.want)
			}
		}
		if got, want := accTree(t, s, ctx), "a1<-"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		other := store.WithWorkspace(t.Context(), "other")
		if got, want := accTree(t, s, other), "a3<a2 a1<- a2<a1 a4<a2"; got != want {
			t.Errorf("the other workspace holds %q, want %q", got, want)
		}
	})
	t.Run("all units but some are deleted", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		accStore(t, s, "other")
		err := s.Write(ctx, func(tx *store.Tx) error { return tx.AccDeleteOtherUnits("a", []string{"a2", "a1", "b1", "x"}) })
		if err != nil {
			t.Fatal(err)
		}
		if got, want := accTree(t, s, ctx), "a1<- a2<a1"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		other := store.WithWorkspace(t.Context(), "other")
		if got, want := accTree(t, s, other), "a3<a2 a1<- a2<a1 a4<a2"; got != want {
			t.Errorf("the other workspace holds %q, want %q", got, want)
		}
		err = s.Read(ctx, func(q *store.Query) error {
			found, err := q.AccUnits([]string{"b1"})
			if len(found) != 1 {
				t.Error("a unit of another account is gone")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("a locked account has one writer at a time", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				for range 5 {
					err := s.Write(ctx, func(tx *store.Tx) error {
						account, err := tx.AccLockAccount("a")
						if err != nil {
							return err
						}
						return tx.AccSetMade("a", account.Made+1)
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		err := s.Read(ctx, func(q *store.Query) error {
			account, err := q.AccAccount("a")
			if account.Made != 80 {
				t.Errorf("%d of 80 writes are left", account.Made)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	t.Run("an account is set without touching its count, and an app admitted once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		ctx := accStore(t, s, "one")
		err := s.Write(ctx, func(tx *store.Tx) error {
			return errors.Join(tx.AccSetMade("a", 7), tx.AccPutAccount(store.AccAccount{ID: "a", Name: "New", Region: "JPN", PutDeletesOmittedUnits: true}),
				tx.AccProvision("a", "app"), tx.AccProvision("a", "app"))
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Read(ctx, func(q *store.Query) error {
			account, err := q.AccAccount("a")
			if err != nil || account.Name != "New" || account.Region != "JPN" || account.Made != 7 || !account.PutDeletesOmittedUnits {
				t.Errorf("got %+v, %v", account, err)
			}
			if _, err := q.AccAccount("nobody"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("got %v, want ErrNotFound", err)
			}
			for client, want := range map[string]bool{"app": true, "other": false} {
				if got, err := q.AccProvisioned("a", client); got != want || err != nil {
					t.Errorf("%s provisioned: %v, %v", client, got, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// accStore makes accounts a, with the units a3 and a4 below a2 below a1, and b, with
// b1, in a workspace.
func accStore(t *testing.T, s *store.Store, workspace string) context.Context {
	t.Helper()
	ctx := store.WithWorkspace(t.Context(), workspace)
	err := s.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(
			tx.AccPutAccount(store.AccAccount{ID: "a", Name: "A", Region: "US"}),
			tx.AccPutAccount(store.AccAccount{ID: "b", Name: "B", Region: "US"}),
			tx.AccPutUnits("a", []store.AccUnit{accUnitOf(1, "a3", "a2"), accUnitOf(2, "a1", ""), accUnitOf(3, "a2", "a1"), accUnitOf(4, "a4", "a2")}),
			tx.AccPutUnits("b", []store.AccUnit{accUnitOf(1, "b1", "")}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

func accUnitOf(serial int64, id, parent string) store.AccUnit {
	u := store.AccUnit{ID: id, Name: id, Serial: serial}
	if parent != "" {
		u.ParentID = &parent
	}
	return u
}

// accWant fails the test unless the nodes have the ids, which stand in order.
func accWant(t *testing.T, nodes []store.AccNode, err error, want string) {
	t.Helper()
	var ids []string
	for _, n := range nodes {
		ids = append(ids, n.ID)
	}
	slices.Sort(ids)
	if got := strings.Join(ids, " "); got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func accNames(units []store.AccUnit) string {
	var names []string
	for _, u := range units {
		names = append(names, u.Name)
	}
	return strings.Join(names, " ")
}

// accTree lists account a's units with their parents.
func accTree(t *testing.T, s *store.Store, ctx context.Context) string {
	t.Helper()
	var out []string
	err := s.Read(ctx, func(q *store.Query) error {
		units, _, err := q.AccPage("a", 0, 100)
		for _, u := range units {
			parent := "-"
			if u.ParentID != nil {
				parent = *u.ParentID
			}
			out = append(out, u.Name+"<"+parent)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}
