package server_test

import (
	"html"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestStartPageSaysWhatIsRunning(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(`{"cux": {"businessUnits": ["BUYCO", "OTHERCO"]}}`))
		s.want(t, 200, call{method: "PUT", path: "/w/not-to-be-seen/orglink/v1/fixtures", header: admin, body: `{"cux": {"businessUnits": ["THIRDCO"]}}`})
		a := s.want(t, 200, call{method: "GET", path: "/"})
		kind := "SQLite"
		if !strings.HasSuffix(t.Name(), "sqlite") {
			kind = "PostgreSQL"
		}
		for _, want := range []string{
			"<dd>test</dd>", "<dd>" + kind + "</dd>", "<dt>business units</dt><dd>3</dd>", "<dt>workspaces</dt><dd>2</dd>",
			`href="/docs/"`, `href="/openapi.yaml"`, `href="/openapi.json"`,
		} {
			if !strings.Contains(a.body, want) {
				t.Errorf("the page lacks %s", want)
			}
		}
		for _, secret := range []string{"not-to-be-seen", "default", "BUYCO", servertest.AdminToken, "orglink.db", "postgres:", "<script", "style="} {
			if strings.Contains(a.body, secret) {
				t.Errorf("the page holds %s", secret)
			}
		}
	})
}

func TestStartPageShowsACallThatWorks(t *testing.T) {
	t.Parallel()
	needCurl(t)
	for name, test := range map[string]struct {
		options []servertest.Option
		answer  string
	}{
		"plain": {nil, `"version":"test"`},
		"demo":  {[]servertest.Option{servertest.Demo()}, `"ResponseType":"Cos"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, test.options...)
			page := s.want(t, 200, call{method: "GET", path: "/"}).body
			line := regexp.MustCompile(`<pre><code>(.*)</code></pre>`).FindStringSubmatch(page)
			if line == nil {
				t.Fatalf("there is no call: %s", page)
			}
			out, err := exec.Command("sh", "-c", html.UnescapeString(line[1])).Output()
			if text := strings.ReplaceAll(string(out), " ", ""); err != nil || !strings.HasPrefix(string(out), "HTTP/1.1 200") || !strings.Contains(text, test.answer) {
				t.Errorf("%s: %v\n%s", line[1], err, out)
			}
			if shown := strings.Contains(page, "<code>default</code>"); shown != (name == "demo") {
				t.Errorf("names of workspaces are shown: %v", shown)
			}
		})
	}
}

func TestStartPageIsThereWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database)
		s.CloseDatabase(t)
		a := s.want(t, 200, call{method: "GET", path: "/"})
		if !strings.Contains(a.body, "The database does not answer now.") || strings.Contains(a.body, "sql") {
			t.Errorf("got %s", a.body)
		}
	})
}

func TestStartPageRunsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	a := s.want(t, 200, call{method: "GET", path: "/"})
	policy := a.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none'; style-src 'self'; img-src 'self';") || strings.Contains(policy, "script") {
		t.Errorf("got policy %q", policy)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
	if head := s.want(t, 200, call{method: "HEAD", path: "/"}); head.body != "" || head.header.Get("Content-Security-Policy") != policy {
		t.Errorf("HEAD: %q %s", head.body, head.header)
	}
}

// What is counted is counted once for all who ask in a while.
func TestStartPageCountsAtMostOnceInAWhile(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.want(t, 200, call{method: "GET", path: "/"})
	s.CloseDatabase(t)
	if a := s.want(t, 200, call{method: "GET", path: "/"}); !strings.Contains(a.body, "<dt>workspaces</dt><dd>1</dd>") {
		t.Error("the database was asked again at once")
	}
}

// The start page names topics of the README and leads to operations and files.
func TestStartPageLinksAreGood(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t)
	page := s.want(t, 200, call{method: "GET", path: "/"}).body
	for _, topic := range regexp.MustCompile(`<li><a href="[^"]*">([^<]*)</a>`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(string(readme), "\n## "+topic[1]+"\n") {
			t.Errorf("the README has no topic %s", topic[1])
		}
	}
	for _, link := range regexp.MustCompile(`href="([^"#]*)(?:#/(\w+)(?:/(\w+))?)?"`).FindAllStringSubmatch(page, -1) {
		s.want(t, 200, call{method: "GET", path: link[1]})
		if link[2] != "" && contract.T.Tags.Get(link[2]) == nil {
			t.Errorf("the document has no tag %s", link[2])
		}
		if link[3] != "" && operation(t, link[3]).Tags[0] != link[2] {
			t.Errorf("%s has no operation %s", link[2], link[3])
		}
	}
}
