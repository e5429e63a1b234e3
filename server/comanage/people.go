package comanage

import (
	"context"
	"errors"
	"unicode/utf8"

	"orglink/gen"
	"orglink/store"
)

// people are the objects of COmanage "REST API v1, CoPerson".
func (h Handlers) people() kind[store.ComanagePerson] {
	return kind[store.ComanagePerson]{
		resource: h.resources[person],
		enter:    enterByCO,
		change:   changePerson,
		remove: func(tx *store.Tx, p store.ComanagePerson, by stamp) error {
			return tx.ComanageDeletePerson(p.ID, by.at, by.actor)
		},
		show: func(p store.ComanagePerson) any { return personRow(p) },
	}
}

// ComanageAddCoPerson adds a person to a CO.
func (h Handlers) ComanageAddCoPerson(ctx context.Context, r gen.ComanageAddCoPersonRequestObject) (gen.ComanageAddCoPersonResponseObject, error) {
	return add(ctx, h, r.Format, h.people())
}

// ComanageEditCoPerson changes a person.
func (h Handlers) ComanageEditCoPerson(ctx context.Context, r gen.ComanageEditCoPersonRequestObject) (gen.ComanageEditCoPersonResponseObject, error) {
	return edit(ctx, h, r.ID, h.people())
}

// ComanageDeleteCoPerson marks a person as deleted, with its links, names and
// identifiers.
func (h Handlers) ComanageDeleteCoPerson(ctx context.Context, r gen.ComanageDeleteCoPersonRequestObject) (gen.ComanageDeleteCoPersonResponseObject, error) {
	return remove(ctx, h, r.ID, h.people())
}

// ComanageDeleteCoPersonWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteCoPersonWithoutID(ctx context.Context, _ gen.ComanageDeleteCoPersonWithoutIDRequestObject) (gen.ComanageDeleteCoPersonWithoutIDResponseObject, error) {
	return nil, errNoID(ctx)
}

// ComanageGetCoPerson shows one person, also a deleted or archived one.
func (h Handlers) ComanageGetCoPerson(ctx context.Context, r gen.ComanageGetCoPersonRequestObject) (gen.ComanageGetCoPersonResponseObject, error) {
	return view(ctx, h, r.Format, r.ID, h.people())
}

// ComanageListCoPeople shows current people.
func (h Handlers) ComanageListCoPeople(ctx context.Context, r gen.ComanageListCoPeopleRequestObject) (gen.ComanageListCoPeopleResponseObject, error) {
	p := r.Params
	return listObjects(ctx, h, r.Format, h.people(), func(q *store.Query, c caller) (selection, error) {
		chosen, err := byCO(q, c, p.Coid)
		chosen.filter.Identifier = first(p.SearchIdentifier, p.SearchIdentifierUnderscored)
		chosen.filter.GivenName, chosen.filter.FamilyName = first(p.Given), first(p.Family)
		chosen.nobody = tooShort(p.Given) || tooShort(p.Family) ||
			first(p.Mail, p.SearchMail, p.SearchMailUnderscored) != "" // nobody has an email address here
		return chosen, err
	})
}

// leastMatch is how many characters Registry wants to look for people by name.
const leastMatch = 3

func tooShort(name *string) bool {
	return first(name) != "" && utf8.RuneCountInString(*name) < leastMatch
}

// first is the first text that is not empty.
func first(texts ...*string) string {
	for _, text := range texts {
		if text != nil && *text != "" {
			return *text
		}
	}
	return ""
}

func changePerson(tx *store.Tx, p *store.ComanagePerson, e entry) error {
	if err := setCO(tx, &p.ComanageRecord, e); err != nil {
		return err
	}
	e.setText("status", &p.Status)
	e.setOptional("date_of_birth", &p.DateOfBirth)
	e.setOptional("timezone", &p.Timezone)
	return nil
}

// setCO puts a new object into the CO that its entry names. An object does not
// change its CO.
func setCO(tx *store.Tx, record *store.ComanageRecord, e entry) error {
	id := e.id(columnCO)
	if id == nil {
		return errForbidden(phraseNoSuchCO)
	}
	if record.ID != 0 && record.CO == *id {
		return nil
	}
	co, err := tx.ComanageKeepCO(*id)
	if errors.Is(err, store.ErrNotFound) {
		return errForbidden(phraseNoSuchCO)
	}
	if err != nil {
		return err
	}
	if record.ID != 0 {
		return wrong(columnCO, otherCO(columnCO))
	}
	record.CO = co.ID
	return nil
}

func personRow(p store.ComanagePerson) gen.ComanageCoPerson {
	return gen.ComanageCoPerson{
		Version:         gen.ComanageVersionV1,
		ID:              number(p.ID),
		CoID:            number(p.CO),
		Status:          gen.ComanageCoPersonStatus(p.Status),
		DateOfBirth:     p.DateOfBirth,
		Timezone:        p.Timezone,
		Created:         moment(p.Created),
		Modified:        moment(p.Modified),
		CoPersonID:      archiveOf(p.ComanageRecord),
		Revision:        number(p.Revision),
		Deleted:         p.Deleted,
		ActorIdentifier: p.Actor,
	}
}
