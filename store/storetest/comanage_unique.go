package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"orglink/store"
)

// racers is how many writers want the same at once.
const racers = 32

func testComanageUnique(t *testing.T, open Open) {
	t.Run("one of many wins", func(t *testing.T) {
		t.Parallel()
		for name, add := range map[string]func(tx *store.Tx, n, personID int64) error{
			"an identifier of people": func(tx *store.Tx, _, personID int64) error {
				return add(tx, identifier(personOwner(personID), "eppn", "same"))
			},
			"an identifier by edits": func(tx *store.Tx, n, personID int64) error {
				id, err := store.ComanageAdd(tx, identifier(personOwner(personID), "eppn", fmt.Sprint(n)))
				if err != nil {
					return err
				}
				return edit(tx, id, func(i *store.ComanageIdentifier) { i.Identifier = "same" })
			},
			"the primary name of a person": func(tx *store.Tx, _, _ int64) error {
				return add(tx, primaryName(personOwner(500)))
			},
			"the primary name of an org identity": func(tx *store.Tx, _, _ int64) error {
				return add(tx, primaryName(orgOwner(500)))
			},
			"the primary name by edits": func(tx *store.Tx, _, _ int64) error {
				id, err := store.ComanageAdd(tx, store.ComanageName{ComanageOwner: orgOwner(500)})
				if err != nil {
					return err
				}
				return edit(tx, id, func(n *store.ComanageName) { n.PrimaryName = true })
			},
			"the link of an org identity": func(tx *store.Tx, _, personID int64) error {
				return add(tx, store.ComanageLink{PersonID: personID, OrgIdentityID: 500})
			},
			"the link by edits": func(tx *store.Tx, n, personID int64) error {
				id, err := store.ComanageAdd(tx, store.ComanageLink{PersonID: personID, OrgIdentityID: n})
				if err != nil {
					return err
				}
				return edit(tx, id, func(l *store.ComanageLink) { l.OrgIdentityID = 500 })
			},
			"a chosen id": func(tx *store.Tx, n, _ int64) error {
				link := store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: 7}, OrgIdentityID: n}
				return store.ComanageMake(tx, link)
			},
			"the name of a CO": func(tx *store.Tx, _, _ int64) error {
				_, err := tx.ComanageAddCO(store.ComanageCO{Name: "same"})
				return err
			},
			"the name of a CO by edits": func(tx *store.Tx, n, _ int64) error {
				co := store.ComanageCO{Name: fmt.Sprint(n)}
				var err error
				if co.ID, err = tx.ComanageAddCO(co); err != nil {
					return err
				}
				co.Workspace, co.Name = tx.Workspace(), "same"
				return tx.ComanageEditCO(co)
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				results := atOnce(racers, func(n int64) error {
					return s.Write(t.Context(), func(tx *store.Tx) error {
						personID, err := store.ComanageAdd(tx, store.ComanagePerson{})
						if err != nil {
							return err
						}
						return add(tx, n, personID)
					})
				})
				oneWon(t, results)
				// What a loser wrote before its conflict is gone.
				if people := pageIDs[store.ComanagePerson](t.Context(), t, s, store.ComanageFilter{}, 0, 1000); len(people) != 1 {
					t.Errorf("people %v are left of one winner", people)
				}
			})
		}
	})
	t.Run("what only looks the same is no conflict", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for what, object := range map[string]store.ComanageIdentifier{
			"the first":                   identifier(personOwner(1), "eppn", "same"),
			"another type":                identifier(personOwner(1), "uid", "same"),
			"another case":                identifier(personOwner(1), "eppn", "Same"),
			"of an org identity":          identifier(orgOwner(1), "eppn", "same"),
			"of the org identity, again":  identifier(orgOwner(1), "eppn", "same"),
			"deleted":                     with(identifier(personOwner(1), "eppn", "same"), func(r *store.ComanageRecord) { r.Deleted = true }),
			"in another CO":               with(identifier(personOwner(1), "eppn", "same"), func(r *store.ComanageRecord) { r.CO = 3 }),
			"in another CO, another type": with(identifier(personOwner(1), "uid", "same"), func(r *store.ComanageRecord) { r.CO = 3 }),
		} {
			if _, err := tryAdd(t.Context(), s, object); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		addObject(workspace(t, s, "other"), t, s, identifier(personOwner(1), "eppn", "same"))
		for _, owner := range []store.ComanageOwner{personOwner(1), personOwner(2), orgOwner(1)} {
			addObject(t.Context(), t, s, primaryName(owner))
			addObject(t.Context(), t, s, store.ComanageName{ComanageOwner: owner})
			addObject(t.Context(), t, s, store.ComanageName{ComanageOwner: owner})
		}
	})
	t.Run("an edit to the same value is no conflict with itself", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		id := addObject(t.Context(), t, s, identifier(personOwner(1), "eppn", "same"))
		name := addObject(t.Context(), t, s, primaryName(personOwner(1)))
		mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
			if err := edit(tx, id, func(i *store.ComanageIdentifier) { i.Login = true }); err != nil {
				return err
			}
			return edit(tx, name, func(n *store.ComanageName) { n.Given = "Z" })
		})
		if i := findObject[store.ComanageIdentifier](t.Context(), t, s, id); !i.Login || i.Revision != 1 {
			t.Errorf("the edited identifier: %+v", i)
		}
		if n := findObject[store.ComanageName](t.Context(), t, s, name); n.Given != "Z" || !n.PrimaryName {
			t.Errorf("the edited name: %+v", n)
		}
	})
	t.Run("a deletion and an edit free what was taken", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		first := addObject(ctx, t, s, identifier(personOwner(1), "eppn", "a"))
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return edit(tx, first, func(i *store.ComanageIdentifier) { i.Identifier = "b" })
		})
		second := addObject(ctx, t, s, identifier(personOwner(2), "eppn", "a"))
		if _, err := tryAdd(ctx, s, identifier(personOwner(3), "eppn", "b")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("an identifier taken by an edit: got %v, want ErrConflict", err)
		}
		mustWrite(ctx, t, s, func(tx *store.Tx) error {
			return store.ComanageDelete[store.ComanageIdentifier](tx, second, moment, "")
		})
		addObject(ctx, t, s, identifier(personOwner(3), "eppn", "a"))
	})
	t.Run("many new primary names leave one", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		person := addObject(ctx, t, s, store.ComanagePerson{})
		org := addObject(ctx, t, s, store.ComanageOrgIdentity{}) // of the same id
		for _, owner := range []store.ComanageOwner{personOwner(person), orgOwner(org)} {
			addObject(ctx, t, s, primaryName(owner))
		}
		results := atOnce(racers, func(int64) error {
			return s.Write(ctx, func(tx *store.Tx) error {
				if _, err := store.ComanageLock[store.ComanagePerson](tx, person); err != nil {
					return err
				}
				if err := tx.ComanageDemoteNames(personOwner(person)); err != nil {
					return err
				}
				return add(tx, primaryName(personOwner(person)))
			})
		})
		for _, err := range results {
			if err != nil {
				t.Error(err)
			}
		}
		if names, primary := namesOf(ctx, t, s, store.ComanageFilter{PersonID: person}); names != racers+1 || primary != 1 {
			t.Errorf("the person has %d names, %d of them primary", names, primary)
		}
		if names, primary := namesOf(ctx, t, s, store.ComanageFilter{OrgIdentityID: org}); names != 1 || primary != 1 {
			t.Errorf("the org identity has %d names, %d of them primary", names, primary)
		}
		mustWrite(ctx, t, s, func(tx *store.Tx) error { return tx.ComanageDemoteNames(orgOwner(org)) })
		if _, primary := namesOf(ctx, t, s, store.ComanageFilter{OrgIdentityID: org}); primary != 0 {
			t.Errorf("the org identity has %d primary names after it lost its own", primary)
		}
		if _, primary := namesOf(ctx, t, s, store.ComanageFilter{PersonID: person}); primary != 1 {
			t.Errorf("the person has %d primary names after an org identity lost its own", primary)
		}
	})
}

