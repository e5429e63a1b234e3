package responsys

import (
	"context"
	"errors"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/throttle"
	"orglink/store"
)

// Calls that are allowed in a minute where nobody says otherwise (Responsys REST API,
// "Get Throttling Limits").
const (
	defaultLimit = 200
	loginLimit   = 10
)

const loginOperation = "responsysPostAuthToken"

// functions are the API functions, with their paths below the version.
var functions = []struct {
	operationID                      string
	limit                            int
	api, verb, resource, description string
}{
	{loginOperation, loginLimit, "login", "POST", "/auth/token", "Log in, or refresh a token"},
	{"responsysGetOrganizations", defaultLimit, "getOrganizations", "GET", "/attributes/organizations", "Fetch all organizations"},
	{"responsysGetProgramAttributes", defaultLimit, "getProgramAttributes", "GET", "/attributes/programs/{programName}", "Fetch a program's organization hierarchy"},
	{"responsysPostProgramAttributes", defaultLimit, "setProgramAttributes", "POST", "/attributes/programs/{programName}", "Update a program's organizational access"},
	{"responsysGetCampaignAttributes", defaultLimit, "getCampaignAttributes", "GET", "/attributes/campaigns/{campaignName}", "Fetch a campaign's organization hierarchy"},
	{"responsysPostCampaignAttributes", defaultLimit, "setCampaignAttributes", "POST", "/attributes/campaigns/{campaignName}", "Update a campaign's organizational access"},
	{"responsysListPrograms", defaultLimit, "getAllPrograms", "GET", "/programs", "Fetch all programs"},
	{"responsysGetProgram", defaultLimit, "getProgramByName", "GET", "/programs/{programName}", "Fetch a program by name"},
	{"responsysPatchProgram", defaultLimit, "updateProgramState", "PATCH", "/programs/{programName}", "Publish or unpublish a program"},
	{"responsysGetUserInfo", defaultLimit, "getUserInfo", "GET", "/user/info", "Get user information"},
	{"responsysGetRateLimits", defaultLimit, "getRateLimit", "GET", "/ratelimit", "Get throttling limits"},
}

// functionOf names the function of an operation.
var functionOf = func() map[string]string {
	names := make(map[string]string, len(functions))
	for _, f := range functions {
		names[f.operationID] = f.api
	}
	return names
}()

// take counts a call of the operation by the user.
func (h Handlers) take(ctx context.Context, operationID, user string) error {
	function := functionOf[operationID]
	err := h.Limits.Take(ctx, throttle.Call{
		Workspace: request.From(ctx).WorkspaceName, Family: Name, Function: function, Caller: user,
	})
	var tooMany *fault.Fault
	if errors.As(err, &tooMany) && tooMany.Kind == fault.Throttled {
		return errLimitExceeded(function)
	}
	return err
}

// longestName bounds what is kept of the name of somebody who may be no user.
const longestName = 255

// takeLogin counts an attempt to log in, whether there is such a user or not.
func (h Handlers) takeLogin(ctx context.Context, name string) error {
	return h.take(ctx, loginOperation, name[:min(len(name), longestName)])
}

// ResponsysGetRateLimits lists how often each function may be called.
func (h Handlers) ResponsysGetRateLimits(ctx context.Context, _ gen.ResponsysGetRateLimitsRequestObject) (gen.ResponsysGetRateLimitsResponseObject, error) {
	access, err := h.Store.Access(ctx)
	if err != nil {
		return nil, err
	}
	limits := make([]gen.ResponsysRateLimit, 0, len(functions))
	for _, f := range functions {
		limit := access.Limit(Name, f.api)
		if limit == 0 {
			limit = f.limit
		}
		limits = append(limits, gen.ResponsysRateLimit{
			Limit: limit, API: f.api, ResourcePath: f.resource, Verb: f.verb, Description: f.description,
		})
	}
	return ok{mediaType, limits}, nil
}

// putLimits sets the limits of fixtures.
func putLimits(tx *store.Tx, limits []gen.ResponsysFixtureRateLimit) error {
	for _, l := range limits {
		if err := tx.PutRateLimit(store.RateLimit{Family: Name, Function: string(l.API), PerMinute: l.Limit}); err != nil {
			return err
		}
	}
	return nil
}
