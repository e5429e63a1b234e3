package svi

import (
	"context"

	"orglink/gen"
	"orglink/store"
)

// SviDeleteLink removes a link (SAS Data Hub, "Delete a relationship link").
func (h Handlers) SviDeleteLink(ctx context.Context, r gen.SviDeleteLinkRequestObject) (gen.SviDeleteLinkResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see wantID
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		f, err := lockLink(tx, callerFrom(ctx), id)
		if err != nil {
			return err
		}
		if err := checkMatch(f.shape(), f.record(), r.Params.IfMatch, "link"); err != nil {
			return err
		}
		return absent(tx.SviDeleteLink(f.relationship.ID, f.link.ID), unknownLink(id))
	})
	return gen.SviDeleteLink204Response{}, err
}
