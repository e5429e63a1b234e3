package server_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"orglink/server/servertest"
)

var readmePrism = regexp.MustCompile("(?s)```sh\nmake tools\n(.*?prism proxy .*?)```")

// The README's line that puts Prism in front of Orglink: a valid call gets through, a
// request that breaks the document is told, and so is an answer, of another upstream.
func TestPrismInFrontTellsWhatBreaksTheDocument(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	findTool(t, "prism")
	srv := servertest.Start(t, servertest.Demo())
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"status":"ok","version":5}`)
	}))
	defer fake.Close()
	t.Run("Orglink", func(t *testing.T) {
		prism := startPrism(t, srv.URL)
		prism.want(t, 200, "demo-secret", "/co_org_identity_links/44.json", "", `"OrgIdentityId":"35"`)
		prism.want(t, 200, "", cuxPath("9"), `{"status":"UNLINKED"}`, `"UNLINKED"`)
		prism.want(t, 422, "", cuxPath("9"), `{"status":"linked"}`, `"location":["body","status"]`)
		prism.want(t, 200, "", sviPath+url.QueryEscape(sviFourParts), "", `"relationshipTypeName":"witnessed_by"`)
	})
	t.Run("an upstream that breaks it", func(t *testing.T) {
		startPrism(t, fake.URL).want(t, 500, "", "/orglink/v1/version", "", `"location":["response","body"`)
	})
}

type prism struct{ url string }

// startPrism runs the README's line with another port and upstream.
func startPrism(t *testing.T, upstream string) prism {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := readmePrism.FindSubmatch(readme)
	if lines == nil {
		t.Fatal("the README has no lines that start Prism")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	listener.Close()
	script := strings.NewReplacer("4010", port, "http://127.0.0.1:8080", upstream).Replace(string(lines[1]))
	var out bytes.Buffer
	shell := exec.Command("sh", "-ec", "exec "+script)
	shell.Dir, shell.Stdout, shell.Stderr = "..", &out, &out
	shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-shell.Process.Pid, syscall.SIGKILL)
		shell.Wait() // its error tells of the signal
	})
	p := prism{"http://127.0.0.1:" + port}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if resp, err := http.Get(p.url); err == nil {
			resp.Body.Close()
			return p
		}
		if time.Now().After(deadline) {
			t.Fatal("Prism does not answer; it reads a large document")
		}
	}
}

// want sends a call, a PUT if it has a body, with the demo's token, or as COmanage's API
// user if there is a key.
func (p prism) want(t *testing.T, status int, key, path, body, part string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPut
	}
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-token")
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		req.SetBasicAuth("co_1.demo", key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status || !strings.Contains(string(text), part) {
		t.Errorf("%s %s: got %d %s (%v), want %d with %s", method, path, resp.StatusCode, text, err, status, part)
	}
}
