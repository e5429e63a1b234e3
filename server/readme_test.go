package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"orglink/server/servertest"
)

var (
	readmeSample = regexp.MustCompile("(?s)### ([^\n]*)\n.*?```sh\n(.*?)```\n\n```json\n(.*?)```")
	anyValue     = "*" // stands for a value that no run repeats
)

// The README's curl lines, run by a shell against a fresh demo, answer what the
// README shows below them.
func TestReadmeSamplesAnswerAsShown(t *testing.T) {
	t.Parallel()
	needCurl(t)
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	samples := readmeSample.FindAllStringSubmatch(string(readme), -1)
	if len(samples) != 5 {
		t.Fatalf("the README has %d samples, want one of each family", len(samples))
	}
	for _, sample := range samples {
		t.Run(sample[1], func(t *testing.T) {
			t.Parallel()
			srv := servertest.Start(t, servertest.Demo())
			script := strings.ReplaceAll(sample[2], "127.0.0.1:8080", srv.Addr)
			out, err := exec.Command("sh", "-ec", script).Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, script)
			}
			if diff := cmp.Diff(documents(t, sample[3]), documents(t, string(out)), cmp.FilterValues(isAny, cmp.Ignore())); diff != "" {
				t.Errorf("(-README +server):\n%s", diff)
			}
		})
	}
}

// documents reads JSON values that follow each other.
func documents(t *testing.T, text string) []any {
	t.Helper()
	var all []any
	decoder := json.NewDecoder(strings.NewReader(text))
	for {
		var value any
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		all = append(all, value)
	}
}

// needCurl skips the test where there is no curl.
func needCurl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIPPED: curl was not found; install it to run this test's lines")
	}
}

func isAny(x, y any) bool { return x == any(anyValue) || y == any(anyValue) }
