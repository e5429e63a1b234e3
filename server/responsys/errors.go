package responsys

import (
	"errors"
	"net/http"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/store"
)

// The platform's error codes; clients branch on them.
const (
	accountSuspended    = "ACCOUNT_SUSPENDED"
	apiDisabled         = "API_DISABLED_FOR_USER"
	apiLimitExceeded    = "API_LIMIT_EXCEEDED"
	badCredentials      = "INVALID_USER_NAME_PASSWORD"
	blockedIPRange      = "LOGIN_BLOCKED_INVALID_IPRANGE"
	blockedTemporarily  = "LOGIN_BLOCKED_TEMPORARILY"
	campaignNotFound    = "CAMPAIGN_NOT_FOUND"
	invalidContent      = "INVALID_REQUEST_CONTENT"
	invalidParameter    = "INVALID_PARAMETER"
	invalidToken        = "INVALID_TOKEN"
	methodNotSupported  = "METHOD_NOT_SUPPORTED"
	passwordExpired     = "PASSWORD_EXPIRED"
	passwordLockout     = "PASSWORD_LOCKOUT"
	programNotFound     = "PROGRAM_NOT_FOUND"
	resourceNotFound    = "RESOURCE_NOT_FOUND"
	serviceUnavailable  = "SERVICE_UNAVAILABLE"
	setObjectAttribute  = "SET_OBJECT_ATTRIBUTE_EXCEPTION"
	tokenExpired        = "TOKEN_EXPIRED"
	unexpectedException = "UNEXPECTED_EXCEPTION"
)

// problems gives each code its status and title. The pages end titles with a
// period, the platform's answers do not.
var problems = map[string]struct {
	status int
	title  string
}{
	accountSuspended:    {http.StatusUnauthorized, "Account is in suspended state"},
	apiDisabled:         {http.StatusUnauthorized, "API disabled for user"},
	apiLimitExceeded:    {http.StatusTooManyRequests, "Request limit exceeded"},
	badCredentials:      {http.StatusBadRequest, "Invalid username or password"},
	blockedIPRange:      {http.StatusUnauthorized, "Not a valid client IP range"},
	blockedTemporarily:  {http.StatusUnauthorized, "Login is blocked temporarily"},
	campaignNotFound:    {http.StatusNotFound, "Campaign not found"},
	invalidContent:      {http.StatusBadRequest, "Invalid request content"},
	invalidParameter:    {http.StatusBadRequest, "Invalid request parameters"},
	invalidToken:        {http.StatusUnauthorized, "Not a valid token"},
	methodNotSupported:  {http.StatusMethodNotAllowed, "Method not supported"},
	passwordExpired:     {http.StatusUnauthorized, "Password expired"},
	passwordLockout:     {http.StatusUnauthorized, "Password locked"},
	programNotFound:     {http.StatusNotFound, "Program not found"},
	resourceNotFound:    {http.StatusNotFound, "Resource not found"},
	serviceUnavailable:  {http.StatusServiceUnavailable, "Service unavailable"},
	setObjectAttribute:  {http.StatusBadRequest, "Set Object Attribute Exception"},
	tokenExpired:        {http.StatusUnauthorized, "Authentication token expired"},
	unexpectedException: {http.StatusInternalServerError, "Unexpected exception"},
}

// Render writes a fault as the platform's error object. What has no code of its
// own gets one by its kind.
func Render(w http.ResponseWriter, _ *http.Request, f *fault.Fault) {
	code, detail := f.Code, f.Message
	if code == "" {
		code, detail = describe(f)
	}
	problem := problems[code]
	if f.Kind == fault.TooLarge {
		problem.status = http.StatusRequestEntityTooLarge
	}
	if f.Allow != "" {
		w.Header().Set("Allow", f.Allow)
	}
	_ = respond.JSON(w, problem.status, mediaType, gen.ResponsysError{ // the client may be gone
		Title: problem.title, ErrorCode: code, Detail: detail, ErrorDetails: []string{},
	})
}

func describe(f *fault.Fault) (code, detail string) {
	switch f.Kind {
	case fault.Unauthenticated:
		switch {
		case errors.Is(f, auth.ErrExpiredToken):
			return tokenExpired, "Token expired"
		case errors.Is(f, auth.ErrDisabled):
			return apiDisabled, ""
		}
		return invalidToken, "Not a valid authentication token"
	case fault.NoRoute, fault.NotFound:
		return resourceNotFound, "Resource not found"
	case fault.MethodNotAllowed:
		return methodNotSupported, ""
	case fault.Unavailable:
		return serviceUnavailable, ""
	case fault.TooLarge:
		return invalidContent, "Request body is too large"
	case fault.Malformed, fault.Invalid:
		if unreadable(f) {
			return invalidContent, "Request body is empty or invalid"
		}
		return invalidParameter, f.Describe()
	}
	return unexpectedException, ""
}

// unreadable reports whether the fault is of the body as a whole: it is no JSON
// object, or too large a one. All else is a fault of some member or parameter.
func unreadable(f *fault.Fault) bool {
	return f.Kind == fault.TooLarge || f.In == "body" && (f.Kind == fault.Malformed || len(f.Field) == 0)
}

// kinds gives each kind of object its error code, and its word at the start of a text.
var kinds = map[store.ResponsysKind]struct{ notFound, word string }{
	store.ResponsysKindProgram:  {programNotFound, "Program"},
	store.ResponsysKindCampaign: {campaignNotFound, "Campaign"},
}

func errObjectNotFound(kind store.ResponsysKind, name string) error {
	return &fault.Fault{
		Kind: fault.NotFound, Code: kinds[kind].notFound,
		Message: kinds[kind].word + " with the name " + name + " not found",
	}
}

func errInvalidAttributeValue(kind store.ResponsysKind, value string) error {
	return &fault.Fault{
		Kind: fault.Invalid, Code: setObjectAttribute,
		Message: "Unable to set Access Attributes for the " + string(kind) + ". Invalid attribute value: " + value,
	}
}

// errBadCredentials has no detail: it does not tell which of the two is wrong.
func errBadCredentials() error {
	return &fault.Fault{Kind: fault.Invalid, Code: badCredentials}
}

func errAPIDisabled() error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: apiDisabled}
}

// errLimitExceeded has no word on when to try again beside its text: the platform
// sends no header for it (Responsys REST API, "Get Throttling Limits").
func errLimitExceeded(function string) error {
	return &fault.Fault{
		Kind: fault.Throttled, Code: apiLimitExceeded,
		Message: "You exceeded your allowable limit to call the " + function + " API function. Please try again in a minute.",
	}
}

// errLoginState says what keeps a user from logging in.
func errLoginState(code string) error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: code}
}

// errNotOneOf names the values that a parameter may have.
func errNotOneOf(parameter, one, other string) error {
	return &fault.Fault{
		Kind: fault.Invalid, Code: invalidParameter,
		Message: "Request parameter '" + parameter + "' should be set as '" + one + "' or '" + other + "'",
	}
}
