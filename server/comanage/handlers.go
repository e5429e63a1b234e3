// Package comanage serves the links between org identities and CO people of
// COmanage Registry's REST API v1.
package comanage

import (
	"time"

	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Handlers serves the operations tagged comanage.
type Handlers struct {
	Store     *store.Store
	Passwords *auth.Passwords
	Now       func() time.Time
}

// Name is the family's tag in the document.
const Name = "comanage"

// deleteOperation is the one operation that takes an empty id, to say that it was
// not given.
const deleteOperation = "comanageDeleteCoOrgIdentityLink"

// Route refuses what Registry has no route for, which it does before it looks at
// credentials: a format other than JSON, an id that is not a number.
func Route(operationID string, params map[string]string) error {
	if params["format"] != "json" {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	id, given := params["id"]
	if !given || id == "" && operationID == deleteOperation {
		return nil
	}
	if !digits(id) {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	return nil
}
