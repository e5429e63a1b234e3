package acc

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/respond"
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

// AccGetBusinessUnitsStructure lists the units of an account.
func (h Handlers) AccGetBusinessUnitsStructure(ctx context.Context, r gen.AccGetBusinessUnitsStructureRequestObject) (gen.AccGetBusinessUnitsStructureResponseObject, error) {
	return h.get(ctx, addressOf(ctx, r.AccountID, r.Params.Region, false))
}

// AccGetBusinessUnitsStructureEU is the same at the legacy address.
func (h Handlers) AccGetBusinessUnitsStructureEU(ctx context.Context, r gen.AccGetBusinessUnitsStructureEURequestObject) (gen.AccGetBusinessUnitsStructureEUResponseObject, error) {
	return h.get(ctx, addressOf(ctx, r.AccountID, r.Params.Region, true))
}

func (h Handlers) put(ctx context.Context, at address, input []gen.AccBusinessUnitInput) (structure, error) {
	requested, invalid := h.units(input)
	var placed []store.AccPlacedUnit
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := at.admit(&tx.Query, tx.AccLockAccount)
		if err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		placed, err = putUnits(tx, account, requested)
		return err
	})
	return structureOf(placed), err
}

func (h Handlers) get(ctx context.Context, at address) (structure, error) {
	var placed []store.AccPlacedUnit
	err := h.Store.Read(ctx, func(q *store.Query) error {
		account, err := at.admit(q, q.AccAccount)
		if err != nil {
			return err
		}
		placed, err = q.AccTree(account.ID)
		return err
	})
	return structureOf(placed), err
}

// units are the units of a request as they would be stored. An error breaks a rule
// that the stored units do not matter for.
func (h Handlers) units(input []gen.AccBusinessUnitInput) ([]store.AccUnit, error) {
	now := h.now()
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
			CreatedAt:   now,
			UpdatedAt:   now,
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
func putUnits(tx *store.Tx, account store.AccAccount, requested []store.AccUnit) ([]store.AccPlacedUnit, error) {
	units := slices.Clone(requested)
	stored, err := storedUnits(tx, units)
	if err != nil {
		return nil, err
	}
	made := account.Made
	var moved []string
	for i := range units {
		u := &units[i]
		old, exists := stored[u.ID]
		if !exists {
			made++
			u.Serial = made
			continue
		}
		if old.AccountID != account.ID {
			return nil, errForeignID()
		}
		u.Serial, u.CreatedAt = old.Serial, old.CreatedAt
		if u.ParentID != nil && (old.ParentID == nil || *old.ParentID != *u.ParentID) {
			moved = append(moved, u.ID) // to a root's place nothing can become too deep
		}
	}
	result, err := merge(&tx.Query, account.ID, units, moved)
	if err != nil {
		return nil, err
	}
	if made != account.Made {
		if err := tx.AccSetMade(account.ID, made); err != nil {
			return nil, err
		}
	}
	if err := tx.AccPutUnits(account.ID, units); err != nil {
		return nil, err
	}
	placed := make([]store.AccPlacedUnit, 0, len(units))
	for _, u := range units {
		placed = append(placed, store.AccPlacedUnit{AccUnit: u, Path: result.path(u.ID)})
	}
	return placed, nil
}

// storedUnits finds those of the units that exist, by id.
func storedUnits(tx *store.Tx, units []store.AccUnit) (map[string]store.AccUnit, error) {
	ids := make([]string, 0, len(units))
	for _, u := range units {
		ids = append(ids, u.ID)
	}
	found, err := tx.AccUnits(ids)
	stored := make(map[string]store.AccUnit, len(found))
	for _, u := range found {
		stored[u.ID] = u
	}
	return stored, err
}

// structure answers all calls for business units.
type structure gen.AccBusinessUnits

func structureOf(placed []store.AccPlacedUnit) structure {
	s := structure{BusinessUnits: make([]gen.AccBusinessUnit, 0, len(placed))}
	for _, u := range placed {
		s.BusinessUnits = append(s.BusinessUnits, gen.AccBusinessUnit{
			ID:          u.ID,
			AccountID:   u.AccountID,
			ParentID:    u.ParentID,
			Name:        u.Name,
			Description: u.Description,
			Path:        u.Path,
			CreatedAt:   timestamp(u.CreatedAt),
			UpdatedAt:   timestamp(u.UpdatedAt),
		})
	}
	return s
}

// timestamp always has three decimals, which time.Time's own JSON has not.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (s structure) send(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, jsonType, s)
}

// VisitAccPutBusinessUnitsStructureResponse implements the generated interface.
func (s structure) VisitAccPutBusinessUnitsStructureResponse(w http.ResponseWriter) error {
	return s.send(w)
}

// VisitAccPutBusinessUnitsStructureEUResponse implements the generated interface.
func (s structure) VisitAccPutBusinessUnitsStructureEUResponse(w http.ResponseWriter) error {
	return s.send(w)
}

// VisitAccGetBusinessUnitsStructureResponse implements the generated interface.
func (s structure) VisitAccGetBusinessUnitsStructureResponse(w http.ResponseWriter) error {
	return s.send(w)
}

// VisitAccGetBusinessUnitsStructureEUResponse implements the generated interface.
func (s structure) VisitAccGetBusinessUnitsStructureEUResponse(w http.ResponseWriter) error {
	return s.send(w)
}
