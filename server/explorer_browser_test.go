package server_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/servertest"
)

func TestExplorerShowsEveryOperation(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	p := openExplorer(t)
	var tags []string
	for _, tag := range contract.Tags {
		tags = append(tags, tag.Name)
	}
	if got := p.texts(t, ".opblock-tag > a"); !slices.Equal(got, tags) {
		t.Errorf("the page has the tags %q, the document %q", got, tags)
	}
	for path, item := range contract.Paths.Map() {
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
	notUnderRace(t, oneByOne)
	p := openExplorer(t, servertest.Demo())
	t.Run("Authorize", func(t *testing.T) {
		got := p.authorized(t)
		slices.Sort(got)
		if want := neededSchemes(); !slices.Equal(got, want) {
			t.Errorf("filled in: %q, needed: %q", got, want)
		}
		p.click(t, ".dialog-ux .close-modal")
	})
	for _, tag := range contract.Tags {
		t.Run(tag.Name, func(t *testing.T) {
			p.execute(t, guardedRead(t, tag.Name))
		})
	}
	for _, op := range formCalls() {
		t.Run(op.OperationID, func(t *testing.T) {
			p.execute(t, op)
		})
	}
	t.Run("in a workspace", func(t *testing.T) {
		op := guardedRead(t, "workbench")
		p.click(t, operationSelector(op)+" .btn-clear")
		p.selectServer(t, "/w/{workspace}")
		p.do(t, chromedp.SendKeys(chromedp.CSS(workspaceField), "-2"))
		name, err := chromedp.Run(p.ctx, chromedp.Value(chromedp.CSS(workspaceField)))
		if err != nil || !strings.Contains(name, "-2") {
			t.Fatalf("the workspace is %q after typing: %v", name, err)
		}
		p.send(t, op)
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
// needs credentials.
func guardedRead(t *testing.T, tag string) *openapi3.Operation {
	t.Helper()
	for _, path := range contract.Paths.Keys() {
		if op := contract.Paths.Value(path).Get; op != nil && slices.Contains(op.Tags, tag) && guarded(op) {
			return op
		}
	}
	t.Fatalf("no operation of %s reads and needs credentials", tag)
	return nil
}

// formCalls are the operations that take a form. Swagger UI fills in its fields from
// the examples of the schema's properties, not from that of the body.
func formCalls() []*openapi3.Operation {
	var calls []*openapi3.Operation
	for _, path := range contract.Paths.Keys() {
		for _, op := range contract.Paths.Value(path).Operations() {
			if op.RequestBody != nil && op.RequestBody.Value.Content["application/x-www-form-urlencoded"] != nil {
				calls = append(calls, op)
			}
		}
	}
	return calls
}

func guarded(op *openapi3.Operation) bool {
	return op.Security != nil && slices.ContainsFunc(*op.Security, func(r openapi3.SecurityRequirement) bool { return len(r) > 0 })
}

func operationSelector(op *openapi3.Operation) string {
	return "#operations-" + op.Tags[0] + "-" + op.OperationID
}

// execute opens the operation and sends it.
func (p *explorerPage) execute(t *testing.T, op *openapi3.Operation) {
	t.Helper()
	block := operationSelector(op)
	p.click(t, block+" .opblock-summary-control")
	// Until the page has resolved the operation it shows the form, but no responses.
	p.wait(t, "the operation", `document.querySelector(`+strconv.Quote(block+" .responses-inner .response")+`) !== null`)
	p.send(t, op)
}

// send sends the open operation as the page has filled it in, and holds the
// answer's status against that of the document's success.
func (p *explorerPage) send(t *testing.T, op *openapi3.Operation) {
	t.Helper()
	block := operationSelector(op)
	p.click(t, block+" .btn.execute")
	live := block + " .live-responses-table .response .response-col_status"
	p.wait(t, "an answer", `document.querySelector(`+strconv.Quote(live)+`) !== null`)
	want := strconv.Itoa(successStatus(op))
	if got := p.texts(t, live); len(got) != 1 || got[0] != want {
		t.Errorf("%s: got status %q, want %s; the page says: %q", op.OperationID, got, want,
			p.texts(t, block+" .live-responses-table .highlight-code"))
	}
}
