package server_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

const responsysPrograms = "/rest/api/v1.3/programs"

// responsysSampled holds the programs of the vendor's samples.
const responsysSampled = `
responsys:
  users: [{name: API_Account, passwordHash: "$2a$10$G93ngws06EkN9FckInU6Y.g/WK6JwXEPOmMpRwZl5uBQsUEjBypCS"}]
  tokens: [{token: demo-token, subject: API_Account}]
  organizations: [{name: Root}]
  programs:
    - {name: Program_Name, id: 86292841, folder: API_Folder, list: {id: 86126161, name: List_Name}, createdOn: 13/05/2020, createdBy: API_Account}
    - {name: PD_100_Reactivation, id: 10001362, folder: PD_100, list: {id: 7, name: PD_100_LIST}, channels: [EMAIL], createdOn: 07/10/2018}
    - {name: Simple Program, id: 10004423, folder: Examples, list: {id: 8, name: Example contact list}, createdOn: 29/02/2018, status: RUNNING, publishDate: 01/03/2018}
`

func TestResponsysAnswersTheDocumentedSamplesOfPrograms(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(responsysSampled))
		a := s.want(t, 200, call{method: "GET", path: responsysPrograms + "/Program_Name", header: map[string]string{"Authorization": "demo-token"}})
		golden(t, "responsys/program.json", a.body)
		if media := a.header.Get("Content-Type"); media != responsysMedia {
			t.Errorf("Content-Type is %q", media)
		}
		a = s.want(t, 200, call{method: "GET", path: responsysPrograms, header: responsysHeader})
		golden(t, "responsys/programs.json", a.body)
		a = s.want(t, 200, call{method: "PATCH", path: responsysPrograms + "/Program_Name", header: responsysHeader, body: `{"action": "publish", "saveDraft": "Y"}`})
		golden(t, "responsys/published.json", a.body)
		a = s.want(t, 400, call{method: "PATCH", path: responsysPrograms + "/Program_Name", header: responsysHeader, body: `{"action": "start"}`})
		golden(t, "responsys/unknown-action.json", a.body)
	})
}

// names are the programs of a list, in its order.
func (s *site) responsysPrograms(t *testing.T, query string) string {
	t.Helper()
	var body struct{ Programs []struct{ Name string } }
	s.want(t, 200, call{method: "GET", path: responsysPrograms + query, header: responsysHeader}).json(t, &body)
	if body.Programs == nil {
		t.Error("the list is null")
	}
	var names []string
	for _, p := range body.Programs {
		names = append(names, p.Name)
	}
	return strings.Join(names, " ")
}

func TestResponsysProgramsAreListedInPages(t *testing.T) {
	t.Parallel()
	fixtures := "responsys: {organizations: [{name: Root}], programs: ["
	for i := range 203 {
		status := []string{"NOT_RUNNING", "RUNNING", "RUNNING_WITH_ERRORS"}[i%3]
		fixtures += fmt.Sprintf("{name: p%d, id: %d, status: %s},", i, 1000-i, status)
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Fixtures(responsysUserOnly), servertest.Fixtures(fixtures+"]}"))
		for query, want := range map[string]string{
			"?limit=3":                            "p202 p201 p200",
			"?limit=2&offset=1":                   "p201 p200",
			"?offset=201":                         "p1 p0",
			"?offset=203":                         "",
			"?offset=9223372036854775807&limit=1": "",
			"?limit=2&status=RUNNING":             "p202 p199",
			"?limit=3&status=RUNNING_WITH_ERRORS%2CNOT_RUNNING":            "p201 p200 p198",
			"?limit=3&status=NOT_RUNNING,RUNNING,RUNNING_WITH_ERRORS":      "p202 p201 p200",
			"?limit=1&status=RUNNING,RUNNING&offset=1&nope=1&limits=x":     "p199",
			"?limit=2&offset=66&status=RUNNING":                            "p4 p1",
			"?limit=200&offset=201&status=NOT_RUNNING,RUNNING_WITH_ERRORS": "",
		} {
			if got := s.responsysPrograms(t, query); got != want {
				t.Errorf("%s: got %q, want %q", query, got, want)
			}
		}
		for _, query := range []string{"", "?limit=200"} {
			if got := len(strings.Fields(s.responsysPrograms(t, query))); got != 200 {
				t.Errorf("%q lists %d programs, want 200", query, got)
			}
		}
		for query, parameter := range map[string]string{
			"limit=0": "limit", "limit=201": "limit", "limit=-1": "limit", "limit=x": "limit", "limit=1.5": "limit", "limit=": "limit", "limit=99999999999999999999": "limit",
			"offset=-1": "offset", "offset=x": "offset", "offset=": "offset", "offset=99999999999999999999": "offset", "offset=1e3": "offset",
			"status=": "status", "status=running": "status", "status=RUNNING,": "status", "status=RUNNING+NOT_RUNNING": "status", "status=RUNNING,,NOT_RUNNING": "status", "status=%00": "", "status=%FF": "",
			"limit=1&limit=2": "", "offset=1&offset=2": "", "status=RUNNING&status=NOT_RUNNING": "",
		} {
			a := s.want(t, 400, call{method: "GET", path: responsysPrograms + "?" + query, header: responsysHeader})
			if !strings.Contains(a.body, `"errorCode":"INVALID_PARAMETER"`) || !strings.Contains(a.body, parameter) {
				t.Errorf("%s: got %s", query, a.body)
			}
		}
		s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", call{method: "GET", path: responsysPrograms + "?limit=x"})
	})
}

