package svi

import (
	"errors"

	"orglink/gen"
	"orglink/store"
)

// putTypes sets the types that fixtures describe.
func putTypes(tx *store.Tx, s gen.SviFixtures) error {
	for _, g := range list(s.EntityTypes) {
		t, err := entityType(g)
		if err != nil {
			return err
		}
		if err := tx.SviPutEntityType(t); err != nil {
			return conflicting(err, "entity type "+t.Name)
		}
	}
	for _, g := range list(s.RelationshipTypes) {
		t, err := relationshipType(g)
		if err != nil {
			return err
		}
		if err := checkEnds(tx, t); err != nil {
			return err
		}
		if err := tx.SviPutRelationshipType(t); err != nil {
			return conflicting(err, "relationship type "+t.Name)
		}
	}
	return nil
}

func conflicting(err error, what string) error {
	if errors.Is(err, store.ErrConflict) {
		return unprocessable("%s: its id is another one's, or not the stored one", what)
	}
	return err
}

// checkEnds refuses a relationship type whose entity types do not exist, and one
// that would end elsewhere than its links do.
func checkEnds(tx *store.Tx, t store.SviRelationshipType) error {
	for _, name := range []string{t.FromType, t.ToType} {
		if _, err := tx.SviEntityType(name); errors.Is(err, store.ErrNotFound) {
			return unprocessable("relationship type %s: there is no entity type %s", t.Name, name)
		} else if err != nil {
			return err
		}
	}
	stored, err := tx.SviRelationshipType(t.FromType, t.Name)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil && stored.ToType != t.ToType {
		return unprocessable("relationship type %s: it ends at the entity type %s already", t.Name, stored.ToType)
	}
	return err
}

func entityType(g gen.SviEntityTypeFixture) (store.SviEntityType, error) {
	t := store.SviEntityType{
		ID:      or(g.ID, 0),
		Name:    g.Name,
		Label:   or(g.Label, g.Name),
		Version: or(g.Version, 1),
		Fields:  fields(list(g.Fields)),
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
	roles := map[string]int{}
	for _, f := range t.Fields {
		if f.Display && f.Masked {
			return t, unprocessable("entity type %s: the field %s is masked and cannot be part of the label", t.Name, f.Name)
		}
		if f.PrimaryKey {
			roles["primary key"]++
		}
		if f.VersionRole {
			roles["version"]++
		}
	}
	for role, fields := range roles {
		if fields > 1 {
			return t, unprocessable("entity type %s: several fields have the role %s", t.Name, role)
		}
	}
	return t, distinctNames("entity type "+t.Name, columnNames(t.Columns), t.Fields)
}

func relationshipType(g gen.SviRelationshipTypeFixture) (store.SviRelationshipType, error) {
	t := store.SviRelationshipType{
		ID:             or(g.ID, 0),
		FromType:       g.FromObjectName,
		Name:           g.Name,
		ToType:         g.ToObjectName,
		Label:          or(g.Label, g.Name),
		ReverseName:    or(g.ReverseName, ""),
		Version:        or(g.Version, 1),
		Cardinality:    store.SviCardinality(or(g.Cardinality, gen.SviRelationshipTypeFixtureCardinalityMANYTOMANY)),
		Symmetric:      or(g.Symmetric, false),
		Bridge:         g.Bridge != nil,
		HistoryEnabled: or(g.HistoryEnabled, true),
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
	if g.Bridge != nil {
		t.Columns.Key, t.Columns.From, t.Columns.To = g.Bridge.KeyFieldName, g.Bridge.FromFieldName, g.Bridge.ToFieldName
	}
	for _, f := range t.Fields {
		if f.Display || f.PrimaryKey || f.VersionRole {
			return t, unprocessable("relationship type %s: the field %s has a role of an entity type's field", t.Name, f.Name)
		}
	}
	return t, distinctNames("relationship type "+t.Name, columnNames(t.Columns), t.Fields)
}

func fields(given []gen.SviFieldFixture) []store.SviField {
	fields := []store.SviField{}
	for _, g := range given {
		fields = append(fields, store.SviField{
			Name:         g.Name,
			Label:        or(g.Label, g.Name),
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

// distinctNames refuses a type two of whose columns have one name.
func distinctNames(what string, names []string, fields []store.SviField) error {
	for _, f := range fields {
		names = append(names, f.Name)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return unprocessable("%s: two fields have the name %s", what, name)
		}
		seen[name] = true
	}
	return nil
}
