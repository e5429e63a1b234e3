package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// snippetLanguages are how the explorer's snippets are run, by the titles of their tabs.
var snippetLanguages = []struct {
	title, file string
	run         func(t *testing.T, path string) *exec.Cmd
}{
	{"curl", "snippet.sh", func(_ *testing.T, path string) *exec.Cmd { return exec.Command("sh", path) }},
	{"Go", "snippet.go", func(_ *testing.T, path string) *exec.Cmd { return exec.Command("go", "run", path) }},
	{"TypeScript", "snippet.mjs", func(t *testing.T, path string) *exec.Cmd { return exec.Command(findProgram(t, "node"), path) }},
	{"Python", "snippet.py", func(t *testing.T, path string) *exec.Cmd { return exec.Command(findProgram(t, "python3"), path) }},
}

// runSnippet runs the text as a program of the language and returns what it printed.
func runSnippet(t *testing.T, language int, text string) string {
	t.Helper()
	l := snippetLanguages[language]
	path := filepath.Join(t.TempDir(), l.file)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	command := l.run(t, path)
	command.Dir = filepath.Dir(path)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, text)
	}
	return string(out)
}

// runSnippets sends the operation and runs what the page then shows in each language.
func (p *explorerPage) runSnippets(t *testing.T, op *openapi3.Operation) {
	t.Helper()
	p.open(t, op)
	p.send(t, op)
	snippets := operationSelector(op) + " .snippets"
	for i, language := range snippetLanguages {
		t.Run(language.title, func(t *testing.T) {
			p.click(t, snippets+" .snippet-tab:nth-child("+strconv.Itoa(i+1)+")")
			p.wait(t, "the tab", `document.querySelector(`+strconv.Quote(snippets+` [aria-pressed="true"]`)+`)?.textContent === `+strconv.Quote(language.title))
			text := p.texts(t, snippets+" pre.snippet")
			if len(text) != 1 {
				t.Fatalf("the page shows %d snippets", len(text))
			}
			// COmanage's own reason phrase says that it came to COmanage's handler.
			if out := runSnippet(t, i, text[0]); !strings.Contains(out, "201 Added") || !strings.Contains(out, `"NewObject"`) {
				t.Errorf("it printed: %s\n%s", out, text[0])
			}
		})
	}
}

// sentRequest is a request as the explorer knows it, and as a server gets it.
type sentRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// Whatever stands in a request, its snippets send that.
func TestSnippetsSendTheRequestAsItIs(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	needCurl(t)
	requests := []sentRequest{
		{"PUT", `/it's/"a"/$HOME/$(id)/!x?q=[1]&r={a,b}&s=%7C%27`, map[string]string{
			"X-Quotes": `it's "so" $HOME \n ` + "`id` ${x} %s", "X-Empty": "",
		}, "{\n\t\"it's\": \"$HOME $(id) %d\",\n  \"ü\": \"😀\"\n}\n"},
		{"POST", "/", nil, "@file ` ${x} \\ \\u0041 \"\"\" ''' \r\n \u2028 \ufeff \x7f \x01 \\"},
		{"POST", "/", nil, `it ends with "`},
		{"DELETE", "/gone", map[string]string{"If-Match": `"1"`}, ""},
	}
	snippets := generateSnippets(t, requests)
	for i, request := range requests {
		for language, text := range snippets[i] {
			t.Run(strconv.Itoa(i)+" "+snippetLanguages[language].title, func(t *testing.T) {
				t.Parallel()
				var got []sentRequest
				server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
					body, _ := io.ReadAll(r.Body)
					sent := sentRequest{Method: r.Method, URL: r.URL.RequestURI(), Body: string(body)}
					for name := range request.Headers {
						if sent.Headers == nil {
							sent.Headers = map[string]string{}
						}
						if values := r.Header.Values(name); len(values) == 1 {
							sent.Headers[name] = values[0]
						}
					}
					got = append(got, sent)
				}))
				defer server.Close()
				runSnippet(t, language, strings.ReplaceAll(text, snippetHost, server.URL))
				server.Close()
				want := request
				want.URL = strings.ReplaceAll(want.URL, `"`, "%22") // as every browser sends it
				if diff := cmp.Diff([]sentRequest{want}, got); diff != "" {
					t.Errorf("(-shown +sent):\n%s\n%s", diff, text)
				}
			})
		}
	}
}

// snippetHost stands in the snippets for the address of the server that gets their requests.
const snippetHost = "http://snippets.invalid"

// generateSnippets has the explorer's modules write the requests in all languages.
func generateSnippets(t *testing.T, requests []sentRequest) [][]string {
	t.Helper()
	node := findProgram(t, "node")
	dir := t.TempDir()
	s := start(t)
	for _, name := range []string{"snippets.js", "literals.js", "snippet-curl.js", "snippet-go.js", "snippet-typescript.js", "snippet-python.js"} {
		module := s.want(t, 200, call{method: "GET", path: "/docs/" + name}).body
		if err := os.WriteFile(filepath.Join(dir, name), []byte(module), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	program := `
		import { languages, snippetsPlugin } from "./snippets.js";
		import { text } from "node:stream/consumers";
		globalThis.document = { baseURI: "` + snippetHost + `/docs/" };
		const { fn } = snippetsPlugin({});
		const written = JSON.parse(await text(process.stdin)).map(({ headers, ...request }) => {
			const map = new Map(Object.entries({ ...request, headers: { toJS: () => headers ?? {} } }));
			return Object.keys(languages).map((name) => fn["requestSnippetGenerator_" + name](map));
		});
		console.log(JSON.stringify(written));`
	for name, text := range map[string]string{"package.json": `{"type": "module"}`, "write.js": program} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	input, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(node, filepath.Join(dir, "write.js"))
	command.Stdin = strings.NewReader(string(input))
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var written [][]string
	if err := json.Unmarshal(out, &written); err != nil {
		t.Fatal(err)
	}
	return written
}
