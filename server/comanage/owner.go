package comanage

import (
	"errors"

	"orglink/gen"
	"orglink/store"
)

// setOwner gives a new name or identifier the person or the org identity that its
// entry names, and its CO. Later it does not change its owner.
func setOwner(tx *store.Tx, record *store.ComanageRecord, owner *store.ComanageOwner, e entry) error {
	named, found, err := lockOwner(tx, e)
	if err != nil {
		return err
	}
	column := ownerColumn(e)
	switch {
	case record.ID == 0:
		record.CO, *owner = found.CO, named
	case found.CO != record.CO:
		return wrong(column, otherCO(column))
	case !same(owner.PersonID, named.PersonID) || !same(owner.OrgIdentityID, named.OrgIdentityID):
		return wrong(column, ruleName)
	}
	return nil
}

func holdOwner(tx *store.Tx, e entry) error {
	_, _, err := lockOwner(tx, e)
	return err
}

// lockOwner locks the current person or org identity that an entry names, so that
// it is neither deleted meanwhile nor gets two primary names at once.
func lockOwner(tx *store.Tx, e entry) (owner store.ComanageOwner, found store.ComanageRecord, err error) {
	switch kind, id := e.owner(); {
	case kind == "" || id == nil:
		return owner, found, errForbidden(phraseNoOwner)
	case kind == "Org":
		owner.OrgIdentityID = id
		found, err = lockRecord[store.ComanageOrgIdentity](tx, *id)
	default:
		owner.PersonID = id
		found, err = lockRecord[store.ComanagePerson](tx, *id)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && !found.Current() {
		err = errForbidden(phraseOwnerUnknown)
	}
	return owner, found, err
}

func lockRecord[T store.ComanageObject](tx *store.Tx, id int64) (store.ComanageRecord, error) {
	object, err := store.ComanageLock[T](tx, id)
	return *store.ComanageRecordOf(&object), err
}

func same(a, b *int64) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// ownerRow is the person or the org identity of a name or an identifier as Registry
// shows it.
func ownerRow(owner store.ComanageOwner) gen.ComanageOwner {
	if owner.PersonID != nil {
		return gen.ComanageOwner{Type: gen.ComanagePersonTypeCO, ID: number(*owner.PersonID)}
	}
	return gen.ComanageOwner{Type: gen.ComanagePersonTypeOrg, ID: number(*owner.OrgIdentityID)}
}
