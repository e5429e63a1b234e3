package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"orglink/store"
)

func testComanageDelete(t *testing.T, open Open) {
	t.Run("with a person go its links, names and identifiers", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		gone := makeFamily(ctx, t, s, 2, "gone")
		left := makeFamily(ctx, t, s, 2, "left")
		earlier := addObject(ctx, t, s, identifier(personOwner(gone.person), "eppn", "earlier"))
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return store.ComanageDelete[store.ComanageIdentifier](tx, earlier, moment, "earlier")
		})
		mustWrite(ctx, t, s, func(tx *store.Tx) error { return tx.ComanageDeletePerson(gone.person, later, "remover") })
		wantDeleted[store.ComanagePerson](ctx, t, s, gone.person)
		wantDeleted[store.ComanageLink](ctx, t, s, gone.link)
		wantDeleted[store.ComanageName](ctx, t, s, gone.personName)
		wantDeleted[store.ComanageIdentifier](ctx, t, s, gone.personID)
		if i := findObject[store.ComanageIdentifier](ctx, t, s, earlier); i.Actor != "earlier" || !i.Modified.Equal(moment) {
			t.Errorf("what was deleted before was deleted again: %+v", i)
		}
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{}, left.person)
		wantPage[store.ComanageOrgIdentity](ctx, t, s, store.ComanageFilter{}, gone.org, left.org)
		wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{}, left.link)
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{}, gone.orgName, left.personName, left.orgName)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{}, gone.orgID, left.personID, left.orgID)
	})
	t.Run("with an org identity go its names and identifiers, unless it is linked", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		gone := makeFamily(ctx, t, s, 2, "gone")
		left := makeFamily(ctx, t, s, 2, "left")
		remove := func() error {
			return s.Write(ctx, func(tx *store.Tx) error { return tx.ComanageDeleteOrgIdentity(gone.org, later, "remover") })
		}
		if err := remove(); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a linked org identity: got %v, want ErrConflict", err)
		}
		wantPage[store.ComanageOrgIdentity](ctx, t, s, store.ComanageFilter{}, gone.org, left.org)
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{OrgIdentityID: gone.org}, gone.orgName)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{OrgIdentityID: gone.org}, gone.orgID)
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return store.ComanageDelete[store.ComanageLink](tx, gone.link, later, "")
		})
		if err := remove(); err != nil {
			t.Fatal(err)
		}
		wantDeleted[store.ComanageOrgIdentity](ctx, t, s, gone.org)
		wantDeleted[store.ComanageName](ctx, t, s, gone.orgName)
		wantDeleted[store.ComanageIdentifier](ctx, t, s, gone.orgID)
		wantPage[store.ComanageOrgIdentity](ctx, t, s, store.ComanageFilter{}, left.org)
		wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{}, gone.person, left.person)
		wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{}, gone.personName, left.personName, left.orgName)
		wantPage[store.ComanageIdentifier](ctx, t, s, store.ComanageFilter{}, gone.personID, left.personID, left.orgID)
	})
	t.Run("a deleted CO is gone with all that is in it", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		elsewhere := workspace(t, s, "elsewhere")
		gone, left := makeCO(ctx, t, s, "gone"), makeCO(ctx, t, s, "left")
		mustWrite(elsewhere, t, s, func(tx *store.Tx) error {
			return tx.ComanagePutCO(store.ComanageCO{ID: gone.co, Name: "gone", Created: moment, Modified: moment})
		})
		same := fillCO(elsewhere, t, s, gone.co, "gone")
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return edit(tx, gone.link, func(l *store.ComanageLink) { l.OrgIdentityID = 99 })
		})
		archived := max(left.link, same.link) + 1
		findObject[store.ComanageLink](ctx, t, s, archived)
		mustWrite(ctx, t, s, func(tx *store.Tx) error { return tx.ComanageDeletePerson(gone.person, later, "") })
		deleteCO(ctx, t, s, gone.co)

		err := s.Read(ctx, func(q *store.Query) error { _, err := q.ComanageCO(gone.co); return err })
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the CO: got %v, want ErrNotFound", err)
		}
		noFamily(ctx, t, s, gone.family)
		noObject[store.ComanageLink](ctx, t, s, archived)
		wantCO(ctx, t, s, left)
		wantCO(elsewhere, t, s, same)
	})
	t.Run("no id is given out twice", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		first := makeCO(ctx, t, s, "first")
		deleteCO(ctx, t, s, first.co) // the tables are empty by now
		second := makeCO(ctx, t, s, "second")
		wantAfter(t, second, first)
		third := makeCO(ctx, t, s, "third")
		deleteCO(ctx, t, s, second.co) // not the largest ids
		deleteCO(ctx, t, s, third.co)
		fourth := makeCO(ctx, t, s, "fourth")
		wantAfter(t, fourth, third)
		deleteCO(ctx, t, s, fourth.co)
		fifth := makeCO(ctx, t, s, "fifth")
		wantAfter(t, fifth, fourth)
		deleteCO(ctx, t, s, fifth.co)
		wantAfter(t, makeCO(ctx, t, s, "sixth"), fifth)
	})
	t.Run("no id is given out twice beside writers", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		const rounds, writers = 6, 8
		ids := make(chan int64, rounds*(writers+1))
		for round := range rounds {
			gone := makeCO(ctx, t, s, fmt.Sprint(round))
			ids <- gone.person
			for _, err := range atOnce(writers+1, func(n int64) error {
				if n > writers {
					return s.Write(ctx, func(tx *store.Tx) error {
						if _, err := tx.ComanageLockCO(gone.co); err != nil {
							return err
						}
						return tx.ComanageDeleteCO(gone.co)
					})
				}
				co := int64(store.ComanagePlatformCO)
				if n%2 == 0 {
					co = gone.co
				}
				id, err := addPersonTo(ctx, s, co)
				if errors.Is(err, store.ErrNotFound) {
					return nil // the CO was gone before
				}
				ids <- id
				return err
			}) {
				if err != nil {
					t.Error(err)
				}
			}
			wantPage[store.ComanagePerson](ctx, t, s, store.ComanageFilter{CO: gone.co})
		}
		close(ids)
		var given []int64
		for id := range ids {
			given = append(given, id)
		}
		slices.Sort(given)
		if distinct := slices.Compact(slices.Clone(given)); len(distinct) != len(given) {
			t.Errorf("ids were given out twice: %v", given)
		}
	})
	t.Run("nothing is added to what is being deleted", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		for range 10 {
			of := makeFamily(ctx, t, s, store.ComanagePlatformCO, "")
			mustWrite(ctx, t, s, func(tx *store.Tx) error {
				return store.ComanageDelete[store.ComanageLink](tx, of.link, moment, "")
			})
			results := atOnce(8, func(n int64) error {
				return s.Write(ctx, func(tx *store.Tx) error {
					switch n {
					case 1:
						return deletePerson(tx, of.person)
					case 2:
						return deleteOrg(tx, of.org)
					case 3, 4:
						return linkIn(tx, store.ComanagePlatformCO, of.person, of.org)
					case 5, 6:
						return nameIn(tx, store.ComanagePlatformCO, personOwner(of.person))
					}
					return nameIn(tx, store.ComanagePlatformCO, orgOwner(of.org))
				})
			})
			for _, err := range results {
				if err != nil && !errors.Is(err, errGone) && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
			}
			wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{PersonID: of.person})
			wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{PersonID: of.person})
			if findObject[store.ComanageOrgIdentity](ctx, t, s, of.org).Deleted {
				wantPage[store.ComanageName](ctx, t, s, store.ComanageFilter{OrgIdentityID: of.org})
				wantPage[store.ComanageLink](ctx, t, s, store.ComanageFilter{OrgIdentityID: of.org})
			}
		}
	})
}

var later = moment.Add(time.Hour)

// deleteCO deletes a CO as its callers do.
func deleteCO(ctx context.Context, t *testing.T, s *store.Store, id int64) {
	t.Helper()
	mustWrite(ctx, t, s, func(tx *store.Tx) error {
		if _, err := tx.ComanageLockCO(id); err != nil {
			return err
		}
		return tx.ComanageDeleteCO(id)
	})
}

// addPersonTo adds a person as callers do, who hold its CO.
func addPersonTo(ctx context.Context, s *store.Store, co int64) (id int64, err error) {
	err = s.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.ComanageKeepCO(co); err != nil {
			return err
		}
		id, err = store.ComanageAdd(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{CO: co}})
		return err
	})
	return id, err
}

func wantDeleted[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, id int64) {
	t.Helper()
	object := findObject[T](ctx, t, s, id)
	if r := store.ComanageRecordOf(&object); !r.Deleted || r.Actor != "remover" || !r.Modified.Equal(later) || r.Revision != 0 {
		t.Errorf("%T %d is not deleted as it should: %+v", object, id, *r)
	}
}
