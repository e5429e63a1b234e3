package servertest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"orglink/gen/client"
	"orglink/gen/client/auth"
	"orglink/server/servertest"
	"orglink/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// eachDatabase runs a test against a running server on every database.
func eachDatabase(t *testing.T, test func(t *testing.T, running *servertest.Server)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, servertest.Start(t, servertest.Database("sqlite:"+filepath.Join(t.TempDir(), "orglink.db"))))
	})
	t.Run("postgres", func(t *testing.T) {
		if underRace {
			t.Skip("SKIPPED under the race detector: what the client does is raced against the embedded database")
		}
		t.Parallel()
		test(t, servertest.Start(t, servertest.Database(storetest.Postgres(t))))
	})
}

// on is the option of a running server.
func on(running *servertest.Server) servertest.Option {
	return servertest.Running(running.URL+"/", running.AdminToken)
}

// workspaces are the names of those that a server has.
func workspaces(t *testing.T, srv *servertest.Server) string {
	t.Helper()
	api, err := client.NewClientWithResponses("http://"+srv.Addr, auth.Admin(srv.AdminToken))
	if err != nil {
		t.Fatal(err)
	}
	got, err := api.WorkbenchListWorkspacesWithResponse(t.Context())
	if err != nil || got.JSON200 == nil {
		t.Fatalf("list the workspaces: %v %v", got, err)
	}
	var names []string
	for _, w := range got.JSON200.Workspaces {
		names = append(names, w.Name)
	}
	return strings.Join(names, " ")
}

// units are the names of the business units that a caller of the demo sees.
func units(t *testing.T, srv *servertest.Server) string {
	t.Helper()
	got, err := unitsAPI(t, srv).AccGetBusinessUnitsStructureWithResponse(t.Context(), account, nil)
	if err != nil || got.JSON200 == nil {
		t.Fatalf("read the units: %v %v", got, err)
	}
	var names []string
	for _, u := range got.JSON200.BusinessUnits {
		names = append(names, u.Name)
	}
	return strings.Join(names, " ")
}

func addUnit(t *testing.T, srv *servertest.Server, name string) {
	t.Helper()
	got, err := unitsAPI(t, srv).AccPutBusinessUnitsStructureWithResponse(t.Context(), account, nil,
		client.AccBusinessUnitsInput{BusinessUnits: []client.AccBusinessUnitInput{{Name: name}}})
	if err != nil || got.JSON200 == nil {
		t.Fatalf("add a unit: %v %v", got, err)
	}
}

func unitsAPI(t *testing.T, srv *servertest.Server) *client.ClientWithResponses {
	t.Helper()
	api, err := client.NewClientWithResponses(srv.URL, client.WithHTTPClient(srv.Client()), auth.ACC("demo-client", "demo-secret"))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

const account = "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace"

func TestTestsHaveWorkspacesApartThatAreDropped(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, running *servertest.Server) {
		var mu sync.Mutex
		seen := map[string]bool{}
		t.Run("tests", func(t *testing.T) {
			for i := range 4 {
				t.Run(fmt.Sprintf("Test %d/of ALL", i), func(t *testing.T) {
					t.Parallel()
					for _, name := range []string{"First", "Second"} { // several in one test
						srv := servertest.Start(t, on(running), servertest.Demo())
						if got := units(t, srv); got != "" {
							t.Errorf("a new workspace has the units %s", got)
						}
						addUnit(t, srv, name)
						if got := units(t, srv); got != name {
							t.Errorf("got the units %s, want %s", got, name)
						}
						if !strings.HasPrefix(srv.Workspace, "test-testtestshaveworkspacesapartth-") || srv.URL != running.URL+"/w/"+srv.Workspace || srv.Addr != running.Addr {
							t.Errorf("the workspace is %s at %s", srv.Workspace, srv.URL)
						}
						mu.Lock()
						seen[srv.Workspace] = true
						mu.Unlock()
					}
				})
			}
		})
		if got := workspaces(t, running); got != "default" || len(seen) != 8 {
			t.Errorf("the workspaces %s are left of %v", got, seen)
		}
	})
}

