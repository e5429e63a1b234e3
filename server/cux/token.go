package cux

import (
	"context"
	"errors"
	"net/http"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

const tokenOperation = "cuxPostToken"

// tokenLifetime is our own choice.
const tokenLifetime = time.Hour

func workspaceOf(ctx context.Context) store.Workspace { return request.From(ctx).Workspace }

type basicKey struct{}

// withBasic returns a context that carries the client credentials of the token
// call's Authorization header.
func withBasic(r *http.Request) context.Context {
	return context.WithValue(r.Context(), basicKey{}, auth.ReadClientCredentials(r, nil, nil))
}

// CuxPostToken issues an access token to a client that proves its secret.
func (h Handlers) CuxPostToken(ctx context.Context, r gen.CuxPostTokenRequestObject) (gen.CuxPostTokenResponseObject, error) {
	given, _ := ctx.Value(basicKey{}).(auth.ClientCredentials)
	if given.Basic && r.Body.ClientSecret != nil {
		return nil, errToken(gen.CuxTokenErrorErrorInvalidRequest, "The client credentials are given twice.")
	}
	if !given.Basic {
		given.ID, given.Secret = value(r.Body.ClientID), value(r.Body.ClientSecret)
	}
	if err := h.checkClient(ctx, given); err != nil {
		return nil, err
	}
	if r.Body.GrantType != "client_credentials" {
		return nil, errToken(gen.CuxTokenErrorErrorUnsupportedGrantType, "The grant type must be client_credentials.")
	}
	token, err := h.Tokens.Issue(workspaceOf(ctx), auth.Claims{Subject: given.ID, Client: given.ID}, tokenLifetime)
	if err != nil {
		return nil, err
	}
	return ok{gen.CuxToken{AccessToken: token, TokenType: "Bearer", ExpiresIn: int(tokenLifetime.Seconds())}}, nil
}

func (h Handlers) checkClient(ctx context.Context, given auth.ClientCredentials) error {
	var client store.Client
	err := h.Store.Read(ctx, func(q *store.Query) error {
		var err error
		client, err = q.Client(Name, given.ID)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !auth.SecretMatches(client, given.Secret) {
		return errToken(gen.CuxTokenErrorErrorInvalidClient, "The client credentials are missing or wrong.")
	}
	return err
}

// precheckToken puts what the document refuses in the terms of RFC 6749.
func precheckToken(_ *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.Kind == fault.TooLarge {
		return nil
	}
	return errToken(gen.CuxTokenErrorErrorInvalidRequest, refused.Describe())
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
