package acc

import (
	"context"
	"slices"
	"strings"

	"orglink/gen"
	"orglink/store"
)

// AccPutBusinessUnitsStructure creates or replaces units of an account.
func (h Handlers) AccPutBusinessUnitsStructure(ctx context.Context, r gen.AccPutBusinessUnitsStructureRequestObject) (gen.AccPutBusinessUnitsStructureResponseObject, error) {
	return h.put(ctx, addressOf(ctx, r.AccountID, r.Params.Region, false), r.Body.BusinessUnits)
}

// AccPutBusinessUnitsStructureEU is the same at the legacy address.
func (h Handlers) AccPutBusinessUnitsStructureEU(ctx context.Context, r gen.AccPutBusinessUnitsStructureEURequestObject) (gen.AccPutBusinessUnitsStructureEUResponseObject, error) {
	return h.put(ctx, addressOf(ctx, r.AccountID, r.Params.Region, true), r.Body.BusinessUnits)
}

func (h Handlers) put(ctx context.Context, at address, input []gen.AccBusinessUnitInput) (answer, error) {
	requested, invalid := h.units(input)
	var result structure
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := at.admit(&tx.Query, tx.AccLockAccount)
		if err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		now := h.now() // under the lock: what is stored later is not of an earlier time
		for i := range requested {
			requested[i].CreatedAt, requested[i].UpdatedAt = now, now
		}
		if account.PutDeletesOmittedUnits {
			result, err = redefine(tx, account, requested)
		} else {
			result, err = putUnits(tx, account, requested)
		}
		return err
	})
	return answer{whole(result)}, err
}

// units are the units of a request as they would be stored, but for their times. An
// error breaks a rule that the stored units do not matter for.
func (h Handlers) units(input []gen.AccBusinessUnitInput) ([]store.AccUnit, error) {
	units := make([]store.AccUnit, 0, len(input))
	seen := make(map[string]bool, len(input))
	for i, in := range input {
		if strings.TrimSpace(in.Name) == "" {
			return nil, errRule(i, "name", "must not be blank.")
		}
		unit := store.AccUnit{
			Name:        in.Name,
			Description: in.Description,
			ParentID:    lower(in.ParentID),
		}
		if in.ID != nil {
			unit.ID = *lower(in.ID)
		} else {
			unit.ID = h.NewID()
		}
		if seen[unit.ID] {
			return nil, errRule(i, "id", "is in the request twice.")
		}
		seen[unit.ID] = true
		units = append(units, unit)
	}
	return units, nil
}

func lower(id *string) *string {
	if id == nil {
		return nil
	}
	text := strings.ToLower(*id)
	return &text
}

// putUnits puts the units into an account that is locked: all of them, or none if
// they would break a rule of the tree. It reads the units named, those above them
// and those below moved ones; the rest of the account does not matter.
func putUnits(tx *store.Tx, account store.AccAccount, requested []store.AccUnit) (structure, error) {
	units, moved, err := match(tx, account, requested)
	if err != nil {
		return structure{}, err
	}
	merged, err := merge(&tx.Query, account.ID, units, moved)
	if err != nil {
		return structure{}, err
	}
	return structure{units, merged}, save(tx, account, units)
}

// redefine makes the units the only ones of an account that is locked. A request
// without units is taken for a slip: it would delete everything.
func redefine(tx *store.Tx, account store.AccAccount, requested []store.AccUnit) (structure, error) {
	if len(requested) == 0 {
		return structure{}, errNoUnits()
	}
	units, _, err := match(tx, account, requested)
	if err != nil {
		return structure{}, err
	}
	redefined, err := alone(units)
	if err != nil {
		return structure{}, err
	}
	if err := save(tx, account, units); err != nil {
		return structure{}, err
	}
	return structure{units, redefined}, tx.AccDeleteOtherUnits(account.ID, ids(units))
}

// match gives the units of a request what stays of the stored units of their ids, and
// those that are new their place in the order. It returns the ids of stored units that
// get another parent, too.
func match(tx *store.Tx, account store.AccAccount, requested []store.AccUnit) (units []store.AccUnit, moved []string, err error) {
	units = slices.Clone(requested)
	stored, err := storedUnits(tx, units)
	if err != nil {
		return nil, nil, err
	}
	made := account.Made
	for i := range units {
		u := &units[i]
		old, exists := stored[u.ID]
		if !exists {
			made++
			u.Serial = made
			continue
		}
		if old.AccountID != account.ID {
			return nil, nil, errForeignID()
		}
		u.Serial, u.CreatedAt = old.Serial, old.CreatedAt
		if u.ParentID != nil && (old.ParentID == nil || *old.ParentID != *u.ParentID) {
			moved = append(moved, u.ID) // to a root's place nothing can become too deep
		}
	}
	return units, moved, nil
}

// save stores units that were matched.
func save(tx *store.Tx, account store.AccAccount, units []store.AccUnit) error {
	made := account.Made
	for _, u := range units {
		made = max(made, u.Serial)
	}
	if made != account.Made {
		if err := tx.AccSetMade(account.ID, made); err != nil {
			return err
		}
	}
	return tx.AccPutUnits(account.ID, units)
}

// storedUnits finds those of the units that exist, by id.
func storedUnits(tx *store.Tx, units []store.AccUnit) (map[string]store.AccUnit, error) {
	found, err := tx.AccUnits(ids(units))
	stored := make(map[string]store.AccUnit, len(found))
	for _, u := range found {
		stored[u.ID] = u
	}
	return stored, err
}

func ids(units []store.AccUnit) []string {
	list := make([]string, 0, len(units))
	for _, u := range units {
		list = append(list, u.ID)
	}
	return list
}
