package workbench

import (
	"context"
	"errors"
	"log/slog"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// WorkbenchDeleteOrganization deletes a Responsys organization with all below it.
func (h Handlers) WorkbenchDeleteOrganization(ctx context.Context, r gen.WorkbenchDeleteOrganizationRequestObject) (gen.WorkbenchDeleteOrganizationResponseObject, error) {
	var losses []store.ResponsysLoss
	err := h.Store.Write(ctx, func(tx *store.Tx) (err error) {
		losses, err = tx.DeleteResponsysOrganization(r.OrganizationID)
		return err
	})
	switch {
	case errors.Is(err, store.ErrResponsysRoot):
		return nil, &fault.Fault{
			Kind: fault.Conflict, Cause: err,
			Message: "The root organization cannot be deleted: every account has one, and all others are below it.",
		}
	case errors.Is(err, store.ErrNotFound):
		return nil, &fault.Fault{Kind: fault.NotFound, Message: "There is no such organization in this workspace.", Cause: err}
	case err != nil:
		return nil, err
	}
	for _, l := range losses { // each is a change of who may see what
		h.Log.LogAttrs(ctx, slog.LevelInfo, "an object lost organizations that could access it to a deletion",
			slog.String("workspace", request.From(ctx).WorkspaceName), slog.Int64("organization", r.OrganizationID),
			slog.String("kind", string(l.Kind)), slog.String("name", l.Object), slog.Int("before", l.Before), slog.Int("after", l.After))
	}
	return gen.WorkbenchDeleteOrganization204Response{}, nil
}
