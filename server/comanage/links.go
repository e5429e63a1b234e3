package comanage

import (
	"context"
	"errors"

	"orglink/gen"
	"orglink/store"
)

// links are the objects of COmanage "REST API v1, CoOrgIdentityLink".
func (h Handlers) links() kind[store.ComanageLink] {
	return kind[store.ComanageLink]{
		resource: h.resources[link],
		enter: func(q *store.Query, c caller, e entry) error {
			return enterBy[store.ComanagePerson](q, c, e.id(columnPerson))
		},
		change: changeLink,
		remove: func(tx *store.Tx, l store.ComanageLink, by stamp) error {
			return store.ComanageDelete[store.ComanageLink](tx, l.ID, by.at, by.actor)
		},
		taken: phraseLinked,
		show:  func(l store.ComanageLink) any { return linkRow(l) },
	}
}

// ComanageAddCoOrgIdentityLink links an org identity to a person.
func (h Handlers) ComanageAddCoOrgIdentityLink(ctx context.Context, r gen.ComanageAddCoOrgIdentityLinkRequestObject) (gen.ComanageAddCoOrgIdentityLinkResponseObject, error) {
	return add(ctx, h, r.Format, h.links())
}

// ComanageEditCoOrgIdentityLink points a link at another org identity.
func (h Handlers) ComanageEditCoOrgIdentityLink(ctx context.Context, r gen.ComanageEditCoOrgIdentityLinkRequestObject) (gen.ComanageEditCoOrgIdentityLinkResponseObject, error) {
	return edit(ctx, h, r.ID, h.links())
}

// ComanageDeleteCoOrgIdentityLink marks a link as deleted.
func (h Handlers) ComanageDeleteCoOrgIdentityLink(ctx context.Context, r gen.ComanageDeleteCoOrgIdentityLinkRequestObject) (gen.ComanageDeleteCoOrgIdentityLinkResponseObject, error) {
	return remove(ctx, h, r.ID, h.links())
}

// ComanageDeleteCoOrgIdentityLinkWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteCoOrgIdentityLinkWithoutID(ctx context.Context, _ gen.ComanageDeleteCoOrgIdentityLinkWithoutIDRequestObject) (gen.ComanageDeleteCoOrgIdentityLinkWithoutIDResponseObject, error) {
	return nil, errNoID(ctx)
}

// ComanageGetCoOrgIdentityLink shows one link, also a deleted or archived one.
func (h Handlers) ComanageGetCoOrgIdentityLink(ctx context.Context, r gen.ComanageGetCoOrgIdentityLinkRequestObject) (gen.ComanageGetCoOrgIdentityLinkResponseObject, error) {
	return view(ctx, h, r.Format, r.ID, h.links())
}

// ComanageListCoOrgIdentityLinks shows current links.
func (h Handlers) ComanageListCoOrgIdentityLinks(ctx context.Context, r gen.ComanageListCoOrgIdentityLinksRequestObject) (gen.ComanageListCoOrgIdentityLinksResponseObject, error) {
	links := h.links()
	return listObjects(ctx, h, r.Format, links, links.byOwner(r.Params.Copersonid, r.Params.Orgidentityid, r.Params.Coid))
}

// changeLink points a link at its two ends, in the order in which Registry asks for
// them. The link and both ends are of one CO.
func changeLink(tx *store.Tx, l *store.ComanageLink, e entry) error {
	noPerson := phraseNoPerson
	if l.ID != 0 {
		noPerson = phraseNoPersonOnEdit
	}
	person, err := named[store.ComanagePerson](tx, e.id(columnPerson), noPerson)
	if err != nil {
		return err
	}
	org, err := named[store.ComanageOrgIdentity](tx, e.id(columnOrg), phraseNoOrgIdentity)
	if err != nil {
		return err
	}
	if l.ID == 0 {
		l.CO = person.CO
	}
	strangers := wrongFields{}
	for column, of := range map[string]int64{columnPerson: person.CO, columnOrg: org.CO} {
		if of != l.CO {
			strangers[column] = []string{otherCO(column)}
		}
	}
	if len(strangers) > 0 {
		return strangers
	}
	l.PersonID, l.OrgIdentityID = person.ID, org.ID
	return nil
}

// named finds the current object that an entry refers to, and keeps it from being
// deleted meanwhile. Without one the phrase is the refusal.
func named[T store.ComanageObject](tx *store.Tx, id *int64, phrase string) (store.ComanageRecord, error) {
	if id == nil {
		return store.ComanageRecord{}, errForbidden(phrase)
	}
	object, err := store.ComanageKeep[T](tx, *id)
	record := *store.ComanageRecordOf(&object)
	if errors.Is(err, store.ErrNotFound) || err == nil && !record.Current() {
		return record, errForbidden(phrase)
	}
	return record, err
}

func linkRow(l store.ComanageLink) gen.ComanageCoOrgIdentityLink {
	return gen.ComanageCoOrgIdentityLink{
		Version:             gen.ComanageVersionV1,
		ID:                  number(l.ID),
		CoPersonID:          number(l.PersonID),
		OrgIdentityID:       number(l.OrgIdentityID),
		Created:             moment(l.Created),
		Modified:            moment(l.Modified),
		CoOrgIdentityLinkID: archiveOf(l.ComanageRecord),
		Revision:            number(l.Revision),
		Deleted:             l.Deleted,
		ActorIdentifier:     l.Actor,
	}
}
