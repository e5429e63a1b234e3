// Package svi serves the relationship links of SAS Data Hub (SAS Visual
// Investigator) and the token call of SAS Logon Manager.
package svi

import (
	"time"

	"orglink/server/auth"
	"orglink/store"
)

// Name is the name under which clients and tokens of this family are kept.
const Name = "svi"

// Handlers serves the operations tagged svi.
type Handlers struct {
	Store     *store.Store
	Passwords *auth.Passwords
	Now       func() time.Time
	NewID     func() string
}

// now is the time as links keep it: in UTC, to the millisecond.
func (h Handlers) now() time.Time {
	return h.Now().UTC().Truncate(time.Millisecond)
}

// tokens issues and verifies access tokens.
func (h Handlers) tokens() auth.Tokens {
	return auth.Tokens{Family: Name, Store: h.Store, Now: h.Now, NewID: h.NewID}
}

// refreshTokens issues and verifies refresh tokens. Their family is another one,
// so that none of them is taken for an access token.
func (h Handlers) refreshTokens() auth.Tokens {
	return auth.Tokens{Family: Name + " refresh", Store: h.Store, Now: h.Now, NewID: h.NewID}
}
