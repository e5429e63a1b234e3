package acc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures prepares the family's section: apps, accounts and who may use them are
// set; business units are made unless they exist.
func (h Handlers) Fixtures(ctx context.Context, _ store.Workspace, f gen.Fixtures) (func(*store.Tx) error, error) {
	section := gen.AccFixtures{}
	if f.Acc != nil {
		section = *f.Acc
	}
	clients := deref(section.Clients)
	provision, err := auth.Provision(Name, clients, deref(section.Tokens))
	if err != nil {
		return nil, err
	}
	steps := []func(*store.Tx) error{provision, putLimits(section.RateLimits)}
	seen := map[string]bool{}
	for _, a := range deref(section.Accounts) {
		id := strings.ToLower(a.ID)
		if seen[id] {
			return nil, unprocessable("account %s is described twice", id)
		}
		seen[id] = true
		if err := h.checkClients(ctx, id, deref(a.Clients), clients); err != nil {
			return nil, err
		}
		units, err := h.fixtureUnits(id, deref(a.BusinessUnits))
		if err != nil {
			return nil, err
		}
		steps = append(steps, func(tx *store.Tx) error { return applyAccount(tx, id, a, units) })
	}
	return func(tx *store.Tx) error {
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// putLimits sets the limits that are given.
func putLimits(limits *gen.AccFixtureRateLimits) func(*store.Tx) error {
	if limits == nil {
		limits = &gen.AccFixtureRateLimits{}
	}
	return func(tx *store.Tx) error {
		for function, limit := range map[string]*int{countedHQ: limits.Hq, countedToken: limits.Token} {
			if limit == nil {
				continue
			}
			if err := tx.PutRateLimit(store.RateLimit{Family: Name, Function: function, PerMinute: *limit}); err != nil {
				return err
			}
		}
		return nil
	}
}

// checkClients makes sure that the apps of an account are described or stored.
func (h Handlers) checkClients(ctx context.Context, account string, ids []string, described []gen.FixtureClient) error {
	for _, id := range ids {
		if slices.ContainsFunc(described, func(c gen.FixtureClient) bool { return c.ID == id }) {
			continue
		}
		err := h.Store.Read(ctx, func(q *store.Query) error {
			_, err := q.Client(Name, id)
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			return unprocessable("account %s: there is no client %s", account, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (h Handlers) fixtureUnits(account string, fixtures []gen.AccFixtureBusinessUnit) ([]store.AccUnit, error) {
	input := make([]gen.AccBusinessUnitInput, 0, len(fixtures))
	for _, f := range fixtures {
		input = append(input, gen.AccBusinessUnitInput{ID: &f.ID, ParentID: f.ParentID, Name: f.Name, Description: f.Description})
	}
	units, err := h.units(input)
	if err != nil {
		return nil, inAccount(account, err)
	}
	now := h.now()
	for i, f := range fixtures {
		units[i].CreatedAt = now
		if f.CreatedAt != nil {
			units[i].CreatedAt = f.CreatedAt.UTC().Truncate(time.Millisecond)
		}
		units[i].UpdatedAt = units[i].CreatedAt
		if f.UpdatedAt != nil {
			units[i].UpdatedAt = f.UpdatedAt.UTC().Truncate(time.Millisecond)
		}
		if !storable(units[i].CreatedAt) || !storable(units[i].UpdatedAt) {
			return nil, unprocessable("account %s: business unit %s: a time is not in the years 1 to 9999 of UTC, or is their very first.", account, units[i].ID)
		}
	}
	return units, nil
}

// storable reports whether databases keep the time as it is, and answers can hold it:
// an offset takes a year of four digits out of them, and the zero time would be now.
func storable(at time.Time) bool {
	return !at.IsZero() && at.Year() >= 1 && at.Year() <= 9999
}

func applyAccount(tx *store.Tx, id string, a gen.AccFixtureAccount, described []store.AccUnit) error {
	err := tx.AccPutAccount(store.AccAccount{
		ID: id, Name: a.Name, Region: string(a.Region),
		PutDeletesOmittedUnits: a.PutDeletesOmittedUnits != nil && *a.PutDeletesOmittedUnits,
	})
	if err != nil {
		return err
	}
	for _, client := range deref(a.Clients) {
		if err := tx.AccProvision(id, client); err != nil {
			return err
		}
	}
	account, err := tx.AccLockAccount(id)
	if err != nil {
		return err
	}
	stored, err := storedUnits(tx, described)
	if err != nil {
		return err
	}
	units := slices.Clone(described)
	for i, u := range units {
		if old, exists := stored[u.ID]; exists {
			units[i] = old // the callers' by now
		}
	}
	_, err = putUnits(tx, account, units)
	return inAccount(id, err)
}

// inAccount says in which account of the fixtures a rule is broken.
func inAccount(id string, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	text := f.Message
	if f.Kind == fault.Conflict {
		text = "the id of a business unit is in use by another account"
	}
	return unprocessable("account %s: %s", id, text)
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}

func deref[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}
