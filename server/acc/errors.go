package acc

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
)

const jsonType = "application/json; charset=utf-8"

// Codes of the account administration. Only codeNotFound is known of the vendor.
const (
	codeInternal  = 1000
	codeMalformed = 1001
	codeRule      = 1002
	codeForbidden = 1003
	codeNotFound  = 1004
	codeConflict  = 1005
	codeBusy      = 1006
)

// hqError is how a kind of fault looks; an empty message is the fault's own.
type hqError struct {
	status  int
	code    int
	message string
}

var hqErrors = map[fault.Kind]hqError{
	fault.Malformed:        {http.StatusBadRequest, codeMalformed, ""},
	fault.Invalid:          {http.StatusBadRequest, codeMalformed, ""},
	fault.UnsupportedMedia: {http.StatusBadRequest, codeMalformed, "The Content-Type must be application/json."},
	fault.Forbidden:        {http.StatusForbidden, codeForbidden, "You don't have permission to access this API"},
	fault.NotFound:         {http.StatusNotFound, codeNotFound, "this account doesn't exist."},
	fault.NoRoute:          {http.StatusNotFound, codeNotFound, "this path doesn't exist."},
	fault.MethodNotAllowed: {http.StatusMethodNotAllowed, codeMalformed, "The method is not allowed here."},
	fault.Conflict:         {http.StatusConflict, codeConflict, "The id of a business unit is in use by another account."},
	fault.TooLarge:         {http.StatusRequestEntityTooLarge, codeMalformed, "The request body is too large."},
	fault.Unprocessable:    {http.StatusUnprocessableEntity, codeRule, ""},
	fault.Unavailable:      {http.StatusServiceUnavailable, codeBusy, ""},
}

var internalError = hqError{http.StatusInternalServerError, codeInternal, "An unexpected error occurred on the server."}

// Render writes a fault as the gateway does, if it is one of the gateway's, else as
// the API that the path belongs to.
func (h Handlers) Render(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	if f.Allow != "" {
		w.Header().Set("Allow", f.Allow)
	}
	switch _, ofGateway := gatewayStatuses[f.Code]; {
	case ofGateway:
		renderGateway(w, f)
	case f.Kind == fault.Throttled:
		renderQuota(w)
	case strings.HasPrefix(r.URL.Path, hubsArea):
		h.renderHubError(w, f)
	default:
		renderHQ(w, f)
	}
}

// renderHQ writes a fault as the account administration does.
func renderHQ(w http.ResponseWriter, f *fault.Fault) {
	e, ok := hqErrors[f.Kind]
	switch {
	case !ok:
		e = internalError
	case breaksRule(f):
		e = hqErrors[fault.Unprocessable]
	}
	if e.message == "" {
		e.message = f.Describe()
	}
	_ = respond.JSON(w, e.status, jsonType, gen.AccError{Code: e.code, Message: e.message}) // the client may be gone
}

// breaksRule tells values that the vendor calls restricted (a missing name, a text
// that is too long) from malformed ones, among what the document refuses.
func breaksRule(f *fault.Fault) bool {
	if f.Kind != fault.Invalid || f.In != "body" {
		return false
	}
	isName := len(f.Field) > 0 && f.Field[len(f.Field)-1] == "name"
	return slices.Contains([]string{"minLength", "maxLength"}, f.Rule) ||
		isName && slices.Contains([]string{"required", "nullable"}, f.Rule)
}

func errNotProvisioned() error { return &fault.Fault{Kind: fault.Forbidden} }

func errNoAccount() error { return &fault.Fault{Kind: fault.NotFound} }

func errForeignID() error { return &fault.Fault{Kind: fault.Conflict} }

func errRegion() error {
	return &fault.Fault{Kind: fault.Invalid, In: "header", Field: []string{regionHeader}, Rule: "enum"}
}

// errRule refuses unit i of a request for breaking a rule.
func errRule(i int, member, text string) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf("business_units.%d.%s %s", i, member, text)}
}

// errNoUnits refuses to delete all units of an account at once.
func errNoUnits() error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: "business_units must not be empty: a request holds the whole structure of this account."}
}

// errBelow refuses a move for what it would do to the units below.
func errBelow(problem string) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: "A unit below a moved business unit " + problem + "."}
}

// errPathText refuses a request whose answer would be mostly paths.
func errPathText() error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(
		"The paths of the request's business units would have more than %d bytes together: send fewer units at once.", maxPathText)}
}
