package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"orglink/gen"
	"orglink/server/explorer"
	"orglink/server/fault"
	"orglink/server/request"
)

// routes registers every operation of the document, each with its own chain of
// authentication and validation.
func (s *Server) routes(operations gen.StrictServerInterface) error {
	chains, err := s.chains()
	if err != nil {
		return err
	}
	strict := gen.NewStrictHandler(operations, []gen.StrictMiddlewareFunc{refuseNilResponse})
	gen.RegisterHandlersWithOptions(formatRouter{s.echo}, strict,
		gen.RegisterHandlersOptions{OperationMiddlewares: chains})
	return explorer.Register(s.echo, (&startPage{server: s}).facts, s.explorerCredentials(), s.unprefixed)
}

// unprefixed refuses paths under a workspace or a vendor's prefix: the start page and the
// explorer are the server's.
func (s *Server) unprefixed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if request.From(r.Context()).BaseURL != s.origin(r) {
			return &fault.Fault{Kind: fault.NoRoute}
		}
		return next(c)
	}
}

// chains makes the middleware of every operation, by operationId.
func (s *Server) chains() (map[string][]echo.MiddlewareFunc, error) {
	chains := map[string][]echo.MiddlewareFunc{}
	for path, item := range s.document.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := s.newOperation(path, method, item, op)
			if err != nil {
				return nil, err
			}
			chains[op.OperationID] = []echo.MiddlewareFunc{o.middleware}
		}
	}
	return chains, nil
}

// refuseNilResponse turns a handler's (nil, nil), which the generated code would
// send as an empty 200, into an error.
func refuseNilResponse(next gen.StrictHandlerFunc, operationID string) gen.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		response, err := next(c, request)
		if response == nil && err == nil {
			return nil, errors.New(operationID + " returned neither a response nor an error")
		}
		return response, err
	}
}

// formatRouter registers paths that end in `{id}.{format}`, which COmanage's
// documents use. The router knows one parameter a segment, so the segment is
// registered as one and split at its last dot before anything else runs.
type formatRouter struct{ *echo.Echo }

const (
	idFormatSegment = ":id.:format"
	idFormatParam   = "idAndFormat"
)

func (r formatRouter) add(method, path string, h echo.HandlerFunc, m []echo.MiddlewareFunc) *echo.Route {
	if stem, ok := strings.CutSuffix(path, idFormatSegment); ok {
		path = stem + ":" + idFormatParam
		m = append([]echo.MiddlewareFunc{splitIDAndFormat}, m...)
	}
	return r.Add(method, path, h, m...)
}

func splitIDAndFormat(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		value := c.Param(idFormatParam)
		dot := strings.LastIndexByte(value, '.')
		if dot < 0 {
			return &fault.Fault{Kind: fault.NoRoute}
		}
		c.SetParamNames("id", "format")
		c.SetParamValues(value[:dot], value[dot+1:])
		return next(c)
	}
}

func (r formatRouter) DELETE(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodDelete, path, h, m)
}

func (r formatRouter) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodGet, path, h, m)
}

func (r formatRouter) POST(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPost, path, h, m)
}

func (r formatRouter) PUT(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPut, path, h, m)
}

// overrun reports whether the request's path goes on where that of its route ends:
// the router lets a last parameter take the rest of a path.
func overrun(c echo.Context) bool {
	return strings.Count(c.Request().URL.EscapedPath(), "/") > strings.Count(c.Path(), "/")
}

// pathParams returns the decoded path parameters of the routed request.
func pathParams(c echo.Context) (map[string]string, error) {
	names, values := c.ParamNames(), c.ParamValues()
	params := make(map[string]string, len(names))
	for i, name := range names {
		value, err := url.PathUnescape(values[i])
		if err != nil {
			return nil, &fault.Fault{Kind: fault.NoRoute, Cause: err}
		}
		params[name] = value
	}
	return params, nil
}

// cleanParams replaces what is not text in the path parameters, which a database
// could not even be asked for. It reports whether there was nothing to replace.
func cleanParams(params map[string]string) bool {
	clean := true
	for name, value := range params {
		if !cleanText(value) {
			clean = false
			value = strings.ToValidUTF8(value, string(utf8.RuneError))
			params[name] = strings.ReplaceAll(value, "\x00", string(utf8.RuneError))
		}
	}
	return clean
}

// noOptions answers OPTIONS like any other method that a path does not have: the
// router would answer it by itself, outside of the document.
func noOptions(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Request().Method == http.MethodOptions && request.From(c.Request().Context()).OperationID == "" {
			if _, known := c.Get(echo.ContextKeyHeaderAllow).(string); known {
				return echo.ErrMethodNotAllowed
			}
		}
		return next(c)
	}
}

// bodyLimitExtension is the member of an operation that holds the largest body it
// takes, in bytes.
const bodyLimitExtension = "x-orglink-body-limit"

// defaultBodyLimit is for operations that name none.
const defaultBodyLimit = 1 << 20

func bodyLimit(op *openapi3.Operation) int64 {
	if limit, ok := op.Extensions[bodyLimitExtension].(float64); ok {
		return int64(limit)
	}
	return defaultBodyLimit
}
