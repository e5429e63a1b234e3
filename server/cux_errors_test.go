package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

// cuxRefusal is the suite's error object.
func cuxRefusal(status int, code, message string) string {
	return fmt.Sprintf(`{"statusCode":%d,"errorCode":"%s","errorMessage":"%s","message":"%s"}`, status, code, message, message)
}

const (
	cuxBadStatus  = "Invalid status: must be LINKED or UNLINKED"
	cuxBadDate    = "Invalid dateLinked: must be an ISO date and time"
	cuxNoSession  = "Session expired or invalid correlation_id"
	cuxBlank      = "Must provide a session correlation ID"
	cuxNoToken    = "The access token is missing, invalid or expired"
	cuxBlankUnit  = "Business Unit is mandatory and required to be non-empty"
	cuxNoUnit     = "Provided business unit is not configured: NOPE."
	cuxBadJSON    = "The request body is not valid JSON."
	cuxWrongType  = "The request body has the wrong type."
	cuxBlankLink  = "link_id must not be blank"
	cuxLongLink   = "link_id must have at most 128 characters"
	cuxBadChars   = "link_id must not have control characters"
	cuxNotUTF8    = "The body holds what is not text."
	cuxTooLarge   = "Request Entity Too Large"
	cuxBadRequest = "INVALID_REQUEST"
)

func TestCuxRefusesBadLinks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxRefusesBadLinks)
}

