package acc

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/respond"
	"orglink/store"
)

const (
	// tokenLifetime is that of Authentication v2 "gettoken-POST".
	tokenLifetime = time.Hour
	// expiresIn is what its examples print: an hour less the second on the way.
	expiresIn = 3599
)

// AccCreateToken issues a two-legged token.
func (h Handlers) AccCreateToken(ctx context.Context, r gen.AccCreateTokenRequestObject) (gen.AccCreateTokenResponseObject, error) {
	if r.Body.GrantType != "client_credentials" {
		return nil, errGrantType(r.Body.GrantType)
	}
	client, err := h.client(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	scopes, err := grantedScopes(client, r.Body.Scope)
	if err != nil {
		return nil, err
	}
	token, err := h.Tokens.Issue(request.From(ctx).Workspace, auth.Claims{
		Subject: client.ID, Client: client.ID, Grant: r.Body.GrantType, Scopes: scopes,
	}, tokenLifetime)
	if err != nil {
		return nil, err
	}
	return tokenResponse{AccessToken: token, TokenType: gen.AccTokenTokenTypeBearer, ExpiresIn: expiresIn}, nil
}

// client finds the app that asks, and checks its secret.
func (h Handlers) client(ctx context.Context, form gen.AccTokenRequest) (store.Client, error) {
	given := auth.ReadClientCredentials(request.From(ctx).Header, form.ClientID, form.ClientSecret)
	if given.Basic && given.Form {
		return store.Client{}, errTwoCredentials()
	}
	var missing []string
	if given.ID == "" {
		missing = append(missing, "client_id")
	}
	if given.Secret == "" {
		missing = append(missing, "client_secret")
	}
	if len(missing) > 0 {
		return store.Client{}, errMissing(missing...)
	}
	client, err := auth.CheckClient(ctx, h.Store, Name, given)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return client, errUnknownClient()
	case errors.Is(err, auth.ErrWrongSecret):
		return client, errBadSecret()
	case err == nil && len(client.Grants) > 0 && !slices.Contains(client.Grants, form.GrantType):
		return client, errUnknownClient()
	}
	return client, err
}

// grantedScopes are the scopes asked for, or all of the app's if none are.
func grantedScopes(client store.Client, asked *string) ([]string, error) {
	if asked == nil || strings.TrimSpace(*asked) == "" {
		return client.Scopes, nil
	}
	var scopes []string
	for _, scope := range strings.Fields(*asked) {
		if !slices.Contains(client.Scopes, scope) {
			return nil, errUnknownScope()
		}
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes, nil
}

type tokenResponse gen.AccToken

// VisitAccCreateTokenResponse implements [gen.AccCreateTokenResponseObject].
func (t tokenResponse) VisitAccCreateTokenResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return respond.JSON(w, http.StatusOK, jsonType, t)
}

// tokenPrecheck puts the refusals of a token request in the gateway's words.
func tokenPrecheck(_ *http.Request, _ map[string]string, refused *fault.Fault) error {
	switch refused.Kind {
	case fault.UnsupportedMedia:
		return errNoForm()
	case fault.Malformed, fault.Invalid:
		if refused.Message != "" {
			return errForm(refused.Message)
		}
		return errMissing("grant_type") // nothing else is required, nor typed
	}
	return nil
}
