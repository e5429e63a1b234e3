package comanage

import (
	"context"
	"errors"

	"orglink/gen"
	"orglink/store"
)

// orgIdentities are the objects of COmanage "REST API v1, OrgIdentity". They are of
// one CO each, as in a Registry that does not pool them.
func (h Handlers) orgIdentities() kind[store.ComanageOrgIdentity] {
	return kind[store.ComanageOrgIdentity]{
		resource: h.resources[orgID],
		enter:    enterByCO,
		change:   changeOrgIdentity,
		remove:   removeOrgIdentity,
		show:     func(o store.ComanageOrgIdentity) any { return orgIdentityRow(o) },
	}
}

// ComanageAddOrgIdentity adds an org identity to a CO.
func (h Handlers) ComanageAddOrgIdentity(ctx context.Context, r gen.ComanageAddOrgIdentityRequestObject) (gen.ComanageAddOrgIdentityResponseObject, error) {
	return add(ctx, h, r.Format, h.orgIdentities())
}

// ComanageEditOrgIdentity changes an org identity.
func (h Handlers) ComanageEditOrgIdentity(ctx context.Context, r gen.ComanageEditOrgIdentityRequestObject) (gen.ComanageEditOrgIdentityResponseObject, error) {
	return edit(ctx, h, r.ID, h.orgIdentities())
}

// ComanageDeleteOrgIdentity marks an org identity that is not linked as deleted,
// with its names and identifiers.
func (h Handlers) ComanageDeleteOrgIdentity(ctx context.Context, r gen.ComanageDeleteOrgIdentityRequestObject) (gen.ComanageDeleteOrgIdentityResponseObject, error) {
	return remove(ctx, h, r.ID, h.orgIdentities())
}

// ComanageDeleteOrgIdentityWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteOrgIdentityWithoutID(ctx context.Context, _ gen.ComanageDeleteOrgIdentityWithoutIDRequestObject) (gen.ComanageDeleteOrgIdentityWithoutIDResponseObject, error) {
	return nil, errNoID(ctx)
}

// ComanageGetOrgIdentity shows one org identity, also a deleted or archived one.
func (h Handlers) ComanageGetOrgIdentity(ctx context.Context, r gen.ComanageGetOrgIdentityRequestObject) (gen.ComanageGetOrgIdentityResponseObject, error) {
	return view(ctx, h, r.Format, r.ID, h.orgIdentities())
}

// ComanageListOrgIdentities shows current org identities.
func (h Handlers) ComanageListOrgIdentities(ctx context.Context, r gen.ComanageListOrgIdentitiesRequestObject) (gen.ComanageListOrgIdentitiesResponseObject, error) {
	p := r.Params
	return listObjects(ctx, h, r.Format, h.orgIdentities(), func(q *store.Query, c caller) (selection, error) {
		chosen, err := byCO(q, c, p.Coid)
		chosen.filter.Identifier = first(p.SearchIdentifier, p.SearchIdentifierUnderscored)
		chosen.nobody = first(p.SearchMail, p.SearchMailUnderscored) != ""
		return chosen, err
	})
}

func changeOrgIdentity(tx *store.Tx, o *store.ComanageOrgIdentity, e entry) error {
	if err := setCO(tx, &o.ComanageRecord, e); err != nil {
		return err
	}
	for column, attribute := range map[string]**string{
		"status":             &o.Status,
		"date_of_birth":      &o.DateOfBirth,
		"affiliation":        &o.Affiliation,
		"title":              &o.Title,
		"o":                  &o.O,
		"ou":                 &o.Ou,
		"manager_identifier": &o.ManagerIdentifier,
		"sponsor_identifier": &o.SponsorIdentifier,
	} {
		e.setOptional(column, attribute)
	}
	e.setTime("valid_from", &o.ValidFrom)
	e.setTime("valid_through", &o.ValidThrough)
	return nil
}

func removeOrgIdentity(tx *store.Tx, o store.ComanageOrgIdentity, by stamp) error {
	err := tx.ComanageDeleteOrgIdentity(o.ID, by.at, by.actor)
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	co, err := tx.ComanageCO(o.CO)
	if err != nil {
		return err
	}
	return errStillLinked(co, o.ID)
}

func orgIdentityRow(o store.ComanageOrgIdentity) gen.ComanageOrgIdentity {
	return gen.ComanageOrgIdentity{
		Version:           gen.ComanageVersionV1,
		ID:                number(o.ID),
		Status:            (*gen.ComanageOrgIdentityStatus)(o.Status),
		DateOfBirth:       o.DateOfBirth,
		Affiliation:       (*gen.ComanageAffiliation)(o.Affiliation),
		Title:             o.Title,
		O:                 o.O,
		Ou:                o.Ou,
		CoID:              number(o.CO),
		ValidFrom:         optionalMoment(o.ValidFrom),
		ValidThrough:      optionalMoment(o.ValidThrough),
		ManagerIdentifier: o.ManagerIdentifier,
		SponsorIdentifier: o.SponsorIdentifier,
		Created:           moment(o.Created),
		Modified:          moment(o.Modified),
		OrgIdentityID:     archiveOf(o.ComanageRecord),
		Revision:          number(o.Revision),
		Deleted:           o.Deleted,
		ActorIdentifier:   o.Actor,
	}
}
