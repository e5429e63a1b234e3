// Package comanage serves COmanage Registry's REST API v1: the links between org
// identities and CO people, and the objects around them.
package comanage

import (
	"regexp"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Handlers serves the operations tagged comanage.
type Handlers struct {
	store     *store.Store
	passwords *auth.Passwords
	clock     func() time.Time
	resources map[string]resource // by their names
}

// New returns the handlers, which take the rules of an object's fields from the
// document of the API.
func New(st *store.Store, passwords *auth.Passwords, clock func() time.Time, document *openapi3.T) (Handlers, error) {
	found, err := resources(document)
	return Handlers{store: st, passwords: passwords, clock: clock, resources: found}, err
}

// Name is the family's tag in the document.
const Name = "comanage"

// now is the time as Registry keeps it, to the second.
func (h Handlers) now() time.Time { return h.clock().UTC().Truncate(time.Second) }

// uuidShape is what CakePHP's routes take for a UUID.
var uuidShape = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`)

// Route refuses what Registry has no route for, which it does before it looks at
// credentials: a format that it does not have, an id that is neither a number nor
// shaped like a UUID. No object has one of the latter. A deletion alone takes an
// empty id, to say that it was not given.
func Route(operationID string, params map[string]string) error {
	if params["format"] != "json" && params["format"] != "xml" {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	id, given := params["id"]
	if !given || id == "" && strings.HasPrefix(operationID, "comanageDelete") {
		return nil
	}
	if !digits(id) && !uuidShape.MatchString(id) {
		return &fault.Fault{Kind: fault.NoRoute}
	}
	return nil
}