func TestFixturesAreAppliedInTheWorkspace(t *testing.T) {
	t.Parallel()
	running := servertest.Start(t)
	t.Run("test", func(t *testing.T) {
		plain := servertest.Start(t, on(running))
		if got := workspaces(t, running); got != "default "+plain.Workspace {
			t.Errorf("without fixtures there are the workspaces %s", got)
		}
		srv := servertest.Start(t, on(running), servertest.Fixtures("cux: {businessUnits: [ONE]}"), servertest.Demo(),
			servertest.Fixtures(`{"acc": {"accounts": [{"id": "`+account+`", "name": "Demo", "region": "US", "clients": ["demo-client"], "businessUnits": [{"id": "933df8fd-abb2-4e4e-8f79-95ba2afebc6c", "name": "North"}]}]}}`))
		if got := units(t, srv); got != "North" {
			t.Errorf("got the units %s", got)
		}
		// A test may drop its workspace itself.
		req, err := http.NewRequest(http.MethodDelete, srv.URL+"/orglink/v1/workspaces/"+srv.Workspace, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+srv.AdminToken)
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNoContent {
			t.Errorf("drop: %s", resp.Status)
		}
	})
	if got := workspaces(t, running); got != "default" {
		t.Errorf("the workspaces %s are left", got)
	}
}

// fakeT is a test that fails without failing the one that looks at it. Other methods than
// these are not called.
type fakeT struct {
	testing.TB
	cleanups []func()
	failed   []string
}

func (f *fakeT) Helper()          {}
func (f *fakeT) Name() string     { return "TestThatFails" }
func (f *fakeT) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }
func (f *fakeT) Errorf(format string, a ...any) {
	f.failed = append(f.failed, fmt.Sprintf(format, a...))
}

func (f *fakeT) Fatalf(format string, a ...any) {
	f.Errorf(format, a...)
	panic(f)
}

// failure is the text with which a test fails that runs the function, and its cleanup.
func failure(t *testing.T, test func(testing.TB)) string {
	t.Helper()
	f := &fakeT{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(f) {
				panic(p)
			}
		}()
		test(f)
	}()
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
	return strings.Join(f.failed, "\n")
}

