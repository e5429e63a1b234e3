package storetest

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"orglink/store"
)

// registry is a store on Postgres with two COs in it.
type registry struct {
	concurrent
	mine filledCO
}

func openRegistry(t *testing.T) registry {
	t.Helper()
	c := openConcurrent(t)
	makeCO(t.Context(), t, c.Store, "bystander")
	return registry{c, makeCO(t.Context(), t, c.Store, "mine")}
}

// rowsOf counts the rows of the CO in all tables, deleted and archived ones too.
func (r registry) rowsOf(t *testing.T, co int64) (n int) {
	t.Helper()
	const count = `SELECT count(*) FROM (
		SELECT co FROM comanage_people UNION ALL SELECT co FROM comanage_org_identities UNION ALL SELECT co FROM comanage_links
		UNION ALL SELECT co FROM comanage_names UNION ALL SELECT co FROM comanage_identifiers UNION ALL SELECT co FROM comanage_api_users
	) AS objects WHERE co = $1`
	if err := r.db.QueryRow(count, co).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPostgresDeletionWaitsForWhatIsAdded(t *testing.T) {
	t.Parallel()
	freeLink := func(tx *store.Tx, f filledCO) error {
		return store.ComanageDelete[store.ComanageLink](tx, f.link, moment, "")
	}
	deleteIt := func(tx *store.Tx, f filledCO) error {
		if _, err := tx.ComanageLockCO(f.co); err != nil {
			return err
		}
		return tx.ComanageDeleteCO(f.co)
	}
	addPerson := func(tx *store.Tx, f filledCO) error {
		if _, err := tx.ComanageKeepCO(f.co); err != nil {
			return err
		}
		return add(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{CO: f.co}})
	}
	link := func(tx *store.Tx, f filledCO) error { return linkIn(tx, f.co, f.person, f.org) }
	name := func(tx *store.Tx, f filledCO) error { return nameIn(tx, f.co, personOwner(f.person)) }
	nameOrg := func(tx *store.Tx, f filledCO) error { return nameIn(tx, f.co, orgOwner(f.org)) }
	editPerson := func(tx *store.Tx, f filledCO) error {
		return edit(tx, f.person, func(p *store.ComanagePerson) { p.Status = "Expired" })
	}
	editName := func(tx *store.Tx, f filledCO) error {
		return edit(tx, f.personName, func(n *store.ComanageName) { n.Given = "Z" })
	}
	removePerson := func(tx *store.Tx, f filledCO) error { return deletePerson(tx, f.person) }
	removeOrg := func(tx *store.Tx, f filledCO) error { return deleteOrg(tx, f.org) }

	noLinks := func(t *testing.T, r registry) {
		wantPage[store.ComanageLink](t.Context(), t, r.Store, store.ComanageFilter{CO: r.mine.co})
	}
	noNames := func(t *testing.T, r registry) {
		wantPage[store.ComanageName](t.Context(), t, r.Store, store.ComanageFilter{PersonID: r.mine.person})
	}
	noNamesOfOrg := func(t *testing.T, r registry) {
		wantPage[store.ComanageName](t.Context(), t, r.Store, store.ComanageFilter{OrgIdentityID: r.mine.org})
	}
	nothing := func(t *testing.T, r registry) {
		if n := r.rowsOf(t, r.mine.co); n != 0 {
			t.Errorf("%d rows of the deleted CO are left", n)
		}
	}
	for name, test := range map[string]struct {
		unlinked      bool
		first, second func(*store.Tx, filledCO) error
		want          error
		then          func(*testing.T, registry)
	}{
		"link, delete the person":           {true, link, removePerson, nil, noLinks},
		"delete the person, link":           {true, removePerson, link, errGone, noLinks},
		"link, delete the org identity":     {true, link, removeOrg, store.ErrConflict, nil},
		"delete the org identity, link":     {true, removeOrg, link, errGone, noLinks},
		"name, delete the person":           {false, name, removePerson, nil, noNames},
		"delete the person, name":           {false, removePerson, name, errGone, noNames},
		"edit a name, delete the person":    {false, editName, removePerson, nil, noNames},
		"name, delete the org identity":     {true, nameOrg, removeOrg, nil, noNamesOfOrg},
		"delete the org identity, name":     {true, removeOrg, nameOrg, errGone, noNamesOfOrg},
		"add a person, delete the CO":       {false, addPerson, deleteIt, nil, nothing},
		"delete the CO, add a person":       {false, deleteIt, addPerson, store.ErrNotFound, nothing},
		"edit a person, delete the CO":      {false, editPerson, deleteIt, nil, nothing},
		"delete the CO, edit a person":      {false, deleteIt, editPerson, store.ErrNotFound, nothing},
		"link, delete the CO":               {true, link, deleteIt, nil, nothing},
		"delete the CO, link":               {true, deleteIt, link, store.ErrNotFound, nothing},
		"name, delete the CO":               {false, name, deleteIt, nil, nothing},
		"edit a name, delete the CO":        {false, editName, deleteIt, nil, nothing},
		"delete the CO, edit a name":        {false, deleteIt, editName, store.ErrNotFound, nothing},
		"delete the person, delete the CO":  {false, removePerson, deleteIt, nil, nothing},
		"delete the CO, delete the person":  {false, deleteIt, removePerson, store.ErrNotFound, nothing},
		"delete the CO, delete it again":    {false, deleteIt, deleteIt, store.ErrNotFound, nothing},
		"delete the person, then once more": {false, removePerson, removePerson, errGone, noNames},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := openRegistry(t)
			if test.unlinked {
				mustWrite(t.Context(), t, r.Store, func(tx *store.Tx) error { return freeLink(tx, r.mine) })
			}
			err := r.then(t,
				func(tx *store.Tx) error { return test.first(tx, r.mine) },
				func(tx *store.Tx) error { return test.second(tx, r.mine) })
			if !errors.Is(err, test.want) {
				t.Errorf("the second write got %v, want %v", err, test.want)
			}
			if test.then != nil {
				test.then(t, r)
			}
		})
	}
}

