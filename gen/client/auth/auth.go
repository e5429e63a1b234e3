// Package auth gives the generated client the credentials of one platform, so that a call
// is three lines:
//
//	api, err := client.NewClientWithResponses("http://127.0.0.1:8080", auth.ACC("demo-client", "demo-secret"))
//	...
//	hubs, err := api.AccListHubsWithResponse(ctx, nil)
//
// A workspace is part of the base URL: "http://127.0.0.1:8080/w/ci-42". So are a vendor's
// own host and a prefix.
//
// Where a platform gives out tokens, one is fetched at the first call, used by all that
// follow, and replaced shortly before it expires. A token that a call is refused with 401
// is replaced, too, and that call is repeated once, if its body can be sent again: those
// of the generated methods can. All this happens under the context of the calls
// themselves, and any number of goroutines may share a client. A refusal of the
// credentials is a [RefusedError].
//
// A client has the credentials of one platform. A request that has an Authorization
// header already, from an editor of its call, is sent as it is. [client.WithHTTPClient]
// must stand before these options.
package auth

import (
	"context"
	"errors"
	"net/http"

	"orglink/gen/client"
)

// ACC is an app of Autodesk, which gets two-legged tokens with the scopes, or all of the
// app's without any ("gettoken-POST" of Authentication v2).
func ACC(clientID, clientSecret string, scopes ...string) client.ClientOption {
	return withTokens(accGrant(clientID, clientSecret, scopes))
}

// ACCv1 is [ACC] by the older token call ("authenticate-POST" of Authentication v1).
func ACCv1(clientID, clientSecret string, scopes ...string) client.ClientOption {
	return withTokens(accV1Grant(clientID, clientSecret, scopes))
}

// COmanage is an API user of COmanage Registry with its key.
func COmanage(user, key string) client.ClientOption {
	return withEditor(func(r *http.Request) { r.SetBasicAuth(user, key) })
}

// CUX is a client of ES Loyalty CUX. The calls of a member need a session as well, which
// their path names: open it with CuxPostSession, under a correlation id that you make up.
func CUX(clientID, clientSecret string) client.ClientOption {
	return withTokens(cuxGrant(clientID, clientSecret))
}

// Responsys is a user of Oracle Responsys. As the vendor's page "Log in with username and
// password" asks, all calls go to the endPoint that the login answers.
func Responsys(user, password string) client.ClientOption {
	return withTokens(responsysGrant(user, password))
}

// SAS is a user of SAS, who logs in through an OAuth client; a public one, such as sas.ec,
// has an empty secret.
func SAS(clientID, clientSecret, user, password string) client.ClientOption {
	return withTokens(sasGrant("the user", user, password, client.SviTokenRequest{
		GrantType: "password", ClientID: &clientID, ClientSecret: &clientSecret, Username: &user, Password: &password,
	}))
}

// SASClient is an OAuth client of SAS that acts for itself.
func SASClient(clientID, clientSecret string) client.ClientOption {
	return withTokens(sasGrant("the client", clientID, clientSecret, client.SviTokenRequest{
		GrantType: clientCredentials, ClientID: &clientID, ClientSecret: &clientSecret,
	}))
}

// Admin is who has the server's admin token.
func Admin(token string) client.ClientOption { return Bearer(token) }

// Bearer is who has a token of Autodesk, CUX or SAS already.
func Bearer(token string) client.ClientOption {
	return withEditor(func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) })
}

// ResponsysToken is who has a token of Responsys already; the base URL is then the
// endPoint that came with it.
func ResponsysToken(token string) client.ClientOption {
	return withEditor(func(r *http.Request) { r.Header.Set("Authorization", token) })
}

// withEditor is an option for credentials that do not change.
func withEditor(authorize func(*http.Request)) client.ClientOption {
	return client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		authorize(r) // editors of the call come later and may say otherwise
		return nil
	})
}

// Mistakes in the options of a client.
var (
	errTwice = errors.New("auth: a client has the credentials of one platform: make another client for the next")
	errOrder = errors.New("auth: client.WithHTTPClient must stand before the credentials, which would be lost")
)

// withTokens is an option for credentials that buy tokens.
func withTokens(g grant) client.ClientOption {
	return func(c *client.Client) error {
		if _, ok := c.Client.(*doer); ok {
			return errTwice
		}
		d := newDoer(g, c)
		c.Client = d
		return client.WithRequestEditorFn(func(context.Context, *http.Request) error {
			if c.Client != client.HttpRequestDoer(d) {
				return errOrder
			}
			return nil
		})(c)
	}
}
