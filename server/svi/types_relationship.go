package svi

import (
	"context"
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// describedType is a relationship type with the entity types at its ends.
type describedType struct {
	store.SviRelationshipType
	from, to store.SviEntityType
}

func relationshipsOf(described []describedType) (types []store.SviRelationshipType) {
	for _, d := range described {
		types = append(types, d.SviRelationshipType)
	}
	return types
}

// visibleRelationships are those of the relationship types both ends of which may
// be seen.
func visibleRelationships(q *store.Query, may func(store.SviEntityType) bool, all []store.SviRelationshipType) ([]describedType, error) {
	wanted := map[string]bool{}
	var names []string
	for _, r := range all {
		for _, name := range []string{r.FromType, r.ToType} {
			if !wanted[name] {
				wanted[name] = true
				names = append(names, name)
			}
		}
	}
	types, err := q.SviEntityTypesNamed(names)
	if err != nil {
		return nil, err
	}
	ends := map[string]store.SviEntityType{}
	for _, t := range types {
		ends[t.Name] = t
	}
	var visible []describedType
	for _, r := range all {
		from, fromThere := ends[r.FromType]
		to, toThere := ends[r.ToType]
		if fromThere && toThere && may(from) && may(to) {
			visible = append(visible, describedType{r, from, to})
		}
	}
	return visible, nil
}

func unknownRelationshipNamed(qualified string) *fault.Fault {
	return unknownType("relationship type", "name", qualified, "Relationship Type: "+qualified)
}

func unknownRelationshipID(id int64) *fault.Fault {
	text := strconv.FormatInt(id, 10)
	return unknownType("relationship type", "id", text, "Relationship Type ID: "+text)
}

// represent shows a relationship type.
func (d describedType) represent() gen.SviRelationshipType {
	r := gen.SviRelationshipType{
		ID: d.ID, CreatedBy: d.CreatedBy, CreatedAt: member(&d.CreatedAt), LastUpdatedBy: d.LastUpdatedBy, LastUpdatedAt: member(&d.LastUpdatedAt),
		Label: d.Label, LocalizedLabels: []map[string]any{}, Name: d.Name,
		DataStoreName: dataStore, DataStoreDefaultSchemaName: dataSchema, HistoryEnabled: d.HistoryEnabled, Version: d.Version,
		CreatedAtTimeFieldName: d.Columns.CreatedAt, CreatedByUserIDFieldName: d.Columns.CreatedBy,
		LastUpdatedAtTimeFieldName: d.Columns.UpdatedAt, LastUpdatedByUserIDFieldName: d.Columns.UpdatedBy,
		VersionNumberFieldName: d.Columns.Version, ValidFromFieldName: d.Columns.ValidFrom, ValidToFieldName: d.Columns.ValidTo,
		DataStoreAssignedTimeZone: timeZone, SolutionName: solution, SolutionLabel: solutionLabel,
		ReverseName: d.ReverseName, ReverseLabel: d.ReverseLabel,
		FromObjectName: d.FromType, FromObjectLabel: d.from.Label, ToObjectName: d.ToType, ToObjectLabel: d.to.Label,
		Cardinality: string(d.Cardinality), Type: d.Kind, Symmetric: d.Symmetric, Managed: d.Bridge,
		QualifiedName: qualifiedName(d.SviRelationshipType), Fields: typeFields(d.Fields),
	}
	if d.Bridge && d.HistoryEnabled {
		r.HistoryTableName = r.Name
		r.CreateFlagHistoryColumnName, r.UpdateFlagHistoryColumnName, r.DeleteFlagHistoryColumnName = "created_flg", "updated_flg", "archived_flg"
	}
	if d.Bridge {
		r.TableName = r.Name
		r.Bridge = &gen.SviBridge{KeyFieldName: d.Columns.Key, FromFieldName: d.Columns.From, ToFieldName: d.Columns.To}
	}
	return r
}

// answer is the answer with one relationship type.
func (d describedType) answer() typeAnswer {
	return typeAnswer{status: http.StatusOK, body: d.represent(), etag: typeTag(d.Version)}
}

// SviGetRelationships shows the relationship type of a qualified name, or lists
// those of a type, or all.
func (h Handlers) SviGetRelationships(ctx context.Context, r gen.SviGetRelationshipsRequestObject) (gen.SviGetRelationshipsResponseObject, error) {
	if r.Params.QualifiedName != nil && r.Params.Type != nil {
		return nil, invalid("query", "The query parameters qualifiedName and type cannot be used together.")
	}
	if r.Params.QualifiedName != nil {
		return h.relationshipNamed(ctx, *r.Params.QualifiedName)
	}
	shown := []gen.SviRelationshipType{}
	err := h.Store.Read(ctx, func(q *store.Query) error {
		all, err := store.SviListTypes[store.SviRelationshipType](q)
		if err != nil {
			return err
		}
		visible, err := visibleRelationships(q, callerFrom(ctx).maySee, all)
		for _, d := range visible {
			if r.Params.Type == nil || d.Kind == *r.Params.Type {
				shown = append(shown, d.represent())
			}
		}
		return err
	})
	return typeAnswer{status: http.StatusOK, body: shown}, err
}

func (h Handlers) relationshipNamed(ctx context.Context, qualified string) (a typeAnswer, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		all, err := q.SviRelationshipTypesNamed(qualified, qualifierMark)
		if err != nil {
			return err
		}
		visible, err := visibleRelationships(q, callerFrom(ctx).maySee, all)
		switch {
		case err != nil:
			return err
		case len(visible) == 0:
			return unknownRelationshipNamed(qualified)
		case len(visible) > 1:
			var ids []string
			for _, d := range visible {
				ids = append(ids, "Relationship Type ID: "+strconv.FormatInt(d.ID, 10))
			}
			return invalid("query", "The query parameter qualifiedName names several relationship types.", ids...)
		}
		a = visible[0].answer()
		return nil
	})
	return a, err
}

// SviGetRelationship shows the relationship type of an id.
func (h Handlers) SviGetRelationship(ctx context.Context, r gen.SviGetRelationshipRequestObject) (gen.SviGetRelationshipResponseObject, error) {
	var a typeAnswer
	err := h.Store.Read(ctx, func(q *store.Query) error {
		t, err := store.SviFindType[store.SviRelationshipType](q, r.ID)
		if err != nil {
			return absent(err, unknownRelationshipID(r.ID))
		}
		visible, err := visibleRelationships(q, callerFrom(ctx).maySee, []store.SviRelationshipType{t})
		if err == nil && len(visible) == 0 {
			err = unknownRelationshipID(r.ID)
		}
		if err == nil {
			a = visible[0].answer()
		}
		return err
	})
	return a, err
}

// VisitSviGetRelationshipsResponse implements [gen.SviGetRelationshipsResponseObject].
func (a typeAnswer) VisitSviGetRelationshipsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviGetRelationshipResponse implements [gen.SviGetRelationshipResponseObject].
func (a typeAnswer) VisitSviGetRelationshipResponse(w http.ResponseWriter) error { return a.write(w) }
