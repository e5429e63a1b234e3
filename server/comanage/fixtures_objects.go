package comanage

import (
	"errors"

	"orglink/gen"
	"orglink/store"
)

// takenID is the only conflict that objects without rules of uniqueness can have: a
// caller took the id a moment ago.
const takenID = "its id is taken"

func (f fixtures) person(p gen.ComanageFixturePerson) error {
	what := labelled("Person", p.ID)
	if err := inCO[store.ComanagePerson](f, p.ID, p.Co, what); err != nil {
		return err
	}
	return makeObject(f, p.ID, what, takenID, func() (store.ComanagePerson, error) {
		return store.ComanagePerson{
			ComanageRecord: f.record(p.ID, p.Co, changelog{p.Created, p.Modified, p.Revision, p.Deleted, p.ActorIdentifier}),
			Status:         string(given(p.Status, gen.ComanageCoPersonStatusActive)),
			DateOfBirth:    p.DateOfBirth,
			Timezone:       p.Timezone,
		}, nil
	})
}

func (f fixtures) orgIdentity(o gen.ComanageFixtureOrgIdentity) error {
	what := labelled("Org identity", o.ID)
	if err := inCO[store.ComanageOrgIdentity](f, o.ID, o.Co, what); err != nil {
		return err
	}
	if !storable(o.ValidFrom, o.ValidThrough) {
		return errYear(what)
	}
	return makeObject(f, o.ID, what, takenID, func() (store.ComanageOrgIdentity, error) {
		return store.ComanageOrgIdentity{
			ComanageRecord:    f.record(o.ID, o.Co, changelog{o.Created, o.Modified, o.Revision, o.Deleted, o.ActorIdentifier}),
			Status:            (*string)(o.Status),
			DateOfBirth:       o.DateOfBirth,
			Affiliation:       (*string)(o.Affiliation),
			Title:             o.Title,
			O:                 o.O,
			Ou:                o.Ou,
			ValidFrom:         seconds(o.ValidFrom),
			ValidThrough:      seconds(o.ValidThrough),
			ManagerIdentifier: o.ManagerIdentifier,
			SponsorIdentifier: o.SponsorIdentifier,
		}, nil
	})
}

// inCO holds an object of fixtures to a CO that exists and, if it is stored, to its
// own.
func inCO[T store.ComanageObject](f fixtures, id, co int64, what string) error {
	if err := f.needCO(co, what); err != nil {
		return err
	}
	object, err := store.ComanageFind[T](&f.tx.Query, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if stored := store.ComanageRecordOf(&object).CO; err == nil && stored != co {
		return unprocessable("%s is of CO %d.", what, stored)
	}
	return err
}

func (f fixtures) name(n gen.ComanageFixtureName) error {
	what := labelled("Name", n.ID)
	return makeObject(f, n.ID, what, "its person or org identity has a primary name already", func() (name store.ComanageName, err error) {
		owner, co, err := f.owner(n.CoPersonID, n.OrgIdentityID, n.Deleted, what)
		return store.ComanageName{
			ComanageRecord: f.record(n.ID, co, changelog{n.Created, n.Modified, n.Revision, n.Deleted, n.ActorIdentifier}),
			ComanageOwner:  owner,
			Honorific:      n.Honorific,
			Given:          n.Given,
			Middle:         n.Middle,
			Family:         n.Family,
			Suffix:         n.Suffix,
			Type:           string(n.Type),
			Language:       n.Language,
			PrimaryName:    value(n.PrimaryName),
		}, err
	})
}

func (f fixtures) identifier(i gen.ComanageFixtureIdentifier) error {
	what := labelled("Identifier", i.ID)
	return makeObject(f, i.ID, what, "a person of its CO has it already", func() (store.ComanageIdentifier, error) {
		owner, co, err := f.owner(i.CoPersonID, i.OrgIdentityID, i.Deleted, what)
		return store.ComanageIdentifier{
			ComanageRecord: f.record(i.ID, co, changelog{i.Created, i.Modified, i.Revision, i.Deleted, i.ActorIdentifier}),
			ComanageOwner:  owner,
			Identifier:     i.Identifier,
			Type:           string(i.Type),
			Language:       i.Language,
			Login:          value(i.Login),
			Status:         string(given(i.Status, gen.ComanageIdentifierStatusActive)),
		}, err
	})
}

// owner finds the person or the org identity of a name or an identifier, and its CO.
func (f fixtures) owner(personID, orgIdentityID *int64, deleted *bool, what string) (owner store.ComanageOwner, co int64, err error) {
	var record store.ComanageRecord
	switch {
	case (personID == nil) == (orgIdentityID == nil):
		return owner, 0, unprocessable("%s: give either coPersonId or orgIdentityId.", what)
	case personID != nil:
		record, err = owned[store.ComanagePerson](f, *personID, deleted, what, "person")
	default:
		record, err = owned[store.ComanageOrgIdentity](f, *orgIdentityID, deleted, what, "org identity")
	}
	return store.ComanageOwner{PersonID: personID, OrgIdentityID: orgIdentityID}, record.CO, err
}

func (f fixtures) link(l gen.ComanageFixtureLink) error {
	what := labelled("Link", l.ID)
	taken := labelled("org identity", l.OrgIdentityID) + " is linked already"
	return makeObject(f, l.ID, what, taken, func() (store.ComanageLink, error) {
		person, err := owned[store.ComanagePerson](f, l.CoPersonID, l.Deleted, what, "person")
		if err != nil {
			return store.ComanageLink{}, err
		}
		org, err := owned[store.ComanageOrgIdentity](f, l.OrgIdentityID, l.Deleted, what, "org identity")
		if err == nil && org.CO != person.CO {
			err = unprocessable("%s: its ends are of different COs.", what)
		}
		return store.ComanageLink{
			ComanageRecord: f.record(l.ID, person.CO, changelog{l.Created, l.Modified, l.Revision, l.Deleted, l.ActorIdentifier}),
			PersonID:       l.CoPersonID,
			OrgIdentityID:  l.OrgIdentityID,
		}, err
	})
}
