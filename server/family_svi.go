package server

import (
	"net/http"

	"orglink/server/svi"
)

// sviFamily is how SAS Data Hub's calls are served. The vendor's prefix is an
// alias; SAS Logon's token call stands beside it.
func sviFamily(h svi.Handlers) family {
	return family{
		name:         svi.Name,
		segments:     []string{"links", "SASLogon"},
		alias:        "/svi-datahub",
		rewrite:      svi.Rewrite,
		authenticate: h.Authenticate,
		normalise: map[string]func(*http.Request) error{
			"sviGetLinksItem": svi.NormaliseGet,
			"sviPutLinksItem": svi.NormalisePut,
		},
		prechecks: map[string]precheck{"sviPutLinksItem": h.PrecheckPut},
		render:    svi.Render,
	}
}
