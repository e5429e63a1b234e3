package servertest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oasdiff/yaml"

	"orglink/gen"
	"orglink/gen/client"
	"orglink/gen/client/auth"
	"orglink/server"
)

// running is a server that runs already.
type running struct {
	url, adminToken string
	from            string // who names it: the variable or the option
}

// limit bounds what is done on a running server before and after a test.
const limit = 30 * time.Second

// workspace is a workspace of a running server, for one test.
type workspace struct {
	name   string
	server string
	api    *client.ClientWithResponses // of the workspace, by the admin token
}

// startWorkspace makes a workspace on a running server and has it dropped when the test
// ends.
func startWorkspace(t testing.TB, o options) *Server {
	t.Helper()
	if len(o.needInProcess) > 0 {
		t.Fatalf("servertest: %s: no option of a running server, which %s names: leave it out, or skip the test there",
			strings.Join(o.needInProcess, ", "), o.running.from)
	}
	base, err := url.Parse(strings.TrimRight(o.running.url, "/"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		t.Fatalf("servertest: %q, of %s, is no base URL of a server", o.running.url, o.running.from)
	}
	name := workspaceName(t.Name())
	srv := &Server{
		URL:        base.String() + "/w/" + name,
		Addr:       base.Host,
		Workspace:  name,
		AdminToken: o.running.adminToken,
		client:     &http.Client{Transport: transport()},
	}
	t.Cleanup(srv.client.CloseIdleConnections)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	w := workspace{name: name}
	if w.server, err = describe(ctx, base.String(), srv.client); err != nil {
		t.Fatalf("servertest: %s (%s): %v", base.Redacted(), o.running.from, err)
	}
	if w.api, err = client.NewClientWithResponses(srv.URL, client.WithHTTPClient(srv.client), auth.Admin(srv.AdminToken)); err != nil {
		t.Fatalf("servertest: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended.
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		if err := w.drop(ctx); err != nil {
			t.Errorf("servertest: drop the workspace %s: %v", name, err)
		}
	})
	first := []byte("{}") // makes the workspace
	if o.server.Demo {
		first = server.DemoFixtures()
	}
	texts := [][]byte{first}
	for _, text := range o.fixtures {
		texts = append(texts, []byte(text))
	}
	for _, text := range texts {
		if err := w.apply(ctx, text); err != nil {
			t.Fatalf("servertest: apply the fixtures in the workspace %s: %v", name, err)
		}
	}
	return srv
}

// describe says what the server at the base URL is, if it is one of ours.
func describe(ctx context.Context, base string, httpClient *http.Client) (string, error) {
	api, err := client.NewClientWithResponses(base, client.WithHTTPClient(httpClient))
	if err != nil {
		return "", err
	}
	got, err := api.WorkbenchGetVersionWithResponse(ctx)
	if err != nil {
		return "", fmt.Errorf("no server answers: %w", err)
	}
	if got.JSON200 == nil {
		return "", fmt.Errorf("what answers there (%s) is no Orglink", got.Status())
	}
	var own struct{ Info struct{ Version string } }
	if err := json.Unmarshal(gen.RequestsJSON, &own); err != nil {
		return "", err
	}
	return fmt.Sprintf("the server is version %s with document %s, this test's document is %s",
		got.JSON200.Version, got.JSON200.Document, own.Info.Version), nil
}

// apply applies fixtures in the workspace, which it makes if need be.
func (w workspace) apply(ctx context.Context, text []byte) error {
	fixtures, err := yaml.YAMLToJSON(text)
	if err != nil {
		return fmt.Errorf("they are neither YAML nor JSON: %w", err)
	}
	got, err := patiently(ctx, func() (answer, error) {
		return w.api.WorkbenchApplyFixturesWithBodyWithResponse(ctx, "application/json", strings.NewReader(string(fixtures)))
	})
	if err != nil {
		return err
	}
	return w.refusal(got, http.StatusOK)
}

// drop drops the workspace, if it was made and the test has not dropped it itself.
func (w workspace) drop(ctx context.Context) error {
	got, err := patiently(ctx, func() (answer, error) { return w.api.WorkbenchDropWorkspaceWithResponse(ctx, w.name) })
	if err != nil {
		return err
	}
	return w.refusal(got, http.StatusNoContent, http.StatusNotFound)
}

// answer is what all answers of the client have.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// patiently makes a call again while the server is busy, which has done nothing then.
func patiently(ctx context.Context, call func() (answer, error)) (answer, error) {
	for {
		got, err := call()
		if err != nil || got.StatusCode() != http.StatusServiceUnavailable {
			return got, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return got, nil
		}
	}
}

// refusal is the error of an answer with none of the statuses.
func (w workspace) refusal(got answer, statuses ...int) error {
	for _, status := range statuses {
		if got.StatusCode() == status {
			return nil
		}
	}
	var problem client.WorkbenchProblem
	_ = json.Unmarshal(got.GetBody(), &problem) // another server's may be no JSON
	detail := ""
	if problem.Detail != nil {
		detail = ": " + *problem.Detail
	}
	return fmt.Errorf("it answers %d %s%s (%s)", got.StatusCode(), http.StatusText(got.StatusCode()), detail, w.server)
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// workspaceName is random, and tells who finds it whose it was.
func workspaceName(test string) string {
	const longest = 30
	stem := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(test), "-"), "-")
	return "test-" + stem[:min(len(stem), longest)] + "-" + strings.ToLower(rand.Text())[:16]
}
