package svi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"orglink/gen"
	"orglink/store"
)

// readRelationshipType reads the definition of a relationship type, and lists all
// that is wrong with it.
func readRelationshipType(body gen.SviRelationshipTypeUpdate) (store.SviRelationshipType, []string) {
	t := store.SviRelationshipType{
		FromType: or(body.FromObjectName, ""), Name: or(body.Name, ""), ToType: or(body.ToObjectName, ""),
		ReverseName: or(body.ReverseName, ""), Kind: orName(body.Type, defaultKind), Cardinality: store.SviCardinality(orName(body.Cardinality, string(store.SviManyToMany))),
		Symmetric: is(body.Symmetric), HistoryEnabled: or(body.HistoryEnabled, true), Bridge: body.Bridge != nil,
		Columns: store.SviColumns{
			Version:   or(body.VersionNumberFieldName, ""),
			CreatedAt: or(body.CreatedAtTimeFieldName, ""), CreatedBy: or(body.CreatedByUserIDFieldName, ""),
			UpdatedAt: or(body.LastUpdatedAtTimeFieldName, ""), UpdatedBy: or(body.LastUpdatedByUserIDFieldName, ""),
			ValidFrom: or(body.ValidFromFieldName, ""), ValidTo: or(body.ValidToFieldName, ""),
		},
	}
	t.Label, t.ReverseLabel = orName(body.Label, t.Name), orName(body.ReverseLabel, t.ReverseName)
	if body.Bridge != nil {
		t.Columns.Key, t.Columns.From, t.Columns.To = or(body.Bridge.KeyFieldName, ""), or(body.Bridge.FromFieldName, ""), or(body.Bridge.ToFieldName, "")
	}
	var problems []string
	if is(body.Required) {
		problems = append(problems, "required can only be false.")
	}
	var found []string
	t.Fields, found = readFields(body.Fields)
	problems = append(problems, found...)
	return t, append(problems, checkRelationshipType(t)...)
}

// SviPostRelationship creates a relationship type. Its ends are held, so that nobody
// deletes one of them meanwhile.
func (h Handlers) SviPostRelationship(ctx context.Context, r gen.SviPostRelationshipRequestObject) (gen.SviPostRelationshipResponseObject, error) {
	c := callerFrom(ctx)
	t, problems := readRelationshipType(*r.Body)
	t.Version, t.CreatedAt, t.CreatedBy = 1, h.now(), c.name
	t.LastUpdatedAt, t.LastUpdatedBy = t.CreatedAt, t.CreatedBy
	var a typeAnswer
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		d, missing, err := holdTypeEnds(tx, t)
		if err != nil {
			return err
		}
		if all := slices.Concat(problems, missing); len(all) > 0 {
			return invalid("body", "", all...)
		}
		if d.ID, err = store.SviAddType(tx, t); err != nil {
			return err
		}
		a = d.answer()
		a.status, a.location = http.StatusCreated, createdAt(ctx, "relationships", d.ID)
		return nil
	})
	if errors.Is(err, store.ErrConflict) {
		err = typeConflict("The name is that of another relationship type from the same entity type.", "Relationship Type: "+qualifiedName(t))
	}
	return a, err
}

// holdTypeEnds holds the ends of a new relationship type. It lists what stands for no
// entity type.
func holdTypeEnds(tx *store.Tx, t store.SviRelationshipType) (d describedType, problems []string, err error) {
	d.SviRelationshipType = t
	for _, end := range []struct {
		member, name string
		to           *store.SviEntityType
	}{{"fromObjectName", t.FromType, &d.from}, {"toObjectName", t.ToType, &d.to}} {
		if end.name == "" {
			problems = append(problems, end.member+" is required.")
			continue
		}
		*end.to, err = tx.SviHoldEntityType(end.name)
		if errors.Is(err, store.ErrNotFound) {
			problems = append(problems, end.member+" is not the name of an entity type.")
			err = nil
		}
		if err != nil {
			return d, nil, err
		}
	}
	return d, problems, nil
}

