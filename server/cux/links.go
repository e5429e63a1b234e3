package cux

import (
	"context"
	"encoding/json"
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// CuxPutBusinessUnitLink adds a link or sets it anew; what the body leaves out
// gets its default either way.
func (h Handlers) CuxPutBusinessUnitLink(ctx context.Context, r gen.CuxPutBusinessUnitLinkRequestObject) (gen.CuxPutBusinessUnitLinkResponseObject, error) {
	link := store.CuxLink{
		BusinessUnit: r.BusinessUnit,
		LinkID:       r.LinkID,
		DateLinked:   stamp(h.Now()),
		Status:       string(gen.CuxLinkStatusLINKED),
	}
	if body := r.Body; body != nil {
		if body.Status != nil {
			link.Status = string(*body.Status)
		}
		if body.DateLinked != nil {
			link.DateLinked = *body.DateLinked
		}
	}
	err := h.Store.Write(ctx, func(tx *store.Tx) (err error) {
		link.AccountID, err = h.account(&tx.Query, target{r.CorrelationID, r.BusinessUnit, r.LinkID})
		if err != nil {
			return err
		}
		if !validDate(link.DateLinked) {
			return errInvalidDate()
		}
		return tx.CuxPutLink(link)
	})
	if err != nil {
		return nil, err
	}
	return ok{linkBody(link)}, nil
}

// precheckLink holds the vendor's order: session, business unit, then the body,
// and of the body the status first.
func (h Handlers) precheckLink(r *http.Request, params map[string]string, refused *fault.Fault) error {
	err := h.Store.Read(r.Context(), func(q *store.Query) error {
		_, err := h.account(q, target{params["correlation_id"], params["business_unit"], params["link_id"]})
		return err
	})
	if err != nil {
		return err
	}
	if refused.In != "body" || len(refused.Field) == 0 {
		return nil
	}
	var body map[string]any // the validator has read it: it is an object
	decoder := json.NewDecoder(r.Body)
	decoder.UseNumber() // a number may be beyond any float
	if err := decoder.Decode(&body); err != nil {
		return err
	}
	switch body["status"] {
	case nil, string(gen.CuxLinkStatusLINKED), string(gen.CuxLinkStatusUNLINKED):
		return errInvalidDate()
	}
	return errInvalidStatus()
}

func linkBody(l store.CuxLink) gen.CuxLink {
	return gen.CuxLink{
		LinkID:       l.LinkID,
		BusinessUnit: l.BusinessUnit,
		DateLinked:   l.DateLinked,
		Status:       gen.CuxLinkStatus(l.Status),
	}
}
