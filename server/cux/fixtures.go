package cux

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures applies the family's part of fixtures: clients, tokens, business units and
// accounts are created or set, as is the sessions' lifetime; sessions and links are made
// once. A phone number that an enrolment took over stays where it is.
func (h Handlers) Fixtures(_ context.Context, _ store.Workspace, f gen.Fixtures) (func(*store.Tx) error, error) {
	if f.Cux == nil {
		return func(*store.Tx) error { return nil }, nil
	}
	credentials, err := auth.Provision(Name, list(f.Cux.Clients), list(f.Cux.Tokens))
	if err != nil {
		return nil, err
	}
	units, accounts := list(f.Cux.BusinessUnits), list(f.Cux.Accounts)
	if err := checkFixtures(units, accounts); err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := credentials(tx); err != nil {
			return err
		}
		if f.Cux.SessionLifetime != nil {
			if err := tx.CuxSetSettings(store.CuxSettings{SessionSeconds: *f.Cux.SessionLifetime}); err != nil {
				return err
			}
		}
		for _, unit := range units {
			if err := tx.CuxPutBusinessUnit(unit); err != nil {
				return err
			}
		}
		for _, account := range accounts {
			if err := applyAccount(tx, account); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// checkFixtures checks what needs no database.
func checkFixtures(units []string, accounts []gen.CuxFixtureAccount) error {
	for _, unit := range units {
		if problem := textProblem("a business unit", unit); problem != "" {
			return unprocessable("%s", problem)
		}
	}
	seen, phones := map[string]bool{}, map[string]bool{}
	for _, a := range accounts {
		id := strings.ToLower(a.AccountID)
		if seen[id] {
			return unprocessable("account %s is given twice", id)
		}
		seen[id] = true
		if a.PhoneNumber != nil {
			if phones[*a.PhoneNumber] {
				return errSharedIdentifier(id)
			}
			phones[*a.PhoneNumber] = true
		}
		for _, s := range list(a.Sessions) {
			if problem := sessionProblem(sessionRow(id, s)); problem != "" {
				return unprocessable("account %s: %s", id, problem)
			}
		}
		for _, l := range list(a.Links) {
			if problem := textProblem("linkId", l.LinkID); problem != "" {
				return unprocessable("account %s: %s", id, problem)
			}
			if !validDate(l.DateLinked) {
				return unprocessable("account %s: the date of link %s is not an ISO date", id, l.LinkID)
			}
		}
	}
	return nil
}

// applyAccount applies one account with its sessions and links.
func applyAccount(tx *store.Tx, a gen.CuxFixtureAccount) error {
	id := strings.ToLower(a.AccountID)
	account, err := accountRow(id, a)
	if err != nil {
		return err
	}
	err = tx.CuxPutAccount(account)
	if errors.Is(err, store.ErrConflict) {
		return errSharedIdentifier(id)
	}
	if err != nil {
		return err
	}
	for _, s := range list(a.Sessions) {
		err := tx.CuxAddSession(sessionRow(id, s))
		if errors.Is(err, store.ErrConflict) {
			return unprocessable("account %s: session %s is another account's", id, s.CorrelationID)
		}
		if err != nil {
			return err
		}
	}
	for _, l := range list(a.Links) {
		if err := addLink(tx, id, l); err != nil {
			return err
		}
	}
	return nil
}

func accountRow(id string, a gen.CuxFixtureAccount) (store.CuxAccount, error) {
	row := store.CuxAccount{
		ID:              id,
		LoyaltyID:       a.LoyaltyID,
		ExternalID:      a.ExternalID,
		PartnerLinkID:   a.PartnerLinkID,
		PhoneNumber:     a.PhoneNumber,
		ExternalAgentID: a.ExternalAgentID,
	}
	if a.Email != nil {
		email := foldEmail(*a.Email)
		row.Email = &email
	}
	if a.Profile != nil {
		profile, err := json.Marshal(*a.Profile)
		if err != nil {
			return row, err
		}
		text := string(profile)
		row.Profile = &text
	}
	return row, nil
}

func addLink(tx *store.Tx, accountID string, l gen.CuxFixtureLink) error {
	_, err := tx.CuxBusinessUnit(l.BusinessUnit)
	if errors.Is(err, store.ErrNotFound) {
		return unprocessable("account %s: business unit %s of link %s is not configured", accountID, l.BusinessUnit, l.LinkID)
	}
	if err != nil {
		return err
	}
	link := store.CuxLink{
		AccountID:    accountID,
		BusinessUnit: l.BusinessUnit,
		LinkID:       l.LinkID,
		DateLinked:   l.DateLinked,
		Status:       string(gen.CuxLinkStatusLINKED),
	}
	if l.Status != nil {
		link.Status = string(*l.Status)
	}
	return tx.CuxAddLink(link)
}

func sessionRow(accountID string, s gen.CuxFixtureSession) store.CuxSession {
	row := store.CuxSession{CorrelationID: s.CorrelationID, AccountID: accountID, Channel: defaultChannel}
	if s.Channel != nil {
		row.Channel = *s.Channel
	}
	if s.ExpiresAt != nil {
		expires := s.ExpiresAt.UTC().Truncate(time.Millisecond)
		row.ExpiresAt = &expires
	}
	return row
}

func errSharedIdentifier(accountID string) error {
	return unprocessable("account %s: another account has one of its identifiers", accountID)
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}

func list[T any](values *[]T) []T {
	if values == nil {
		return nil
	}
	return *values
}
