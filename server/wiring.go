package server

import (
	"github.com/getkin/kin-openapi/openapi3"

	"orglink/gen"
	"orglink/server/acc"
	"orglink/server/auth"
	"orglink/server/comanage"
	"orglink/server/cux"
	"orglink/server/responsys"
	"orglink/server/svi"
	"orglink/server/throttle"
	"orglink/server/workbench"
	"orglink/store"
)

// Aliases, so that the embedded fields of composite have names of their own.
type (
	accHandlers       = acc.Handlers
	comanageHandlers  = comanage.Handlers
	cuxHandlers       = cux.Handlers
	responsysHandlers = responsys.Handlers
	sviHandlers       = svi.Handlers
	workbenchHandlers = workbench.Handlers
)

// composite serves every operation of the document. An operation that no family
// serves, or that two claim, fails the build.
type composite struct {
	accHandlers
	comanageHandlers
	cuxHandlers
	responsysHandlers
	sviHandlers
	workbenchHandlers
}

var _ gen.StrictServerInterface = composite{}

// newHandlers wires the families to the store. This is the only wiring there is.
func newHandlers(config Config, st *store.Store, document *openapi3.T, draining func() bool) (composite, error) {
	tokens := func(family string) auth.Tokens {
		return auth.NewTokens(family, st, config.Now, config.NewID)
	}
	passwords := auth.NewPasswords()
	limits := throttle.New(st, config.Now)
	c := composite{
		accHandlers: acc.Handlers{Store: st, Tokens: tokens(acc.Name), Limits: limits, Now: config.Now, NewID: config.NewID},
		cuxHandlers: cux.Handlers{Store: st, Tokens: tokens(cux.Name), Now: config.Now, NewID: config.NewID},
		responsysHandlers: responsys.Handlers{
			Store: st, Tokens: tokens(responsys.Name), Passwords: passwords, Limits: limits, Now: config.Now, Log: config.Log,
		},
		sviHandlers: svi.Handlers{
			Store: st, Tokens: tokens(svi.Name), RefreshTokens: tokens(svi.Name + " refresh"),
			Passwords: passwords, Log: config.Log, Now: config.Now, NewID: config.NewID,
		},
	}
	var err error
	c.comanageHandlers, err = comanage.New(st, passwords, config.Now, document)
	if err != nil {
		return c, err
	}
	c.workbenchHandlers = workbench.Handlers{Config: workbench.Config{
		Store:      st,
		Document:   document,
		Version:    config.Version,
		AdminToken: config.AdminToken,
		Draining:   draining,
		Now:        config.Now,
		Log:        config.Log,
		Sections: []workbench.Section{
			c.accHandlers.Fixtures,
			c.comanageHandlers.Fixtures,
			c.cuxHandlers.Fixtures,
			c.responsysHandlers.Fixtures,
			c.sviHandlers.Fixtures,
		},
	}}
	return c, nil
}

// families lists what the server needs to know of each family beside its handlers.
func (c composite) families(config Config) []family {
	return []family{
		{
			name:         workbench.Name,
			segments:     []string{"orglink", "openapi.yaml", "openapi.json"},
			authenticate: c.workbenchHandlers.Authenticate,
			refusals:     map[string]string{"": "WorkbenchProblem"},
			normalise:    workbench.Normalise(),
			render:       workbench.Render,
		},
		{
			name:         acc.Name,
			segments:     []string{"hq", "authentication", "project", "construction", ".well-known"},
			rewrite:      acc.Rewrite,
			authenticate: c.accHandlers.Authenticate,
			normalise:    acc.Normalise(),
			prechecks:    c.accHandlers.Prechecks(),
			refusals:     map[string]string{"": "AccError", "project": "AccHubErrors"},
			render:       c.accHandlers.Render,
		},
		{
			name: comanage.Name,
			segments: []string{
				"co_*", "cos", "cos.*", "org_identities*", "names", "names.*", "identifiers", "identifiers.*",
				// Registry's other resources, which are not served.
				"addresses", "addresses.*", "cous", "cous.*", "email_addresses*", "history_records*",
				"telephone_numbers*", "urls", "urls.*",
			},
			alias:         "/registry",
			route:         comanage.Route,
			authenticate:  c.comanageHandlers.Authenticate,
			normalise:     c.comanageHandlers.Normalise(),
			normaliseBody: c.comanageHandlers.NormaliseBodies(),
			prechecks:     c.comanageHandlers.Prechecks(),
			render:        comanage.Render,
		},
		{
			name:         cux.Name,
			segments:     []string{"client", "oauth"},
			alias:        config.CuxPrefix,
			paths:        cuxPaths(config),
			rewrite:      cux.Rewrite,
			headers:      c.cuxHandlers.Headers,
			authenticate: c.cuxHandlers.Authenticate,
			normalise:    cux.Normalise(),
			prechecks:    c.cuxHandlers.Prechecks(),
			refusals:     map[string]string{"": "CuxError"},
			render:       cux.Render,
		},
		{
			name:          responsys.Name,
			segments:      []string{"rest"},
			rewrite:       responsys.Rewrite,
			authenticate:  c.responsysHandlers.Authenticate,
			normalise:     responsys.Normalise(),
			normaliseBody: responsys.NormaliseBodies(),
			prechecks:     c.responsysHandlers.Prechecks(),
			refusals:      map[string]string{"": "ResponsysError"},
			render:        responsys.Render,
		},
		{
			name:         svi.Name,
			segments:     []string{"admin", "documents", "locks", "links", "SASLogon"},
			alias:        "/svi-datahub",
			rewrite:      svi.Rewrite,
			authenticate: c.sviHandlers.Authenticate,
			normalise:    svi.Normalise(),
			prechecks:    c.sviHandlers.Prechecks(),
			refusals:     map[string]string{"": "SviError", "SASLogon": "SviTokenError"},
			render:       svi.Render,
		},
	}
}
