package comanage

import (
	"context"

	"orglink/gen"
	"orglink/store"
)

// identifiers are the objects of COmanage "REST API v1, Identifier".
func (h Handlers) identifiers() kind[store.ComanageIdentifier] {
	return kind[store.ComanageIdentifier]{
		resource: h.resources[identifier],
		enter:    enterByOwner,
		change:   changeIdentifier,
		remove: func(tx *store.Tx, i store.ComanageIdentifier, by stamp) error {
			return store.ComanageDelete[store.ComanageIdentifier](tx, i.ID, by.at, by.actor)
		},
		taken: phraseIdentifierUsed,
		show:  func(i store.ComanageIdentifier) any { return identifierRow(i) },
	}
}

// ComanageAddIdentifier gives a person or an org identity an identifier.
func (h Handlers) ComanageAddIdentifier(ctx context.Context, r gen.ComanageAddIdentifierRequestObject) (gen.ComanageAddIdentifierResponseObject, error) {
	return add(ctx, h, r.Format, h.identifiers())
}

// ComanageEditIdentifier changes an identifier.
func (h Handlers) ComanageEditIdentifier(ctx context.Context, r gen.ComanageEditIdentifierRequestObject) (gen.ComanageEditIdentifierResponseObject, error) {
	return edit(ctx, h, r.ID, h.identifiers())
}

// ComanageDeleteIdentifier marks an identifier as deleted.
func (h Handlers) ComanageDeleteIdentifier(ctx context.Context, r gen.ComanageDeleteIdentifierRequestObject) (gen.ComanageDeleteIdentifierResponseObject, error) {
	return remove(ctx, h, r.ID, h.identifiers())
}

// ComanageDeleteIdentifierWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteIdentifierWithoutID(ctx context.Context, _ gen.ComanageDeleteIdentifierWithoutIDRequestObject) (gen.ComanageDeleteIdentifierWithoutIDResponseObject, error) {
	return nil, errNoID(ctx)
}

// ComanageGetIdentifier shows one identifier, also a deleted or archived one.
func (h Handlers) ComanageGetIdentifier(ctx context.Context, r gen.ComanageGetIdentifierRequestObject) (gen.ComanageGetIdentifierResponseObject, error) {
	return view(ctx, h, r.Format, r.ID, h.identifiers())
}

// ComanageListIdentifiers shows current identifiers.
func (h Handlers) ComanageListIdentifiers(ctx context.Context, r gen.ComanageListIdentifiersRequestObject) (gen.ComanageListIdentifiersResponseObject, error) {
	identifiers := h.identifiers()
	return listObjects(ctx, h, r.Format, identifiers, identifiers.byOwner(r.Params.Copersonid, r.Params.Orgidentityid, r.Params.Coid))
}

func changeIdentifier(tx *store.Tx, i *store.ComanageIdentifier, e entry) error {
	if err := setOwner(tx, &i.ComanageRecord, &i.ComanageOwner, e); err != nil {
		return err
	}
	e.setText("identifier", &i.Identifier)
	e.setText("type", &i.Type)
	e.setText("status", &i.Status)
	e.setBool("login", &i.Login)
	e.setOptional("language", &i.Language)
	return nil
}

func identifierRow(i store.ComanageIdentifier) gen.ComanageIdentifier {
	return gen.ComanageIdentifier{
		Version:         gen.ComanageVersionV1,
		ID:              number(i.ID),
		Identifier:      i.Identifier,
		Type:            gen.ComanageIdentifierType(i.Type),
		Language:        i.Language,
		Login:           i.Login,
		Status:          gen.ComanageIdentifierStatus(i.Status),
		Person:          ownerRow(i.ComanageOwner),
		Created:         moment(i.Created),
		Modified:        moment(i.Modified),
		IdentifierID:    archiveOf(i.ComanageRecord),
		Revision:        number(i.Revision),
		Deleted:         i.Deleted,
		ActorIdentifier: i.Actor,
	}
}
