package workbench

import (
	"context"
	"errors"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// WorkbenchDeleteBusinessUnit deletes a business unit of an Autodesk account. The
// account is locked, so that nobody puts a unit below it at the same time.
func (h Handlers) WorkbenchDeleteBusinessUnit(ctx context.Context, r gen.WorkbenchDeleteBusinessUnitRequestObject) (gen.WorkbenchDeleteBusinessUnitResponseObject, error) {
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := tx.AccLockAccount(strings.ToLower(r.AccountID))
		if err != nil {
			return err
		}
		return tx.AccDeleteUnit(account.ID, strings.ToLower(r.BusinessUnitID))
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, &fault.Fault{Kind: fault.NotFound, Message: "There is no such business unit in the account."}
	case errors.Is(err, store.ErrConflict):
		return nil, &fault.Fault{Kind: fault.Conflict, Message: "There are units below the business unit."}
	case err != nil:
		return nil, err
	}
	return gen.WorkbenchDeleteBusinessUnit204Response{}, nil
}
