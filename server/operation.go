package server

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/labstack/echo/v4"

	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/workbench"
	"orglink/store"
)

// operation is one operation of the document with all that is looked up once:
// its family, its validator, its limits.
type operation struct {
	server  *Server
	family  *family
	id      string
	secured bool
	scopes  []string
	// alone says that the operation serves requests in workspaces that do not exist.
	alone bool
	// limit is the largest body in bytes.
	limit int64
	// form says that the body is a form, whose fields the query must not fill.
	form     bool
	declared map[string]bool // names of the query parameters
	route    *routers.Route
	options  *openapi3filter.Options
}

func (s *Server) newOperation(path, method string, item *openapi3.PathItem, op *openapi3.Operation) (*operation, error) {
	if len(op.Tags) != 1 || s.familyNamed(op.Tags[0]) == nil {
		return nil, fmt.Errorf("operation %s: its tag names no family", op.OperationID)
	}
	o := &operation{
		server:   s,
		family:   s.familyNamed(op.Tags[0]),
		id:       op.OperationID,
		alone:    op.Tags[0] == workbench.Name,
		limit:    bodyLimit(op),
		declared: map[string]bool{},
		route:    &routers.Route{Spec: s.document, Path: path, PathItem: item, Method: method, Operation: op},
		options:  validationOptions(),
	}
	// Where the first alternative asks for nothing, credentials are optional and the
	// operation's own affair.
	if op.Security != nil && len(*op.Security) > 0 && len((*op.Security)[0]) > 0 {
		o.secured = true
		for _, scopes := range (*op.Security)[0] {
			o.scopes = scopes
		}
	}
	if op.RequestBody != nil {
		o.form = op.RequestBody.Value.Content["application/x-www-form-urlencoded"] != nil
	}
	for _, p := range append(append(openapi3.Parameters{}, item.Parameters...), op.Parameters...) {
		if p.Value.In == openapi3.ParameterInQuery {
			o.declared[p.Value.Name] = true
		}
	}
	return o, nil
}

// middleware takes a request through everything that stands before its handler:
// workspace, credentials, tolerances, body, validation.
func (o *operation) middleware(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		info := request.From(r.Context())
		if fam := familyFrom(r.Context()); fam != o.family || overrun(c) {
			return &fault.Fault{Kind: fault.NoRoute} // another family's path under this one's prefix, or a longer one
		}
		params, err := pathParams(c)
		if err != nil {
			return err
		}
		if o.family.route != nil {
			if err := o.family.route(o.id, params); err != nil {
				return err
			}
		}
		info.OperationID = o.id
		r, err = o.enterWorkspace(r, info)
		if err != nil {
			return err
		}
		if o.secured {
			ctx, err := o.family.authenticate(r, o.scopes)
			if err != nil {
				return err
			}
			r = r.WithContext(ctx)
		}
		refused := o.validate(r, params)
		if refused == nil {
			c.SetRequest(r)
			return next(c)
		}
		if check := o.family.prechecks[o.id]; check != nil {
			if err := check(r, params, refused); err != nil {
				return err
			}
		}
		return refused
	}
}

// enterWorkspace finds the request's workspace. An unknown one is an unknown path.
func (o *operation) enterWorkspace(r *http.Request, info *request.Info) (*http.Request, error) {
	if o.alone {
		return r, nil
	}
	w, err := o.server.store.Workspace(r.Context(), info.WorkspaceName)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("%w: %w", store.ErrNoWorkspace, err)
	}
	info.Workspace = w
	return r.WithContext(store.InWorkspace(r.Context(), w)), err
}
