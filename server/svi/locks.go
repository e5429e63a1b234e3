package svi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/store"
)

// lockTime is how long a lock holds (SAS Data Hub, "Create a document lock").
const lockTime = 2 * time.Hour

// holder is the caller as the holder of locks. A client and a user of one name are
// two.
func (c caller) holder() string {
	if c.user {
		return "user " + c.name
	}
	return "client " + c.name
}

// SviPostLock locks a document for the caller, or goes on with the caller's lock.
func (h Handlers) SviPostLock(ctx context.Context, r gen.SviPostLockRequestObject) (gen.SviPostLockResponseObject, error) {
	c, now := callerFrom(ctx), h.now()
	lock := store.SviLock{Type: r.Params.Type, ID: r.Params.ID, Holder: c.holder(), ExpiresAt: now.Add(lockTime)}
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := holdEntity(tx, c, lock.Type); err != nil {
			return err
		}
		if err := tx.SviHoldDocument(lock.Type, lock.ID); err != nil {
			return absent(err, unknownDocument(documentName{lock.Type, lock.ID}))
		}
		err := tx.SviTakeLock(lock, now)
		if errors.Is(err, store.ErrConflict) {
			return &fault.Fault{Kind: fault.Conflict, Message: "The document is locked by another user."}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return gen.SviPostLock201Response{}, nil
}

// SviGetLock tells whether the caller holds the lock of a document.
func (h Handlers) SviGetLock(ctx context.Context, r gen.SviGetLockRequestObject) (gen.SviGetLockResponseObject, error) {
	c, now := callerFrom(ctx), h.now()
	var holds bool
	err := h.Store.Read(ctx, func(q *store.Query) error {
		if _, err := findDocument(q, c, documentName{r.Params.Type, r.Params.ID}); err != nil {
			return err
		}
		var err error
		holds, err = q.SviHoldsLock(r.Params.Type, r.Params.ID, c.holder(), now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return lockAnswer(holds), nil
}

// lockAnswer is a 200 with the state of a lock.
type lockAnswer bool

// VisitSviGetLockResponse implements [gen.SviGetLockResponseObject].
func (a lockAnswer) VisitSviGetLockResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, plainJSON.name, a)
}

// SviDeleteLock releases the caller's lock of a document, if there is one.
func (h Handlers) SviDeleteLock(ctx context.Context, r gen.SviDeleteLockRequestObject) (gen.SviDeleteLockResponseObject, error) {
	c := callerFrom(ctx)
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.SviDropLock(r.Params.Type, r.Params.ID, c.holder())
	})
	if err != nil {
		return nil, err
	}
	return gen.SviDeleteLock204Response{}, nil
}

// wantDocument makes sure that the query names the document of a lock.
func wantDocument(values url.Values) error {
	for _, name := range []string{"type", "id"} {
		if values.Get(name) == "" {
			return invalid("query", "The query parameter "+name+" is required.")
		}
	}
	return nil
}
