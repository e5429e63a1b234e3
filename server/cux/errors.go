package cux

import (
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
)

// errInvalid is a 400 with the text.
func errInvalid(message string) error {
	return &fault.Fault{Kind: fault.Invalid, Message: message}
}

// errBlankSession has the text of ES Loyalty's "Member Profile".
func errBlankSession() error { return errInvalid("Must provide a session correlation ID") }

// errUnknownUnit has the text of ES Loyalty's "Extended Member Data".
func errUnknownUnit(key string) error {
	return errInvalid("Provided business unit is not configured: " + key + ".")
}

// errBlankUnit has the text of ES Loyalty's "Issue Ad Hoc Reward".
func errBlankUnit() error {
	return errInvalid("Business Unit is mandatory and required to be non-empty")
}

// errInvalidStatus is the 400 that "Create/Update Business Unit Link" names.
func errInvalidStatus() error { return errInvalid("Invalid status: must be LINKED or UNLINKED") }

func errInvalidDate() error {
	return errInvalid("Invalid dateLinked: must be an ISO date and time")
}

// challenge is the scheme that the WWW-Authenticate header of a 401 asks for.
type challenge string

// errNoToken says that the access token is missing or not valid. It has a
// challenge, so that clients can tell it from errNoSession.
func errNoToken(cause error) error {
	return &fault.Fault{
		Kind:    fault.Unauthenticated,
		Message: "The access token is missing, invalid or expired",
		Detail:  challenge("Bearer"),
		Cause:   cause,
	}
}

// errNoSession is a 401, as on ES Loyalty's "Get Marketing Preferences"; the page
// of the links names no status for it.
func errNoSession() error {
	return &fault.Fault{Kind: fault.Unauthenticated, Message: "Session expired or invalid correlation_id"}
}

// errToken is an error of the token call, in the terms of RFC 6749, section 5.2.
func errToken(code gen.CuxTokenErrorError, description string) error {
	kind := fault.Invalid
	if code == gen.CuxTokenErrorErrorInvalidClient {
		kind = fault.Unauthenticated
	}
	return &fault.Fault{Kind: kind, Detail: gen.CuxTokenError{Error: code, ErrorDescription: description}}
}

// statuses of the kinds; all others are internal.
var statuses = map[fault.Kind]int{
	fault.Malformed:        http.StatusBadRequest,
	fault.Invalid:          http.StatusBadRequest,
	fault.Unauthenticated:  http.StatusUnauthorized,
	fault.NoRoute:          http.StatusNotFound,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.Unavailable:      http.StatusServiceUnavailable,
}

// Render writes a fault as the suite's error object or, for the token call, as
// the one of RFC 6749.
func Render(w http.ResponseWriter, _ *http.Request, f *fault.Fault) {
	status, ok := statuses[f.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	if f.Allow != "" {
		w.Header().Set("Allow", f.Allow)
	}
	var body any = errorBody(status, f)
	switch detail := f.Detail.(type) {
	case challenge:
		w.Header().Set("WWW-Authenticate", string(detail))
	case gen.CuxTokenError:
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Basic realm="orglink"`)
		}
		body = detail
	}
	_ = respond.JSON(w, status, jsonType, body) // the client may be gone
}

func errorBody(status int, f *fault.Fault) gen.CuxError {
	code, text := gen.CuxErrorErrorCodeINVALIDREQUEST, http.StatusText(status)
	switch {
	case status == http.StatusInternalServerError:
		code = gen.CuxErrorErrorCodeINTERNALERROR
	case status == http.StatusServiceUnavailable:
		code, text = gen.CuxErrorErrorCodeINTERNALERROR, f.Describe()
	case status == http.StatusUnauthorized:
		code, text = gen.CuxErrorErrorCodeUNAUTHORIZED, f.Describe()
	case f.Message != "" || status == http.StatusBadRequest:
		text = f.Describe()
	}
	return gen.CuxError{StatusCode: status, ErrorCode: code, ErrorMessage: text, Message: text}
}
