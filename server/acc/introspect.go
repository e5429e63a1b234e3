package acc

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/request"
	"orglink/store"
)

// AccIntrospectToken tells an app what one of its tokens is good for.
func (h Handlers) AccIntrospectToken(ctx context.Context, r gen.AccIntrospectTokenRequestObject) (gen.AccIntrospectTokenResponseObject, error) {
	claims, own, err := h.ownToken(ctx, credentials(ctx, r.Body.ClientID, r.Body.ClientSecret), r.Body.Token)
	if err != nil || !own {
		return introspection{}, err
	}
	scope := strings.Join(claims.Scopes, " ")
	answer := introspection{Active: true, Scope: &scope, ClientID: &claims.Client}
	if claims.ExpiresAt != nil {
		expires := claims.ExpiresAt.Time().Unix()
		answer.Exp = &expires
	}
	return answer, nil
}

// AccRevokeToken makes a token of the app invalid. What is none changes nothing.
func (h Handlers) AccRevokeToken(ctx context.Context, r gen.AccRevokeTokenRequestObject) (gen.AccRevokeTokenResponseObject, error) {
	claims, own, err := h.ownToken(ctx, credentials(ctx, r.Body.ClientID, r.Body.ClientSecret), r.Body.Token)
	if err == nil && own {
		err = h.Tokens.Revoke(ctx, claims)
	}
	return revoked{}, err
}

// ownToken checks the credentials of an app and reports what the token says, if it
// is valid and the app's own.
func (h Handlers) ownToken(ctx context.Context, given auth.ClientCredentials, token string) (claims auth.Claims, own bool, err error) {
	if given.Basic && given.Form {
		return claims, false, errTwoCredentials()
	}
	client, err := auth.CheckClient(ctx, h.Store, Name, given)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, auth.ErrWrongSecret) {
		return claims, false, errBadSecret()
	}
	if err != nil {
		return claims, false, err
	}
	claims, err = h.Tokens.Verify(ctx, request.From(ctx).Workspace, token)
	if errors.Is(err, auth.ErrInvalidToken) || errors.Is(err, auth.ErrExpiredToken) {
		return claims, false, nil
	}
	return claims, err == nil && claims.Client == client.ID, err
}

type introspection gen.AccIntrospection

// VisitAccIntrospectTokenResponse implements [gen.AccIntrospectTokenResponseObject].
func (i introspection) VisitAccIntrospectTokenResponse(w http.ResponseWriter) error {
	return writeUncached(w, gen.AccIntrospection(i))
}

type revoked struct{}

// VisitAccRevokeTokenResponse implements [gen.AccRevokeTokenResponseObject].
func (revoked) VisitAccRevokeTokenResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return nil
}
