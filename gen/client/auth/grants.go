package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"orglink/gen/client"
)

// grant buys tokens of one platform.
type grant struct {
	// buy asks the platform for a token, by an api that has no credentials.
	buy func(ctx context.Context, api *client.ClientWithResponses) (token, error)
	// refused reports whether a 401 is about the token; nil means that each is.
	refused func(*http.Response) bool
}

const clientCredentials = "client_credentials"

func bearer(accessToken string, expiresIn int) token {
	return token{header: "Bearer " + accessToken, lifetime: time.Duration(expiresIn) * time.Second}
}

func accRequest(id, secret string, scopes []string) client.AccTokenRequest {
	form := client.AccTokenRequest{GrantType: clientCredentials, ClientID: &id, ClientSecret: &secret}
	if len(scopes) > 0 {
		scope := strings.Join(scopes, " ")
		form.Scope = &scope
	}
	return form
}

func accGrant(id, secret string, scopes []string) grant {
	return grant{buy: func(ctx context.Context, api *client.ClientWithResponses) (token, error) {
		got, err := api.AccCreateTokenWithFormdataBodyWithResponse(ctx, accRequest(id, secret, scopes))
		if err != nil {
			return token{}, err
		}
		if got.JSON200 == nil {
			return token{}, refusal("Autodesk", "the app", id, secret, got.HTTPResponse, got.Body)
		}
		return bearer(got.JSON200.AccessToken, got.JSON200.ExpiresIn), nil
	}}
}

func accV1Grant(id, secret string, scopes []string) grant {
	return grant{buy: func(ctx context.Context, api *client.ClientWithResponses) (token, error) {
		got, err := api.AccAuthenticateWithFormdataBodyWithResponse(ctx, accRequest(id, secret, scopes))
		if err != nil {
			return token{}, err
		}
		if got.JSON200 == nil {
			return token{}, refusal("Autodesk", "the app", id, secret, got.HTTPResponse, got.Body)
		}
		return bearer(got.JSON200.AccessToken, got.JSON200.ExpiresIn), nil
	}}
}

func cuxGrant(id, secret string) grant {
	return grant{
		buy: func(ctx context.Context, api *client.ClientWithResponses) (token, error) {
			got, err := api.CuxPostTokenWithFormdataBodyWithResponse(ctx, client.CuxTokenRequest{
				GrantType: clientCredentials, ClientID: &id, ClientSecret: &secret,
			})
			if err != nil {
				return token{}, err
			}
			if got.JSON200 == nil {
				return token{}, refusal("CUX", "the client", id, secret, got.HTTPResponse, got.Body)
			}
			return bearer(got.JSON200.AccessToken, got.JSON200.ExpiresIn), nil
		},
		// A session that has ended is a 401 as well, which no token mends.
		refused: func(resp *http.Response) bool { return resp.Header.Get("WWW-Authenticate") != "" },
	}
}

// responsysLifetime is the shorter one of the two that Oracle's pages name for a token;
// the answer of the login has none.
const responsysLifetime = 2 * time.Hour

func responsysGrant(user, password string) grant {
	return grant{buy: func(ctx context.Context, api *client.ClientWithResponses) (token, error) {
		kind := client.ResponsysAuthTokenRequestAuthTypePassword
		got, err := api.ResponsysPostAuthTokenWithFormdataBodyWithResponse(ctx, nil, client.ResponsysAuthTokenRequest{
			UserName: &user, Password: &password, AuthType: &kind,
		})
		if err != nil {
			return token{}, err
		}
		if got.JSON200 == nil {
			return token{}, refusal("Responsys", "the user", user, password, got.HTTPResponse, got.Body)
		}
		return token{header: got.JSON200.AuthToken, endPoint: got.JSON200.EndPoint, lifetime: responsysLifetime}, nil
	}}
}

func sasGrant(who, name, secret string, form client.SviTokenRequest) grant {
	return grant{buy: func(ctx context.Context, api *client.ClientWithResponses) (token, error) {
		got, err := api.SviPostTokenWithFormdataBodyWithResponse(ctx, form)
		if err != nil {
			return token{}, err
		}
		if got.JSON200 == nil {
			return token{}, refusal("SAS", who, name, secret, got.HTTPResponse, got.Body)
		}
		return bearer(got.JSON200.AccessToken, got.JSON200.ExpiresIn), nil
	}}
}
