package server_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

// The published workflows pass against the demo in the default workspace, twice on the same
// data, and in a workspace of its own. The runner holds each answer against the document,
// and so does the server.
func TestArazzoWorkflowsPassAgainstTheDemo(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	redocly := findTool(t, "redocly")
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.ValidateResponses())
		if strings.HasSuffix(t.Name(), "postgres") {
			s.want(t, 200, call{method: "PUT", path: "/w/demo/orglink/v1/fixtures", header: admin, body: demoJSON()})
			runWorkflows(t, redocly, s.URL, s.URL+"/w/demo")
			return
		}
		runWorkflows(t, redocly, s.URL, s.URL)
		runWorkflows(t, redocly, s.URL, s.URL)
	})
}

func runWorkflows(t *testing.T, redocly, server, base string) {
	t.Helper()
	files, err := filepath.Glob("testdata/arazzo/*.arazzo.yaml")
	if err != nil || len(files) != len(demoCredentials) {
		t.Fatalf("got workflows %v, want a file of each family (%v)", files, err)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	args := append([]string{
		"respect", "--severity", "CONTENT_TYPE_CHECK=warn", "--json-output", report,
		"-S", "orglink=" + base, "-S", "workspace=" + server + "/w/workflows",
	}, files...)
	respect := exec.Command(redocly, args...)
	respect.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	out, err := respect.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), servertest.AdminToken) {
		t.Errorf("the output shows a secret:\n%s", out)
	}
	if diff := cmp.Diff(unfoundMediaTypes, failedChecks(t, report)); diff != "" {
		t.Errorf("failed checks (-want +got):\n%s", diff)
	}
}

// unfoundMediaTypes are the steps with an error of SAS, whose media type the runner does not
// find in the document: it drops the parameter. They check it, and the body, by themselves.
var unfoundMediaTypes = []string{"refuse-stale-change: content-type check", "refuse-deleted-link: content-type check"}

// failedChecks lists the checks that failed by the runner's report, be they only warnings.
func failedChecks(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Files map[string]struct {
			ExecutedWorkflows []struct {
				ExecutedSteps []struct {
					StepID string
					Checks []struct {
						Name   string
						Passed bool
					}
				}
			}
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, file := range report.Files {
		for _, workflow := range file.ExecutedWorkflows {
			for _, step := range workflow.ExecutedSteps {
				for _, check := range step.Checks {
					if !check.Passed {
						failed = append(failed, step.StepID+": "+check.Name)
					}
				}
			}
		}
	}
	return failed
}
