// Package acc serves the business units of Autodesk BIM 360 / ACC accounts, and
// the tokens that their callers need.
package acc

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/throttle"
	"orglink/store"
)

// Name is the family's name: that of its tag, its clients and its tokens.
const Name = "acc"

// Handlers serves the operations tagged acc.
type Handlers struct {
	Store  *store.Store
	Tokens auth.Tokens
	Limits *throttle.Limiter
	Now    func() time.Time
	NewID  func() string
}

// now is the clock in the precision of the database and of the answers.
func (h Handlers) now() time.Time { return h.Now().UTC().Truncate(time.Millisecond) }

type callerKey struct{}

// caller is the app that the request's token speaks for.
func caller(ctx context.Context) string {
	client, _ := ctx.Value(callerKey{}).(string)
	return client
}

// Authenticate checks the bearer token and its scopes, and counts the call if it is one
// of those that are counted together: all "hq in the URL" (Account Admin "Rate Limits").
func (h Handlers) Authenticate(r *http.Request, scopes []string) (context.Context, error) {
	token, ok := auth.Bearer(r)
	if !ok {
		return nil, errNoToken()
	}
	claims, err := h.Tokens.Verify(r.Context(), request.From(r.Context()).Workspace, token)
	if errors.Is(err, auth.ErrInvalidToken) || errors.Is(err, auth.ErrExpiredToken) {
		return nil, errBadToken(err)
	}
	if err != nil {
		return nil, err
	}
	if !claims.Allows(scopes...) {
		return nil, errScope()
	}
	if strings.HasPrefix(r.URL.Path, "/hq/") {
		if err := h.take(r.Context(), countedHQ, claims.Client); err != nil {
			return nil, err
		}
	}
	return context.WithValue(r.Context(), callerKey{}, claims.Client), nil
}

// Rewrite takes a trailing slash off the path: clients send one.
func Rewrite(path string) string {
	if path == "/" {
		return path
	}
	return strings.TrimSuffix(path, "/")
}

const regionHeader = "Region"

// Normalise holds the tolerances of the family's operations.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"accPutBusinessUnitsStructure":   normaliseRegion,
		"accPutBusinessUnitsStructureEU": normaliseRegion,
		"accGetBusinessUnitsStructure":   normaliseRegion,
		"accGetBusinessUnitsStructureEU": normaliseRegion,
	}
}

// normaliseRegion makes the Region header comparable: clients write it in any
// case, or leave it empty.
func normaliseRegion(r *http.Request) error {
	region := strings.ToUpper(strings.TrimSpace(r.Header.Get(regionHeader)))
	r.Header.Del(regionHeader)
	if region != "" {
		r.Header.Set(regionHeader, region)
	}
	return nil
}

// regionOf tells which region a normalised header means. The legacy address is
// that of EMEA, whatever the header says.
func regionOf(header gen.AccRegionName, legacy bool) gen.AccRegion {
	switch {
	case legacy:
		return gen.AccRegionEMEA
	case header == "":
		return gen.AccRegionUS
	case header == gen.AccRegionNameAPAC: // the old name, still in the vendor's SDKs
		return gen.AccRegionAUS
	}
	return gen.AccRegion(header)
}

// address says which account a request is for, and who asks.
type address struct {
	account string
	region  gen.AccRegion
	client  string
}

func addressOf(ctx context.Context, account string, header *gen.AccRegionName, legacy bool) address {
	a := address{account: strings.ToLower(account), client: caller(ctx)}
	if header == nil {
		header = new(gen.AccRegionName)
	}
	a.region = regionOf(*header, legacy)
	return a
}

// admit finds the account, which must be in the address's region, and the app must
// be provisioned for it.
func (a address) admit(q *store.Query, find func(id string) (store.AccAccount, error)) (store.AccAccount, error) {
	account, err := find(a.account)
	if errors.Is(err, store.ErrNotFound) || err == nil && account.Region != string(a.region) {
		return account, errNoAccount()
	}
	if err != nil {
		return account, err
	}
	provisioned, err := q.AccProvisioned(account.ID, a.client)
	if err == nil && !provisioned {
		err = errNotProvisioned()
	}
	return account, err
}

// Prechecks hold what comes before the document's checks.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"accPutBusinessUnitsStructure":   h.precheck(false),
		"accPutBusinessUnitsStructureEU": h.precheck(true),
		"accGetBusinessUnitsStructure":   h.precheck(false),
		"accGetBusinessUnitsStructureEU": h.precheck(true),
		"accCreateToken":                 formPrecheck("grant_type"),
		"accAuthenticate":                formPrecheck("grant_type"),
		"accIntrospectToken":             formPrecheck("token"),
		"accRevokeToken":                 formPrecheck("token", "token_type_hint"),
	}
}

// precheck looks for the account of a request that the document refuses: whoever
// may not see the account learns nothing about the rest of the request.
func (h Handlers) precheck(legacy bool) func(*http.Request, map[string]string, *fault.Fault) error {
	return func(r *http.Request, params map[string]string, _ *fault.Fault) error {
		header := gen.AccRegionName(r.Header.Get(regionHeader))
		if header != "" && !header.Valid() {
			return errRegion()
		}
		at := addressOf(r.Context(), params["account_id"], &header, legacy)
		return h.Store.Read(r.Context(), func(q *store.Query) error {
			_, err := at.admit(q, q.AccAccount)
			return err
		})
	}
}
