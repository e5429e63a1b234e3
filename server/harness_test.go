package server_test

import (
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// eachDatabase runs a test on every database that Orglink supports.
func eachDatabase(t *testing.T, test func(t *testing.T, database servertest.Option)) {
	t.Helper()
	embeddedAnd(t, "postgres", servertest.Database, test)
}

// eachDeployment is eachDatabase for tests of what happens at the same time: on Postgres
// their calls take turns between three replicas, each of which has some at once, too.
func eachDeployment(t *testing.T, test func(t *testing.T, deployment servertest.Option)) {
	t.Helper()
	embeddedAnd(t, "replicas", func(url string) servertest.Option { return servertest.Replicas(url, 3) }, test)
}

// embeddedAnd runs a test on the embedded database and on Postgres. Under the race
// detector, which makes all slow, it is the embedded one: what the server does is the
// same, and the store's own suite is run on both.
func embeddedAnd(t *testing.T, name string, onPostgres func(url string) servertest.Option, test func(*testing.T, servertest.Option)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, servertest.Database("sqlite:"+filepath.Join(t.TempDir(), "orglink.db")))
	})
	t.Run(name, func(t *testing.T) {
		if underRace {
			t.Skip("SKIPPED under the race detector: what the server does is raced on the embedded database")
		}
		t.Parallel()
		test(t, onPostgres(storetest.Postgres(t)))
	})
}

// eachWay is eachDatabase, and runs the test on Postgres behind a pgbouncer in transaction
// mode, too, which makes its schema through it.
func eachWay(t *testing.T, test func(t *testing.T, database servertest.Option)) {
	t.Helper()
	eachDatabase(t, test)
	t.Run("pgbouncer", func(t *testing.T) {
		notUnderRace(t, "what the server does is raced on the embedded database")
		t.Parallel()
		test(t, servertest.Database(storetest.Pooled(t)))
	})
}

// Reasons why a test is not run under the race detector, which makes all some ten times
// as slow.
const (
	oneByOne = "its calls come one after another"
	muchData = "it is about much data; others do the same with less"
	ofMemory = "it measures memory, of which the detector takes more"
)

// notUnderRace skips a long test under the race detector.
func notUnderRace(t *testing.T, why string) {
	t.Helper()
	if underRace {
		t.Skip("SKIPPED under the race detector: " + why)
	}
}

// site is a started server whose answers are all held against the document.
type site struct {
	*servertest.Server
	client *http.Client
}

// start starts a server with a recorded client.
func start(t *testing.T, opts ...servertest.Option) *site {
	t.Helper()
	srv := servertest.Start(t, opts...)
	return &site{
		Server: srv,
		client: &http.Client{
			Transport:     &recorder{next: srv.Client().Transport, t: t},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// call is one request of a test. Header values of "" are not sent.
type call struct {
	method string
	path   string // with its query; sent as it stands
	header map[string]string
	body   string
}

// answer is a response, read whole.
type answer struct {
	status int
	line   string // the status with its reason phrase
	header http.Header
	body   string
}

// do sends the call and fails the test on a broken connection or on a response
// that the document does not allow.
func (s *site) do(t *testing.T, c call) answer {
	t.Helper()
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	req, err := http.NewRequest(c.method, s.URL+c.path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	for name, value := range c.header {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: read the body: %v", c.method, c.path, err)
	}
	return answer{status: resp.StatusCode, line: resp.Status, header: resp.Header, body: string(text)}
}

// want sends the call and fails the test unless the answer has the status.
func (s *site) want(t *testing.T, status int, c call) answer {
	t.Helper()
	a := s.do(t, c)
	if a.status != status {
		t.Fatalf("%s %s: got status %d, want %d; body: %s", c.method, c.path, a.status, status, a.body)
	}
	return a
}

// json decodes the answer's body into v.
func (a answer) json(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("the body is not the expected JSON: %v\n%s", err, a.body)
	}
}

// wantJSON fails the test unless the body is the same JSON value as want.
func (a answer) wantJSON(t *testing.T, want string) {
	t.Helper()
	var got, expected any
	a.json(t, &got)
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatalf("the expected value is not JSON: %v", err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Fatalf("unexpected body (-want +got):\n%s", diff)
	}
}

// eventually polls until the condition holds, and fails the test if it does not in time.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("in vain: %s", what)
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// untraced is a log without the traces of its requests, which are random.
func untraced(log string) string { return traceID.ReplaceAllString(log, "") }

var traceID = regexp.MustCompile(` trace_id=[0-9a-f]{32}`)

// golden holds got, byte for byte, against a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", path, diff)
	}
}