func TestResponsysProgramsArePublishedAndUnpublished(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 23, 4, 5, 0, time.UTC))
		s := start(t, database, servertest.Clock(clock.Now), servertest.Fixtures(responsysUserOnly), servertest.Fixtures(
			`responsys: {organizations: [{name: Root}], programs: [{name: "[TEST] 1", createdOn: 13/05/2020, createdBy: demo}, {name: other}]}`))
		path := responsysPrograms + "/%5BTEST%5D%201"
		wantState := func(want string) {
			t.Helper()
			var p struct {
				Status, ModifiedOn, ModifiedBy, PublishDate, UnpublishDate string
				Links                                                      []struct{ Href, Method string }
			}
			s.want(t, 200, call{method: "GET", path: path, header: responsysHeader}).json(t, &p)
			got := strings.Join([]string{p.Status, p.ModifiedOn, p.ModifiedBy, p.PublishDate, p.UnpublishDate}, " ")
			if got != want {
				t.Errorf("the program is %q, want %q", got, want)
			}
			for _, l := range p.Links { // what is linked is there
				if l.Method == "GET" {
					s.want(t, 200, call{method: "GET", path: l.Href, header: responsysHeader})
				}
			}
		}
		patch := func(header map[string]string, body string) {
			t.Helper()
			a := s.want(t, 200, call{method: "PATCH", path: path, header: header, body: body})
			if a.body != `{"status":"SUCCESS","errorMsg":[]}` {
				t.Errorf("%s was answered with %s", body, a.body)
			}
		}
		wantState("NOT_RUNNING 13/05/2020 demo  ")
		patch(responsysHeader, `{"action":"publish","saveDraft":"N","more":1}`)
		wantState("RUNNING 02/01/2026 u 02/01/2026 ")
		clock.add(24 * time.Hour)
		patch(map[string]string{"Authorization": "demo-token"}, `{"action":"unpublish"}`)
		wantState("NOT_RUNNING 03/01/2026 u 02/01/2026 03/01/2026")
		clock.add(24 * time.Hour)
		form := map[string]string{"Authorization": "demo-token", "Content-Type": "application/x-www-form-urlencoded"}
		patch(form, "action=publish&saveDraft=Y")
		wantState("RUNNING 04/01/2026 u 04/01/2026 ")
		patch(form, `{"action":"unpublish"}`)
		wantState("NOT_RUNNING 04/01/2026 u 04/01/2026 04/01/2026")
		if got := s.responsysPrograms(t, "?status=RUNNING"); got != "" {
			t.Errorf("%q run, too", got)
		}
	})
}

