package comanage

import (
	"errors"

	"orglink/gen"
	"orglink/store"
)

// setOwner gives a new name or identifier the person or the org identity that its
// entry names, and its CO. Later it does not change its owner. The owner is locked,
// so that it is neither deleted meanwhile nor gets two primary names at once.
func setOwner(tx *store.Tx, record *store.ComanageRecord, owner *store.ComanageOwner, e entry) error {
	kind, id := e.owner()
	if kind == "" || id == nil {
		return errForbidden(phraseNoOwner)
	}
	named := store.ComanageOwner{PersonID: id}
	if kind == "Org" {
		named = store.ComanageOwner{OrgIdentityID: id}
	}
	found, err := tx.ComanageLockOwner(named)
	if errors.Is(err, store.ErrNotFound) || err == nil && !found.Current() {
		return errForbidden(phraseOwnerUnknown)
	}
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
