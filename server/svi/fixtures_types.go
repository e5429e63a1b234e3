package svi

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// putTypes sets the types that fixtures describe. What is asked of an administrator
// is asked of fixtures, too.
func putTypes(tx *store.Tx, s gen.SviFixtures, now time.Time) error {
	for _, g := range list(s.EntityTypes) {
		t := entityType(g)
		if err := putEntityType(tx, t, g.Version, now); err != nil {
			return refusedType(err, "entity type "+t.Name)
		}
	}
	for _, g := range list(s.RelationshipTypes) {
		t := relationshipType(g)
		if err := putRelationshipType(tx, t, g.Version, now); err != nil {
			return refusedType(err, "relationship type "+t.Name)
		}
	}
	return nil
}

// refusedType is what is wrong with a type, as fixtures are refused.
func refusedType(err error, what string) error {
	var f *fault.Fault
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("%s: its id is another one's, or not the stored one", what)
	}
	if !errors.As(err, &f) || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	details, _ := f.Detail.([]string)
	return unprocessable("%s: %s", what, strings.TrimSpace(f.Message+" "+strings.Join(details, " ")))
}

func putEntityType(tx *store.Tx, t store.SviEntityType, version *int64, now time.Time) error {
	if problems := checkEntityType(t); len(problems) > 0 {
		return invalid("body", "", problems...)
	}
	stored, err := store.SviLockNamed(tx, t)
	if errors.Is(err, store.ErrNotFound) {
		t.Version, t.CreatedAt, t.CreatedBy = or(version, 1), now, provisioner
		t.LastUpdatedAt, t.LastUpdatedBy = now, provisioner
		_, err := store.SviAddType(tx, t)
		return err
	}
	if err != nil {
		return err
	}
	if t.ID != 0 && t.ID != stored.ID {
		return store.ErrConflict
	}
	t.ID, t.Workspace, t.CreatedAt, t.CreatedBy = stored.ID, stored.Workspace, stored.CreatedAt, stored.CreatedBy
	t.Version, t.LastUpdatedAt, t.LastUpdatedBy = stored.Version, stored.LastUpdatedAt, stored.LastUpdatedBy
	unchanged := same(stored, t)
	if t.Version = nextVersion(stored.Version, version, unchanged); unchanged && t.Version == stored.Version {
		return nil
	}
	t.LastUpdatedAt, t.LastUpdatedBy = now, provisioner
	return editEntityType(tx, stored, t)
}

// nextVersion is the version of a stored type that fixtures describe: the next one if
// they change it, or the one that they give, if it is larger. No version is one twice.
func nextVersion(stored int64, given *int64, unchanged bool) int64 {
	next := stored
	if !unchanged {
		next++
	}
	return max(next, or(given, next))
}

// same reports whether two types are equal. The lists of stored ones may be nil where
// given ones are empty.
func same[T any](a, b T) bool { return reflect.DeepEqual(plainType(a), plainType(b)) }

func plainType(t any) any {
	plainFields := func(fields []store.SviField) []store.SviField {
		plain := []store.SviField{}
		for _, f := range fields {
			f.RevealGroups = orEmpty(f.RevealGroups)
			plain = append(plain, f)
		}
		return plain
	}
	switch t := t.(type) {
	case store.SviEntityType:
		t.Fields, t.ReadGroups = plainFields(t.Fields), orEmpty(t.ReadGroups)
		return t
	case store.SviRelationshipType:
		t.Fields = plainFields(t.Fields)
		return t
	}
	return t
}