func TestResponsysRefusesBadPublications(t *testing.T) {
	t.Parallel()
	const (
		unread  = "Request body is empty or invalid"
		action  = "Request parameter 'action' should be set as 'unpublish' or 'publish'"
		draft   = "Request parameter 'saveDraft' should be set as 'Y' or 'N'"
		unknown = "Program with the name no_program not found"
		path    = responsysPrograms + "/example_program"
		nobody  = responsysPrograms + "/no_program"
	)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		before := s.want(t, 200, call{method: "GET", path: path, header: responsysHeader}).body
		for name, test := range map[string]struct {
			status       int
			code, detail string
			path, body   string
		}{
			"no body":              {400, "INVALID_REQUEST_CONTENT", unread, path, ""},
			"no JSON":              {400, "INVALID_REQUEST_CONTENT", unread, path, `{"action":`},
			"no object":            {400, "INVALID_REQUEST_CONTENT", unread, path, `["publish"]`},
			"syntax, then program": {400, "INVALID_REQUEST_CONTENT", unread, nobody, `{`},
			"over the limit":       {413, "INVALID_REQUEST_CONTENT", "Request body is too large", path, strings.Repeat(" ", 1<<20) + "{}"},
			"no program":           {404, "PROGRAM_NOT_FOUND", unknown, nobody, `{"action":"publish"}`},
			"program, then action": {404, "PROGRAM_NOT_FOUND", unknown, nobody, `{}`},
			"no name":              {404, "RESOURCE_NOT_FOUND", "Resource not found", responsysPrograms + "/", `{"action":"publish"}`},
			"no action":            {400, "INVALID_PARAMETER", action, path, `{}`},
			"null action":          {400, "INVALID_PARAMETER", action, path, `{"action":null}`},
			"unknown action":       {400, "INVALID_PARAMETER", action, path, `{"action":"Publish"}`},
			"action a number":      {400, "INVALID_PARAMETER", action, path, `{"action":1,"saveDraft":"Y"}`},
			"unknown saveDraft":    {400, "INVALID_PARAMETER", draft, path, `{"action":"publish","saveDraft":"y"}`},
			"saveDraft a boolean":  {400, "INVALID_PARAMETER", draft, path, `{"action":"publish","saveDraft":true}`},
		} {
			t.Run(name, func(t *testing.T) {
				s.wantResponsysError(t, test.status, test.code, test.detail, call{method: "PATCH", path: test.path, header: responsysHeader, body: test.body})
			})
		}
		form := map[string]string{"Authorization": "demo-token", "Content-Type": "application/x-www-form-urlencoded"}
		for body, detail := range map[string]string{"saveDraft=Y": action, "action=start": action, "action=publish&saveDraft=": draft} {
			s.wantResponsysError(t, 400, "INVALID_PARAMETER", detail, call{method: "PATCH", path: path, header: form, body: body})
		}
		for _, body := range []string{"", "action=%zz", "action=%FF", "action=%00"} {
			a := s.want(t, 400, call{method: "PATCH", path: path, header: form, body: body})
			if !strings.Contains(a.body, `"errorCode":"INVALID_`) {
				t.Errorf("%q: got %s", body, a.body)
			}
		}
		s.wantResponsysError(t, 404, "PROGRAM_NOT_FOUND", unknown, call{method: "GET", path: nobody, header: responsysHeader})
		s.wantResponsysError(t, 404, "PROGRAM_NOT_FOUND", "Program with the name a/b+c not found", call{method: "GET", path: responsysPrograms + "/a%2Fb+c", header: responsysHeader})
		for _, method := range []string{"GET", "PATCH"} {
			s.wantResponsysError(t, 401, "INVALID_TOKEN", "Not a valid authentication token", call{method: method, path: path, body: `{}`})
		}
		for path, allow := range map[string]string{responsysPrograms: "GET", path: "GET, PATCH", "/rest/api/v1.3/programs/enactments": "GET, PATCH"} {
			c := call{method: "POST", path: path, header: responsysHeader, body: `{"action":"publish"}`}
			s.wantResponsysError(t, 405, "METHOD_NOT_SUPPORTED", "", c)
			if got := s.do(t, c).header.Get("Allow"); got != allow {
				t.Errorf("%s: Allow is %q, want %q", path, got, allow)
			}
		}
		if after := s.want(t, 200, call{method: "GET", path: path, header: responsysHeader}).body; after != before {
			t.Errorf("the program was %s and is %s", before, after)
		}
	})
}

