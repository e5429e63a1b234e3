package workbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/gen"
	"orglink/server/fault"
)

var statuses = map[fault.Kind]int{
	fault.Malformed:        http.StatusBadRequest,
	fault.Invalid:          http.StatusBadRequest,
	fault.Unauthenticated:  http.StatusUnauthorized,
	fault.NotFound:         http.StatusNotFound,
	fault.NoRoute:          http.StatusNotFound,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed,
	fault.Conflict:         http.StatusConflict,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.UnsupportedMedia: http.StatusUnsupportedMediaType,
	fault.Unprocessable:    http.StatusUnprocessableEntity,
	fault.Unavailable:      http.StatusServiceUnavailable,
}

// Render writes a fault as RFC 9457 problem details. Paths of no family get this
// shape, too.
func Render(w http.ResponseWriter, _ *http.Request, f *fault.Fault) {
	status, ok := statuses[f.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	problem := gen.WorkbenchProblem{Type: "about:blank", Title: http.StatusText(status), Status: status}
	if f.Kind == fault.Invalid || f.Message != "" && status != http.StatusInternalServerError {
		detail := f.Describe()
		problem.Detail = &detail
	}
	w.Header().Set("Content-Type", "application/problem+json")
	if f.Allow != "" {
		w.Header().Set("Allow", f.Allow)
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="orglink"`)
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem) // the client may be gone
}

// withoutValues reduces a validator's error to place and rule: fixtures hold
// secrets, and the error's own text holds the refused value.
func withoutValues(err error) error {
	var schema *openapi3.SchemaError
	if !errors.As(err, &schema) {
		return errors.New("it does not fit the schema")
	}
	return fmt.Errorf("%s: %s", strings.Join(schema.JSONPointer(), "."), schema.SchemaField)
}
