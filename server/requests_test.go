package server_test

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"
	"pgregory.net/rapid"

	"orglink/gen"
	"orglink/server"
	"orglink/server/requestgen"
	"orglink/server/servertest"
)

var requests = flag.Int("requests", 2000, "how many requests TestGeneratedRequests makes, both databases together")

// perSequence is about how many requests one check of the property sends to a workspace
// of its own: enough to come upon what others left there, few enough to be shrunk.
const perSequence = 40

// TestGeneratedRequests sends many more with
//
//	go test ./server -run TestGeneratedRequests -requests 50000 -timeout 2h
//
// and -rapid.seed repeats what failed. What the document allows is answered by what the
// document allows, and never by a 5xx. What breaks one constraint of it is refused with a
// status that is right for that.
func TestGeneratedRequests(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := newRequester(t, database)
		checks, err := strconv.Atoi(flag.Lookup("rapid.checks").Value.String())
		if err != nil {
			t.Fatal(err)
		}
		rounds := max(1, *requests/2/checks/perSequence)
		length := (*requests/2 + rounds*checks - 1) / rounds / checks
		for round := range rounds {
			t.Run(strconv.Itoa(round), func(t *testing.T) {
				rapid.Check(t, func(r *rapid.T) { s.sequence(r, length) })
			})
		}
		s.complete(t)
		s.report(t)
	})
}

// requester sends generated requests to a server of its own.
type requester struct {
	*servertest.Server
	operations []*requestgen.Operation
	examples   []*requestgen.Request
	known      *requestgen.Known
	made       int // workspaces
	statuses   map[string]int
	seen       map[string]bool // operations that answered with a success
	broken     map[string]bool // operations of which a constraint was broken
}

// requestDocument is the document as requests are made from it: [contract] has closed its
// objects.
var requestDocument = sync.OnceValue(func() *openapi3.T {
	doc, err := gen.GetSpec()
	if err != nil {
		panic(err)
	}
	return doc
})

// untouched is the workspace for requests that break a constraint of an example, each of
// which is refused: it stays as the demo made it.
const untouched = "untouched"

func newRequester(t *testing.T, database servertest.Option) *requester {
	t.Helper()
	doc := requestDocument()
	s := &requester{
		Server: servertest.Start(t, database), operations: requestgen.Operations(doc), known: requestgen.NewKnown(doc),
		statuses: map[string]int{}, seen: map[string]bool{}, broken: map[string]bool{},
	}
	for _, o := range s.operations {
		if example, ok := o.Example(); ok {
			s.examples = append(s.examples, example)
		}
	}
	s.workspace(t, untouched)
	return s
}

// demoJSON is the demo as the call that applies fixtures takes it.
var demoJSON = sync.OnceValue(func() string {
	text, err := yaml.YAMLToJSON(server.DemoFixtures())
	if err != nil {
		panic(err)
	}
	return string(text)
})

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// workspace makes one with the demo in it.
func (s *requester) workspace(t fataler, name string) {
	t.Helper()
	s.admin(t, http.MethodPut, "/w/"+name+"/orglink/v1/fixtures", demoJSON(), http.StatusOK)
}

func (s *requester) admin(t fataler, method, path, body string, want int) {
	t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v", err)
	}
	req.Header.Set("Authorization", "Bearer "+servertest.AdminToken)
	req.Header.Set("Content-Type", "application/json")
	if resp, text := s.send(t, req); resp.StatusCode != want { //nolint:bodyclose // send has closed it
		t.Fatalf("%s %s: got %d, want %d: %s", method, path, resp.StatusCode, want, text)
	}
}

func (s *requester) send(t fataler, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	resp, err := s.Client().Transport.RoundTrip(req)
	if err != nil {
		t.Fatalf("the server does not answer: %v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read the body: %v", err)
	}
	return resp, body
}

// sequence sends requests to a new workspace with the demo in it.
func (s *requester) sequence(t *rapid.T, length int) {
	s.made++
	name := fmt.Sprintf("generated-%d", s.made)
	s.workspace(t, name)
	defer s.admin(t, http.MethodDelete, "/orglink/v1/workspaces/"+name, "", http.StatusNoContent)
	known := s.known.Clone()
	for range length {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0, 1:
			s.allowed(t, name, requestgen.Valid(s.operations, known).Draw(t, "valid"), known)
		case 2:
			r := requestgen.Valid(s.operations, known).Draw(t, "valid but for the next")
			s.refused(t, name, s.near(r).Draw(t, "fault"), false)
		case 3:
			example := rapid.SampledFrom(s.examples).Draw(t, "example but for the next")
			s.refused(t, untouched, s.near(example).Draw(t, "fault"), true)
		}
	}
}

