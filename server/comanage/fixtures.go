package comanage

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures prepares the comanage section of fixtures. Slow hashes are made here,
// before the transaction.
func (h Handlers) Fixtures(ctx context.Context, w store.Workspace, f gen.Fixtures) (func(*store.Tx) error, error) {
	if f.Comanage == nil {
		return func(*store.Tx) error { return nil }, nil
	}
	section := *f.Comanage
	users, err := h.sealUsers(ctx, w, list(section.APIUsers))
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for _, co := range list(section.Cos) {
			if err := putCO(tx, co); err != nil {
				return err
			}
		}
		for _, user := range users {
			if err := putAPIUser(tx, user); err != nil {
				return err
			}
		}
		for _, p := range list(section.People) {
			if err := addPerson(tx, p); err != nil {
				return err
			}
		}
		for _, o := range list(section.OrgIdentities) {
			if err := addOrgIdentity(tx, o); err != nil {
				return err
			}
		}
		for _, l := range list(section.Links) {
			if err := h.addLink(tx, l); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func list[T any](values *[]T) []T {
	if values == nil {
		return nil
	}
	return *values
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}

func putCO(tx *store.Tx, co gen.ComanageFixtureCO) error {
	if co.ID == store.ComanagePlatformCO {
		stored, err := tx.ComanageCO(co.ID)
		if err == nil && stored.Name != co.Name {
			return unprocessable("CO %d is %s and cannot be renamed.", co.ID, stored.Name)
		}
		return err
	}
	err := tx.ComanagePutCO(store.ComanageCO{ID: co.ID, Name: co.Name})
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("CO %d has the name of another CO.", co.ID)
	}
	return err
}

func addPerson(tx *store.Tx, p gen.ComanageFixtureIdentity) error {
	who := "Person " + strconv.FormatInt(p.ID, 10)
	if err := needCO(tx, p.Co, who); err != nil {
		return err
	}
	stored, err := tx.ComanagePerson(p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return tx.ComanageAddPerson(store.ComanagePerson{ID: p.ID, CO: p.Co, Deleted: value(p.Deleted)})
	}
	if err == nil && stored.CO != p.Co {
		return unprocessable("%s is of CO %d.", who, stored.CO)
	}
	return err
}

func addOrgIdentity(tx *store.Tx, o gen.ComanageFixtureIdentity) error {
	who := "Org identity " + strconv.FormatInt(o.ID, 10)
	if err := needCO(tx, o.Co, who); err != nil {
		return err
	}
	stored, err := tx.ComanageOrgIdentity(o.ID)
	if errors.Is(err, store.ErrNotFound) {
		return tx.ComanageAddOrgIdentity(store.ComanageOrgIdentity{ID: o.ID, CO: o.Co, Deleted: value(o.Deleted)})
	}
	if err == nil && stored.CO != o.Co {
		return unprocessable("%s is of CO %d.", who, stored.CO)
	}
	return err
}

func needCO(tx *store.Tx, id int64, who string) error {
	_, err := tx.ComanageCO(id)
	if errors.Is(err, store.ErrNotFound) {
		return unprocessable("%s: there is no CO %d.", who, id)
	}
	return err
}

// addLink stores a link unless one of its id exists: links are the callers'.
func (h Handlers) addLink(tx *store.Tx, l gen.ComanageFixtureLink) error {
	_, err := tx.ComanageLink(l.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	link := store.ComanageLink{
		ID: l.ID, PersonID: l.CoPersonID, OrgIdentityID: l.OrgIdentityID,
		Created: h.now(), Revision: value(l.Revision), Deleted: value(l.Deleted), Actor: value(l.ActorIdentifier),
	}
	if l.Created != nil {
		link.Created = *seconds(l.Created)
	}
	link.Modified = link.Created
	if l.Modified != nil {
		link.Modified = *seconds(l.Modified)
	}
	if err := checkEnds(tx, link); err != nil {
		return err
	}
	err = tx.ComanageMakeLink(link)
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("Link %d: org identity %d is linked already.", l.ID, l.OrgIdentityID)
	}
	return err
}

// checkEnds holds a link of fixtures to the rules of an added one.
func checkEnds(tx *store.Tx, l store.ComanageLink) error {
	person, err := tx.ComanagePerson(l.PersonID)
	if errors.Is(err, store.ErrNotFound) || err == nil && person.Deleted && l.Current() {
		return unprocessable("Link %d: there is no person %d.", l.ID, l.PersonID)
	}
	if err != nil {
		return err
	}
	org, err := tx.ComanageOrgIdentity(l.OrgIdentityID)
	if errors.Is(err, store.ErrNotFound) || err == nil && org.Deleted && l.Current() {
		return unprocessable("Link %d: there is no org identity %d.", l.ID, l.OrgIdentityID)
	}
	if err == nil && org.CO != person.CO {
		return unprocessable("Link %d: its ends are of different COs.", l.ID)
	}
	return err
}

func value[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// seconds is a time as Registry keeps it.
func seconds(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	s := t.UTC().Truncate(time.Second)
	return &s
}
