// Package svi serves SAS Data Hub (SAS Visual Investigator): entity and relationship
// types, documents, their locks, relationship links; and the token call of SAS Logon
// Manager.
package svi

import (
	"log/slog"
	"time"

	"orglink/server/auth"
	"orglink/store"
)

// Name is the name under which clients and tokens of this family are kept.
const Name = "svi"

// Handlers serves the operations tagged svi.
type Handlers struct {
	Store  *store.Store
	Tokens auth.Tokens
	// RefreshTokens are of a family of their own, so that none of them is taken for
	// an access token.
	RefreshTokens auth.Tokens
	Passwords     *auth.Passwords
	// Log gets each access to a masked value.
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() string
}

// now is the time as links keep it: in UTC, to the millisecond.
func (h Handlers) now() time.Time {
	return h.Now().UTC().Truncate(time.Millisecond)
}