func TestResponsysFixturesDescribePrograms(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := newResponsysClock(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
		s := start(t, database, servertest.Clock(clock.Now), servertest.Fixtures(responsysUserOnly))
		get := func(name string) string {
			body := s.want(t, 200, call{method: "GET", path: responsysPrograms + "/" + name, header: responsysHeader}).body
			body, _, _ = strings.Cut(body, `,"links"`)
			return body
		}
		const first = `{"organizations": [{"name": "Root"}], "programs": [
			{"name": "a"}, {"name": "b", "id": 20000001, "status": "RUNNING", "createdOn": "01/02/2003"}, {"name": "c", "unpublishDate": "05/06/2007", "publishDate": "04/05/2006", "modifiedOn": "06/07/2008", "modifiedBy": "m"}]}`
		for range 2 {
			s.applyResponsys(t, 200, first)
			for name, want := range map[string]string{
				"a": `{"id":20000021,"name":"a","folderName":"Programs","channels":[],"list":{"id":7,"name":"CONTACTS_LIST"},"status":"NOT_RUNNING","createdOn":"02/01/2026","createdBy":"N/A","modifiedOn":"02/01/2026","modifiedBy":"N/A"`,
				"b": `{"id":20000001,"name":"b","folderName":"Programs","channels":[],"list":{"id":7,"name":"CONTACTS_LIST"},"status":"RUNNING","createdOn":"01/02/2003","createdBy":"N/A","modifiedOn":"01/02/2003","modifiedBy":"N/A","publishDate":"01/02/2003"`,
				"c": `{"id":20000041,"name":"c","folderName":"Programs","channels":[],"list":{"id":7,"name":"CONTACTS_LIST"},"status":"NOT_RUNNING","createdOn":"02/01/2026","createdBy":"N/A","modifiedOn":"06/07/2008","modifiedBy":"m","publishDate":"04/05/2006","unpublishDate":"05/06/2007"`,
			} {
				if got := get(name); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
			clock.add(48 * time.Hour)
		}
		s.want(t, 200, call{method: "PATCH", path: responsysPrograms + "/a", header: responsysHeader, body: `{"action":"publish"}`})
		s.applyResponsys(t, 200, `{"programs": [{"name": "a", "folder": "F", "list": {"id": 9, "name": "L"}, "channels": ["EMAIL", "SMS"], "id": 5, "createdBy": "x", "status": "NOT_RUNNING", "modifiedBy": "y", "organizations": []}]}`)
		want := `{"id":5,"name":"a","folderName":"F","channels":["EMAIL","SMS"],"list":{"id":9,"name":"L"},"status":"RUNNING","createdOn":"02/01/2026","createdBy":"x","modifiedOn":"06/01/2026","modifiedBy":"u","publishDate":"06/01/2026"`
		if got := get("a"); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		for section, says := range map[string]string{
			`{"programs": [{"name": "d", "id": 5}]}`:                                                       "another program has its id",
			`{"programs": [{"name": "c", "id": 5}]}`:                                                       "another program has its id",
			`{"programs": [{"name": "d", "id": 6}, {"name": "e", "id": 6}]}`:                               "another program has its id",
			`{"programs": [{"name": "d", "status": "RUNNING_WITH_ERRORS", "unpublishDate":"01/01/2001"}]}`: "no unpublishDate",
		} {
			if a := s.applyResponsys(t, 422, section); !strings.Contains(a.body, says) {
				t.Errorf("%s: got %s", section, a.body)
			}
		}
		for _, section := range []string{
			`{"programs": [{"name": "d", "createdOn": "2020-01-02"}]}`, `{"programs": [{"name": "d", "status": "PAUSED"}]}`,
			`{"programs": [{"name": "d", "folder": "a/b"}]}`, `{"programs": [{"name": "d", "list": {"name": "L"}}]}`, `{"programs": [{"name": "d", "id": 0}]}`,
		} {
			s.applyResponsys(t, 400, section)
		}
		if got := s.responsysPrograms(t, ""); got != "a b c" {
			t.Errorf("the programs are %q", got)
		}
	})
}
