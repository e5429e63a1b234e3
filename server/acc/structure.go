package acc

import (
	"bufio"
	"context"
	"fmt"
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
	var result structure
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		account, err := at.admit(&tx.Query, tx.AccLockAccount)
		if err != nil {
			return err
		}
		if invalid != nil {
			return invalid
		}
		result, err = putUnits(tx, account, requested)
		return err
	})
	return result, err
}

func (h Handlers) get(ctx context.Context, at address) (structure, error) {
	var result structure
	err := h.Store.Read(ctx, func(q *store.Query) error {
		account, err := at.admit(q, q.AccAccount)
		if err != nil {
			return err
		}
		units, err := q.AccTree(account.ID)
		result = structure{units: units, tree: treeOf(units)}
		return err
	})
	return result, err
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
func putUnits(tx *store.Tx, account store.AccAccount, requested []store.AccUnit) (structure, error) {
	units := slices.Clone(requested)
	stored, err := storedUnits(tx, units)
	if err != nil {
		return structure{}, err
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
			return structure{}, errForeignID()
		}
		u.Serial, u.CreatedAt = old.Serial, old.CreatedAt
		if u.ParentID != nil && (old.ParentID == nil || *old.ParentID != *u.ParentID) {
			moved = append(moved, u.ID) // to a root's place nothing can become too deep
		}
	}
	result, err := merge(&tx.Query, account.ID, units, moved)
	if err != nil {
		return structure{}, err
	}
	if made != account.Made {
		if err := tx.AccSetMade(account.ID, made); err != nil {
			return structure{}, err
		}
	}
	if err := tx.AccPutUnits(account.ID, units); err != nil {
		return structure{}, err
	}
	return structure{units: units, tree: result}, nil
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

// structure answers all calls for business units. Its tree holds the units and all
// above them.
type structure struct {
	units []store.AccUnit
	tree  tree
}

// send writes a gen.AccBusinessUnits unit by unit: with its paths it can be many
// times as large as what it is made of.
func (s structure) send(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", jsonType)
	out := bufio.NewWriterSize(w, 32<<10)
	fmt.Fprint(out, `{"business_units":[`)
	for i, u := range s.units {
		unit, err := respond.Encode(s.unit(u))
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprint(out, ",")
		}
		if _, err := out.Write(unit); err != nil {
			return err // the client is gone
		}
	}
	fmt.Fprint(out, `]}`)
	return out.Flush()
}

func (s structure) unit(u store.AccUnit) gen.AccBusinessUnit {
	return gen.AccBusinessUnit{
		ID:          u.ID,
		AccountID:   u.AccountID,
		ParentID:    u.ParentID,
		Name:        u.Name,
		Description: u.Description,
		Path:        s.tree.path(u.ID),
		CreatedAt:   timestamp(u.CreatedAt),
		UpdatedAt:   timestamp(u.UpdatedAt),
	}
}

// timestamp always has three decimals, which time.Time's own JSON has not.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

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
