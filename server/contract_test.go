package server_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/conform"
	"orglink/store/storetest"
)

// TestMain holds the gate of the contract tests: every response that a test saw
// was one the document allows (see recorder), and, at the end of a whole run,
// every status of every operation was seen.
func TestMain(m *testing.M) {
	// A property is checked by a few sequences of calls each time; -rapid.checks asks for
	// more. What fails is printed, not left behind in files.
	for name, value := range map[string]string{"rapid.checks": "15", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	code := storetest.Main(m)
	if code == 0 && wholeRun() {
		if missing := contract.unseen(); len(missing) > 0 {
			fmt.Printf("FAIL: %d of the document's statuses were provoked by no test:\n  %s\n",
				len(missing), strings.Join(missing, "\n  "))
			code = 1
		}
	}
	os.Exit(code)
}

// wholeRun reports whether all tests ran: parts of them need not see everything, and
// the race detector leaves some out.
func wholeRun() bool {
	if underRace {
		return false
	}
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// contract is the document, prepared for looking up operations by request.
var contract = loadContract()

type contractDocument struct {
	*conform.Document
	routes []contractRoute
	mu     sync.Mutex
	seen   map[string]bool // "operationId status"
}

type contractRoute struct {
	pattern *regexp.Regexp
	literal int  // characters of the path outside parameters: the more, the better a match
	slash   bool // the path ends with one
	item    *openapi3.PathItem
}

func loadContract() *contractDocument {
	doc, err := conform.Load()
	if err != nil {
		panic(err)
	}
	c := &contractDocument{Document: doc, seen: map[string]bool{}}
	param := regexp.MustCompile(`\\\{[^}]*\\\}`)
	for path, item := range doc.Paths.Map() {
		pattern := param.ReplaceAllString(regexp.QuoteMeta(path), `[^/]*`)
		c.routes = append(c.routes, contractRoute{
			pattern: regexp.MustCompile("^" + pattern + "$"),
			literal: len(param.ReplaceAllString(regexp.QuoteMeta(path), "")),
			slash:   strings.HasSuffix(path, "/"),
			item:    item,
		})
	}
	sort.Slice(c.routes, func(i, j int) bool { return c.routes[i].literal > c.routes[j].literal })
	return c
}

var prefixes = regexp.MustCompile(`^(/w/[^/]+)?(/registry|/svi-datahub|` + cuxPrefix + `)?(/.*)?$`)

// rootPath is a vendor prefix alone, which some vendors' APIs have as a resource.
var rootPath = regexp.MustCompile(`^(?:/w/[^/]+)?(/svi-datahub)/?$`)

// aliases are the vendor prefixes, with the only family that each belongs to.
var aliases = map[string]string{"/registry": "comanage", "/svi-datahub": "svi", cuxPrefix: "cux"}

// find returns the operation that serves a request, or nil.
func (c *contractDocument) find(r *http.Request) *openapi3.Operation {
	path := r.URL.EscapedPath()
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	alias := ""
	if m := rootPath.FindStringSubmatch(path); m != nil {
		path = m[1] + "/"
	} else if m := prefixes.FindStringSubmatch(path); m != nil {
		alias, path = m[2], m[3]
	}
	if path == cuxTokenPath {
		path = "/oauth/token"
	}
	for _, candidate := range []string{path, path + "/", strings.TrimSuffix(path, "/")} {
		for _, route := range c.routes {
			op := route.item.GetOperation(r.Method)
			if candidate == path+"/" && !route.slash {
				continue // a last parameter is not empty for that
			}
			if op != nil && route.pattern.MatchString(candidate) && (alias == "" || aliases[alias] == op.Tags[0]) {
				return op
			}
		}
	}
	return nil
}

// unseen lists the (operation, status) pairs of the document that no test saw.
func (c *contractDocument) unseen() []string {
	var missing []string
	for _, item := range c.Paths.Map() {
		for _, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if pair := op.OperationID + " " + status; !c.seen[pair] {
					missing = append(missing, pair)
				}
			}
		}
	}
	sort.Strings(missing)
	return missing
}

// errorSchemas are the shapes of answers that belong to no operation (an unknown
// path, a wrong method), by the first segment of the path; "" is any other path. Those
// of a family whose errors have no body have no shape.
var errorSchemas = map[string]string{
	"hq":                    "AccError",
	"authentication":        "AccError",
	"construction":          "AccError",
	".well-known":           "AccError",
	"project":               "AccHubErrors",
	"":                      "WorkbenchProblem",
	"client":                "CuxError",
	"oauth":                 "CuxError",
	"rest":                  "ResponsysError",
	"co_org_identity_links": "",
	"co_org_identity":       "",
	"co_person_roles":       "",
	"co_groups":             "",
	"cous":                  "",
	"email_addresses":       "",
	"cos":                   "",
	"co_people":             "",
	"org_identities":        "",
	"names":                 "",
	"identifiers":           "",
	"admin":                 "SviError",
	"documents":             "SviError",
	"links":                 "SviError",
	"locks":                 "SviError",
	"SASLogon":              "SviTokenError",
}

// recorder is a transport that holds every response against the document.
type recorder struct {
	next http.RoundTripper
	t    *testing.T
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err := contract.check(req, resp, body); err != nil {
		r.t.Errorf("%s %s answered what the document does not allow: %v\n%s",
			req.Method, req.URL.RequestURI(), err, body[:min(len(body), 2000)])
	}
	return resp, nil
}

// check validates one response and notes what was seen.
func (c *contractDocument) check(req *http.Request, resp *http.Response, body []byte) error {
	seen, err := c.validate(req, resp, body)
	if err != nil || seen == "" {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[seen] = true
	return nil
}

// validate holds one response against the document, and says which operation and status
// it was; of an answer that belongs to no operation that is nothing.
func (c *contractDocument) validate(req *http.Request, resp *http.Response, body []byte) (seen string, err error) {
	op := c.find(req)
	if op == nil || resp.StatusCode == http.StatusNotFound && !c.Documents(op.OperationID, http.StatusNotFound) {
		return "", c.checkOutside(req, resp, body)
	}
	return op.OperationID + " " + strconv.Itoa(resp.StatusCode), c.Check(op.OperationID, resp.StatusCode, resp.Header, body)
}

// checkOutside validates an answer that belongs to no operation against the error
// shape of the path's family.
func (c *contractDocument) checkOutside(req *http.Request, resp *http.Response, body []byte) error {
	path := req.URL.Path
	if m := prefixes.FindStringSubmatch(path); m != nil {
		path = m[3]
		if m[2] == "/registry" {
			path = "/co_org_identity_links"
		}
		if m[2] == "/svi-datahub" {
			path = "/links"
		}
		if m[2] == cuxPrefix || path == cuxTokenPath {
			path = "/client"
		}
	}
	if resp.StatusCode < 400 || req.Method == http.MethodHead {
		return nil // the root and the explorer, and a refusal without its body
	}
	segment, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if stem, _, found := strings.Cut(segment, "."); found && stem != "" {
		segment = stem // of a path with a format
	}
	name, ok := errorSchemas[segment]
	if !ok {
		name = errorSchemas[""]
	}
	return c.CheckRefusal(name, resp.StatusCode, body)
}
