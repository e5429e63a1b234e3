package svi

import (
	"context"
	"net/http"

	"orglink/gen"
)

// Root is the vendor's prefix of the Data Hub API.
const Root = "/svi-datahub"

// SviGetRoot shows the collections of the API.
func (h Handlers) SviGetRoot(context.Context, gen.SviGetRootRequestObject) (gen.SviGetRootResponseObject, error) {
	links := []gen.SviHypermediaLink{}
	for _, l := range []struct{ method, rel, path string }{
		{http.MethodGet, "storedObjects", "/admin/storedObjects/listAll"},
		{http.MethodGet, "relationships", "/admin/relationships"},
		{http.MethodPost, "createDocument", "/documents"},
		{http.MethodGet, "links", "/links"},
		{http.MethodPost, "createLink", "/links"},
		{http.MethodPost, "bulkLinks", "/links/bulk"},
	} {
		links = append(links, gen.SviHypermediaLink{Method: l.method, Rel: l.rel, Href: Root + l.path, URI: Root + l.path, Type: ptr(plainJSON.name)})
	}
	return gen.SviGetRoot200JSONResponse{Version: 1, Links: links}, nil
}
