package svi

import (
	"context"
	"errors"
	"net/http"

	"orglink/gen"
	"orglink/store"
)

// readEntityType reads the definition of an entity type, and lists all that is wrong
// with it.
func readEntityType(body gen.SviStoredObjectUpdate) (store.SviEntityType, []string) {
	t := store.SviEntityType{Name: or(body.Name, ""), ReadGroups: list(body.ReadGroups), Columns: store.SviColumns{
		CreatedAt: or(body.CreatedAtTimeFieldName, ""), CreatedBy: or(body.CreatedByUserIDFieldName, ""),
		UpdatedAt: or(body.LastUpdatedAtTimeFieldName, ""), UpdatedBy: or(body.LastUpdatedByUserIDFieldName, ""),
		ValidFrom: or(body.ValidFromFieldName, ""), ValidTo: or(body.ValidToFieldName, ""),
	}}
	t.Label = orName(body.Label, t.Name)
	var problems []string
	t.Fields, problems = readFields(body.Fields)
	return t, append(problems, checkEntityType(t)...)
}

// SviPostStoredObject creates an entity type.
func (h Handlers) SviPostStoredObject(ctx context.Context, r gen.SviPostStoredObjectRequestObject) (gen.SviPostStoredObjectResponseObject, error) {
	t, problems := readEntityType(*r.JSONBody)
	if len(problems) > 0 {
		return nil, invalid("body", "", problems...)
	}
	c := callerFrom(ctx)
	t.Version, t.CreatedAt, t.CreatedBy = 1, h.now(), c.name
	t.LastUpdatedAt, t.LastUpdatedBy = t.CreatedAt, t.CreatedBy
	var a typeAnswer
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		made := t
		var err error
		if made.ID, err = store.SviAddType(tx, t); err != nil {
			return err
		}
		a, err = showEntityType(&tx.Query, c, made)
		a.status, a.location = http.StatusCreated, createdAt(ctx, "storedObjects", made.ID)
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		err = typeConflict("The name is that of another entity type.", "Entity Type: "+t.Name)
	}
	return a, err
}

// SviPutStoredObject changes an entity type.
func (h Handlers) SviPutStoredObject(ctx context.Context, r gen.SviPutStoredObjectRequestObject) (gen.SviPutStoredObjectResponseObject, error) {
	c, now, body := callerFrom(ctx), h.now(), *r.JSONBody
	var a typeAnswer
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		stored, err := store.SviLockType[store.SviEntityType](tx, r.ID)
		if err != nil {
			return absent(err, unknownEntityTypeID(r.ID))
		}
		if err := checkTypeVersion(stored.Version, r.Params.IfMatch, body.Version); err != nil {
			return err
		}
		next, err := nextEntityType(stored, body)
		if err != nil {
			return err
		}
		next.Version, next.LastUpdatedAt, next.LastUpdatedBy = stored.Version+1, now, c.name
		if err := editEntityType(tx, stored, next); err != nil {
			return err
		}
		a, err = showEntityType(&tx.Query, c, next)
		return err
	})
	return a, err
}

// nextEntityType is what the body makes of a stored entity type, or a fault that
// lists all that is wrong with it.
func nextEntityType(stored store.SviEntityType, body gen.SviStoredObjectUpdate) (store.SviEntityType, error) {
	problems := checkSameID(stored.ID, body.ID)
	problems = append(problems, checkSame(sameMember{"name", body.Name, stored.Name})...)
	if body.Fields == nil {
		problems = append(problems, "fields is required.")
	}
	body.Name = &stored.Name
	next, found := readEntityType(body)
	if problems = append(problems, found...); len(problems) > 0 {
		return next, invalid("body", "", problems...)
	}
	next.ID, next.CreatedAt, next.CreatedBy = stored.ID, stored.CreatedAt, stored.CreatedBy
	return next, nil
}

// editEntityType stores the change of a locked entity type, unless its documents
// stand against it.
func editEntityType(tx *store.Tx, stored, next store.SviEntityType) error {
	obstacles, err := entityTypeUse(&tx.Query, stored, next)
	if err != nil {
		return err
	}
	if len(obstacles) > 0 {
		return typeConflict("The entity type is in use and cannot be changed so.", obstacles...)
	}
	return store.SviEditType(tx, next, stored.Version)
}

// SviDeleteStoredObject deletes an entity type.
func (h Handlers) SviDeleteStoredObject(ctx context.Context, r gen.SviDeleteStoredObjectRequestObject) (gen.SviDeleteStoredObjectResponseObject, error) {
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		t, err := store.SviLockType[store.SviEntityType](tx, r.ID)
		if err != nil {
			return absent(err, unknownEntityTypeID(r.ID))
		}
		if err := checkTypeTag(t.Version, r.Params.IfMatch); err != nil {
			return err
		}
		obstacles, err := entityTypeHeld(&tx.Query, t)
		if err != nil {
			return err
		}
		if len(obstacles) > 0 {
			return typeConflict("The entity type is in use and cannot be deleted.", obstacles...)
		}
		return store.SviDeleteType(tx, t)
	})
	return typeAnswer{status: http.StatusNoContent}, err
}

// checkSameID is checkSame for the id.
func checkSameID(current int64, given *int64) []string {
	if given != nil && *given != current {
		return []string{"id is not the id in the path."}
	}
	return nil
}

// VisitSviPostStoredObjectResponse implements [gen.SviPostStoredObjectResponseObject].
func (a typeAnswer) VisitSviPostStoredObjectResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPutStoredObjectResponse implements [gen.SviPutStoredObjectResponseObject].
func (a typeAnswer) VisitSviPutStoredObjectResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviDeleteStoredObjectResponse implements [gen.SviDeleteStoredObjectResponseObject].
func (a typeAnswer) VisitSviDeleteStoredObjectResponse(w http.ResponseWriter) error {
	return a.write(w)
}
