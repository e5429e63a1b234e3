// Package request carries what is known of a request beside its HTTP form: the
// workspace it is for, where it came in, which operation serves it.
package request

import (
	"context"
	"net/http"

	"orglink/store"
)

// Info is what is known of a request. It is filled before a handler sees the
// request and not changed afterwards.
type Info struct {
	// WorkspaceName is the name in the path, or the default one.
	WorkspaceName string
	// Workspace is the stored workspace; set for operations of the families.
	Workspace store.Workspace
	// Alias is the vendor prefix that was taken off the path (`/svi-datahub`), if any.
	Alias string
	// BaseURL is scheme, host and all that was taken off the path, without a
	// trailing slash: what a client would call its base URL.
	BaseURL string
	// Header is the request's. Credentials of token calls are read from it: OpenAPI
	// has no parameters named Authorization.
	Header http.Header
	// ContentType is the header as it came: families that take a body under several
	// names leave one of them in the request.
	ContentType string
	// Body is the request body as it was validated, for what the generated types do not
	// keep of it.
	Body []byte
	// OperationID names the operation, or is empty while none is found.
	OperationID string
}

type key struct{}

// With returns a context that carries info.
func With(ctx context.Context, info *Info) context.Context {
	return context.WithValue(ctx, key{}, info)
}

// From returns the info of the request. Every request that reached the server
// has one.
func From(ctx context.Context) *Info {
	info, _ := ctx.Value(key{}).(*Info)
	if info == nil {
		return &Info{WorkspaceName: store.DefaultWorkspace, Header: http.Header{}}
	}
	return info
}
