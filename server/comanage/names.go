package comanage

import (
	"context"

	"orglink/gen"
	"orglink/store"
)

// names are the objects of COmanage "REST API v1, Name".
func (h Handlers) names() kind[store.ComanageName] {
	return kind[store.ComanageName]{
		resource: h.resources[name],
		enter:    enterByOwner,
		change:   changeName,
		remove: func(tx *store.Tx, n store.ComanageName, by stamp) error {
			if n.PrimaryName {
				return errForbidden(phrasePrimaryName)
			}
			return store.ComanageDelete[store.ComanageName](tx, n.ID, by.at, by.actor)
		},
		show: func(n store.ComanageName) any { return nameRow(n) },
	}
}

// ComanageAddName gives a person or an org identity a name.
func (h Handlers) ComanageAddName(ctx context.Context, r gen.ComanageAddNameRequestObject) (gen.ComanageAddNameResponseObject, error) {
	return add(ctx, h, r.Format, h.names())
}

// ComanageEditName changes a name.
func (h Handlers) ComanageEditName(ctx context.Context, r gen.ComanageEditNameRequestObject) (gen.ComanageEditNameResponseObject, error) {
	return edit(ctx, h, r.ID, h.names())
}

// ComanageDeleteName marks a name as deleted, unless it is the primary one.
func (h Handlers) ComanageDeleteName(ctx context.Context, r gen.ComanageDeleteNameRequestObject) (gen.ComanageDeleteNameResponseObject, error) {
	return remove(ctx, h, r.ID, h.names())
}

// ComanageDeleteNameWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteNameWithoutID(ctx context.Context, _ gen.ComanageDeleteNameWithoutIDRequestObject) (gen.ComanageDeleteNameWithoutIDResponseObject, error) {
	return nil, errNoID(ctx)
}

// ComanageGetName shows one name, also a deleted or archived one.
func (h Handlers) ComanageGetName(ctx context.Context, r gen.ComanageGetNameRequestObject) (gen.ComanageGetNameResponseObject, error) {
	return view(ctx, h, r.Format, r.ID, h.names())
}

// ComanageListNames shows current names.
func (h Handlers) ComanageListNames(ctx context.Context, r gen.ComanageListNamesRequestObject) (gen.ComanageListNamesResponseObject, error) {
	names := h.names()
	return listObjects(ctx, h, r.Format, names, names.byOwner(r.Params.Copersonid, r.Params.Orgidentityid, r.Params.Coid))
}

// changeName keeps one name of its owner primary: another one that becomes so takes
// the mark from it, and it cannot give it away.
func changeName(tx *store.Tx, n *store.ComanageName, e entry) error {
	if err := setOwner(tx, &n.ComanageRecord, &n.ComanageOwner, e); err != nil {
		return err
	}
	wasPrimary := n.PrimaryName
	if !e.isNull("primary_name") { // clients that send all they know do not mean to unmark it
		e.setBool("primary_name", &n.PrimaryName)
	}
	if wasPrimary && !n.PrimaryName {
		return wrong("primary_name", "A primary name is required")
	}
	e.setText("given", &n.Given)
	e.setText("type", &n.Type)
	e.setOptional("honorific", &n.Honorific)
	e.setOptional("middle", &n.Middle)
	e.setOptional("family", &n.Family)
	e.setOptional("suffix", &n.Suffix)
	e.setOptional("language", &n.Language)
	if !wasPrimary && n.PrimaryName {
		return tx.ComanageDemoteNames(n.ComanageOwner)
	}
	return nil
}

func nameRow(n store.ComanageName) gen.ComanageName {
	return gen.ComanageName{
		Version:         gen.ComanageVersionV1,
		ID:              number(n.ID),
		Honorific:       n.Honorific,
		Given:           n.Given,
		Middle:          n.Middle,
		Family:          n.Family,
		Suffix:          n.Suffix,
		Type:            gen.ComanageNameType(n.Type),
		Language:        n.Language,
		Person:          ownerRow(n.ComanageOwner),
		PrimaryName:     n.PrimaryName,
		Created:         moment(n.Created),
		Modified:        moment(n.Modified),
		NameID:          archiveOf(n.ComanageRecord),
		Revision:        number(n.Revision),
		Deleted:         n.Deleted,
		ActorIdentifier: n.Actor,
	}
}
