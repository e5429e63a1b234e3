package cux

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// TokenPath is the token call's path in the document. It may have another beside it.
const TokenPath = "/oauth/token"

const (
	tokenOperation = "cuxPostToken"
	// clientCredentials is the one grant type that is served.
	clientCredentials = "client_credentials"
)

// tokenLifetime is our own choice.
const tokenLifetime = time.Hour

func workspaceOf(ctx context.Context) store.Workspace { return request.From(ctx).Workspace }

// CuxPostToken issues an access token to a client that proves its secret.
func (h Handlers) CuxPostToken(ctx context.Context, r gen.CuxPostTokenRequestObject) (gen.CuxPostTokenResponseObject, error) {
	given := auth.ReadClientCredentials(request.From(ctx).Header, r.Body.ClientID, r.Body.ClientSecret)
	if given.Basic && r.Body.ClientSecret != nil {
		return nil, errToken(gen.CuxTokenErrorErrorInvalidRequest, "The client credentials are given twice.")
	}
	client, err := auth.CheckClient(ctx, h.Store, Name, given)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, auth.ErrWrongSecret) {
		return nil, errToken(gen.CuxTokenErrorErrorInvalidClient, "The client credentials are missing or wrong.")
	}
	if err != nil {
		return nil, err
	}
	if r.Body.GrantType != clientCredentials {
		return nil, errToken(gen.CuxTokenErrorErrorUnsupportedGrantType, "The grant type must be client_credentials.")
	}
	if len(client.Grants) > 0 && !slices.Contains(client.Grants, clientCredentials) {
		return nil, errToken(gen.CuxTokenErrorErrorUnauthorizedClient, "The client may not use this grant type.")
	}
	token, err := h.Tokens.Issue(workspaceOf(ctx), auth.Claims{Subject: client.ID, Client: client.ID}, tokenLifetime)
	if err != nil {
		return nil, err
	}
	return ok{gen.CuxToken{AccessToken: token, TokenType: "Bearer", ExpiresIn: int(tokenLifetime.Seconds())}}, nil
}

// precheckToken puts what the document refuses in the terms of RFC 6749.
func precheckToken(_ *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.Kind == fault.TooLarge {
		return nil
	}
	return errToken(gen.CuxTokenErrorErrorInvalidRequest, refused.Describe())
}
