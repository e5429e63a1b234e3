package svi

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"orglink/gen"
	"orglink/store"
)

// provisioner is the user who made what fixtures hold and nobody is named for.
const provisioner = "orglink"

func makeDocument(tx *store.Tx, g gen.SviDocumentFixture, now time.Time) error {
	what := "document " + g.ObjectTypeName + " " + g.ID
	t, err := tx.SviHoldEntityType(g.ObjectTypeName)
	if errors.Is(err, store.ErrNotFound) {
		return unprocessable("%s: there is no such entity type", what)
	}
	if err != nil {
		return err
	}
	if problem := checkID(t, g.ID); problem != "" {
		return unprocessable("%s: %s", what, problem)
	}
	values, err := fixtureValues(what, t.Fields, g.FieldValues)
	if err != nil {
		return err
	}
	d := store.SviDocument{Type: t.Name, ID: g.ID, SviRecord: store.SviRecord{Version: or(g.Version, 1), SviContent: store.SviContent{
		Attributes: values, ValidFrom: stored(g.ValidFrom), ValidTo: stored(g.ValidTo),
		CreatedAt: *stored(ptr(or(g.CreatedAt, now))), CreatedBy: or(g.CreatedBy, provisioner),
	}}}
	d.LastUpdatedAt = *stored(ptr(or(g.LastUpdatedAt, d.CreatedAt)))
	d.LastUpdatedBy = or(g.LastUpdatedBy, d.CreatedBy)
	if d.ValidFrom != nil && t.Columns.ValidFrom == "" || d.ValidTo != nil && t.Columns.ValidTo == "" {
		return unprocessable("%s: its entity type has no field for its validity", what)
	}
	if err := checkValidity(what, d.ValidFrom, d.ValidTo); err != nil {
		return err
	}
	return tx.SviMakeDocument(d)
}

func makeLink(tx *store.Tx, g gen.SviLinkFixture, now time.Time) error {
	what := "link " + g.RelationshipTypeName + " " + g.Key
	if strings.Contains(g.Key, delimiter) {
		return unprocessable("%s: its key contains %s", what, delimiter)
	}
	t, err := tx.SviHoldRelationshipType(g.FromObjectTypeName, g.RelationshipTypeName)
	if errors.Is(err, store.ErrNotFound) {
		return unprocessable("%s: there is no such relationship type", what)
	}
	if err != nil {
		return err
	}
	for _, end := range []struct{ kind, id string }{{t.FromType, g.FromObjectID}, {t.ToType, g.ToObjectID}} {
		if _, err := tx.SviDocument(end.kind, end.id); errors.Is(err, store.ErrNotFound) {
			return unprocessable("%s: there is no document %s %s", what, end.kind, end.id)
		} else if err != nil {
			return err
		}
	}
	values, err := fixtureValues(what, t.Fields, g.FieldValues)
	if err != nil {
		return err
	}
	l := store.SviLink{RelationshipID: t.ID, ID: g.Key, FromID: g.FromObjectID, ToID: g.ToObjectID, SviRecord: store.SviRecord{
		Version: or(g.Version, 1), SviContent: store.SviContent{
			Attributes: values, ValidFrom: stored(g.ValidFrom), ValidTo: stored(g.ValidTo),
			CreatedAt: *stored(ptr(or(g.CreatedAt, now))), CreatedBy: or(g.CreatedBy, provisioner),
		},
	}}
	l.LastUpdatedAt = *stored(ptr(or(g.LastUpdatedAt, l.CreatedAt)))
	l.LastUpdatedBy = or(g.LastUpdatedBy, l.CreatedBy)
	if l.ValidFrom != nil && t.Columns.ValidFrom == "" || l.ValidTo != nil && t.Columns.ValidTo == "" {
		return unprocessable("%s: its relationship type has no field for its validity", what)
	}
	if err := checkValidity(what, l.ValidFrom, l.ValidTo); err != nil {
		return err
	}
	err = tx.SviMakeLink(t, l)
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("%s: the cardinality of its relationship type does not allow it", what)
	}
	return err
}

// fixtureValues checks field values of fixtures. Ids and versions are members of
// their own there.
func fixtureValues(what string, fields []store.SviField, raw json.RawMessage) (store.SviValues, error) {
	given, err := decodeValues(raw)
	if err != nil {
		return nil, unprocessable("%s: its field values are not an object", what)
	}
	values := store.SviValues{}
	for _, f := range fields {
		value := given[f.Name]
		delete(given, f.Name)
		kept := f.PrimaryKey || f.VersionRole
		switch {
		case value != nil && kept:
			return nil, unprocessable("%s: the field %s is given by the id or the version", what, f.Name)
		case value == nil && f.Required && !kept:
			return nil, unprocessable("%s: the field %s is required", what, f.Name)
		case value == nil:
			continue
		case f.Masked && value == maskTemplate:
			return nil, unprocessable("%s: the field %s must not hold the mask template", what, f.Name)
		}
		stored, problem := canonical(f, value)
		if problem != "" {
			return nil, unprocessable("%s: the field %s %s", what, f.Name, problem)
		}
		values[f.Name] = stored
	}
	for name := range given {
		return nil, unprocessable("%s: its type has no field %s", what, name)
	}
	return values, nil
}

func checkValidity(what string, from, to *time.Time) error {
	if from != nil && to != nil && from.After(*to) {
		return unprocessable("%s: its validity ends before it begins", what)
	}
	return nil
}

// stored is a time as rows keep it.
func stored(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return ptr(t.UTC().Truncate(time.Millisecond))
}

func ptr[T any](value T) *T { return &value }
