package server_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/servertest"
)

// browserVariable, set to "require", makes a missing browser a failure.
const browserVariable = "ORGLINK_TEST_BROWSER"

// How long one browser may take for all that a test asks of it, and for one thing
// to appear on its page.
const (
	browserDeadline = 3 * time.Minute
	waitDeadline    = 45 * time.Second
)

// findBrowser returns the path of a Chromium. Where there is none the test is
// skipped, or fails if ORGLINK_TEST_BROWSER=require.
func findBrowser(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	text := "none of " + strings.Join(names, ", ") + " was found; install Chromium to run this test"
	if os.Getenv(browserVariable) == "require" {
		t.Fatal(text)
	}
	t.Skip("SKIPPED IN THE BROWSER: " + text)
	return ""
}

// explorerPage is the explorer of a server, open in a browser of its own.
type explorerPage struct {
	site *site
	ctx  context.Context

	mu       sync.Mutex
	requests []string // method and URL
	errors   []string // what the page wrote to the console as an error
}

// openExplorer opens the explorer and waits until it shows the document. At the
// end of the test the page must have asked no other host for anything, and its
// console must hold no error.
func openExplorer(t *testing.T, opts ...servertest.Option) *explorerPage {
	t.Helper()
	program := findBrowser(t)
	p := &explorerPage{site: start(t, opts...)}

	deadline, cancel := context.WithTimeout(context.Background(), browserDeadline)
	t.Cleanup(cancel)
	browser, stop := chromedp.NewExecAllocator(deadline,
		chromedp.ExecPath(program),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.WindowSize(1280, 1600),
	)
	t.Cleanup(stop)
	tab, closeTab := chromedp.NewContext(browser, chromedp.WithListener(p.listen))
	t.Cleanup(closeTab)
	p.ctx = tab

	t.Cleanup(func() {
		p.checkTraffic(t)
		if t.Failed() {
			p.screenshot(t)
		}
	})
	p.do(t, chromedp.Navigate(p.site.URL+"/docs/"))
	p.wait(t, "the document", `document.querySelector(".opblock") !== null`)
	return p
}

// listen notes what the page does on the network and writes to its console.
func (p *explorerPage) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.Method+" "+e.Request.URL)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			text := "console.error:"
			for _, arg := range e.Args {
				text += fmt.Sprintf(" %s%s", arg.Value, arg.Description)
			}
			p.errors = append(p.errors, text)
		}
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.errors = append(p.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (p *explorerPage) checkTraffic(t *testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requests) == 0 {
		t.Error("no request of the page was seen")
	}
	for _, request := range p.requests {
		_, url, _ := strings.Cut(request, " ")
		if !strings.HasPrefix(url, p.site.URL+"/") && !strings.HasPrefix(url, "data:") {
			t.Errorf("the page asked another host: %s", request)
		}
	}
	for _, text := range p.errors {
		t.Errorf("the page's console: %s", text)
	}
}

// requested reports whether the page has sent the request.
func (p *explorerPage) requested(method, path string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.requests, method+" "+p.site.URL+path)
}

// screenshot keeps the page's picture, where `go test -artifacts` says.
func (p *explorerPage) screenshot(t *testing.T) {
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Logf("no screenshot: %v", err)
		return
	}
	path := filepath.Join(t.ArtifactDir(), "explorer.png")
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		t.Logf("no screenshot: %v", err)
		return
	}
	t.Logf("screenshot: %s", path)
}

func (p *explorerPage) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		t.Fatalf("drive the browser: %v", err)
	}
}

// click waits for the element and clicks it in the page itself: a mouse would
// miss what the page still moves.
func (p *explorerPage) click(t *testing.T, selector string) {
	t.Helper()
	p.wait(t, selector, `(e => e !== null && !e.disabled && (e.click(), true))(document.querySelector(`+strconv.Quote(selector)+`))`)
}

// wait waits until the JavaScript expression is true.
func (p *explorerPage) wait(t *testing.T, what, expression string) {
	t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression,
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(waitDeadline)))
	if err != nil {
		t.Fatalf("wait for %s: %v", what, err)
	}
}

// texts returns the texts of all elements that match.
func (p *explorerPage) texts(t *testing.T, selector string) []string {
	t.Helper()
	list, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](
		`Array.from(document.querySelectorAll(`+strconv.Quote(selector)+`), e => e.textContent.trim())`))
	if err != nil {
		t.Fatalf("read %s: %v", selector, err)
	}
	return list
}

// authorized opens the Authorize dialog and returns the names of the document's
// security schemes that are filled in.
func (p *explorerPage) authorized(t *testing.T) []string {
	t.Helper()
	p.click(t, ".btn.authorize")
	p.wait(t, "the dialog", `document.querySelector(".dialog-ux .auth-container") !== null`)
	list, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`
		Array.from(document.querySelectorAll(".dialog-ux .auth-container h4"))
			.filter(h4 => Array.from(h4.parentElement.children).some(e => e.textContent === "Authorized"))
			.map(h4 => h4.textContent.trim().split(/\s/)[0])`))
	if err != nil {
		t.Fatalf("read the dialog: %v", err)
	}
	return list
}