func testCuxRefusesBadLinks(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo(), servertest.Fixtures(cuxFixture), cuxClock())
	s.want(t, 200, cuxPut("1", `{"dateLinked":"2001-02-03","status":"UNLINKED"}`))
	before := cuxList(t, s, cuxSession)

	for name, test := range map[string]struct {
		status  int
		message string
		call    call
	}{
		"status in lower case":       {400, cuxBadStatus, cuxPut("1", `{"status":"linked"}`)},
		"status with space":          {400, cuxBadStatus, cuxPut("1", `{"status":"LINKED "}`)},
		"empty status":               {400, cuxBadStatus, cuxPut("1", `{"status":""}`)},
		"number as status":           {400, cuxBadStatus, cuxPut("1", `{"status":1}`)},
		"list as status":             {400, cuxBadStatus, cuxPut("1", `{"status":["LINKED"]}`)},
		"empty date":                 {400, cuxBadDate, cuxPut("1", `{"dateLinked":""}`)},
		"epoch date":                 {400, cuxBadDate, cuxPut("1", `{"dateLinked":1608305247000}`)},
		"epoch date in a string":     {400, cuxBadDate, cuxPut("1", `{"dateLinked":"1608305247000"}`)},
		"date beyond a float":        {400, cuxBadDate, cuxPut("1", `{"dateLinked":1e999}`)},
		"status beyond a float":      {400, cuxBadStatus, cuxPut("1", `{"status":1e999}`)},
		"both beyond a float":        {400, cuxBadStatus, cuxPut("1", `{"dateLinked":1e999,"status":-1e999}`)},
		"member beyond a float":      {400, cuxBadDate, cuxPut("1", `{"x":1e999,"dateLinked":5}`)},
		"nested, and beyond a float": {400, cuxBadDate, cuxPut("1", `{"dateLinked":[{"x":1e999}]}`)},
		"impossible date":            {400, cuxBadDate, cuxPut("1", `{"dateLinked":"2021-02-29"}`)},
		"impossible time":            {400, cuxBadDate, cuxPut("1", `{"dateLinked":"2021-02-28T24:00:00Z"}`)},
		"words as date":              {400, cuxBadDate, cuxPut("1", `{"dateLinked":"April 5th 2023, 3:09:03"}`)},
		"malformed JSON":             {400, cuxBadJSON, cuxPut("1", `{"status":`)},
		"trailing garbage":           {400, cuxBadJSON, cuxPut("1", `{} {}`)},
		"deep JSON":                  {400, cuxBadJSON, cuxPut("1", strings.Repeat("[", 20000))},
		"deep but whole JSON":        {400, cuxBadJSON, cuxPut("1", `{"a":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}`)},
		"a list":                     {400, cuxWrongType, cuxPut("1", `[]`)},
		"a string":                   {400, cuxWrongType, cuxPut("1", `"x"`)},
		"null":                       {400, "The request body must not be null.", cuxPut("1", `null`)},
		"a form":                     {400, cuxBadJSON, cuxPut("1", `status=UNLINKED`)},
		"bad UTF-8":                  {400, cuxNotUTF8, cuxPut("1", "{\"a\":\"\xff\"}")},
		"NUL":                        {400, cuxNotUTF8, cuxPut("1", `{"a":"\u0000"}`)},
		"body over the limit":        {413, cuxTooLarge, cuxPut("1", `{"a":"`+strings.Repeat("x", 64<<10)+`"}`)},
		"blank link id":              {400, cuxBlankLink, cuxPut(" ", "{}")},
		"long link id":               {400, cuxLongLink, cuxPut(strings.Repeat("é", 129), "{}")},
		"control character":          {400, cuxBadChars, cuxPut("a\nb", "{}")},
		"NUL in a link id":           {400, "The path holds what is not text.", cuxPut("a\x00b", "{}")},
		"bad UTF-8 in a link id":     {400, "The path holds what is not text.", cuxPut("a\xffb", "{}")},
		"no link id":                 {400, cuxBlankLink, cuxPut("", "{}")},
		"unknown unit":               {400, cuxNoUnit, call{method: "PUT", path: cuxPathOf(cuxSession, "NOPE", "1"), header: cuxBearer}},
		"unit in another case":       {400, "Provided business unit is not configured: buyco.", call{method: "PUT", path: cuxPathOf(cuxSession, "buyco", "1"), header: cuxBearer}},
		"slash in a unit":            {400, "Provided business unit is not configured: BUYCO/links.", call{method: "PUT", path: cuxPathOf(cuxSession, "BUYCO/links", "1"), header: cuxBearer}},
		"blank unit":                 {400, cuxBlankUnit, call{method: "PUT", path: cuxPathOf(cuxSession, " ", "1"), header: cuxBearer}},
		"no unit":                    {400, cuxBlankUnit, call{method: "PUT", path: cuxPathOf(cuxSession, "", "1"), header: cuxBearer}},
		"no unit, unknown session":   {401, cuxNoSession, call{method: "PUT", path: cuxPathOf("nobody", "", "1"), header: cuxBearer}},
		"no unit, long link id":      {400, cuxBlankUnit, call{method: "PUT", path: cuxPathOf(cuxSession, "", strings.Repeat("x", 129)), header: cuxBearer}},
		"no unit, no correlation id": {400, cuxBlank, call{method: "PUT", path: cuxPathOf("", "", "1"), header: cuxBearer}},
		"GET without a unit":         {405, "Method Not Allowed", call{method: "GET", path: cuxPathOf(cuxSession, "", "1"), header: cuxBearer}},
		"PUT of no unit, no link id": {405, "Method Not Allowed", call{method: "PUT", path: cuxPathOf(cuxSession, "", ""), header: cuxBearer}},
		"blank correlation id":       {400, cuxBlank, call{method: "PUT", path: cuxPathOf(" ", "BUYCO", "1"), header: cuxBearer}},
		"no correlation id":          {400, cuxBlank, call{method: "PUT", path: cuxPathOf("", "BUYCO", "1"), header: cuxBearer}},
		"list, blank correlation id": {400, cuxBlank, call{method: "GET", path: "/client/users/%20/business/units/links/", header: cuxBearer}},
		"list, no correlation id":    {400, cuxBlank, call{method: "GET", path: "/client/users//business/units/links/", header: cuxBearer}},
		"unknown session":            {401, cuxNoSession, call{method: "PUT", path: cuxPathOf("nobody", "BUYCO", "1"), header: cuxBearer}},
		"session in another case":    {401, cuxNoSession, call{method: "PUT", path: cuxPathOf(strings.ToUpper(cuxSession), "BUYCO", "1"), header: cuxBearer}},
		"slash in a session":         {401, cuxNoSession, call{method: "PUT", path: cuxPathOf(cuxSession+"/x", "BUYCO", "1"), header: cuxBearer}},
		"expired session":            {401, cuxNoSession, call{method: "PUT", path: cuxPathOf("expired-session", "BUYCO", "1"), header: cuxBearer}},
		"list of expired session":    {401, cuxNoSession, call{method: "GET", path: "/client/users/expired-session/business/units/links/", header: cuxBearer}},
		"DELETE":                     {405, "Method Not Allowed", call{method: "DELETE", path: cuxPath("1"), header: cuxBearer}},
		"GET of one link":            {405, "Method Not Allowed", call{method: "GET", path: cuxPath("1"), header: cuxBearer}},
		"PUT of the list":            {405, "Method Not Allowed", call{method: "PUT", path: "/client/users/x/business/units/links", header: cuxBearer}},
		"unknown path":               {404, "Not Found", call{method: "GET", path: "/client/users/" + cuxSession + "/business/units", header: cuxBearer}},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.want(t, test.status, test.call)
			code := cuxBadRequest
			if test.status == 401 {
				code = "UNAUTHORIZED"
			}
			if want := cuxRefusal(test.status, code, test.message); a.body != want {
				t.Errorf("got %s, want %s", a.body, want)
			}
			if challenge := a.header.Get("WWW-Authenticate"); challenge != "" {
				t.Errorf("WWW-Authenticate is %q, but the token was right", challenge)
			}
			if got := cuxList(t, s, cuxSession); got != before {
				t.Errorf("the links have changed from %s to %s", before, got)
			}
		})
	}
	if allow := s.want(t, 405, call{method: "DELETE", path: cuxPath("1")}).header.Get("Allow"); allow != "PUT" {
		t.Errorf("Allow is %q, want PUT", allow)
	}
}

