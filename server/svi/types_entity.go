package svi

import (
	"context"
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// maySee reports whether the caller may see the description of the entity type:
// administrators see all.
func (c caller) maySee(t store.SviEntityType) bool { return c.admin() || c.mayRead(t) }

func unknownEntityType(name string) *fault.Fault {
	return unknownType("entity type", "name", name, "Entity Type: "+name)
}

func unknownEntityTypeID(id int64) *fault.Fault {
	text := strconv.FormatInt(id, 10)
	return unknownType("entity type", "id", text, "Entity Type ID: "+text)
}

// typeSummary shows an entity type without its fields and relationship types.
func typeSummary(t store.SviEntityType) gen.SviStoredObjectSummary {
	s := gen.SviStoredObjectSummary{
		ID: t.ID, CreatedBy: t.CreatedBy, CreatedAt: member(&t.CreatedAt), LastUpdatedBy: t.LastUpdatedBy, LastUpdatedAt: member(&t.LastUpdatedAt),
		Label: t.Label, LocalizedLabels: []map[string]any{}, Name: t.Name, Type: entityKind,
		DataStoreName: dataStore, DataStoreDefaultSchemaName: dataSchema, TableName: t.Name, Version: t.Version,
		SolutionName: solution, SolutionLabel: solutionLabel, ReadGroups: orEmpty(t.ReadGroups),
		CreatedAtTimeFieldName: t.Columns.CreatedAt, CreatedByUserIDFieldName: t.Columns.CreatedBy,
		LastUpdatedAtTimeFieldName: t.Columns.UpdatedAt, LastUpdatedByUserIDFieldName: t.Columns.UpdatedBy,
		VersionNumberFieldName: entityShape(t).columns.Version,
		ValidFromFieldName:     t.Columns.ValidFrom, ValidToFieldName: t.Columns.ValidTo,
	}
	return s
}

// storedObject shows an entity type whole. The relationship types are those that
// begin or end at it and that the caller may see.
func storedObject(t store.SviEntityType, relationships []store.SviRelationshipType) gen.SviStoredObject {
	s := typeSummary(t)
	o := gen.SviStoredObject{
		ID: s.ID, CreatedBy: s.CreatedBy, CreatedAt: s.CreatedAt, LastUpdatedBy: s.LastUpdatedBy, LastUpdatedAt: s.LastUpdatedAt,
		Label: s.Label, LocalizedLabels: s.LocalizedLabels, Name: s.Name, Type: s.Type,
		DataStoreName: s.DataStoreName, DataStoreDefaultSchemaName: s.DataStoreDefaultSchemaName, TableName: s.TableName, Version: s.Version,
		SolutionName: s.SolutionName, SolutionLabel: s.SolutionLabel, ReadGroups: s.ReadGroups,
		CreatedAtTimeFieldName: s.CreatedAtTimeFieldName, CreatedByUserIDFieldName: s.CreatedByUserIDFieldName,
		LastUpdatedAtTimeFieldName: s.LastUpdatedAtTimeFieldName, LastUpdatedByUserIDFieldName: s.LastUpdatedByUserIDFieldName,
		VersionNumberFieldName: s.VersionNumberFieldName, ValidFromFieldName: s.ValidFromFieldName, ValidToFieldName: s.ValidToFieldName,
		Fields:            typeFields(t.Fields),
		RelationshipsFrom: []gen.SviRelationshipReference{},
		RelationshipsTo:   []gen.SviRelationshipReference{},
	}
	for _, r := range relationships {
		reference := gen.SviRelationshipReference{
			ID: r.ID, Name: r.Name, Label: r.Label, QualifiedName: qualifiedName(r), FromObjectName: r.FromType, ToObjectName: r.ToType,
		}
		if r.FromType == t.Name {
			o.RelationshipsFrom = append(o.RelationshipsFrom, reference)
		}
		if r.ToType == t.Name {
			o.RelationshipsTo = append(o.RelationshipsTo, reference)
			if r.Kind == childKind && o.ParentName == "" {
				o.ParentName = r.FromType
			}
		}
	}
	return o
}

// showEntityType is the answer with one entity type, its relationship types read
// with it.
func showEntityType(q *store.Query, c caller, t store.SviEntityType) (typeAnswer, error) {
	all, err := q.SviRelationshipTypesAt(t.Name)
	if err != nil {
		return typeAnswer{}, err
	}
	visible, err := visibleRelationships(q, c.maySee, all)
	if err != nil {
		return typeAnswer{}, err
	}
	return typeAnswer{status: http.StatusOK, body: storedObject(t, relationshipsOf(visible)), etag: typeTag(t.Version)}, nil
}

// SviGetStoredObjectByName shows the entity type of a name.
func (h Handlers) SviGetStoredObjectByName(ctx context.Context, r gen.SviGetStoredObjectByNameRequestObject) (gen.SviGetStoredObjectByNameResponseObject, error) {
	return h.getEntityType(ctx, unknownEntityType(r.Params.Name), func(q *store.Query) (store.SviEntityType, error) {
		return q.SviEntityType(r.Params.Name)
	})
}

// SviGetStoredObject shows the entity type of an id.
func (h Handlers) SviGetStoredObject(ctx context.Context, r gen.SviGetStoredObjectRequestObject) (gen.SviGetStoredObjectResponseObject, error) {
	return h.getEntityType(ctx, unknownEntityTypeID(r.ID), func(q *store.Query) (store.SviEntityType, error) {
		return store.SviFindType[store.SviEntityType](q, r.ID)
	})
}

func (h Handlers) getEntityType(ctx context.Context, unknown *fault.Fault, find func(*store.Query) (store.SviEntityType, error)) (a typeAnswer, err error) {
	c := callerFrom(ctx)
	err = h.Store.Read(ctx, func(q *store.Query) error {
		t, err := find(q)
		if err != nil {
			return absent(err, unknown)
		}
		if !c.maySee(t) {
			return unknown
		}
		a, err = showEntityType(q, c, t)
		return err
	})
	return a, err
}

// SviListStoredObjects lists entity types, whole.
func (h Handlers) SviListStoredObjects(ctx context.Context, r gen.SviListStoredObjectsRequestObject) (gen.SviListStoredObjectsResponseObject, error) {
	shown := []gen.SviStoredObject{}
	err := h.listEntityTypes(ctx, r.Params.ExcludeUnauthorized, func(q *store.Query, types []store.SviEntityType, may func(store.SviEntityType) bool) error {
		all, err := store.SviListTypes[store.SviRelationshipType](q)
		if err != nil {
			return err
		}
		visible, err := visibleRelationships(q, may, all)
		relationships := relationshipsOf(visible)
		for _, t := range types {
			shown = append(shown, storedObject(t, relationships))
		}
		return err
	})
	return typeAnswer{status: http.StatusOK, body: shown}, err
}

// SviListStoredObjectSummaries lists entity types in short.
func (h Handlers) SviListStoredObjectSummaries(ctx context.Context, r gen.SviListStoredObjectSummariesRequestObject) (gen.SviListStoredObjectSummariesResponseObject, error) {
	shown := []gen.SviStoredObjectSummary{}
	err := h.listEntityTypes(ctx, r.Params.ExcludeUnauthorized, func(_ *store.Query, types []store.SviEntityType, _ func(store.SviEntityType) bool) error {
		for _, t := range types {
			shown = append(shown, typeSummary(t))
		}
		return nil
	})
	return typeAnswer{status: http.StatusOK, body: shown}, err
}

// listEntityTypes hands over the entity types that the caller may see, or, where
// they are to be excluded, only those whose documents the caller may read.
func (h Handlers) listEntityTypes(ctx context.Context, excludeUnauthorized *bool, show func(*store.Query, []store.SviEntityType, func(store.SviEntityType) bool) error) error {
	c := callerFrom(ctx)
	may := c.maySee
	if is(excludeUnauthorized) {
		may = c.mayRead
	}
	return h.Store.Read(ctx, func(q *store.Query) error {
		all, err := store.SviListTypes[store.SviEntityType](q)
		if err != nil {
			return err
		}
		var visible []store.SviEntityType
		for _, t := range all {
			if may(t) {
				visible = append(visible, t)
			}
		}
		return show(q, visible, may)
	})
}

// VisitSviGetStoredObjectByNameResponse implements [gen.SviGetStoredObjectByNameResponseObject].
func (a typeAnswer) VisitSviGetStoredObjectByNameResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitSviGetStoredObjectResponse implements [gen.SviGetStoredObjectResponseObject].
func (a typeAnswer) VisitSviGetStoredObjectResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviListStoredObjectsResponse implements [gen.SviListStoredObjectsResponseObject].
func (a typeAnswer) VisitSviListStoredObjectsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviListStoredObjectSummariesResponse implements [gen.SviListStoredObjectSummariesResponseObject].
func (a typeAnswer) VisitSviListStoredObjectSummariesResponse(w http.ResponseWriter) error {
	return a.write(w)
}