func namesOf(ctx context.Context, t *testing.T, s *store.Store, filter store.ComanageFilter) (names, primary int) {
	t.Helper()
	for _, id := range pageIDs[store.ComanageName](ctx, t, s, filter, 0, 1000) {
		names++
		n := findObject[store.ComanageName](ctx, t, s, id)
		if n.PrimaryName {
			primary++
		}
		if n.Revision != 0 {
			t.Errorf("name %d got the revision %d for losing its mark", id, n.Revision)
		}
	}
	return names, primary
}

// atOnce runs the writers at the same time and returns what each of them got.
func atOnce(writers int64, write func(n int64) error) []error {
	results := make([]error, writers)
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() { results[n] = write(n + 1) })
	}
	group.Wait()
	return results
}

// oneWon expects ErrConflict of all but one.
func oneWon(t *testing.T, results []error) {
	t.Helper()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, store.ErrConflict) {
			t.Errorf("got %v, want ErrConflict", err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d writers won", won, len(results))
	}
}

func add[T store.ComanageObject](tx *store.Tx, object T) error {
	_, err := store.ComanageAdd(tx, object)
	return err
}

func edit[T store.ComanageObject](tx *store.Tx, id int64, change func(*T)) error {
	stored, err := store.ComanageLock[T](tx, id)
	if err != nil {
		return err
	}
	edited := stored
	change(&edited)
	return store.ComanageEdit(tx, stored, edited)
}

func with[T store.ComanageObject](object T, set func(*store.ComanageRecord)) T {
	setRecord(&object, set)
	return object
}

func personOwner(id int64) store.ComanageOwner { return store.ComanageOwner{PersonID: &id} }
func orgOwner(id int64) store.ComanageOwner    { return store.ComanageOwner{OrgIdentityID: &id} }

func identifier(owner store.ComanageOwner, kind, value string) store.ComanageIdentifier {
	return store.ComanageIdentifier{ComanageRecord: sampleRecord(), ComanageOwner: owner, Type: kind, Identifier: value}
}

func primaryName(owner store.ComanageOwner) store.ComanageName {
	return store.ComanageName{ComanageRecord: sampleRecord(), ComanageOwner: owner, Given: "Zoë", PrimaryName: true}
}
