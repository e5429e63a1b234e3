package acc

import (
	"net/http"
	"strconv"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
)

// hubsArea is where Data Management answers, whose errors are those of JSON:API.
const hubsArea = "/project/"

// hubError is how a kind of fault looks in Data Management; an empty detail is the
// fault's own.
type hubError struct {
	status       int
	code, detail string
}

var hubErrors = map[fault.Kind]hubError{
	fault.Malformed:        {http.StatusBadRequest, "BAD_INPUT", ""},
	fault.Invalid:          {http.StatusBadRequest, "BAD_INPUT", ""},
	fault.Forbidden:        {http.StatusForbidden, "BIM360DM_ERROR", "You don't have permission to access this API"},
	fault.NotFound:         {http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist."},
	fault.NoRoute:          {http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist."},
	fault.MethodNotAllowed: {http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "The method is not allowed here."},
}

var internalHubError = hubError{http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "An unexpected error occurred on the server."}

// renderHubError writes a fault as Data Management does.
func (h Handlers) renderHubError(w http.ResponseWriter, f *fault.Fault) {
	e, ok := hubErrors[f.Kind]
	if !ok {
		e = internalHubError
	}
	if e.detail == "" {
		e.detail = f.Describe()
	}
	_ = respond.JSON(w, e.status, jsonType, gen.AccHubErrors{Jsonapi: jsonAPI, Errors: []gen.AccHubError{
		{ID: h.NewID(), Status: strconv.Itoa(e.status), Code: e.code, Detail: e.detail},
	}}) // the client may be gone
}

func errNoHub() error { return &fault.Fault{Kind: fault.NotFound} }
