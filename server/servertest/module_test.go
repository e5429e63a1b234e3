package servertest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// goModEdit is the README's line for a module of somebody else.
var goModEdit = regexp.MustCompile(`(?m)^(go mod edit .*-replace=orglink=)\.\./orglink && go mod tidy$`)

// A module of somebody else, set up as the README says, runs the example's test. The sums
// are copied, where `go mod tidy` would ask other hosts for them.
func TestAModuleOfSomebodyElseRunsItsTests(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("SKIPPED: go was not found")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	read := func(name string) string {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	edit := goModEdit.FindStringSubmatch(read(filepath.Join(root, "README.md")))
	if edit == nil {
		t.Fatal("the README has no line for a module of somebody else")
	}
	write("go.mod", "module example.com/mine\n\ngo 1.26.0\n")
	write("go.sum", read(filepath.Join(root, "go.sum")))
	write("mine_test.go", strings.ReplaceAll(read("example_test.go"), "testOrganizations", "TestOrganizations"))
	cmd := exec.Command("sh", "-ec", edit[1]+`"$ROOT"; go test -v -run TestOrganizations .`)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ROOT="+root, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestOrganizations") {
		t.Errorf("%v\n%s", err, out)
	}
}
