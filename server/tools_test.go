package server_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// toolsVariable, set to "require", makes a missing tool of other languages a failure.
const toolsVariable = "ORGLINK_TEST_TOOLS"

// findTool returns the path of a program that `make tools` installs. Where it is missing
// the test is skipped, or fails if ORGLINK_TEST_TOOLS=require.
func findTool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", ".ci", "tools", "node_modules", ".bin", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		missing(t, name+" is not installed; `make tools` does that")
	}
	return path
}

// findProgram returns the path of a program of the machine, the first of those named. Where
// there is none the test is skipped, or fails if ORGLINK_TEST_TOOLS=require.
func findProgram(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, names[0]+" was not found")
	return ""
}

func missing(t *testing.T, text string) {
	t.Helper()
	if os.Getenv(toolsVariable) == "require" {
		t.Fatal(text)
	}
	t.Skip("SKIPPED WITHOUT TOOLS: " + text)
}
