// Package responsys serves the organizational access of programs of Oracle
// Responsys (REST API v1.3).
package responsys

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/server/throttle"
	"orglink/store"
)

// Name is the family's name in the document and in its tokens.
const Name = "responsys"

// Handlers serves the operations tagged responsys.
type Handlers struct {
	Store     *store.Store
	Tokens    auth.Tokens
	Passwords *auth.Passwords
	Limits    *throttle.Limiter
	Now       func() time.Time
	Log       *slog.Logger
}

const (
	loginPath = "/rest/api/v1.3/auth/token"
	// mediaType is what the platform sends, mediaTypeOfRefresh where it leaves the
	// charset out.
	mediaType          = "application/json;charset=UTF-8"
	mediaTypeOfRefresh = "application/json"
)

// Rewrite serves the login under the versions of the API that old clients use.
func Rewrite(path string) string {
	switch path {
	case "/rest/api/v1/auth/token", "/rest/api/v1.1/auth/token":
		return loginPath
	}
	return path
}

// Normalise holds the tolerances of the family's operations.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"responsysPostAuthToken":          asLogin,
		"responsysPostProgramAttributes":  asJSON,
		"responsysPostCampaignAttributes": asJSON,
		"responsysPatchProgram":           asJSON,
	}
}

// NormaliseBodies holds the spellings of bodies that the document does not have.
func NormaliseBodies() map[string]func(*http.Request, []byte) []byte {
	return map[string]func(*http.Request, []byte) []byte{"responsysPatchProgram": formAsJSON}
}

// Prechecks hold what comes before the document's checks; the one without an
// operation is asked for paths and methods that are not served.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	program := h.objectPrecheck(store.ResponsysKindProgram, "programName")
	campaign := h.objectPrecheck(store.ResponsysKindCampaign, "campaignName")
	return map[string]fault.Precheck{
		"":                                h.unservedPrecheck,
		"responsysPostAuthToken":          authTypePrecheck,
		"responsysGetProgramAttributes":   program,
		"responsysPostProgramAttributes":  program,
		"responsysGetCampaignAttributes":  campaign,
		"responsysPostCampaignAttributes": campaign,
		"responsysGetProgram":             program,
		"responsysPatchProgram":           patchPrecheck(program),
	}
}

// asJSON makes the body JSON whatever the caller calls it: some clients name no
// media type.
func asJSON(r *http.Request) error {
	r.Header.Set("Content-Type", "application/json")
	return nil
}

// rawToken is the header Authorization. The platform has no scheme word in it; a
// `Bearer` that HTTP libraries put there is tolerated.
func rawToken(r *http.Request) string {
	if token, ok := auth.Bearer(r); ok {
		return token
	}
	return strings.TrimSpace(r.Header.Get("Authorization"))
}

// ok is a successful answer of any operation.
type ok struct {
	mediaType string
	body      any
}

func (a ok) write(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, a.mediaType, a.body)
}

// VisitResponsysPostAuthTokenResponse implements the generated interface.
func (a ok) VisitResponsysPostAuthTokenResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysGetOrganizationsResponse implements the generated interface.
func (a ok) VisitResponsysGetOrganizationsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysGetProgramAttributesResponse implements the generated interface.
func (a ok) VisitResponsysGetProgramAttributesResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitResponsysPostProgramAttributesResponse implements the generated interface.
func (a ok) VisitResponsysPostProgramAttributesResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitResponsysGetCampaignAttributesResponse implements the generated interface.
func (a ok) VisitResponsysGetCampaignAttributesResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitResponsysPostCampaignAttributesResponse implements the generated interface.
func (a ok) VisitResponsysPostCampaignAttributesResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitResponsysListProgramsResponse implements the generated interface.
func (a ok) VisitResponsysListProgramsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysGetProgramResponse implements the generated interface.
func (a ok) VisitResponsysGetProgramResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysPatchProgramResponse implements the generated interface.
func (a ok) VisitResponsysPatchProgramResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysGetUserInfoResponse implements the generated interface.
func (a ok) VisitResponsysGetUserInfoResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitResponsysGetRateLimitsResponse implements the generated interface.
func (a ok) VisitResponsysGetRateLimitsResponse(w http.ResponseWriter) error { return a.write(w) }

var (
	_ gen.ResponsysPostAuthTokenResponseObject          = ok{}
	_ gen.ResponsysGetOrganizationsResponseObject       = ok{}
	_ gen.ResponsysGetProgramAttributesResponseObject   = ok{}
	_ gen.ResponsysPostProgramAttributesResponseObject  = ok{}
	_ gen.ResponsysGetCampaignAttributesResponseObject  = ok{}
	_ gen.ResponsysPostCampaignAttributesResponseObject = ok{}
	_ gen.ResponsysListProgramsResponseObject           = ok{}
	_ gen.ResponsysGetProgramResponseObject             = ok{}
	_ gen.ResponsysPatchProgramResponseObject           = ok{}
	_ gen.ResponsysGetUserInfoResponseObject            = ok{}
	_ gen.ResponsysGetRateLimitsResponseObject          = ok{}
)
