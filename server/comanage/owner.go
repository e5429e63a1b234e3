package comanage

import (
	"errors"

	"orglink/gen"
	"orglink/store"
)

// setOwner gives a new name or identifier the person or the org identity that its
// entry names, and its CO. Later it does not change its owner.
func setOwner(tx *store.Tx, record *store.ComanageRecord, owner *store.ComanageOwner, e entry) error {
	kind, id := e.owner()
	if kind == "" || id == nil {
		return errForbidden(phraseNoOwner)
	}
	named := store.ComanageOwner{PersonID: id}
	if kind == "Org" {
		named = store.ComanageOwner{OrgIdentityID: id}
	}
	if record.ID != 0 {
		return keepsOwner(tx, *record, *owner, named, ownerColumn(e))
	}
	// Locked, so that it is neither deleted meanwhile nor gets two primary names at once.
	found, err := current(tx.ComanageLockOwner(named))
	if err != nil {
		return err
	}
	record.CO, *owner = found.CO, named
	return nil
}

// keepsOwner refuses an edit that names another owner. That one is only looked at: who
// locks a second owner may wait for somebody who waits for the first.
func keepsOwner(tx *store.Tx, record store.ComanageRecord, owner, named store.ComanageOwner, column string) error {
	if same(owner.PersonID, named.PersonID) && same(owner.OrgIdentityID, named.OrgIdentityID) {
		return nil // and locked with the object
	}
	found, err := current(tx.ComanageOwner(named))
	switch {
	case err != nil:
		return err
	case found.CO != record.CO:
		return wrong(column, otherCO(column))
	}
	return wrong(column, ruleName)
}

// current refuses an owner that does not exist, or not any more.
func current(owner store.ComanageRecord, err error) (store.ComanageRecord, error) {
	if errors.Is(err, store.ErrNotFound) || err == nil && !owner.Current() {
		return owner, errForbidden(phraseOwnerUnknown)
	}
	return owner, err
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