func TestStartSaysWhyItCannot(t *testing.T) {
	t.Parallel()
	running := servertest.Start(t)
	answers := func(status int, body string) string {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Path == "/orglink/v1/version" {
				_ = json.NewEncoder(w).Encode(map[string]string{"version": "0.0.1", "document": "0.0.9", "go": "go1.20"})
				return
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	foreign := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(foreign.Close)
	for name, c := range map[string]struct {
		opts []servertest.Option
		want []string
	}{
		"no URL":              {[]servertest.Option{servertest.Running("localhost:8080", "x")}, []string{`"localhost:8080"`, "is no base URL"}},
		"nobody answers":      {[]servertest.Option{servertest.Running("http://127.0.0.1:1", "x")}, []string{"http://127.0.0.1:1 (Running): no server answers", "connection refused"}},
		"another server":      {[]servertest.Option{servertest.Running(foreign.URL, "x")}, []string{"what answers there (404 Not Found) is no Orglink"}},
		"wrong token":         {[]servertest.Option{servertest.Running(running.URL, "wr0ng")}, []string{"it answers 401 Unauthorized: The admin token is missing or wrong", "the server is version test"}},
		"older server":        {[]servertest.Option{servertest.Running(answers(404, `{"title": "Not Found"}`), "x")}, []string{"it answers 404 Not Found (the server is version 0.0.1 with document 0.0.9, this test's document is "}},
		"unknown fixtures":    {[]servertest.Option{on(running), servertest.Fixtures("newer: {}")}, []string{"it answers 400 Bad Request: The request body is not known here", "this test's document is"}},
		"no fixtures":         {[]servertest.Option{on(running), servertest.Fixtures("{")}, []string{"they are neither YAML nor JSON"}},
		"options in process":  {[]servertest.Option{on(running), servertest.Clock(time.Now), servertest.Database("sqlite:x.db")}, []string{"Clock, Database: no option of a running server, which Running names"}},
		"replicas":            {[]servertest.Option{on(running), servertest.Replicas("", 3), servertest.IDs(nil), servertest.Log(nil), servertest.PublicURL(""), servertest.CuxPaths("", "")}, []string{"Replicas, IDs, Log, PublicURL, CuxPaths: no option"}},
		"fixtures in process": {[]servertest.Option{servertest.Fixtures("{")}, []string{"start the server: the fixtures are neither YAML nor JSON"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := failure(t, func(t testing.TB) { servertest.Start(t, c.opts...) })
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}
			if strings.Contains(got, "wr0ng") {
				t.Errorf("the token is told: %s", got)
			}
		})
	}
	for name, call := range map[string]func(t testing.TB, srv *servertest.Server){
		"CloseDatabase":  func(t testing.TB, srv *servertest.Server) { srv.CloseDatabase(t) },
		"FillWriteQueue": func(t testing.TB, srv *servertest.Server) { srv.FillWriteQueue(t) },
	} {
		got := failure(t, func(t testing.TB) { call(t, servertest.Start(t, on(running))) })
		if !strings.Contains(got, name+" needs a server in process") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := workspaces(t, running); got != "default" {
		t.Errorf("the workspaces %s are left", got)
	}
}

// A server that is busy for a while lets a test begin and end.
func TestABusyServerIsAskedAgain(t *testing.T) {
	t.Parallel()
	running := servertest.Start(t)
	release := running.FillWriteQueue(t)
	refused := make(chan struct{}, 1)
	target, err := url.Parse(running.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			select {
			case refused <- struct{}{}:
				defer release() // after the first refusal
			default:
			}
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	t.Run("test", func(t *testing.T) {
		srv := servertest.Start(t, servertest.Running(front.URL, running.AdminToken))
		if got := workspaces(t, running); got != "default "+srv.Workspace {
			t.Errorf("the workspaces are %s", got)
		}
	})
	if len(refused) != 1 {
		t.Error("no call was refused")
	}
}

// A user's own tests, run by another process with the variable set: those that fail have
// their workspaces dropped as well.
func TestTheEnvironmentNamesARunningServer(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, running *servertest.Server) {
		// A panic ends all tests of a process, so it has one of its own.
		for tests, want := range map[string][]string{
			"(Passes|Fails)": {"--- PASS: TestOfAUserThatPasses", "--- FAIL: TestOfAUserThatFails", "units: North"},
			"Panics":         {"--- FAIL: TestOfAUserThatPanics", "panic: as planned"},
		} {
			cmd := exec.Command(os.Args[0], "-test.run=^TestOfAUserThat"+tests+"$", "-test.v", "-test.parallel=4")
			cmd.Env = append(os.Environ(), "ORGLINK_TEST_URL="+running.URL, "ORGLINK_TEST_ADMIN_TOKEN="+running.AdminToken, userTests+"=1")
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Errorf("none of the tests failed")
			}
			for _, text := range want {
				if !strings.Contains(string(out), text) {
					t.Errorf("%s is not said in:\n%s", text, out)
				}
			}
		}
		if got := workspaces(t, running); got != "default" {
			t.Errorf("the workspaces %s are left", got)
		}
	})
}

// userTests, in the environment, runs the tests that stand for a user's.
const userTests = "ORGLINK_TEST_USER_TESTS"

func ofAUser(t *testing.T) *servertest.Server {
	t.Helper()
	if os.Getenv(userTests) == "" {
		t.Skip("a part of TestTheEnvironmentNamesARunningServer")
	}
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	addUnit(t, srv, "North")
	return srv
}

func TestOfAUserThatPasses(t *testing.T) { t.Log("units: " + units(t, ofAUser(t))) }

func TestOfAUserThatFails(t *testing.T) {
	ofAUser(t)
	t.Fatal("as planned")
}

func TestOfAUserThatPanics(t *testing.T) {
	ofAUser(t)
	panic("as planned")
}

func TestTheExampleOfTheDocumentation(t *testing.T) {
	t.Parallel()
	testOrganizations(t)
}
