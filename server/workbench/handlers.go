package workbench

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Name is the family's tag in the document.
const Name = "workbench"

// Config is what the workbench needs.
type Config struct {
	Store *store.Store
	// Document is what the document says of requests.
	Document   *openapi3.T
	Version    string
	AdminToken string
	// Draining reports whether the server was told to stop.
	Draining func() bool
	Now      func() time.Time
	Log      *slog.Logger
	// Sections apply the families' parts of fixtures, in this order.
	Sections []Section
}

// Handlers serves the operations tagged workbench.
type Handlers struct{ Config }

// Authenticate checks the admin token.
func (h Handlers) Authenticate(r *http.Request, _ []string) (context.Context, error) {
	token, ok := auth.Bearer(r)
	if !ok || h.AdminToken == "" || !auth.Equal(token, h.AdminToken) {
		return nil, &fault.Fault{Kind: fault.Unauthenticated, Message: "The admin token is missing or wrong, or the server has none."}
	}
	return r.Context(), nil
}

// WorkbenchGetLive answers as long as the process does.
func (h Handlers) WorkbenchGetLive(context.Context, gen.WorkbenchGetLiveRequestObject) (gen.WorkbenchGetLiveResponseObject, error) {
	return gen.WorkbenchGetLive200JSONResponse{Status: gen.WorkbenchHealthStatusOk}, nil
}

// WorkbenchGetReady answers 200 when the database does and the server goes on.
func (h Handlers) WorkbenchGetReady(ctx context.Context, _ gen.WorkbenchGetReadyRequestObject) (gen.WorkbenchGetReadyResponseObject, error) {
	if h.Draining() {
		return nil, &fault.Fault{Kind: fault.Unavailable, Message: "The server is about to stop."}
	}
	if err := h.Store.Ready(ctx); err != nil {
		return nil, &fault.Fault{Kind: fault.Unavailable, Message: "The database is not ready.", Cause: err}
	}
	return gen.WorkbenchGetReady200JSONResponse{Status: gen.WorkbenchHealthStatusOk}, nil
}

// WorkbenchGetVersion tells which build runs.
func (h Handlers) WorkbenchGetVersion(context.Context, gen.WorkbenchGetVersionRequestObject) (gen.WorkbenchGetVersionResponseObject, error) {
	return gen.WorkbenchGetVersion200JSONResponse{
		Version:  h.Version,
		Document: h.Document.Info.Version,
		Go:       runtime.Version(),
	}, nil
}

// WorkbenchListWorkspaces lists the workspaces by name.
func (h Handlers) WorkbenchListWorkspaces(ctx context.Context, _ gen.WorkbenchListWorkspacesRequestObject) (gen.WorkbenchListWorkspacesResponseObject, error) {
	stored, err := h.Store.Workspaces(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]gen.WorkbenchWorkspace, 0, len(stored))
	for _, w := range stored {
		list = append(list, workspaceBody(w))
	}
	return gen.WorkbenchListWorkspaces200JSONResponse{Workspaces: list}, nil
}

// WorkbenchDropWorkspace deletes a workspace with everything in it.
func (h Handlers) WorkbenchDropWorkspace(ctx context.Context, r gen.WorkbenchDropWorkspaceRequestObject) (gen.WorkbenchDropWorkspaceResponseObject, error) {
	err := h.Store.DropWorkspace(ctx, r.Workspace)
	if errors.Is(err, store.ErrNotFound) {
		return nil, &fault.Fault{Kind: fault.NotFound, Message: "There is no such workspace."}
	}
	if err != nil {
		return nil, err
	}
	return gen.WorkbenchDropWorkspace204Response{}, nil
}

func workspaceBody(w store.Workspace) gen.WorkbenchWorkspace {
	return gen.WorkbenchWorkspace{Name: w.Name, CreatedAt: w.CreatedAt.UTC()}
}
