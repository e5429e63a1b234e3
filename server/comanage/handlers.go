// Package comanage serves the links between org identities and CO people of
// COmanage Registry's REST API v1.
package comanage

import (
	"regexp"
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

// uuidShape is what CakePHP's routes take for a UUID.
var uuidShape = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`)

// Route refuses what Registry has no route for, which it does before it looks at
// credentials: a format other than JSON, an id that is neither a number nor shaped
// like a UUID. No link has one of the latter.
func Route(operationID string, params map[string]string) error {
	if params["format"] != "json" {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	id, given := params["id"]
	if !given || id == "" && operationID == deleteOperation {
		return nil
	}
	if !digits(id) && !uuidShape.MatchString(id) {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	return nil
}
