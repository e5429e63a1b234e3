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
	apply := fixtures{now: h.now()}
	return func(tx *store.Tx) error {
		apply.tx = tx
		return apply.section(section, users)
	}, nil
}

// section applies what refers to something after what it refers to.
func (f fixtures) section(section gen.ComanageFixtures, users []store.ComanageAPIUser) error {
	for _, step := range []func() error{
		func() error { return each(list(section.Cos), f.co) },
		func() error { return each(users, f.user) },
		func() error { return each(list(section.People), f.person) },
		func() error { return each(list(section.OrgIdentities), f.orgIdentity) },
		func() error { return each(list(section.Names), f.name) },
		func() error { return each(list(section.Identifiers), f.identifier) },
		func() error { return each(list(section.Links), f.link) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// fixtures applies fixtures in a transaction.
type fixtures struct {
	tx  *store.Tx
	now time.Time
}

func each[T any](items []T, apply func(T) error) error {
	for _, item := range items {
		if err := apply(item); err != nil {
			return err
		}
	}
	return nil
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

// co makes a CO or sets what is given of it. One that is so already is left alone.
func (f fixtures) co(named gen.ComanageFixtureCO) error {
	stored, err := f.tx.ComanageCO(named.ID)
	if errors.Is(err, store.ErrNotFound) {
		stored = store.ComanageCO{ID: named.ID, Status: string(gen.ComanageCoStatusActive), Created: f.now}
	} else if err != nil {
		return err
	}
	wanted := stored
	wanted.Name = named.Name
	if named.Description != nil {
		wanted.Description = named.Description
	}
	if named.Status != nil {
		wanted.Status = string(*named.Status)
	}
	if wanted.Name == stored.Name && wanted.Status == stored.Status && value(wanted.Description) == value(stored.Description) {
		return nil
	}
	if named.ID == store.ComanagePlatformCO {
		return unprocessable("CO %d is %s and cannot be changed.", named.ID, stored.Name)
	}
	wanted.Modified = f.now
	err = f.tx.ComanagePutCO(wanted)
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("CO %d has the name of another CO.", named.ID)
	}
	return err
}

func (f fixtures) needCO(id int64, who string) error {
	_, err := f.tx.ComanageCO(id)
	if errors.Is(err, store.ErrNotFound) {
		return unprocessable("%s: there is no CO %d.", who, id)
	}
	return err
}

// changelog is what fixtures may say of any object's history.
type changelog struct {
	created, modified *time.Time
	revision          *int64
	deleted           *bool
	actor             *string
}

// record is the common part of an object of fixtures.
func (f fixtures) record(id, co int64, c changelog) store.ComanageRecord {
	r := store.ComanageRecord{
		ID: id, CO: co, Created: f.now,
		Revision: value(c.revision), Deleted: value(c.deleted), Actor: value(c.actor),
	}
	if c.created != nil {
		r.Created = *seconds(c.created)
	}
	r.Modified = r.Created
	if c.modified != nil {
		r.Modified = *seconds(c.modified)
	}
	return r
}

// makeObject stores an object of fixtures unless one of its id exists: objects are
// the callers'. taken says what a conflict with another object means.
func makeObject[T store.ComanageObject](f fixtures, id int64, what, taken string, build func() (T, error)) error {
	_, err := store.ComanageFind[T](&f.tx.Query, id)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	object, err := build()
	if err != nil {
		return err
	}
	if r := store.ComanageRecordOf(&object); !storable(&r.Created, &r.Modified) {
		return errYear(what)
	}
	err = store.ComanageMake(f.tx, object)
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("%s: %s.", what, taken)
	}
	return err
}

// owned finds the object that another one of fixtures belongs to. A current object
// does not belong to a deleted one.
func owned[T store.ComanageObject](f fixtures, id int64, deleted *bool, what, kind string) (store.ComanageRecord, error) {
	object, err := store.ComanageFind[T](&f.tx.Query, id)
	record := *store.ComanageRecordOf(&object)
	if errors.Is(err, store.ErrNotFound) || err == nil && !record.Current() && !value(deleted) {
		return record, unprocessable("%s: there is no %s %d.", what, kind, id)
	}
	return record, err
}

func errYear(what string) error {
	return unprocessable("%s: a time is not in the years 1 to 9999 of UTC.", what)
}

func value[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// given is the value, or the other one where it is not given.
func given[T any](v *T, otherwise T) T {
	if v == nil {
		return otherwise
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

func labelled(kind string, id int64) string { return kind + " " + strconv.FormatInt(id, 10) }
