package server

import (
	"path/filepath"
	"testing"

	"github.com/labstack/echo/v4"

	"orglink/gen"
	"orglink/store"
)

// countingRouter notes how many middlewares each route was registered with.
type countingRouter struct {
	formatRouter
	counts map[string]int
}

func (r countingRouter) note(method, path string, m []echo.MiddlewareFunc) *echo.Route {
	r.counts[method+" "+path] = len(m)
	return nil
}

func (r countingRouter) DELETE(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("DELETE", path, m)
}

func (r countingRouter) GET(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("GET", path, m)
}

func (r countingRouter) HEAD(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("HEAD", path, m)
}

func (r countingRouter) PATCH(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("PATCH", path, m)
}

func (r countingRouter) POST(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("POST", path, m)
}

func (r countingRouter) PUT(path string, _ echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.note("PUT", path, m)
}

// A key that does not match the generated code's would leave an operation without
// authentication and validation, without a word.
func TestEveryOperationHasItsValidator(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "o.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := New(Config{}, st)
	if err != nil {
		t.Fatal(err)
	}
	chains, err := s.chains()
	if err != nil {
		t.Fatal(err)
	}
	router := countingRouter{counts: map[string]int{}}
	gen.RegisterHandlersWithOptions(router, gen.NewStrictHandler(nil, nil),
		gen.RegisterHandlersOptions{OperationMiddlewares: chains})
	operations := 0
	for _, item := range s.document.Paths.Map() {
		operations += len(item.Operations())
	}
	if len(router.counts) != operations {
		t.Errorf("%d routes are registered, the document has %d operations", len(router.counts), operations)
	}
	for route, middlewares := range router.counts {
		if middlewares != 1 {
			t.Errorf("%s: registered with %d chains, want 1", route, middlewares)
		}
	}
}