func TestCuxRefusesBadTokens(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxRefusesBadTokens)
}

func testCuxRefusesBadTokens(t *testing.T, database servertest.Option) {
	now := cuxTime
	s := start(t, database, servertest.Demo(), servertest.Clock(func() time.Time { return now }))
	issued := cuxIssued(t, s, "")
	s.want(t, 200, call{method: "PUT", path: cuxPath("1"), header: issued})
	now = now.Add(time.Hour)
	for name, header := range map[string]string{
		"none":             "",
		"unknown":          "Bearer nope",
		"another scheme":   "Basic ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQ=",
		"without scheme":   "demo-token",
		"expired":          issued["Authorization"],
		"another signer's": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJjdXgiLCJleHAiOjk5OTk5OTk5OTl9.c2lnbmF0dXJl",
		"the admin's":      "Bearer " + servertest.AdminToken,
		"another family's": "Bearer foreign",
	} {
		for _, c := range []call{
			{method: "PUT", path: cuxPath("1")},
			{method: "GET", path: "/client/users/" + cuxSession + "/business/units/links/"},
			{method: "POST", path: "/client/users/" + cuxAccount + "/sessions", body: `{"correlationId":"c"}`},
		} {
			c.header = map[string]string{"Authorization": header}
			a := s.want(t, 401, c)
			if want := cuxRefusal(401, "UNAUTHORIZED", cuxNoToken); a.body != want || a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s: got %s, challenge %q", name, a.body, a.header.Get("WWW-Authenticate"))
			}
		}
	}
}

// TestCuxChecksInTheVendorsOrder sends two faults at once, the earlier of which
// is answered.
func TestCuxChecksInTheVendorsOrder(t *testing.T) {
	t.Parallel()
	eachDatabase(t, testCuxChecksInTheVendorsOrder)
}

func testCuxChecksInTheVendorsOrder(t *testing.T, database servertest.Option) {
	s := start(t, database, servertest.Demo())
	type fault struct {
		status  int
		message string
		apply   func(*cuxRequest)
	}
	order := []fault{
		{401, cuxNoToken, func(r *cuxRequest) { r.token = "" }},
		{400, cuxBlank, func(r *cuxRequest) { r.session = " " }},
		{401, cuxNoSession, func(r *cuxRequest) { r.session += "nobody" }},
		{400, cuxNoUnit, func(r *cuxRequest) { r.unit = "NOPE" }},
		{400, cuxLongLink, func(r *cuxRequest) { r.link = strings.Repeat("x", 129) }},
		{400, cuxBadJSON, func(r *cuxRequest) { r.body = "{" }},
		{400, cuxBadStatus, func(r *cuxRequest) { r.body = strings.Replace(r.body, "LINKED", "x", 1) }},
		{400, cuxBadDate, func(r *cuxRequest) { r.body = strings.Replace(r.body, `"2020-12-18"`, "5", 1) }},
	}
	for i, first := range order {
		for _, second := range order[i:] {
			if first.status == 400 && first.message == cuxBlank && second.message == cuxNoSession {
				continue // a session is blank or unknown, not both
			}
			r := cuxRequest{"Bearer demo-token", cuxSession, "BUYCO", "1", `{"dateLinked":"2020-12-18","status":"LINKED"}`}
			second.apply(&r)
			first.apply(&r)
			a := s.want(t, first.status, r.call())
			if !strings.Contains(a.body, `"message":"`+first.message+`"`) {
				t.Errorf("with %q before %q: got %s", first.message, second.message, a.body)
			}
		}
	}
	// A date of the right type is refused after a wrong status, too.
	if a := s.want(t, 400, cuxPut("1", `{"dateLinked":"never","status":"x"}`)); !strings.Contains(a.body, cuxBadStatus) {
		t.Errorf("got %s", a.body)
	}
	// A session is asked for before the size of the body is.
	s.want(t, 401, call{method: "PUT", path: cuxPathOf("nobody", "BUYCO", "1"), header: cuxBearer, body: strings.Repeat(" ", 70<<10)})
	if got := cuxList(t, s, cuxSession); got != "[]" {
		t.Errorf("a refused request left %s", got)
	}
}

