package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/gen/client"
	"orglink/gen/client/auth"
	"orglink/server/servertest"
)

// counter counts the requests that it sends on, and those for tokens among them.
type counter struct {
	next       http.RoundTripper
	all, token atomic.Int64
}

func (c *counter) RoundTrip(r *http.Request) (*http.Response, error) {
	c.all.Add(1)
	if strings.HasSuffix(r.URL.Path, "/token") {
		c.token.Add(1)
	}
	return c.next.RoundTrip(r)
}

// wantCalls fails the test unless so many requests were made since the last time.
func (c *counter) wantCalls(t *testing.T, what string, all, token int64) {
	t.Helper()
	if a, b := c.all.Swap(0), c.token.Swap(0); a != all || b != token {
		t.Errorf("%s: %d requests, %d of them for tokens; want %d and %d", what, a, b, all, token)
	}
}

func counted(srv *servertest.Server) (*counter, client.ClientOption) {
	c := &counter{next: srv.Client().Transport}
	return c, client.WithHTTPClient(&http.Client{Transport: c})
}

// later is a clock that tests set forward.
type later struct{ by atomic.Int64 }

func (l *later) now() time.Time { return time.Now().Add(time.Duration(l.by.Load())) }

func TestManyCallsAtOnceShareOneToken(t *testing.T) {
	t.Parallel()
	clock := new(later)
	srv := servertest.Start(t, servertest.Demo(), servertest.Clock(clock.now))
	for name, c := range credentials {
		if strings.ContainsRune(name, ',') || name == "comanage" || name == "workbench" {
			continue
		}
		count, through := counted(srv)
		api := newClient(t, srv.URL, through, c.option)
		atOnce := func(what string, repeated int64) {
			const callers = 16
			var group sync.WaitGroup
			for range callers {
				group.Go(func() {
					if got, err := c.call(t.Context(), api); err != nil || got.StatusCode() != http.StatusOK {
						t.Errorf("%s: %v, %v", name, got, err)
					}
				})
			}
			group.Wait()
			if tokens := count.token.Swap(0); tokens != repeated {
				t.Errorf("%s, %s: %d token calls, want %d", name, what, tokens, repeated)
			}
			if all := count.all.Swap(0); all < callers || all > 2*callers+repeated {
				t.Errorf("%s, %s: %d requests", name, what, all)
			}
		}
		atOnce("at first", 1)
		atOnce("then", 0)
		clock.by.Add(int64(24 * time.Hour)) // the server has the tokens expire before the client knows
		if name == "cux" {                  // and the session with them
			clock.by.Add(-int64(22 * time.Hour))
		}
		atOnce("expired", 1)
	}
}

// A body is sent again with the new token; one that cannot be is not, and the next call
// has a new token.
func TestARefusedCallIsRepeatedWithItsBody(t *testing.T) {
	t.Parallel()
	clock := new(later)
	srv := servertest.Start(t, servertest.Demo(), servertest.Clock(clock.now))
	count, through := counted(srv)
	api := newClient(t, srv.URL, through, auth.ACC("demo-client", secret))
	put := func(body io.Reader) (status, error) {
		return api.AccPutBusinessUnitsStructureWithBodyWithResponse(t.Context(), "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace", nil, "application/json", body)
	}
	const unit = `{"business_units": [{"id": "933df8fd-abb2-4e4e-8f79-95ba2afebc6c", "name": "North"}]}`
	got, err := put(strings.NewReader(unit))
	want(t, http.StatusOK, got, err)
	count.wantCalls(t, "first call", 2, 1)

	clock.by.Add(int64(2 * time.Hour))
	got, err = put(strings.NewReader(unit))
	want(t, http.StatusOK, got, err)
	count.wantCalls(t, "refused call", 3, 1)

	clock.by.Add(int64(2 * time.Hour))
	got, err = put(io.MultiReader(strings.NewReader(unit)))
	want(t, http.StatusUnauthorized, got, err)
	count.wantCalls(t, "call with a stream", 1, 0)
	got, err = put(io.MultiReader(strings.NewReader(unit)))
	want(t, http.StatusOK, got, err)
	count.wantCalls(t, "the next call", 2, 1)
}

// An end that no token mends is answered at once.
func TestAnEndedSessionOfCuxIsNoReasonForAToken(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	count, through := counted(srv)
	api := newClient(t, srv.URL, through, auth.CUX("demo-client", secret))
	for range 2 {
		got, err := api.CuxListBusinessUnitLinksWithResponse(t.Context(), "nobody")
		want(t, http.StatusUnauthorized, got, err)
	}
	count.wantCalls(t, "two calls without a session", 3, 1)
}