// SviPutRelationship changes a relationship type.
func (h Handlers) SviPutRelationship(ctx context.Context, r gen.SviPutRelationshipRequestObject) (gen.SviPutRelationshipResponseObject, error) {
	c, now := callerFrom(ctx), h.now()
	var a typeAnswer
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		stored, err := store.SviLockType[store.SviRelationshipType](tx, r.ID)
		if err != nil {
			return absent(err, unknownRelationshipID(r.ID))
		}
		if err := checkTypeVersion(stored.Version, r.Params.IfMatch, r.Body.Version); err != nil {
			return err
		}
		next, err := nextRelationshipType(stored, *r.Body)
		if err != nil {
			return err
		}
		next.Version, next.LastUpdatedAt, next.LastUpdatedBy = stored.Version+1, now, c.name
		if err := editRelationshipType(tx, stored, next); err != nil {
			return err
		}
		visible, err := visibleRelationships(&tx.Query, c.maySee, []store.SviRelationshipType{next})
		if err == nil {
			a = visible[0].answer()
		}
		return err
	})
	return a, err
}

// nextRelationshipType is nextEntityType for a relationship type.
func nextRelationshipType(stored store.SviRelationshipType, body gen.SviRelationshipTypeUpdate) (store.SviRelationshipType, error) {
	problems := checkSameID(stored.ID, body.ID)
	problems = append(problems, checkSame(
		sameMember{"name", body.Name, stored.Name},
		sameMember{"fromObjectName", body.FromObjectName, stored.FromType},
		sameMember{"toObjectName", body.ToObjectName, stored.ToType},
		sameMember{"qualifiedName", body.QualifiedName, qualifiedName(stored)},
	)...)
	if body.Fields == nil {
		problems = append(problems, "fields is required.")
	}
	body.Name, body.FromObjectName, body.ToObjectName = &stored.Name, &stored.FromType, &stored.ToType
	next, found := readRelationshipType(body)
	if problems = append(problems, found...); len(problems) > 0 {
		return next, invalid("body", "", problems...)
	}
	next.ID, next.CreatedAt, next.CreatedBy = stored.ID, stored.CreatedAt, stored.CreatedBy
	return next, nil
}

// editRelationshipType stores the change of a locked relationship type, unless its
// links stand against it.
func editRelationshipType(tx *store.Tx, stored, next store.SviRelationshipType) error {
	obstacles, err := relationshipTypeUse(&tx.Query, stored, next)
	if err != nil {
		return err
	}
	if len(obstacles) > 0 {
		return typeConflict("The relationship type is in use and cannot be changed so.", obstacles...)
	}
	return store.SviEditType(tx, next, stored.Version)
}

// SviDeleteRelationship deletes a relationship type.
func (h Handlers) SviDeleteRelationship(ctx context.Context, r gen.SviDeleteRelationshipRequestObject) (gen.SviDeleteRelationshipResponseObject, error) {
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		t, err := store.SviLockType[store.SviRelationshipType](tx, r.ID)
		if err != nil {
			return absent(err, unknownRelationshipID(r.ID))
		}
		if err := checkTypeTag(t.Version, r.Params.IfMatch); err != nil {
			return err
		}
		obstacles, err := relationshipTypeHeld(&tx.Query, t)
		if err != nil {
			return err
		}
		if len(obstacles) > 0 {
			return typeConflict("The relationship type is in use and cannot be deleted.", obstacles...)
		}
		return store.SviDeleteType(tx, t)
	})
	return typeAnswer{status: http.StatusNoContent}, err
}

// VisitSviPostRelationshipResponse implements [gen.SviPostRelationshipResponseObject].
func (a typeAnswer) VisitSviPostRelationshipResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPutRelationshipResponse implements [gen.SviPutRelationshipResponseObject].
func (a typeAnswer) VisitSviPutRelationshipResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviDeleteRelationshipResponse implements [gen.SviDeleteRelationshipResponseObject].
func (a typeAnswer) VisitSviDeleteRelationshipResponse(w http.ResponseWriter) error {
	return a.write(w)
}
