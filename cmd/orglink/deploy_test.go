package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// start is how a file of the deployment starts orglink.
type start struct {
	args []string
	env  map[string]string
}

// The unit, the compose file and the image start orglink with flags and variables that
// it has, and values that it takes. The test is not parallel: it sets variables.
func TestDeploymentFilesFitTheCommandLine(t *testing.T) {
	image := imageStart(t)
	all := composeStarts(t, image)
	all["orglink.service"] = unitStart(t)
	all["Dockerfile"] = image
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			known := variables(t)
			for variable, value := range s.env {
				if strings.HasPrefix(variable, "ORGLINK_") && !known[variable] {
					t.Errorf("orglink does not know %s", variable)
				}
				t.Setenv(variable, value)
			}
			var cli commandLine
			parsed, err := newParser(t, &cli).Parse(s.args)
			if err != nil {
				t.Fatalf("%q: %v", s.args, err)
			}
			if parsed.Command() == "serve" {
				if err := cli.Serve.check(); err != nil {
					t.Errorf("%q: %v", s.args, err)
				}
			}
		})
	}
}

func unitStart(t *testing.T) start {
	t.Helper()
	s := start{env: map[string]string{}}
	for line := range strings.Lines(read(t, "deploy/orglink.service")) {
		switch key, value, _ := strings.Cut(strings.TrimSpace(line), "="); key {
		case "ExecStart":
			s.args = strings.Fields(value)[1:]
		case "Environment":
			name, value, _ := strings.Cut(value, "=")
			s.env[name] = value
		}
	}
	return s
}

// composeStarts are the starts of the services that run the image, with its variables
// below their own.
func composeStarts(t *testing.T, image start) map[string]start {
	t.Helper()
	var file struct {
		Services map[string]struct {
			Image       string
			Command     []string
			Environment map[string]string
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	starts := map[string]start{}
	for name, service := range file.Services {
		if service.Image != "orglink" {
			continue
		}
		s := start{service.Command, map[string]string{}}
		for _, env := range []map[string]string{image.env, service.Environment} {
			for variable, value := range env {
				s.env[variable] = value
			}
		}
		starts["compose.yaml "+name] = s
	}
	if len(starts) != 2 {
		t.Fatalf("%d services of compose.yaml run orglink", len(starts))
	}
	return starts
}

var imageVariable = regexp.MustCompile(`(?m)^(?:ENV| {3}) ([A-Z_]+)=(\S+)`)

func imageStart(t *testing.T) start {
	t.Helper()
	text := read(t, "../../Dockerfile")
	s := start{env: map[string]string{}}
	for _, variable := range imageVariable.FindAllStringSubmatch(text, -1) {
		s.env[variable[1]] = variable[2]
	}
	_, command, _ := strings.Cut(text, "\nCMD ")
	if err := json.Unmarshal([]byte(command), &s.args); err != nil || len(s.env) == 0 {
		t.Fatalf("the image's command %q, its variables %v: %v", command, s.env, err)
	}
	return s
}

func TestTheUnitIsOneForSystemd(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("SKIPPED: systemd-analyze was not found; it comes with systemd, which a container may lack")
	}
	unit := strings.ReplaceAll(read(t, "deploy/orglink.service"), "/usr/local/bin/orglink", "/bin/true")
	file := t.TempDir() + "/orglink.service"
	write(t, file, []byte(unit))
	if out, err := exec.Command("systemd-analyze", "verify", file).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

// The README's table has every flag of serve with its variable, and no other.
func TestTheReadmeNamesEveryFlag(t *testing.T) {
	t.Parallel()
	readme := read(t, "../../README.md")
	_, table, _ := strings.Cut(readme, "## Flags")
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for _, name := range regexp.MustCompile("`(--[a-z-]+|ORGLINK_[A-Z_]+)").FindAllStringSubmatch(table, -1) {
		named[name[1]] = true
	}
	for _, command := range newParser(t, &commandLine{}).Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			for _, name := range append(flag.Envs, "--"+flag.Name) {
				if !named[name] {
					t.Errorf("the table lacks %s", name)
				}
				delete(named, name)
			}
		}
	}
	for name := range named {
		t.Errorf("the table has %s, which is no flag", name)
	}
}

// variables are those that orglink reads.
func variables(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, command := range newParser(t, &commandLine{}).Model.Children {
		for _, flag := range command.Flags {
			for _, name := range flag.Envs {
				names[name] = true
			}
		}
	}
	return names
}

func newParser(t *testing.T, cli *commandLine) *kong.Kong {
	t.Helper()
	parser, err := kong.New(cli)
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