func putRelationshipType(tx *store.Tx, t store.SviRelationshipType, version *int64, now time.Time) error {
	if problems := checkRelationshipType(t); len(problems) > 0 {
		return invalid("body", "", problems...)
	}
	for _, name := range []string{t.FromType, t.ToType} {
		if _, err := tx.SviHoldEntityType(name); errors.Is(err, store.ErrNotFound) {
			return invalid("body", "there is no entity type "+name+".")
		} else if err != nil {
			return err
		}
	}
	stored, err := store.SviLockNamed(tx, t)
	if errors.Is(err, store.ErrNotFound) {
		t.Version, t.CreatedAt, t.CreatedBy = or(version, 1), now, provisioner
		t.LastUpdatedAt, t.LastUpdatedBy = now, provisioner
		_, err := store.SviAddType(tx, t)
		return err
	}
	if err != nil {
		return err
	}
	switch {
	case t.ID != 0 && t.ID != stored.ID:
		return store.ErrConflict
	case t.ToType != stored.ToType:
		return invalid("body", "it ends at the entity type "+stored.ToType+" already.")
	}
	t.ID, t.Workspace, t.CreatedAt, t.CreatedBy = stored.ID, stored.Workspace, stored.CreatedAt, stored.CreatedBy
	t.Version, t.LastUpdatedAt, t.LastUpdatedBy = stored.Version, stored.LastUpdatedAt, stored.LastUpdatedBy
	unchanged := same(stored, t)
	if t.Version = nextVersion(stored.Version, version, unchanged); unchanged && t.Version == stored.Version {
		return nil
	}
	t.LastUpdatedAt, t.LastUpdatedBy = now, provisioner
	return editRelationshipType(tx, stored, t)
}

func entityType(g gen.SviEntityTypeFixture) store.SviEntityType {
	return store.SviEntityType{
		ID:     or(g.ID, 0),
		Name:   g.Name,
		Label:  orName(g.Label, g.Name),
		Fields: fields(list(g.Fields)),
		Columns: store.SviColumns{
			CreatedAt: or(g.CreatedAtTimeFieldName, ""),
			CreatedBy: or(g.CreatedByUserIDFieldName, ""),
			UpdatedAt: or(g.LastUpdatedAtTimeFieldName, ""),
			UpdatedBy: or(g.LastUpdatedByUserIDFieldName, ""),
			ValidFrom: or(g.ValidFromFieldName, ""),
			ValidTo:   or(g.ValidToFieldName, ""),
		},
		ReadGroups: list(g.ReadGroups),
	}
}

func relationshipType(g gen.SviRelationshipTypeFixture) store.SviRelationshipType {
	t := store.SviRelationshipType{
		ID:             or(g.ID, 0),
		FromType:       g.FromObjectName,
		Name:           g.Name,
		ToType:         g.ToObjectName,
		Label:          orName(g.Label, g.Name),
		ReverseName:    or(g.ReverseName, ""),
		Kind:           or(g.Type, defaultKind),
		Cardinality:    store.SviCardinality(or(g.Cardinality, gen.SviRelationshipTypeFixtureCardinalityMANYTOMANY)),
		Symmetric:      or(g.Symmetric, false),
		HistoryEnabled: or(g.HistoryEnabled, true),
		Bridge:         g.Bridge != nil,
		Columns: store.SviColumns{
			Version:   or(g.VersionNumberFieldName, ""),
			CreatedAt: or(g.CreatedAtTimeFieldName, ""),
			CreatedBy: or(g.CreatedByUserIDFieldName, ""),
			UpdatedAt: or(g.LastUpdatedAtTimeFieldName, ""),
			UpdatedBy: or(g.LastUpdatedByUserIDFieldName, ""),
			ValidFrom: or(g.ValidFromFieldName, ""),
			ValidTo:   or(g.ValidToFieldName, ""),
		},
		Fields: fields(list(g.Fields)),
	}
	t.ReverseLabel = orName(g.ReverseLabel, t.ReverseName)
	if g.Bridge != nil {
		t.Columns.Key, t.Columns.From, t.Columns.To = g.Bridge.KeyFieldName, g.Bridge.FromFieldName, g.Bridge.ToFieldName
	}
	return t
}

func fields(given []gen.SviFieldFixture) []store.SviField {
	fields := []store.SviField{}
	for _, g := range given {
		fields = append(fields, store.SviField{
			Name:         g.Name,
			Label:        orName(g.Label, g.Name),
			DataType:     string(g.DataType),
			Required:     or(g.Required, false),
			Length:       or(g.Length, 0),
			PrimaryKey:   or(g.PrimaryKey, false),
			Display:      or(g.DisplayLabel, false),
			VersionRole:  or(g.VersionRole, false),
			Masked:       or(g.Masked, false),
			RevealGroups: list(g.RevealGroups),
		})
	}
	return fields
}
