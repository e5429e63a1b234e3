package server_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What redocly finds in the document is what is excepted, place by place, no more and no
// less: an exception that nothing needs any more is struck out.
func TestRedoclyFindsWhatIsExcepted(t *testing.T) {
	t.Parallel()
	redocly := findTool(t, "redocly")
	config := copied(t, "redocly.yaml") // in a folder without the exceptions
	var report struct {
		Problems []struct {
			RuleID   string
			Location []struct{ Pointer string }
		}
	}
	lint(t, &report, redocly, "lint", "--format", "json", "--max-problems", "10000", "--config", config, "../openapi.yaml")
	var found []string
	for _, p := range report.Problems {
		found = append(found, p.RuleID+" "+p.Location[0].Pointer)
	}
	slices.Sort(found)
	if diff := cmp.Diff(redoclyExceptions(t), found); diff != "" {
		t.Errorf("(-excepted +found):\n%s", diff)
	}
}

// Spectral finds nothing, and each rule that is off would find something.
func TestSpectralFindsNothing(t *testing.T) {
	t.Parallel()
	spectral := findTool(t, "spectral")
	ruleset := readLint(t, "spectral.yaml")
	off := regexp.MustCompile(`(?m)^  (\S+): off$`).FindAllStringSubmatch(ruleset, -1)
	for _, rule := range off {
		if !regexp.MustCompile(`(?m)^  # .+\n  ` + rule[1] + `: off$`).MatchString(ruleset) {
			t.Errorf("%s is off without a reason on the line above", rule[1])
		}
		ruleset = strings.Replace(ruleset, "  "+rule[1]+": off\n", "", 1)
	}
	path := filepath.Join(t.TempDir(), "spectral.yaml")
	if err := os.WriteFile(path, []byte(ruleset), 0o600); err != nil {
		t.Fatal(err)
	}
	var findings []struct {
		Code    string
		Message string
		Path    []any
	}
	lint(t, &findings, spectral, "lint", "--format", "json", "--quiet", "--ruleset", path, "../openapi.yaml")
	needed := map[string]bool{}
	for _, f := range findings {
		needed[f.Code] = true
		if !slices.ContainsFunc(off, func(rule []string) bool { return rule[1] == f.Code }) {
			t.Errorf("%s at %s: %s", f.Code, strings.Trim(fmt.Sprint(f.Path), "[]"), f.Message)
		}
	}
	for _, rule := range off {
		if !needed[rule[1]] {
			t.Errorf("%s is off, and would find nothing", rule[1])
		}
	}
}

// redoclyExceptions are the lines of the ignore file, in order: rule and place. Each has
// the vendor's reason on the line above it, which the file's format has no member for.
func redoclyExceptions(t *testing.T) []string {
	t.Helper()
	var all []string
	rule, above := "", ""
	for line := range strings.Lines(readLint(t, ".redocly.lint-ignore.yaml")) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutSuffix(strings.TrimPrefix(line, "  "), ":"); ok {
			rule = name
		}
		if place, ok := strings.CutPrefix(line, "    - "); ok {
			if reason, ok := strings.CutPrefix(above, "    # "); !ok || len(reason) < 20 {
				t.Errorf("no reason above %s", place)
			}
			all = append(all, rule+" "+strings.Trim(place, "'"))
		}
		above = line
	}
	slices.Sort(all)
	return all
}

// lint runs a linter and reads its report. One that finds something ends with status 1.
func lint(t *testing.T, report any, program string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off")
	var exit *exec.ExitError
	out, err := command.Output()
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func readLint(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "lint", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// copied is a file of the linters, alone in a folder.
func copied(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(readLint(t, name)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
