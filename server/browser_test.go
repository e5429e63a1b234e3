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

	"orglink/server/servertest"
)

// browserVariable, set to "require", makes a missing browser a failure.
const browserVariable = "ORGLINK_TEST_BROWSER"

// How long one browser may take for all that a test asks of it, and for one thing
// to appear on its page.
const (
	browserDeadline = 5 * time.Minute
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
	p.navigate(t, "/docs/")
	p.wait(t, "the document", `document.querySelector(".opblock") !== null`)
	return p
}

func (p *explorerPage) navigate(t *testing.T, path string) {
	t.Helper()
	p.do(t, chromedp.Navigate(p.site.URL+path))
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