// The database decides between two that both saw nothing in their way.
func TestPostgresUniquenessHoldsBetweenOpenTransactions(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(tx *store.Tx, of filledCO) error{
		"an identifier of people": func(tx *store.Tx, of filledCO) error {
			return add(tx, identifier(personOwner(of.person), "eppn", "same"))
		},
		"an identifier by an edit": func(tx *store.Tx, of filledCO) error {
			return edit(tx, of.personID, func(i *store.ComanageIdentifier) { i.Identifier = "same" })
		},
		"the primary name of a person":        func(tx *store.Tx, _ filledCO) error { return add(tx, primaryName(personOwner(500))) },
		"the primary name of an org identity": func(tx *store.Tx, _ filledCO) error { return add(tx, primaryName(orgOwner(500))) },
		"the link of an org identity": func(tx *store.Tx, of filledCO) error {
			return add(tx, store.ComanageLink{PersonID: of.person, OrgIdentityID: 500})
		},
		"a chosen id": func(tx *store.Tx, _ filledCO) error {
			return store.ComanageMake(tx, store.ComanagePerson{ComanageRecord: store.ComanageRecord{ID: 500}})
		},
		"the name of a CO": func(tx *store.Tx, _ filledCO) error {
			_, err := tx.ComanageAddCO(store.ComanageCO{Name: "same"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := openRegistry(t)
			ours := filledCO{co: r.mine.co, family: makeFamily(t.Context(), t, r.Store, r.mine.co, "ours")}
			err := r.then(t,
				func(tx *store.Tx) error { return write(tx, r.mine) },
				func(tx *store.Tx) error { return write(tx, ours) })
			if !errors.Is(err, store.ErrConflict) {
				t.Errorf("the second write got %v, want ErrConflict", err)
			}
		})
	}
}

// A CO may hold a great deal: others add to their own while it is being deleted.
func TestPostgresDeletionOfACOKeepsNobodyFromOthers(t *testing.T) {
	t.Parallel()
	r := openRegistry(t)
	var given int64
	mustWrite(t.Context(), t, r.Store, func(tx *store.Tx) error {
		if _, err := tx.ComanageLockCO(r.mine.co); err != nil {
			return err
		}
		if err := tx.ComanageDeleteCO(r.mine.co); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var err error
		given, err = addPersonTo(ctx, r.Store, store.ComanagePlatformCO)
		return err
	})
	if next := makeCO(t.Context(), t, r.Store, "next"); given != r.mine.person+1 || next.person != given+1 {
		t.Errorf("after the id %d came %d and %d", r.mine.person, given, next.person)
	}
}

// Writers who change what others delete or replace wait in one order: none of them
// is refused by the database for a deadlock, which would cost it a second.
func TestPostgresWritersDoNotDeadlock(t *testing.T) {
	t.Parallel()
	r := openRegistry(t)
	owner := personOwner(r.mine.person)
	names := []int64{r.mine.personName}
	for range 7 {
		names = append(names, addObject(t.Context(), t, r.Store, store.ComanageName{ComanageRecord: store.ComanageRecord{CO: r.mine.co}, ComanageOwner: owner}))
	}
	var attempts atomic.Int64
	for round := range int64(4) {
		for _, err := range atOnce(racers, func(n int64) error {
			return r.Write(t.Context(), func(tx *store.Tx) error {
				attempts.Add(1)
				if round == 3 && n == racers/2 {
					return deletePerson(tx, r.mine.person)
				}
				return makePrimary(tx, names[n%8])
			})
		}) {
			if err != nil && !errors.Is(err, errGone) {
				t.Error(err)
			}
		}
		if primary := r.primaries(t); round < 3 && primary != 1 {
			t.Errorf("%d names are primary", primary)
		}
	}
	if n := attempts.Load(); n != 4*racers {
		t.Errorf("%d writes took %d attempts", 4*racers, n)
	}
}

func (r registry) primaries(t *testing.T) (n int) {
	t.Helper()
	const count = `SELECT count(*) FROM comanage_names WHERE person_id = $1 AND primary_name AND archive_of IS NULL AND NOT deleted`
	if err := r.db.QueryRow(count, r.mine.person).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// makePrimary edits a name as callers do.
func makePrimary(tx *store.Tx, id int64) error {
	stored, err := store.ComanageLock[store.ComanageName](tx, id)
	if err != nil {
		return err
	}
	owner, err := tx.ComanageLockOwner(stored.ComanageOwner)
	if err != nil {
		return err
	}
	if !owner.Current() || !stored.Current() {
		return errGone
	}
	edited := stored
	edited.PrimaryName = true
	if !stored.PrimaryName {
		if err := tx.ComanageDemoteNames(stored.ComanageOwner); err != nil {
			return err
		}
	}
	return store.ComanageEdit(tx, stored, edited)
}