type cuxRequest struct{ token, session, unit, link, body string }

func (r cuxRequest) call() call {
	return call{method: "PUT", path: cuxPathOf(r.session, r.unit, r.link), header: map[string]string{"Authorization": r.token}, body: r.body}
}

func TestCuxHidesTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		issued := cuxIssued(t, s, "")
		s.CloseDatabase(t)
		for _, c := range []call{
			{method: "PUT", path: cuxPath("1"), header: issued},
			{method: "PUT", path: cuxPath("1"), header: issued, body: "{"},
			{method: "PUT", path: cuxPath("1"), header: cuxBearer},
			{method: "GET", path: "/client/users/" + cuxSession + "/business/units/links/", header: issued},
			{method: "POST", path: "/client/users/" + cuxAccount + "/sessions", header: issued, body: `{"correlationId":"c"}`},
			{method: "POST", path: "/oauth/token", header: cuxBasic("demo-client", "demo-secret"), body: "grant_type=client_credentials"},
			{method: "POST", path: "/client/users", header: issued, body: cuxMember("m@example.com", "")},
		} {
			a := s.want(t, 500, c)
			if want := cuxRefusal(500, "INTERNAL_ERROR", http.StatusText(500)); a.body != want {
				t.Errorf("%s %s: got %s, want %s", c.method, c.path, a.body, want)
			}
		}
	})
}

func TestCuxWorkspacesDoNotMeet(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		const same = `{"cux":{"clients":[{"id":"demo-client","secret":"demo-secret"}],"businessUnits":["BUYCO"],
			"accounts":[{"accountId":"` + cuxAccount + `","loyaltyId":"` + cuxLoyalty + `","sessions":[{"correlationId":"` + cuxSession + `"}]}]}}`
		s.want(t, 200, call{method: "PUT", path: "/w/ci-42/orglink/v1/fixtures", header: admin, body: same})
		here, there := cuxIssued(t, s, ""), cuxIssued(t, s, "/w/ci-42")

		s.want(t, 200, call{method: "PUT", path: cuxPath("1"), header: here})
		list := call{method: "GET", path: "/w/ci-42/client/users/" + cuxSession + "/business/units/links/", header: there}
		if got := s.want(t, 200, list).body; got != "[]" {
			t.Errorf("the workspace sees another's links: %s", got)
		}
		for _, foreign := range []map[string]string{here, cuxBearer} {
			s.want(t, 401, call{method: "GET", path: list.path, header: foreign})
		}
		s.want(t, 401, call{method: "PUT", path: cuxPath("1"), header: there})

		start := call{method: "POST", path: "/client/users/" + cuxAccount + "/sessions", header: here, body: `{"correlationId":"mine"}`}
		s.want(t, 200, start)
		s.want(t, 401, call{method: "GET", path: "/w/ci-42/client/users/mine/business/units/links/", header: there})

		unknown := s.want(t, 404, call{method: "GET", path: "/w/nope/client/users/x/business/units/links/", header: here})
		if want := cuxRefusal(404, cuxBadRequest, "There is no such workspace."); unknown.body != want {
			t.Errorf("got %s, want %s", unknown.body, want)
		}
	})
}

// cuxWith returns the headers with one more.
func cuxWith(headers map[string]string, name, value string) map[string]string {
	more := maps.Clone(headers)
	more[name] = value
	return more
}
