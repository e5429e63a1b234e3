package cux

import (
	"context"
	"errors"
	"strings"
	"time"

	"orglink/gen"
	"orglink/store"
)

// sessionLifetime is that of workspaces that have none set. It is our own choice: the
// pages speak of expired sessions, but name no time.
const sessionLifetime = 24 * time.Hour

// defaultChannel is one of the two that ES Loyalty's "Start Session for User
// Account" names as defaults.
const defaultChannel = "APP"

var identifiers = map[gen.CuxIdentifierType]store.CuxIdentifier{
	gen.CuxIdentifierTypeACCOUNTID:       store.CuxAccountID,
	gen.CuxIdentifierTypeLOYALTYID:       store.CuxLoyaltyID,
	gen.CuxIdentifierTypeEXTERNALID:      store.CuxExternalID,
	gen.CuxIdentifierTypeEMAIL:           store.CuxEmail,
	gen.CuxIdentifierTypePARTNERLINKID:   store.CuxPartnerLinkID,
	gen.CuxIdentifierTypePHONENUMBER:     store.CuxPhoneNumber,
	gen.CuxIdentifierTypeEXTERNALAGENTID: store.CuxExternalAgentID,
}

// CuxPostSession opens a session of an account, or renews it.
func (h Handlers) CuxPostSession(ctx context.Context, r gen.CuxPostSessionRequestObject) (gen.CuxPostSessionResponseObject, error) {
	session := store.CuxSession{
		CorrelationID:          r.Body.CorrelationID,
		Channel:                defaultChannel,
		ExternalAgentSessionID: r.Body.ExternalAgentSessionID,
	}
	if r.Body.Channel != nil {
		session.Channel = *r.Body.Channel
	}
	if problem := sessionProblem(session); problem != "" {
		return nil, errInvalid(problem)
	}
	var account store.CuxAccount
	err := h.Store.Write(ctx, func(tx *store.Tx) (err error) {
		account, err = find(&tx.Query, r.Params.XIdentifierType, r.Identifier)
		if err != nil {
			return err
		}
		lifetime, err := lifetimeOf(&tx.Query)
		if err != nil {
			return err
		}
		expires := h.Now().UTC().Truncate(time.Millisecond).Add(lifetime)
		session.AccountID, session.ExpiresAt = account.ID, &expires
		return tx.CuxStartSession(session)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, errInvalid("The correlationId is in use by another account")
	}
	if err != nil {
		return nil, err
	}
	return ok{gen.CuxSession{
		AccountID:     account.ID,
		LoyaltyID:     account.LoyaltyID,
		CorrelationID: session.CorrelationID,
		Channel:       session.Channel,
	}}, nil
}

// lifetimeOf is how long a session lasts in the workspace.
func lifetimeOf(q *store.Query) (time.Duration, error) {
	settings, err := q.CuxSettings()
	if errors.Is(err, store.ErrNotFound) {
		return sessionLifetime, nil
	}
	return time.Duration(settings.SessionSeconds) * time.Second, err
}

func sessionProblem(s store.CuxSession) string {
	if problem := textProblem("correlationId", s.CorrelationID); problem != "" {
		return problem
	}
	return textProblem("channel", s.Channel)
}

// find finds the account that has the identifier.
func find(q *store.Query, kind *gen.CuxIdentifierType, value string) (store.CuxAccount, error) {
	column := store.CuxAccountID
	if kind != nil {
		column = identifiers[*kind]
	}
	switch column {
	case store.CuxAccountID:
		value = strings.ToLower(value) // a GUID, in any case
	case store.CuxEmail:
		value = foldEmail(value)
	}
	account, err := q.CuxAccount(column, value)
	if errors.Is(err, store.ErrNotFound) {
		return account, errInvalid("No account has this identifier")
	}
	return account, err
}
