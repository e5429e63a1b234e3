package auth_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"orglink/gen/client"
	"orglink/gen/client/auth"
	"orglink/server/servertest"
	"orglink/store/storetest"
)

const (
	secret  = "demo-secret"
	session = "0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10"
)

// eachDatabase runs a test against a server with the demo on every database.
func eachDatabase(t *testing.T, test func(t *testing.T, srv *servertest.Server)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, servertest.Start(t, servertest.Demo(), servertest.Database("sqlite:"+filepath.Join(t.TempDir(), "orglink.db"))))
	})
	t.Run("postgres", func(t *testing.T) {
		if underRace {
			t.Skip("SKIPPED under the race detector: what the client does is raced against the embedded database")
		}
		t.Parallel()
		test(t, servertest.Start(t, servertest.Demo(), servertest.Database(storetest.Postgres(t))))
	})
}

// credentials are those of the demo, each with a call that needs them.
var credentials = map[string]struct {
	option client.ClientOption
	call   func(context.Context, *client.ClientWithResponses) (status, error)
}{
	"acc":         {auth.ACC("demo-client", secret), hubs},
	"acc, v1":     {auth.ACCv1("demo-client", secret, "data:read", "account:read"), hubs},
	"acc, static": {auth.Bearer("9ezBnx9Rd5D1xG4KMt6b72T4w0MG"), hubs},
	"comanage": {auth.COmanage("co_1.demo", secret), func(ctx context.Context, api *client.ClientWithResponses) (status, error) {
		return api.ComanageListOrgIdentitiesWithResponse(ctx, client.ComanageFormatJSON, nil)
	}},
	"cux":               {auth.CUX("demo-client", secret), link},
	"cux, static":       {auth.Bearer("demo-token"), link},
	"responsys":         {auth.Responsys("demo", secret), user},
	"responsys, static": {auth.ResponsysToken("demo-token"), user},
	"svi":               {auth.SAS("sas.ec", "", "demo", secret), person},
	"svi, static":       {auth.Bearer("demo-token"), person},
	"workbench": {auth.Admin(servertest.AdminToken), func(ctx context.Context, api *client.ClientWithResponses) (status, error) {
		return api.WorkbenchListWorkspacesWithResponse(ctx)
	}},
}

// status is what every answer of the client has.
type status interface {
	StatusCode() int
	GetBody() []byte
}

func hubs(ctx context.Context, api *client.ClientWithResponses) (status, error) {
	return api.AccListHubsWithResponse(ctx, nil)
}

func link(ctx context.Context, api *client.ClientWithResponses) (status, error) {
	return api.CuxPutBusinessUnitLinkWithResponse(ctx, session, "BUYCO", "12345", client.CuxLinkRequest{})
}

func user(ctx context.Context, api *client.ClientWithResponses) (status, error) {
	return api.ResponsysGetUserInfoWithResponse(ctx)
}

func person(ctx context.Context, api *client.ClientWithResponses) (status, error) {
	return api.SviGetDocumentWithResponse(ctx, "person", "uuid_102", nil)
}

func newClient(t *testing.T, url string, opts ...client.ClientOption) *client.ClientWithResponses {
	t.Helper()
	api, err := client.NewClientWithResponses(url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// want fails the test unless the call was answered with the status.
func want(t *testing.T, code int, got status, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got.StatusCode() != code {
		t.Fatalf("got %d, want %d: %s", got.StatusCode(), code, got.GetBody())
	}
}

func TestCredentialsOfEachPlatformAreAccepted(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, srv *servertest.Server) {
		for name, c := range credentials {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				api := newClient(t, srv.URL, client.WithHTTPClient(srv.Client()), c.option)
				for range 2 { // the first call fetches a token
					got, err := c.call(t.Context(), api)
					want(t, http.StatusOK, got, err)
				}
			})
		}
	})
}

// Tokens of a workspace are good in it only, and so is what Responsys' login answers.
func TestCredentialsWorkInAWorkspace(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, srv *servertest.Server) {
		admin := newClient(t, srv.URL+"/w/ci-42", auth.Admin(servertest.AdminToken))
		const id, own = "app", "demo-secret" // the hash is the demo's
		applied, err := admin.WorkbenchApplyFixturesWithBodyWithResponse(t.Context(), "application/json", strings.NewReader(`{
			"acc": {"clients": [{"id": "app", "secret": "demo-secret", "scopes": ["data:read"]}]},
			"responsys": {"account": {"name": "Ours"}, "users": [{"name": "app", "passwordHash": "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"}]},
			"svi": {"clients": [{"id": "app", "secret": "demo-secret", "scopes": ["datahub.admin"], "grants": ["client_credentials"]}]}}`))
		want(t, http.StatusOK, applied, err)
		for name, c := range map[string]struct {
			option client.ClientOption
			call   func(context.Context, *client.ClientWithResponses) (status, error)
		}{
			"acc":       {auth.ACC(id, own), hubs},
			"responsys": {auth.Responsys(id, own), user},
			"svi": {auth.SASClient(id, own), func(ctx context.Context, api *client.ClientWithResponses) (status, error) {
				return api.SviListStoredObjectsWithResponse(ctx, nil)
			}},
		} {
			got, err := c.call(t.Context(), newClient(t, srv.URL+"/w/ci-42", c.option))
			want(t, http.StatusOK, got, err)
			var refused *auth.RefusedError
			if _, err := c.call(t.Context(), newClient(t, srv.URL, c.option)); !errors.As(err, &refused) {
				t.Errorf("%s: the credentials of a workspace in another one: %v", name, err)
			}
		}
	})
}