// allowed sends a valid request, and learns from its answer what others may name.
func (s *requester) allowed(t fataler, workspace string, r *requestgen.Request, known *requestgen.Known) {
	r.Authorization = credentials(r.Operation)
	a := s.call(t, workspace, r)
	s.statuses[fmt.Sprintf("%s valid: %d", r.Operation.Tag, a.status)]++
	if tag := a.header.Get("ETag"); tag != "" {
		known.Learn(r.Operation.Tag, "If-Match", tag)
	}
	if a.status < 300 {
		s.seen[r.Operation.ID] = true
		known.LearnJSON(r.Operation.Tag, []byte(a.body))
	}
}

func (s *requester) near(r *requestgen.Request) *rapid.Generator[*requestgen.Fault] {
	r.Authorization = credentials(r.Operation)
	return requestgen.Near(r)
}

// refused sends a request of which a constraint is broken, and sees it refused. isExample
// says that it would have succeeded: then nothing but the fault is refused.
func (s *requester) refused(t fataler, workspace string, f *requestgen.Fault, isExample bool) {
	t.Helper()
	if f == nil || exceptionOf(f) != nil {
		return
	}
	s.broken[f.Request.Operation.ID] = true
	want := refusals(f)
	if !isExample {
		want = append(want, earlier(f)...)
	}
	status := s.call(t, workspace, f.Request).status
	s.statuses[fmt.Sprintf("%s %s %s: %d", f.Request.Operation.Tag, f.In, f.Rule, status)]++
	if !slices.Contains(want, status) {
		t.Fatalf("%#v\ngot %d, want one of %v", f, status, want)
	}
}

// call sends the request, and fails unless the answer is one that the document allows.
func (s *requester) call(t fataler, workspace string, r *requestgen.Request) answer {
	a, err := s.answer(t, workspace, r)
	if err != nil {
		t.Fatalf("%s: %s\nanswered %d: %v\n%s", r.Operation.ID, r.Curl(s.URL+"/w/"+workspace), a.status, err, a.body)
	}
	return a
}

// answer sends the request and holds the answer against the document.
func (s *requester) answer(t fataler, workspace string, r *requestgen.Request) (answer, error) {
	req, err := http.NewRequest(r.Operation.Method, s.URL+"/w/"+workspace+r.URL(), strings.NewReader(r.Text()))
	if err != nil {
		t.Fatalf("%s: %v", r.Operation.ID, err)
	}
	req.Header = r.Header()
	resp, body := s.send(t, req) //nolint:bodyclose // send has closed it
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(body)}
	if _, err := contract.validate(req, resp, body); err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\nSchema:")
		return a, errors.New(reason)
	}
	if a.status >= 500 {
		return a, errors.New("it is an error of the server")
	}
	return a, nil
}

func credentials(o *requestgen.Operation) string {
	if !o.Secured {
		return ""
	}
	return demoCredentials[o.Tag]
}

// tries bounds the requests close to its example that are sent to an operation until one
// succeeds.
const tries = 50

// complete sends what chance left out, so that each run sees each operation succeed, and
// refuse.
func (s *requester) complete(t *testing.T) {
	t.Helper()
	const name = "close"
	fresh := func() { s.workspace(t, name) }
	drop := func() {
		s.admin(t, http.MethodDelete, "/orglink/v1/workspaces/"+name, "", http.StatusNoContent)
	}
	fresh()
	defer drop()
	for _, o := range s.operations {
		for seed := 0; seed < tries && o.Succeeds() && !s.seen[o.ID]; seed++ {
			s.allowed(t, name, requestgen.Close(o, s.known).Example(seed), s.known.Clone())
			if !s.seen[o.ID] { // others may have changed what it needs
				drop()
				fresh()
			}
		}
		if o.Succeeds() && !s.seen[o.ID] {
			t.Errorf("%s never succeeded", o.ID)
		}
		example, _ := o.Example()
		constrained := len(example.Faults()) > 0
		for seed := 0; seed < tries && constrained && !s.broken[o.ID]; seed++ {
			s.refused(t, untouched, s.near(example).Example(seed), true)
		}
		if constrained && !s.broken[o.ID] {
			t.Errorf("%s: no constraint was broken", o.ID)
		}
	}
}

// report says, for -v, what was answered how often.
func (s *requester) report(t *testing.T) {
	t.Helper()
	var lines []string
	for line, n := range s.statuses {
		lines = append(lines, fmt.Sprintf("%s (%d times)", line, n))
	}
	slices.Sort(lines)
	t.Logf("answers:\n%s", strings.Join(lines, "\n"))
}
