package svi

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

// The grants that are served (SAS Logon Manager "Request an access token").
const (
	grantPassword = "password"
	grantClient   = "client_credentials"
	grantRefresh  = "refresh_token"
)

const (
	accessLifetime  = 12 * time.Hour
	refreshLifetime = 30 * 24 * time.Hour
)

func oauthFault(kind fault.Kind, code, message string) *fault.Fault {
	return &fault.Fault{Kind: kind, Code: code, Message: message}
}

// badCredentials answers alike for wrong users and wrong clients.
func badCredentials() *fault.Fault {
	return oauthFault(fault.Unauthenticated, "unauthorized", "Bad credentials")
}

// client checks the client of a token call.
func (h Handlers) client(ctx context.Context, formID, formSecret *string) (store.Client, error) {
	given := auth.ReadClientCredentials(request.From(ctx).Header, formID, formSecret)
	client, err := auth.CheckClient(ctx, h.Store, Name, given)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, auth.ErrWrongSecret) {
		return client, badCredentials()
	}
	return client, err
}

// precheckToken puts the client before a form that the document refuses.
func (h Handlers) precheckToken(r *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.Kind == fault.TooLarge || refused.Kind == fault.UnsupportedMedia || r.ParseForm() != nil {
		return nil
	}
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	_, err := h.client(r.Context(), &id, &secret)
	return err
}

// SviPostToken issues a token to the client, whose secret is empty if it is a
// public one.
func (h Handlers) SviPostToken(ctx context.Context, r gen.SviPostTokenRequestObject) (gen.SviPostTokenResponseObject, error) {
	form := *r.Body
	client, err := h.client(ctx, form.ClientID, form.ClientSecret)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(client.Grants, form.GrantType) {
		if !slices.Contains(servedGrants, form.GrantType) && form.GrantType != "authorization_code" {
			return nil, oauthFault(fault.Invalid, "unsupported_grant_type", "Unsupported grant type")
		}
		return nil, oauthFault(fault.Unauthenticated, "invalid_client", "Unauthorized grant type: "+form.GrantType)
	}
	claims := auth.Claims{Client: client.ID, ClientToo: client.ID, Grant: form.GrantType}
	if form.GrantType == grantClient {
		claims.Subject, claims.Scopes = client.ID, client.Scopes
		return h.issue(ctx, client, claims)
	}
	user, err := h.grantedUser(ctx, client, form)
	if err != nil {
		return nil, err
	}
	claims.Subject, claims.UserID, claims.UserName, claims.Scopes = user.Name, user.Name, user.Name, user.Groups
	return h.issue(ctx, client, claims)
}

var servedGrants = []string{grantPassword, grantClient, grantRefresh}

// grantedUser is the user whom a password or a refresh token stands for.
func (h Handlers) grantedUser(ctx context.Context, client store.Client, form gen.SviTokenRequest) (store.SviUser, error) {
	if form.GrantType == grantRefresh {
		return h.refreshedUser(ctx, client, form.RefreshToken)
	}
	if form.Username == nil || form.Password == nil {
		return store.SviUser{}, oauthFault(fault.Invalid, "invalid_request", "Missing username or password")
	}
	user, err := h.user(ctx, *form.Username)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return user, err
	}
	if !h.Passwords.Check(user.PasswordHash, *form.Password) {
		return user, badCredentials()
	}
	return user, nil
}

func (h Handlers) refreshedUser(ctx context.Context, client store.Client, token *string) (store.SviUser, error) {
	if token == nil {
		return store.SviUser{}, oauthFault(fault.Invalid, "invalid_request", "Missing refresh token")
	}
	refused := oauthFault(fault.Unauthenticated, "invalid_token", "The refresh token is not valid")
	claims, err := h.RefreshTokens.Verify(ctx, request.From(ctx).Workspace, *token)
	if errors.Is(err, auth.ErrInvalidToken) || errors.Is(err, auth.ErrExpiredToken) {
		return store.SviUser{}, refused
	}
	if err != nil {
		return store.SviUser{}, err
	}
	user, err := h.user(ctx, claims.Subject)
	if errors.Is(err, store.ErrNotFound) || err == nil && claims.Client != client.ID {
		return user, refused
	}
	return user, err
}

func (h Handlers) user(ctx context.Context, name string) (user store.SviUser, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		user, err = q.SviUser(name)
		return err
	})
	return user, err
}

// issue signs the tokens that the claims describe. A refresh token goes to clients
// that may use it, for users only.
func (h Handlers) issue(ctx context.Context, client store.Client, claims auth.Claims) (gen.SviPostTokenResponseObject, error) {
	info := request.From(ctx)
	w := info.Workspace
	claims.ID, claims.Issuer = h.NewID(), info.BaseURL+"/SASLogon/oauth/token"
	access, err := h.Tokens.Issue(w, claims, accessLifetime)
	if err != nil {
		return nil, err
	}
	body := gen.SviToken{
		AccessToken: access,
		TokenType:   gen.SviTokenTokenTypeBearer,
		ExpiresIn:   int(accessLifetime.Seconds()),
		Scope:       strings.Join(claims.Scopes, " "),
		Jti:         claims.ID,
	}
	if claims.Grant != grantClient && slices.Contains(client.Grants, grantRefresh) {
		refresh, err := h.RefreshTokens.Issue(w, auth.Claims{Subject: claims.Subject, Client: client.ID}, refreshLifetime)
		if err != nil {
			return nil, err
		}
		body.RefreshToken = &refresh
	}
	return tokenAnswer(body), nil
}

type tokenAnswer gen.SviToken

// VisitSviPostTokenResponse implements [gen.SviPostTokenResponseObject].
func (t tokenAnswer) VisitSviPostTokenResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return respond.JSON(w, http.StatusOK, "application/json", gen.SviToken(t))
}
