package comanage

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// resource is one kind of Registry's objects as documents name it.
type resource struct {
	singular, plural string
	// form is the schema of an entry in a request document.
	form *openapi3.Schema
}

// The objects that the family serves.
const (
	co         = "Co"
	person     = "CoPerson"
	orgID      = "OrgIdentity"
	name       = "Name"
	identifier = "Identifier"
	link       = "CoOrgIdentityLink"
)

var plurals = map[string]string{
	co: "Cos", person: "CoPeople", orgID: "OrgIdentities", name: "Names", identifier: "Identifiers", link: "CoOrgIdentityLinks",
}

// resources finds the forms of all objects in the document of the API, where the
// rules of their fields stand.
func resources(document *openapi3.T) (map[string]resource, error) {
	defineFormats()
	found := map[string]resource{}
	for singular, plural := range plurals {
		schema := document.Components.Schemas["Comanage"+singular+"Entry"]
		if schema == nil {
			return nil, fmt.Errorf("the document has no entry of a %s", singular)
		}
		found[singular] = resource{singular, plural, schema.Value}
	}
	return found, nil
}

// unknown is the phrase for an id that no object of the kind has.
func (r resource) unknown() string { return r.singular + " Unknown" }

// Operations of the kind by which the server finds what belongs to them.
func (r resource) listOperation() string   { return "comanageList" + r.plural }
func (r resource) addOperation() string    { return "comanageAdd" + r.singular }
func (r resource) editOperation() string   { return "comanageEdit" + r.singular }
func (r resource) deleteOperation() string { return "comanageDelete" + r.singular }
