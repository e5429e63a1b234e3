package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestResponsysRefusesBadBodies(t *testing.T) {
	t.Parallel()
	const unreadable = "Request body is empty or invalid"
	long := strings.Repeat("x", 1<<20)
	tests := map[string]struct {
		status       int
		code, detail string
		body         string
	}{
		"empty":              {400, "INVALID_REQUEST_CONTENT", unreadable, ""},
		"space":              {400, "INVALID_REQUEST_CONTENT", unreadable, "  \n"},
		"truncated":          {400, "INVALID_REQUEST_CONTENT", unreadable, `{"attributes":{`},
		"trailing garbage":   {400, "INVALID_REQUEST_CONTENT", unreadable, responsysBody("APAC") + "}"},
		"two values":         {400, "INVALID_REQUEST_CONTENT", unreadable, responsysBody("APAC") + responsysBody("USA")},
		"no JSON":            {400, "INVALID_REQUEST_CONTENT", unreadable, `attributes=APAC`},
		"array":              {400, "INVALID_REQUEST_CONTENT", unreadable, `[` + responsysBody("APAC") + `]`},
		"string":             {400, "INVALID_REQUEST_CONTENT", unreadable, `"APAC"`},
		"null":               {400, "INVALID_REQUEST_CONTENT", unreadable, `null`},
		"bad UTF-8":          {400, "INVALID_REQUEST_CONTENT", unreadable, responsysBody("APAC\xff")[:60] + "\xff\"}]}}}"},
		"raw NUL":            {400, "INVALID_REQUEST_CONTENT", unreadable, strings.Replace(responsysBody("APAC"), "APAC", "AP\x00AC", 1)},
		"escaped NUL":        {400, "INVALID_REQUEST_CONTENT", unreadable, strings.Replace(responsysBody("APAC"), "APAC", `AP\u0000AC`, 1)},
		"too deep":           {400, "INVALID_REQUEST_CONTENT", unreadable, strings.Repeat(`{"attributes":`, 20000) + "1" + strings.Repeat("}", 20000)},
		"over the limit":     {413, "INVALID_REQUEST_CONTENT", "Request body is too large", responsysBody("APAC", long)},
		"no attributes":      {400, "INVALID_PARAMETER", "attributes is required.", `{}`},
		"null attributes":    {400, "INVALID_PARAMETER", "attributes must not be null.", `{"attributes":null}`},
		"attributes a list":  {400, "INVALID_PARAMETER", "attributes has the wrong type.", `{"attributes":[]}`},
		"other case":         {400, "INVALID_PARAMETER", "attributes is required.", strings.Replace(responsysBody("APAC"), "attributes", "Attributes", 1)},
		"no organizations":   {400, "INVALID_PARAMETER", "attributes.organizations is required.", `{"attributes":{}}`},
		"null organizations": {400, "INVALID_PARAMETER", "attributes.organizations must not be null.", `{"attributes":{"organizations":null}}`},
		"organizations text": {400, "INVALID_PARAMETER", "attributes.organizations has the wrong type.", `{"attributes":{"organizations":"APAC"}}`},
		"no values":          {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues is required.", `{"attributes":{"organizations":{}}}`},
		"null values":        {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues must not be null.", `{"attributes":{"organizations":{"attributeValues":null}}}`},
		"values an object":   {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues has the wrong type.", `{"attributes":{"organizations":{"attributeValues":{"name":"APAC"}}}}`},
		"element a string":   {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.1 has the wrong type.", `{"attributes":{"organizations":{"attributeValues":[{"name":"APAC"},"APAC"]}}}`},
		"element null":       {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0 must not be null.", `{"attributes":{"organizations":{"attributeValues":[null]}}}`},
		"no name":            {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0.name is required.", `{"attributes":{"organizations":{"attributeValues":[{"id":7}]}}}`},
		"null name":          {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0.name must not be null.", `{"attributes":{"organizations":{"attributeValues":[{"name":null}]}}}`},
		"name a number":      {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0.name has the wrong type.", `{"attributes":{"organizations":{"attributeValues":[{"name":7}]}}}`},
		"name of no float":   {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0.name has the wrong type.", `{"x":1e999,"attributes":{"organizations":{"attributeValues":[{"name":1e999}]}}}`},
		"empty name":         {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.0.name is too short or too small.", `{"attributes":{"organizations":{"attributeValues":[{"name":""}]}}}`},
	}
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				for _, media := range []string{"application/json", "application/json; charset=utf-8", "text/plain", "application/xml", ""} {
					s.wantResponsysError(t, test.status, test.code, test.detail, call{
						method: "POST", path: responsysProgram, body: test.body,
						header: map[string]string{"Authorization": "demo-token", "Content-Type": media},
					})
				}
			})
		}
		s.wantResponsysAccess(t, "USA")
		for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/problem+json", "nonsense"} {
			s.want(t, 200, call{
				method: "POST", path: responsysProgram, body: responsysBody("APAC", "USA"),
				header: map[string]string{"Authorization": "demo-token", "Content-Type": media},
			})
		}
		s.wantResponsysAccess(t, "APAC", "USA")
		var many []string
		for i := range 60000 {
			many = append(many, fmt.Sprint(i))
		}
		body := responsysBody(append([]string{"USA", "APAC", "Global"}, many...)...)
		s.wantResponsysError(t, 400, "SET_OBJECT_ATTRIBUTE_EXCEPTION", "Unable to set Access Attributes for the program. Invalid attribute value: 0",
			call{method: "POST", path: responsysProgram, header: responsysHeader, body: body})
		s.wantResponsysAccess(t, "APAC", "USA")
	})
}

// Of two faults in one request the earlier in this order is reported: token, route
// and method, syntax, program, members, names.
func TestResponsysChecksInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	const (
		noProgram = "/rest/api/v1.3/attributes/programs/no_program"
		syntax    = `{"attributes":`
		shape     = `{"attributes":{}}`
		token     = "Not a valid authentication token"
		unread    = "Request body is empty or invalid"
		unknown   = "Program with the name no_program not found"
	)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for name, test := range map[string]struct {
			status       int
			code, detail string
			token        string
			method, path string
			body         string
		}{
			"token before path":          {401, "INVALID_TOKEN", token, "x", "GET", "/rest/nope", ""},
			"token before the root":      {401, "INVALID_TOKEN", token, "", "GET", "/rest", ""},
			"token before method":        {401, "INVALID_TOKEN", token, "", "PUT", responsysProgram, ""},
			"token before an empty name": {401, "INVALID_TOKEN", token, "", "GET", "/rest/api/v1.3/attributes/programs/", ""},
			"token before syntax":        {401, "INVALID_TOKEN", token, "", "POST", responsysProgram, syntax},
			"token before program":       {401, "INVALID_TOKEN", token, "", "POST", noProgram, responsysBody("APAC")},
			"token before shape":         {401, "INVALID_TOKEN", token, "", "POST", responsysProgram, shape},
			"token before names":         {401, "INVALID_TOKEN", token, "", "POST", responsysProgram, responsysBody("usa")},
			"token before the limit":     {401, "INVALID_TOKEN", token, "", "POST", responsysProgram, strings.Repeat(" ", 1<<20+1)},
			"token before the query":     {401, "INVALID_TOKEN", token, "", "GET", responsysTree + "?x=%FF", ""},
			"path before syntax":         {404, "RESOURCE_NOT_FOUND", "Resource not found", "demo-token", "POST", "/rest/api/v1.3/attributes/programs/", syntax},
			"path before shape":          {404, "RESOURCE_NOT_FOUND", "Resource not found", "demo-token", "POST", "/rest/api/v1.3/attributes/programs/", shape},
			"path before names":          {404, "RESOURCE_NOT_FOUND", "Resource not found", "demo-token", "POST", "/rest/api/v1.3/attributes/programs/", responsysBody("usa")},
			"method before syntax":       {405, "METHOD_NOT_SUPPORTED", "", "demo-token", "PUT", responsysProgram, syntax},
			"method before program":      {405, "METHOD_NOT_SUPPORTED", "", "demo-token", "DELETE", noProgram, ""},
			"syntax before program":      {400, "INVALID_REQUEST_CONTENT", unread, "demo-token", "POST", noProgram, syntax},
			"no object before program":   {400, "INVALID_REQUEST_CONTENT", unread, "demo-token", "POST", noProgram, "[]"},
			"empty body before program":  {400, "INVALID_REQUEST_CONTENT", unread, "demo-token", "POST", noProgram, ""},
			"limit before program":       {413, "INVALID_REQUEST_CONTENT", "Request body is too large", "demo-token", "POST", noProgram, strings.Repeat(" ", 1<<20+1)},
			"program before shape":       {404, "PROGRAM_NOT_FOUND", unknown, "demo-token", "POST", noProgram, shape},
			"program before names":       {404, "PROGRAM_NOT_FOUND", unknown, "demo-token", "POST", noProgram, responsysBody("usa")},
			"program before the query":   {404, "PROGRAM_NOT_FOUND", unknown, "demo-token", "GET", noProgram + "?x=%FF", ""},
			"shape before names":         {400, "INVALID_PARAMETER", "attributes.organizations.attributeValues.1.name is required.", "demo-token", "POST", responsysProgram, `{"attributes":{"organizations":{"attributeValues":[{"name":"usa"},{}]}}}`},
			"the first of unknown names": {400, "SET_OBJECT_ATTRIBUTE_EXCEPTION", "Unable to set Access Attributes for the program. Invalid attribute value: zzz", "demo-token", "POST", responsysProgram, responsysBody("APAC", "zzz", "aaa", "zzz")},
			"token before bad UTF-8":     {401, "INVALID_TOKEN", token, "", "GET", "/rest/api/v1.3/attributes/programs/%FF", ""},
			"bad UTF-8 in the path":      {404, "PROGRAM_NOT_FOUND", "Program with the name \ufffd not found", "demo-token", "GET", "/rest/api/v1.3/attributes/programs/%FF", ""},
			"NUL in the path":            {404, "PROGRAM_NOT_FOUND", "Program with the name a\ufffdb not found", "demo-token", "POST", "/rest/api/v1.3/attributes/programs/a%00b", responsysBody("APAC")},
		} {
			t.Run(name, func(t *testing.T) {
				s.wantResponsysError(t, test.status, test.code, test.detail, call{
					method: test.method, path: test.path, body: test.body,
					header: map[string]string{"Authorization": test.token, "Content-Type": "application/json"},
				})
			})
		}
		s.wantResponsysAccess(t, "USA")
	})
}

func TestResponsysAnswersForPathsWithoutOperation(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for _, path := range []string{
		"/rest", "/rest/", "/rest/api/v1.3", "/rest/api/v1.2/auth/token", "/rest/api/v1/attributes/organizations", "/rest/api/v1.3/auth/token/",
		"/rest/api/v1.3/attributes/programs", "/rest/api/v1.3/attributes/programs/", responsysProgram + "/", responsysProgram + "/more", "/rest/api/v1.3/attributes/organizations/7",
	} {
		for _, method := range []string{"GET", "POST", "PUT"} {
			s.wantResponsysError(t, 404, "RESOURCE_NOT_FOUND", "Resource not found",
				call{method: method, path: path, header: responsysHeader, body: responsysBody("APAC")})
		}
	}
	for _, test := range []struct{ path, method, token, allow string }{
		{responsysProgram, "PUT", "demo-token", "GET, POST"},
		{responsysProgram, "DELETE", "demo-token", "GET, POST"},
		{responsysProgram, "OPTIONS", "demo-token", "GET, POST"},
		{responsysTree, "POST", "demo-token", "GET"},
		{responsysLogin, "GET", "demo-token", "POST"},
		{responsysLogin, "GET", "", "POST"},
		{responsysLogin, "PUT", "x", "POST"},
		{"/rest/api/v1/auth/token", "GET", "", "POST"},
	} {
		c := call{method: test.method, path: test.path, header: map[string]string{"Authorization": test.token}}
		s.wantResponsysError(t, 405, "METHOD_NOT_SUPPORTED", "", c)
		if allow := s.do(t, c).header.Get("Allow"); allow != test.allow {
			t.Errorf("%s %s: Allow is %q, want %q", c.method, c.path, allow, test.allow)
		}
	}
}

func TestResponsysRefusesAnOversizedStream(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	body := io.LimitReader(strings.NewReader(strings.Repeat(" ", 2<<20)), 1<<20+1)
	req, err := http.NewRequest("POST", s.URL+responsysProgram, io.NopCloser(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "demo-token")
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 413 {
		t.Errorf("a chunked body over the limit: status %d, want 413", resp.StatusCode)
	}
}
