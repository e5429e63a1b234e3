package storetest

import (
	"context"
	"errors"
	"testing"

	"orglink/store"
)

// family holds the ids of a person and an org identity that are linked and have a
// name and an identifier each.
type family struct{ person, org, link, personName, orgName, personID, orgID int64 }

func makeFamily(ctx context.Context, t *testing.T, s *store.Store, co int64, identifiers string) (f family) {
	t.Helper()
	inCO := store.ComanageRecord{CO: co, Created: moment, Modified: moment}
	f.person = addObject(ctx, t, s, store.ComanagePerson{ComanageRecord: inCO, Status: "Active"})
	f.org = addObject(ctx, t, s, store.ComanageOrgIdentity{ComanageRecord: inCO})
	f.link = addObject(ctx, t, s, store.ComanageLink{ComanageRecord: inCO, PersonID: f.person, OrgIdentityID: f.org})
	name := store.ComanageName{ComanageRecord: inCO, Given: "Zoë"}
	name.ComanageOwner = personOwner(f.person)
	f.personName = addObject(ctx, t, s, name)
	name.ComanageOwner = orgOwner(f.org)
	f.orgName = addObject(ctx, t, s, name)
	if identifiers == "" {
		return f
	}
	id := store.ComanageIdentifier{ComanageRecord: inCO, Type: "eppn", Identifier: identifiers}
	id.ComanageOwner = personOwner(f.person)
	f.personID = addObject(ctx, t, s, id)
	id.ComanageOwner = orgOwner(f.org)
	f.orgID = addObject(ctx, t, s, id)
	return f
}

func noFamily(ctx context.Context, t *testing.T, s *store.Store, f family) {
	t.Helper()
	noObject[store.ComanagePerson](ctx, t, s, f.person)
	noObject[store.ComanageOrgIdentity](ctx, t, s, f.org)
	noObject[store.ComanageLink](ctx, t, s, f.link)
	for _, id := range []int64{f.personName, f.orgName} {
		noObject[store.ComanageName](ctx, t, s, id)
	}
	for _, id := range []int64{f.personID, f.orgID} {
		noObject[store.ComanageIdentifier](ctx, t, s, id)
	}
}

// filledCO holds the ids of a CO with a family in it.
type filledCO struct {
	co int64
	family
}

// makeCO adds a CO with a family and an API user, both named by the CO.
func makeCO(ctx context.Context, t *testing.T, s *store.Store, name string) filledCO {
	t.Helper()
	var co int64
	mustWrite(ctx, t, s, func(tx *store.Tx) (err error) {
		co, err = tx.ComanageAddCO(store.ComanageCO{Name: name, Status: "Active", Created: moment, Modified: moment})
		return err
	})
	return fillCO(ctx, t, s, co, name)
}

// fillCO is makeCO in a CO of the name that there is.
func fillCO(ctx context.Context, t *testing.T, s *store.Store, co int64, name string) filledCO {
	t.Helper()
	mustWrite(ctx, t, s, func(tx *store.Tx) error {
		return tx.ComanagePutAPIUser(store.ComanageAPIUser{Name: name, CO: co})
	})
	return filledCO{co, makeFamily(ctx, t, s, co, name)}
}

// wantCO expects all of the CO to be there, and nothing else in it.
func wantCO(ctx context.Context, t *testing.T, s *store.Store, f filledCO) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		co, err := q.ComanageCO(f.co)
		if err != nil {
			return err
		}
		_, err = q.ComanageAPIUser(co.Name)
		return err
	})
	if err != nil {
		t.Errorf("CO %d and its user: %v", f.co, err)
	}
	in := store.ComanageFilter{CO: f.co}
	wantPage[store.ComanagePerson](ctx, t, s, in, f.person)
	wantPage[store.ComanageOrgIdentity](ctx, t, s, in, f.org)
	wantPage[store.ComanageLink](ctx, t, s, in, f.link)
	wantPage[store.ComanageName](ctx, t, s, in, f.personName, f.orgName)
	wantPage[store.ComanageIdentifier](ctx, t, s, in, f.personID, f.orgID)
}

// wantAfter expects the ids of a CO to be larger than those of one that was made before.
func wantAfter(t *testing.T, got, before filledCO) {
	t.Helper()
	if got.co <= before.co || got.person <= before.person || got.org <= before.org || got.link <= before.link ||
		got.personName <= before.orgName || got.personID <= before.orgID {
		t.Errorf("after the ids %+v come %+v", before, got)
	}
}

// The following change objects as their callers do, who hold what they refer to.

var errGone = errors.New("what the object refers to is deleted")

func keep[T store.ComanageObject](tx *store.Tx, id int64, hold func(*store.Tx, int64) (T, error)) error {
	object, err := hold(tx, id)
	if err == nil && !store.ComanageRecordOf(&object).Current() {
		err = errGone
	}
	return err
}

func linkIn(tx *store.Tx, co, person, org int64) error {
	if err := keep(tx, person, store.ComanageKeep[store.ComanagePerson]); err != nil {
		return err
	}
	if err := keep(tx, org, store.ComanageKeep[store.ComanageOrgIdentity]); err != nil {
		return err
	}
	return add(tx, store.ComanageLink{ComanageRecord: store.ComanageRecord{CO: co}, PersonID: person, OrgIdentityID: org})
}

func nameIn(tx *store.Tx, co int64, owner store.ComanageOwner) error {
	record, err := tx.ComanageLockOwner(owner)
	if err != nil {
		return err
	}
	if !record.Current() {
		return errGone
	}
	return add(tx, store.ComanageName{ComanageRecord: store.ComanageRecord{CO: co}, ComanageOwner: owner, Given: "new"})
}

func deletePerson(tx *store.Tx, id int64) error {
	if err := keep(tx, id, store.ComanageLock[store.ComanagePerson]); err != nil {
		return err
	}
	return tx.ComanageDeletePerson(id, later, "remover")
}

func deleteOrg(tx *store.Tx, id int64) error {
	if err := keep(tx, id, store.ComanageLock[store.ComanageOrgIdentity]); err != nil {
		return err
	}
	return tx.ComanageDeleteOrgIdentity(id, later, "remover")
}
