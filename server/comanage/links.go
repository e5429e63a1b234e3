package comanage

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"orglink/gen"
	"orglink/store"
)

// ComanageAddCoOrgIdentityLink links an org identity to a person.
func (h Handlers) ComanageAddCoOrgIdentityLink(ctx context.Context, r gen.ComanageAddCoOrgIdentityLinkRequestObject) (gen.ComanageAddCoOrgIdentityLinkResponseObject, error) {
	caller := callerFrom(ctx)
	named, invalid := typedEntry(*r.Body).check()
	var id int64
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if err := caller.enterByPerson(&tx.Query, named.person); err != nil {
			return err
		}
		if len(invalid) > 0 {
			return errInvalidFields(newObject, invalid)
		}
		person, org, err := named.find(&tx.Query, phraseNoPerson)
		if err != nil {
			return err
		}
		if invalid := strangers(person.CO, person, org); len(invalid) > 0 {
			return errInvalidFields(newObject, invalid)
		}
		now := h.now()
		id, err = tx.ComanageAddLink(store.ComanageLink{
			PersonID: person.ID, OrgIdentityID: org.ID, Created: now, Modified: now, Actor: caller.name,
		})
		return err
	})
	if err != nil {
		return nil, linkedOr(err)
	}
	return reply(ctx, http.StatusCreated, phraseAdded, gen.ComanageNewObject{
		ResponseType: gen.ComanageNewObjectResponseTypeNewObject,
		Version:      gen.ComanageNewObjectVersionN10,
		ObjectType:   gen.ComanageNewObjectObjectTypeCoOrgIdentityLink,
		ID:           strconv.FormatInt(id, 10),
	}), nil
}

// ComanageEditCoOrgIdentityLink points a link at another org identity.
func (h Handlers) ComanageEditCoOrgIdentityLink(ctx context.Context, r gen.ComanageEditCoOrgIdentityLinkRequestObject) (gen.ComanageEditCoOrgIdentityLinkResponseObject, error) {
	caller := callerFrom(ctx)
	named, invalid := typedEntry(*r.Body).check()
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		link, co, err := caller.enterByLink(&tx.Query, r.ID, tx.ComanageLockLink)
		if err != nil {
			return err
		}
		if !link.Current() {
			return errNotFound(phraseLinkUnknown)
		}
		if len(invalid) > 0 {
			return errInvalidFields(r.ID, invalid)
		}
		person, org, err := named.find(&tx.Query, phraseNoPersonOnEdit)
		if err != nil {
			return err
		}
		if invalid := strangers(co, person, org); len(invalid) > 0 {
			return errInvalidFields(r.ID, invalid)
		}
		return tx.ComanageEditLink(link, store.ComanageLink{
			PersonID: person.ID, OrgIdentityID: org.ID, Modified: h.now(), Actor: caller.name,
		})
	})
	if err != nil {
		return nil, linkedOr(err)
	}
	return reply(ctx, http.StatusOK, phraseOK, nil), nil
}

// ComanageDeleteCoOrgIdentityLink marks a link as deleted.
func (h Handlers) ComanageDeleteCoOrgIdentityLink(ctx context.Context, r gen.ComanageDeleteCoOrgIdentityLinkRequestObject) (gen.ComanageDeleteCoOrgIdentityLinkResponseObject, error) {
	caller := callerFrom(ctx)
	if number, ok := parseID(r.ID); ok && number == 0 {
		return nil, errNoID(caller)
	}
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		link, _, err := caller.enterByLink(&tx.Query, r.ID, tx.ComanageLockLink)
		if err != nil {
			return err
		}
		if !link.Current() {
			return errNotFound(phraseLinkUnknown)
		}
		return tx.ComanageDeleteLink(link.ID, h.now(), caller.name)
	})
	if err != nil {
		return nil, err
	}
	return reply(ctx, http.StatusOK, phraseDeleted, nil), nil
}

// ComanageDeleteCoOrgIdentityLinkWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteCoOrgIdentityLinkWithoutID(ctx context.Context, _ gen.ComanageDeleteCoOrgIdentityLinkWithoutIDRequestObject) (gen.ComanageDeleteCoOrgIdentityLinkWithoutIDResponseObject, error) {
	return nil, errNoID(callerFrom(ctx))
}

// newObject stands for the id of an object that is not stored yet.
const newObject = "New"

// errNoID is the answer to a deletion that names no link.
func errNoID(c caller) error { return c.unknown(errInvalid(phraseInvalidFields)) }

// find finds the two ends of a link in the order in which Registry asks for them:
// person given, person exists, org identity given, org identity exists. A deleted
// one does not exist.
func (e ends) find(q *store.Query, noPerson string) (person store.ComanagePerson, org store.ComanageOrgIdentity, err error) {
	if e.person == nil {
		return person, org, errForbidden(noPerson)
	}
	person, err = q.ComanagePerson(*e.person)
	if errors.Is(err, store.ErrNotFound) || err == nil && person.Deleted {
		return person, org, errForbidden(noPerson)
	}
	if err != nil {
		return person, org, err
	}
	if e.org == nil {
		return person, org, errForbidden(phraseNoOrgIdentity)
	}
	org, err = q.ComanageOrgIdentity(*e.org)
	if errors.Is(err, store.ErrNotFound) || err == nil && org.Deleted {
		return person, org, errForbidden(phraseNoOrgIdentity)
	}
	return person, org, err
}

// strangers tells, by column, which end of a link is of another CO.
func strangers(co int64, person store.ComanagePerson, org store.ComanageOrgIdentity) map[string][]string {
	invalid := map[string][]string{}
	for column, of := range map[string]int64{columnPerson: person.CO, columnOrg: org.CO} {
		if of != co {
			invalid[column] = []string{strconv.Quote(column) + " may not refer to another CO"}
		}
	}
	return invalid
}

// linkedOr says what a conflict means: the org identity has a current link.
func linkedOr(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return errForbidden(phraseLinked)
	}
	return err
}

// now is the time as Registry keeps it, to the second.
func (h Handlers) now() time.Time { return h.Now().UTC().Truncate(time.Second) }
