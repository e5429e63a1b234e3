package comanage

import (
	"context"
	"errors"
	"net/http"

	"orglink/gen"
	"orglink/store"
)

// COs are the objects of COmanage "REST API v1, CO". They are the platform's, have
// no changelog, and are deleted for good.

// ComanageAddCo adds a CO.
func (h Handlers) ComanageAddCo(ctx context.Context, r gen.ComanageAddCoRequestObject) (gen.ComanageAddCoResponseObject, error) {
	if err := callerFrom(ctx).enterPlatform(); err != nil {
		return nil, err
	}
	now := h.now()
	added := store.ComanageCO{Created: now, Modified: now}
	h.resources[co].entryOf(ctx).setCO(&added)
	var id int64
	err := h.store.Write(ctx, func(tx *store.Tx) error {
		var err error
		id, err = tx.ComanageAddCO(added)
		return err
	})
	if err != nil {
		return nil, nameInUse(err)
	}
	return newObjectAnswer(ctx, r.Format, co, id), nil
}

// ComanageEditCo changes a CO.
func (h Handlers) ComanageEditCo(ctx context.Context, r gen.ComanageEditCoRequestObject) (gen.ComanageEditCoResponseObject, error) {
	err := h.changeCO(ctx, r.ID, phraseEditPlatform, func(tx *store.Tx, stored store.ComanageCO) error {
		stored.Modified = h.now()
		h.resources[co].entryOf(ctx).setCO(&stored)
		return tx.ComanageEditCO(stored)
	})
	if err != nil {
		return nil, nameInUse(err)
	}
	return reply(ctx, http.StatusOK, phraseOK), nil
}

// ComanageDeleteCo deletes a CO with everything in it.
func (h Handlers) ComanageDeleteCo(ctx context.Context, r gen.ComanageDeleteCoRequestObject) (gen.ComanageDeleteCoResponseObject, error) {
	if number, ok := parseID(r.ID); ok && number == 0 {
		return nil, errNoCO(ctx)
	}
	err := h.changeCO(ctx, r.ID, phraseRemovePlatform, func(tx *store.Tx, stored store.ComanageCO) error {
		return tx.ComanageDeleteCO(stored.ID)
	})
	if err != nil {
		return nil, err
	}
	return reply(ctx, http.StatusOK, phraseDeleted), nil
}

// ComanageDeleteCoWithoutID refuses: there is nothing to delete.
func (h Handlers) ComanageDeleteCoWithoutID(ctx context.Context, _ gen.ComanageDeleteCoWithoutIDRequestObject) (gen.ComanageDeleteCoWithoutIDResponseObject, error) {
	return nil, errNoCO(ctx)
}

// ComanageGetCo shows a CO.
func (h Handlers) ComanageGetCo(ctx context.Context, r gen.ComanageGetCoRequestObject) (gen.ComanageGetCoResponseObject, error) {
	if err := callerFrom(ctx).enterPlatform(); err != nil {
		return nil, err
	}
	var found store.ComanageCO
	err := h.store.Read(ctx, func(q *store.Query) error {
		var err error
		found, err = h.findCO(r.ID, q.ComanageCO)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows(ctx, r.Format, h.resources[co], one(coRow(found))), nil
}

// ComanageListCos shows all COs.
func (h Handlers) ComanageListCos(ctx context.Context, r gen.ComanageListCosRequestObject) (gen.ComanageListCosResponseObject, error) {
	if err := callerFrom(ctx).enterPlatform(); err != nil {
		return nil, err
	}
	_, pages, err := h.pages(ctx, func(q *store.Query, after int64) (page []any, last int64, err error) {
		cos, err := q.ComanageCOs(after, pageSize)
		for _, c := range cos {
			page, last = append(page, coRow(c)), c.ID
		}
		return page, last, err
	})
	if err != nil {
		return nil, err
	}
	return rows(ctx, r.Format, h.resources[co], pages), nil
}

// changeCO changes a CO for a caller of the platform. The platform's own is refused
// with the phrase.
func (h Handlers) changeCO(ctx context.Context, id, ifPlatform string, change func(*store.Tx, store.ComanageCO) error) error {
	if err := callerFrom(ctx).enterPlatform(); err != nil {
		return err
	}
	return h.store.Write(ctx, func(tx *store.Tx) error {
		stored, err := h.findCO(id, tx.ComanageLockCO)
		if err != nil {
			return err
		}
		if stored.ID == store.ComanagePlatformCO {
			return errForbidden(ifPlatform)
		}
		return change(tx, stored)
	})
}

func (h Handlers) findCO(id string, find func(int64) (store.ComanageCO, error)) (found store.ComanageCO, err error) {
	number, ok := parseID(id)
	if ok {
		found, err = find(number)
	}
	if !ok || errors.Is(err, store.ErrNotFound) {
		return found, errNotFound(h.resources[co].unknown())
	}
	return found, err
}

// errNoCO is the answer to a deletion that names no CO.
func errNoCO(ctx context.Context) error {
	if err := callerFrom(ctx).enterPlatform(); err != nil {
		return err
	}
	return errInvalid(phraseInvalidFields)
}

func nameInUse(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return errForbidden(phraseNameInUse)
	}
	return err
}

func (e entry) setCO(c *store.ComanageCO) {
	e.setText("name", &c.Name)
	e.setOptional("description", &c.Description)
	e.setText("status", &c.Status)
}

func coRow(c store.ComanageCO) gen.ComanageCo {
	return gen.ComanageCo{
		Version:     gen.ComanageVersionV1,
		ID:          number(c.ID),
		Name:        c.Name,
		Description: c.Description,
		Status:      gen.ComanageCoStatus(c.Status),
		Created:     moment(c.Created),
		Modified:    moment(c.Modified),
	}
}