// securitySchemes are the names of the document's security schemes.
func securitySchemes() []string {
	var names []string
	for name := range contract.doc.Components.SecuritySchemes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestExplorerShowsEveryOperation(t *testing.T) {
	t.Parallel()
	p := openExplorer(t)
	var tags []string
	for _, tag := range contract.doc.Tags {
		tags = append(tags, tag.Name)
	}
	if got := p.texts(t, ".opblock-tag > a"); !slices.Equal(got, tags) {
		t.Errorf("the page has the tags %q, the document %q", got, tags)
	}
	for path, item := range contract.doc.Paths.Map() {
		for method, op := range item.Operations() {
			if list := p.texts(t, operationSelector(op)); len(list) != 1 {
				t.Errorf("%s %s is shown %d times", method, path, len(list))
			}
		}
	}
	if got := p.authorized(t); len(got) > 0 {
		t.Errorf("credentials are filled in without the demo: %q", got)
	}
}

func TestExplorerTriesOperationsOutWithTheDemosCredentials(t *testing.T) {
	t.Parallel()
	p := openExplorer(t, servertest.Demo())
	t.Run("Authorize", func(t *testing.T) {
		got := p.authorized(t)
		slices.Sort(got)
		if want := securitySchemes(); !slices.Equal(got, want) {
			t.Errorf("filled in: %q, the document's schemes: %q", got, want)
		}
		p.click(t, ".dialog-ux .close-modal")
	})
	for _, tag := range contract.doc.Tags {
		t.Run(tag.Name, func(t *testing.T) {
			op, status := guardedRead(t, tag.Name)
			p.execute(t, op, status)
		})
	}
	t.Run("in a workspace", func(t *testing.T) {
		op, status := guardedRead(t, "workbench")
		p.click(t, operationSelector(op)+" .btn-clear")
		p.selectServer(t, "/w/{workspace}")
		p.do(t, chromedp.SendKeys(chromedp.CSS(workspaceField), "-2"))
		name, err := chromedp.Run(p.ctx, chromedp.Value(chromedp.CSS(workspaceField)))
		if err != nil || !strings.Contains(name, "-2") {
			t.Fatalf("the workspace is %q after typing: %v", name, err)
		}
		p.send(t, op, status)
		if path := "/w/" + name + "/orglink/v1/workspaces"; !p.requested("GET", path) {
			t.Errorf("the page did not ask for %s: %q", path, p.requests)
		}
	})
}

const workspaceField = `.servers input[data-variable="workspace"]`

// selectServer chooses one of the document's servers.
func (p *explorerPage) selectServer(t *testing.T, url string) {
	t.Helper()
	p.do(t, chromedp.Evaluate[chromedp.Void](`{
		const list = document.querySelector(".servers select");
		list.value = `+strconv.Quote(url)+`;
		list.dispatchEvent(new Event("change", {bubbles: true}));
	}`))
}

// guardedRead returns the first operation of the tag, by path, that reads and
// needs credentials, and the status of its success.
func guardedRead(t *testing.T, tag string) (*openapi3.Operation, string) {
	t.Helper()
	for _, path := range slices.Sorted(slices.Values(contract.doc.Paths.Keys())) {
		op := contract.doc.Paths.Value(path).Get
		if op == nil || !slices.Contains(op.Tags, tag) || !guarded(op) {
			continue
		}
		for _, status := range slices.Sorted(slices.Values(op.Responses.Keys())) {
			if strings.HasPrefix(status, "2") {
				return op, status
			}
		}
	}
	t.Fatalf("no operation of %s reads and needs credentials", tag)
	return nil, ""
}

func guarded(op *openapi3.Operation) bool {
	return op.Security != nil && slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return len(r) > 0 })
}

func operationSelector(op *openapi3.Operation) string {
	return "#operations-" + op.Tags[0] + "-" + op.OperationID
}

// execute opens the operation and sends it.
func (p *explorerPage) execute(t *testing.T, op *openapi3.Operation, status string) {
	t.Helper()
	block := operationSelector(op)
	p.click(t, block+" .opblock-summary-control")
	// Until the page has resolved the operation it shows the form, but no responses.
	p.wait(t, "the operation", `document.querySelector(`+strconv.Quote(block+" .responses-inner .response")+`) !== null`)
	p.send(t, op, status)
}

// send sends the open operation as the page has filled it in, and holds the
// answer's status against the expected one.
func (p *explorerPage) send(t *testing.T, op *openapi3.Operation, status string) {
	t.Helper()
	block := operationSelector(op)
	p.click(t, block+" .btn.execute")
	live := block + " .live-responses-table .response .response-col_status"
	p.wait(t, "an answer", `document.querySelector(`+strconv.Quote(live)+`) !== null`)
	if got := p.texts(t, live); len(got) != 1 || got[0] != status {
		t.Errorf("%s: got status %q, want %s; the page says: %q", op.OperationID, got, status,
			p.texts(t, block+" .live-responses-table .highlight-code"))
	}
}