func TestRefusedCredentialsAreNamedWithoutTheirSecret(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	const wrong = "s3cret-of-mine"
	for _, c := range []struct {
		name   string
		base   string
		option client.ClientOption
		call   func(context.Context, *client.ClientWithResponses) (status, error)
		want   string
	}{
		{"acc", "", auth.ACC("demo-client", wrong), hubs, `auth: Autodesk gave the app "demo-client" no token: 401 Unauthorized: AUTH-003 `},
		{"acc, unknown", "", auth.ACC("nobody", wrong), hubs, `auth: Autodesk gave the app "nobody" no token: 403 Forbidden: AUTH-001 `},
		{"acc, v1", "", auth.ACCv1("demo-client", wrong), hubs, `auth: Autodesk gave the app "demo-client" no token: 401 Unauthorized: AUTH-003 `},
		{"acc, scope", "", auth.ACC("demo-client", secret, "data:delete"), hubs, `auth: Autodesk gave the app "demo-client" no token: 400 Bad Request: AUTH-004 `},
		{"acc, no such workspace", "/w/none", auth.ACC("demo-client", wrong), hubs, `auth: Autodesk gave the app "demo-client" no token: 404 Not Found: `},
		{"cux", "", auth.CUX("demo-client", wrong), link, `auth: CUX gave the client "demo-client" no token: 401 Unauthorized: invalid_client `},
		{"responsys", "", auth.Responsys("demo", wrong), user, `auth: Responsys gave the user "demo" no token: 400 Bad Request: INVALID_USER_NAME_PASSWORD`},
		{"svi", "", auth.SAS("sas.ec", "", "demo", wrong), person, `auth: SAS gave the user "demo" no token: 401 Unauthorized: unauthorized Bad credentials`},
		{"svi as a client", "", auth.SASClient("sas.ec", wrong), person, `auth: SAS gave the client "sas.ec" no token: 401 Unauthorized: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.call(t.Context(), newClient(t, srv.URL+c.base, c.option))
			var refused *auth.RefusedError
			if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(fmt.Sprintf("%+v %#v", err, refused), wrong) {
				t.Errorf("got %v, want %s...", err, c.want)
			}
		})
	}
}

// A host that repeats what it was told does not have the secret printed.
func TestAnEchoedSecretIsLeftOut(t *testing.T) {
	t.Parallel()
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error": "invalid_client", "error_description": "no client with %s"}`, r.FormValue("client_secret"))
	}))
	t.Cleanup(echo.Close)
	_, err := link(t.Context(), newClient(t, echo.URL, auth.CUX("me", "s3cret")))
	const text = `auth: CUX gave the client "me" no token: 401 Unauthorized: invalid_client no client with ...`
	if err == nil || err.Error() != text {
		t.Errorf("got %v, want %s", err, text)
	}
}

// Who waits for a token waits no longer than its context lets it, and leaves the others'
// alone.
func TestWaitingForATokenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	asked, answer := make(chan struct{}), make(chan struct{})
	slow := roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			close(asked)
			<-answer
		}
		return srv.Client().Transport.RoundTrip(r)
	})
	api := newClient(t, srv.URL, client.WithHTTPClient(&http.Client{Transport: slow}), auth.ACC("demo-client", secret))
	first := make(chan error, 1)
	go func() {
		got, err := hubs(t.Context(), api)
		if err == nil && got.StatusCode() != http.StatusOK {
			err = fmt.Errorf("status %d", got.StatusCode())
		}
		first <- err
	}()
	<-asked
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hubs(ctx, api); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	close(answer)
	if err := <-first; err != nil {
		t.Errorf("the call that fetched the token: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestMistakesInTheOptionsAreTold(t *testing.T) {
	t.Parallel()
	acc := auth.ACC("demo-client", secret)
	if _, err := client.NewClientWithResponses("http://127.0.0.1:1", acc, auth.CUX("demo-client", secret)); err == nil || !strings.Contains(err.Error(), "one platform") {
		t.Errorf("two credentials: %v", err)
	}
	api := newClient(t, "http://127.0.0.1:1", acc, client.WithHTTPClient(http.DefaultClient))
	if _, err := hubs(t.Context(), api); err == nil || !strings.Contains(err.Error(), "must stand before") {
		t.Errorf("an HTTP client after the credentials: %v", err)
	}
}

// A header that an editor of one call has set is sent as it is.
func TestACallMayHaveCredentialsOfItsOwn(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	count, through := counted(srv)
	for _, option := range []client.ClientOption{auth.CUX("demo-client", secret), auth.Bearer("demo-token")} {
		api := newClient(t, srv.URL, through, option)
		got, err := api.CuxListBusinessUnitLinksWithResponse(t.Context(), session, func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer nobody's")
			return nil
		})
		want(t, http.StatusUnauthorized, got, err)
	}
	count.wantCalls(t, "calls with tokens of their own", 2, 0)
}

// Responsys' pod is another host than that of the login.
func TestResponsysCallsGoToTheEndPointOfTheLogin(t *testing.T) {
	t.Parallel()
	pod := servertest.Start(t, servertest.Demo())
	answer := func(endPoint string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/rest/api/v1.3/auth/token" {
				t.Errorf("the login's host was asked for %s", r.URL)
			}
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"authToken": "demo-token", "issuedAt": 1, "endPoint": %q}`, endPoint)
		})
	}
	login := httptest.NewServer(answer(pod.URL))
	t.Cleanup(login.Close)
	got, err := user(t.Context(), newClient(t, login.URL, auth.Responsys("demo", secret)))
	want(t, http.StatusOK, got, err)

	secured := httptest.NewTLSServer(answer(pod.URL))
	t.Cleanup(secured.Close)
	_, err = user(t.Context(), newClient(t, secured.URL, client.WithHTTPClient(secured.Client()), auth.Responsys("demo", secret)))
	if err == nil || !strings.Contains(err.Error(), "without TLS") {
		t.Errorf("a token was sent without TLS: %v", err)
	}
}

// SAS' own hosts have Data Hub below /svi-datahub, and SAS Logon beside it.
func TestSASLogonIsBesideDataHub(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	got, err := person(t.Context(), newClient(t, srv.URL+"/svi-datahub", auth.SAS("sas.ec", "", "demo", secret)))
	want(t, http.StatusOK, got, err)
}
