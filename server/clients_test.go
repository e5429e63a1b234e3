package server_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"orglink/server/servertest"
)

// TestTypeScriptWalksEachPlatform type-checks gen/typescript, whose walks and example then
// run on Node against a server.
func TestTypeScriptWalksEachPlatform(t *testing.T) {
	notUnderRace(t, oneByOne)
	t.Parallel()
	node := findProgram(t, "node")
	compiler := filepath.Join("node_modules", "typescript", "bin", "tsc")
	if _, err := os.Stat(filepath.Join("..", "gen", "typescript", compiler)); err != nil {
		missing(t, "TypeScript is not installed in gen/typescript; `make tools` does that")
	}
	runIn(t, "typescript", nil, node, compiler)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		here := []string{"ORGLINK_URL=" + start(t, servertest.Demo(), database).URL}
		runIn(t, "typescript", here, node, filepath.Join("dist", "test", "stories.js"))
		runIn(t, "typescript", here, node, filepath.Join("dist", "examples", "datahub.js"))
	})
}

// TestPythonWalksEachPlatform runs the walks and the example of gen/python against a
// server, with the package as pip installs it.
func TestPythonWalksEachPlatform(t *testing.T) {
	notUnderRace(t, oneByOne)
	t.Parallel()
	python := findPython(t)
	source, installed := t.TempDir(), t.TempDir() // pip builds in the source
	if err := os.CopyFS(source, os.DirFS(filepath.Join("..", "gen", "python"))); err != nil {
		t.Fatal(err)
	}
	runIn(t, "python", []string{"PIP_DISABLE_PIP_VERSION_CHECK=1"}, python, "-m", "pip", "install", "--quiet", "--no-index",
		"--no-deps", "--no-build-isolation", "--no-compile", "--target", installed, source)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		here := []string{"PYTHONPATH=" + installed, "ORGLINK_URL=" + start(t, servertest.Demo(), database).URL}
		runIn(t, "python", here, python, filepath.Join("tests", "stories.py"))
		runIn(t, "python", here, python, filepath.Join("examples", "comanage.py"))
	})
}

// findPython returns a Python that has what the client depends on, and pip.
func findPython(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import setuptools, wheel, pip, certifi, dateutil, six, urllib3").Run() == nil {
			return python
		}
	}
	missing(t, "no Python with pip, setuptools, wheel, certifi, dateutil, six and urllib3 was found")
	return ""
}

// runIn runs a program in a folder of gen and fails the test if the program fails.
func runIn(t *testing.T, folder string, environment []string, program string, arguments ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, arguments...)
	cmd.Dir = filepath.Join("..", "gen", folder)
	cmd.Env = append(os.Environ(), environment...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, output)
	}
	t.Logf("%s", output)
}
