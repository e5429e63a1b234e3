package responsys

import (
	"context"

	"orglink/gen"
)

// Calls that are allowed in a minute where nobody says otherwise (Responsys REST API,
// "Get Throttling Limits").
const (
	defaultLimit = 200
	loginLimit   = 10
)

// functions are the API functions of the family's operations, with the paths below
// the version.
var functions = []gen.ResponsysRateLimit{
	{Limit: loginLimit, API: "login", Verb: "POST", ResourcePath: "/auth/token", Description: "Log in, or refresh a token"},
	{Limit: defaultLimit, API: "getOrganizations", Verb: "GET", ResourcePath: "/attributes/organizations", Description: "Fetch all organizations"},
	{Limit: defaultLimit, API: "getProgramAttributes", Verb: "GET", ResourcePath: "/attributes/programs/{programName}", Description: "Fetch a program's organization hierarchy"},
	{Limit: defaultLimit, API: "setProgramAttributes", Verb: "POST", ResourcePath: "/attributes/programs/{programName}", Description: "Update a program's organizational access"},
	{Limit: defaultLimit, API: "getCampaignAttributes", Verb: "GET", ResourcePath: "/attributes/campaigns/{campaignName}", Description: "Fetch a campaign's organization hierarchy"},
	{Limit: defaultLimit, API: "setCampaignAttributes", Verb: "POST", ResourcePath: "/attributes/campaigns/{campaignName}", Description: "Update a campaign's organizational access"},
	{Limit: defaultLimit, API: "getAllPrograms", Verb: "GET", ResourcePath: "/programs", Description: "Fetch all programs"},
	{Limit: defaultLimit, API: "getProgramByName", Verb: "GET", ResourcePath: "/programs/{programName}", Description: "Fetch a program by name"},
	{Limit: defaultLimit, API: "updateProgramState", Verb: "PATCH", ResourcePath: "/programs/{programName}", Description: "Publish or unpublish a program"},
	{Limit: defaultLimit, API: "getUserInfo", Verb: "GET", ResourcePath: "/user/info", Description: "Get user information"},
	{Limit: defaultLimit, API: "getRateLimit", Verb: "GET", ResourcePath: "/ratelimit", Description: "Get throttling limits"},
}

// ResponsysGetRateLimits lists how often each function may be called.
func (h Handlers) ResponsysGetRateLimits(context.Context, gen.ResponsysGetRateLimitsRequestObject) (gen.ResponsysGetRateLimitsResponseObject, error) {
	return ok{mediaType, functions}, nil
}
