package server_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
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
	p.click(t, ".dialog-ux .close-modal")
	t.Run("and keeps what the visitor chose", func(t *testing.T) {
		p.keepsChoices(t)
	})
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
	t.Run("snippets", func(t *testing.T) {
		p.runSnippets(t, operation(t, "comanageAddCoPerson"))
	})
	t.Run("only the visitor's own credentials are kept", func(t *testing.T) {
		p.enter(t, "responsysToken", "my-own")
		if got := p.kept(t); !slices.Equal(got, []string{"responsysToken"}) {
			t.Errorf("the browser keeps %q", got)
		}
	})
	t.Run("on narrow and dark screens", func(t *testing.T) {
		p.looks(t, ".swagger-ui")
		p.navigate(t, "/")
		p.wait(t, "the start page", `document.querySelector(".families li") !== null`)
		p.looks(t, "body")
	})
}

// looks checks that the page, as it is, fits a wide and a narrow screen, and that its
// ground is as bright as the system asks for.
func (p *explorerPage) looks(t *testing.T, ground string) {
	t.Helper()
	for _, width := range []int64{390, 1280} {
		p.do(t, chromedp.EmulateViewport(width, 900))
		p.wait(t, "a page without a horizontal scroll bar", `innerWidth === `+strconv.FormatInt(width, 10)+` && document.documentElement.scrollWidth <= innerWidth`)
	}
	brightness := `(color => {
		const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
		return alpha === 0 ? 255 : Math.max(red, green, blue); // nothing on white
	})(getComputedStyle(document.querySelector(` + strconv.Quote(ground) + `)).backgroundColor)`
	p.prefer(t, "light")
	p.wait(t, "a bright ground", brightness+" > 200")
	p.prefer(t, "dark")
	p.wait(t, "a dark ground", brightness+" < 80")
}

// keepsChoices checks that what a visitor chose is there after a reload.
func (p *explorerPage) keepsChoices(t *testing.T) {
	t.Helper()
	p.site.want(t, 200, call{method: "PUT", path: "/w/ci-42/orglink/v1/fixtures", header: admin, body: `{}`})

	p.wait(t, "a field for the workspace", `document.querySelector("input#workspace")?.value === "default"`)
	p.enter(t, "workbenchAdmin", servertest.AdminToken)
	p.wait(t, "the list of workspaces", `document.querySelector("select#workspace option[value=ci-42]") !== null`)
	p.pick(t, "ci-42")

	list := operation(t, "workbenchListWorkspaces")
	p.navigate(t, "/docs/#/"+list.Tags[0]+"/"+list.OperationID)
	p.do(t, chromedp.Reload())
	p.wait(t, "the operation of the link", `document.querySelector(`+strconv.Quote(operationSelector(list)+" .responses-inner .response")+`) !== null`)
	p.wait(t, "the operation in sight", `(r => r.top >= 0 && r.top < innerHeight)(document.querySelector(`+strconv.Quote(operationSelector(list))+`).getBoundingClientRect())`)
	p.wait(t, "the workspace again", `document.querySelector("select#workspace")?.value === "ci-42"`)
	p.send(t, list)
	if path := "/w/ci-42/orglink/v1/workspaces"; !p.requested("GET", path) {
		t.Errorf("the page did not ask for %s: %q", path, p.requests)
	}

	p.pick(t, "") // another one
	p.wait(t, "a field for another", `document.activeElement.matches("input#workspace")`)
	p.do(t, chromedp.Evaluate[chromedp.Void](`document.activeElement.value = "not-yet-made"; document.activeElement.form.requestSubmit()`))
	p.wait(t, "the new workspace", `document.querySelector("select#workspace")?.value === "not-yet-made"`)
}

// prefer has the system ask for a colour scheme.
func (p *explorerPage) prefer(t *testing.T, scheme string) {
	t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// enter fills in one scheme of the Authorize dialog, which has one field.
func (p *explorerPage) enter(t *testing.T, scheme, value string) {
	t.Helper()
	p.click(t, ".btn.authorize")
	p.wait(t, "the form of "+scheme, `(form => {
		const button = form?.querySelector(".auth-btn-wrapper .btn-logout, .auth-btn-wrapper button:first-child");
		if (form?.querySelector("input") == null) { button?.click(); return false; }
		form.querySelector("input").id = "entered";
		form.querySelector(".auth-btn-wrapper .authorize").id = "enter";
		return true;
	})([...document.querySelectorAll(".dialog-ux .auth-container")].find(e => e.querySelector("h4")?.textContent.trim().startsWith(`+strconv.Quote(scheme)+`)))`)
	p.do(t, chromedp.SendKeys(chromedp.CSS("#entered"), value))
	p.click(t, "#enter")
	p.click(t, ".dialog-ux .close-modal")
}

// kept are the names of the schemes whose credentials the browser keeps.
func (p *explorerPage) kept(t *testing.T) []string {
	t.Helper()
	list, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`Object.keys(JSON.parse(localStorage.getItem("authorized") ?? "{}"))`))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// pick chooses one of the listed workspaces.
func (p *explorerPage) pick(t *testing.T, name string) {
	t.Helper()
	p.do(t, chromedp.Evaluate[chromedp.Void](`{
		const list = document.querySelector("select#workspace");
		list.value = `+strconv.Quote(name)+`;
		list.dispatchEvent(new Event("change", {bubbles: true}));
	}`))
}

// operation is one of the document's.
func operation(t *testing.T, id string) *openapi3.Operation {
	t.Helper()
	for _, item := range contract.Paths.Map() {
		for _, op := range item.Operations() {
			if op.OperationID == id {
				return op
			}
		}
	}
	t.Fatalf("the document has no operation %s", id)
	return nil
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

// execute opens the operation, sends it, and closes it again: with many of them open the
// page is slow.
func (p *explorerPage) execute(t *testing.T, op *openapi3.Operation) {
	t.Helper()
	p.open(t, op)
	p.send(t, op)
	p.click(t, operationSelector(op)+" .opblock-summary-control")
}

// open opens the operation and waits until it can be sent.
func (p *explorerPage) open(t *testing.T, op *openapi3.Operation) {
	t.Helper()
	block := operationSelector(op)
	p.click(t, block+" .opblock-summary-control")
	// Until the page has resolved the operation it shows the form, but no responses.
	p.wait(t, "the operation", `document.querySelector(`+strconv.Quote(block+" .responses-inner .response")+`) !== null`)
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
	if got := p.texts(t, live); len(got) != 1 || !strings.HasPrefix(got[0], want) {
		t.Errorf("%s: got status %q, want %s; the page says: %q", op.OperationID, got, want,
			p.texts(t, block+" .live-responses-table .highlight-code"))
	}
}
