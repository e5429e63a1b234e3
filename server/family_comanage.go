package server

import (
	"net/http"

	"orglink/server/comanage"
)

// comanageFamily is COmanage Registry.
func comanageFamily(h comanage.Handlers) family {
	return family{
		name:         "comanage",
		segments:     []string{"co_org_identity_links*"},
		alias:        "/registry",
		route:        comanage.Route,
		authenticate: h.Authenticate,
		normalise: map[string]func(*http.Request) error{
			"comanageAddCoOrgIdentityLink":  comanage.NormaliseType,
			"comanageEditCoOrgIdentityLink": comanage.NormaliseType,
		},
		normaliseBody: map[string]func([]byte) []byte{
			"comanageAddCoOrgIdentityLink":  comanage.NormaliseBody,
			"comanageEditCoOrgIdentityLink": comanage.NormaliseBody,
		},
		prechecks: map[string]precheck{
			"comanageAddCoOrgIdentityLink":    h.PrecheckAdd,
			"comanageEditCoOrgIdentityLink":   h.PrecheckEdit,
			"comanageDeleteCoOrgIdentityLink": h.PrecheckDelete,
		},
		render: comanage.Render,
	}
}
