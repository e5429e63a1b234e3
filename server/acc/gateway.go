package acc

import (
	"fmt"
	"net/http"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
)

// moreInfo is the page that the gateway's errors point to.
const moreInfo = "https://aps.autodesk.com/en/docs/oauth/v2/developers_guide/error_handling/"

// gatewayStatuses maps the gateway's codes; Authentication v2 "Error Handling"
// names them.
var gatewayStatuses = map[string]int{
	"AUTH-001": http.StatusForbidden,
	"AUTH-003": http.StatusUnauthorized,
	"AUTH-004": http.StatusBadRequest,
	"AUTH-006": http.StatusUnauthorized,
	"AUTH-007": http.StatusUnsupportedMediaType,
	"AUTH-008": http.StatusBadRequest,
	"AUTH-009": http.StatusBadRequest,
	"AUTH-010": http.StatusForbidden,
	"AUTH-012": http.StatusUnauthorized,
	"ERR-001":  http.StatusTooManyRequests,
}

// renderGateway writes a fault that has one of the gateway's codes.
func renderGateway(w http.ResponseWriter, f *fault.Fault) {
	if f.Kind == fault.Unauthenticated && f.Code != "AUTH-003" {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	_ = respond.JSON(w, gatewayStatuses[f.Code], jsonType, gen.AccGatewayError{
		DeveloperMessage: f.Message, MoreInfo: moreInfo, ErrorCode: f.Code,
	}) // the client may be gone
}

// renderQuota answers one call too many, as Developer's Guide "Rate Limiting" shows.
func renderQuota(w http.ResponseWriter) {
	_ = respond.JSON(w, http.StatusTooManyRequests, "application/json", gen.AccQuotaError{
		DeveloperMessage: "Quota limit exceeded.",
	}) // the client may be gone
}

func errUnknownClient() error {
	return &fault.Fault{Kind: fault.Forbidden, Code: "AUTH-001", Message: "The client_id specified does not have access to the api product"}
}

func errBadSecret() error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: "AUTH-003", Message: "The client_id (application key)/client_secret are not valid"}
}

func errUnknownScope() error {
	return &fault.Fault{Kind: fault.Invalid, Code: "AUTH-004", Message: "One or more of the requested scopes are invalid."}
}

func errBadToken(cause error) error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: "AUTH-006", Message: "Access token provided is invalid or expired.", Cause: cause}
}

func errNoForm() error {
	return &fault.Fault{
		Kind: fault.UnsupportedMedia, Code: "AUTH-007",
		Message: "content-type header missing or unsupported content-type used, must use application/x-www-form-urlencoded",
	}
}

// errForm refuses the parameters of a token request.
func errForm(message string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "AUTH-008", Message: message}
}

func errMissing(parameters ...string) error {
	return errForm("The required parameter(s) " + strings.Join(parameters, ",") + " not present in the request")
}

func errTwoCredentials() error {
	return errForm("The client credentials must be present either in the Authorization header or in the body, not in both")
}

func errGrantType(got string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: "AUTH-009", Message: fmt.Sprintf("Unsupported grant_type %s specified. "+
		"The grant_type must be either client_credentials or authorization_code or refresh_token.", got)}
}

// errTooManyTokens is the limit of the token calls, which have the gateway's form.
func errTooManyTokens(retryAfter int) error {
	return &fault.Fault{
		Kind: fault.Throttled, Code: "ERR-001", RetryAfter: retryAfter,
		Message: "Rate limit of this API request is exceeded.",
	}
}

func errScope() error {
	return &fault.Fault{Kind: fault.Forbidden, Code: "AUTH-010", Message: "Token does not have the privilege for this request."}
}

func errNoToken() error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: "AUTH-012", Message: "Authorization header missing or invalid"}
}
