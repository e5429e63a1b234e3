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
	"orglink/server/throttle"
	"orglink/store"
)

// grantClientCredentials is the only grant that is served: there are no users.
const grantClientCredentials = "client_credentials"

// How long tokens live: by Authentication v2 "gettoken-POST" and by v1
// "authenticate-POST". Their examples print a second less, that on the way.
const (
	tokenLifetime   = time.Hour
	tokenLifetimeV1 = 30 * time.Minute
)

// Functions whose calls are counted.
const (
	countedHQ    = "hq"
	countedToken = "token"
)

// AccCreateToken issues a two-legged token.
func (h Handlers) AccCreateToken(ctx context.Context, r gen.AccCreateTokenRequestObject) (gen.AccCreateTokenResponseObject, error) {
	return h.createToken(ctx, credentials(ctx, r.Body.ClientID, r.Body.ClientSecret), *r.Body, tokenLifetime)
}

// AccAuthenticate is the same at the old address, which reads no Basic credentials.
func (h Handlers) AccAuthenticate(ctx context.Context, r gen.AccAuthenticateRequestObject) (gen.AccAuthenticateResponseObject, error) {
	given := auth.ReadClientCredentials(http.Header{}, r.Body.ClientID, r.Body.ClientSecret)
	return h.createToken(ctx, given, *r.Body, tokenLifetimeV1)
}

// credentials are those of the app that calls.
func credentials(ctx context.Context, formID, formSecret *string) auth.ClientCredentials {
	return auth.ReadClientCredentials(request.From(ctx).Header, formID, formSecret)
}

func (h Handlers) createToken(ctx context.Context, given auth.ClientCredentials, form gen.AccTokenRequest, lifetime time.Duration) (token, error) {
	if form.GrantType != grantClientCredentials {
		return token{}, errGrantType(form.GrantType)
	}
	client, err := h.tokenClient(ctx, given)
	if err != nil {
		return token{}, err
	}
	scopes, err := grantedScopes(client, form.Scope)
	if err != nil {
		return token{}, err
	}
	text, err := h.Tokens.Issue(request.From(ctx).Workspace, auth.Claims{
		Subject: client.ID, Client: client.ID, Grant: form.GrantType, Scopes: scopes,
	}, lifetime)
	return token{AccessToken: text, TokenType: gen.AccTokenTokenTypeBearer, ExpiresIn: int(lifetime.Seconds()) - 1}, err
}

// tokenClient finds the app that asks for a token, and checks its secret.
func (h Handlers) tokenClient(ctx context.Context, given auth.ClientCredentials) (store.Client, error) {
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
	if errors.Is(err, store.ErrNotFound) {
		return client, errUnknownClient() // not counted: callers could fill the memory with made-up names
	}
	if err := h.takeToken(ctx, given.ID); err != nil {
		return client, err
	}
	switch {
	case errors.Is(err, auth.ErrWrongSecret):
		return client, errBadSecret()
	case err == nil && len(client.Grants) > 0 && !slices.Contains(client.Grants, grantClientCredentials):
		return client, errUnknownClient()
	}
	return client, err
}

// takeToken counts a call of an app for a token.
func (h Handlers) takeToken(ctx context.Context, client string) error {
	err := h.take(ctx, countedToken, client)
	var tooMany *fault.Fault
	if errors.As(err, &tooMany) {
		return errTooManyTokens(tooMany.RetryAfter)
	}
	return err
}

// take counts a call of an app.
func (h Handlers) take(ctx context.Context, function, client string) error {
	return h.Limits.Take(ctx, throttle.Call{
		Workspace: request.From(ctx).WorkspaceName, Family: Name, Function: function, Caller: client,
	})
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

type token gen.AccToken

func (t token) write(w http.ResponseWriter) error { return writeUncached(w, gen.AccToken(t)) }

// writeUncached answers what is not to be stored by anyone on the way.
func writeUncached(w http.ResponseWriter, body any) error {
	w.Header().Set("Cache-Control", "no-store")
	return respond.JSON(w, http.StatusOK, jsonType, body)
}

// VisitAccCreateTokenResponse implements [gen.AccCreateTokenResponseObject].
func (t token) VisitAccCreateTokenResponse(w http.ResponseWriter) error { return t.write(w) }

// VisitAccAuthenticateResponse implements [gen.AccAuthenticateResponseObject].
func (t token) VisitAccAuthenticateResponse(w http.ResponseWriter) error { return t.write(w) }

// formPrecheck puts the refusals of a form in the gateway's words. required are the
// fields that it cannot be without.
func formPrecheck(required ...string) fault.Precheck {
	return func(r *http.Request, _ map[string]string, refused *fault.Fault) error {
		switch {
		case refused.Kind == fault.UnsupportedMedia:
			return errNoForm()
		case refused.Kind != fault.Malformed && refused.Kind != fault.Invalid:
			return nil
		case refused.Message != "":
			return errForm(refused.Message)
		case refused.Rule == "enum":
			return errForm(refused.Describe())
		}
		var missing []string
		for _, field := range required {
			if r.PostFormValue(field) == "" {
				missing = append(missing, field)
			}
		}
		return errMissing(missing...)
	}
}
