package server_test

import (
	"encoding/json"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// accFixture adds an account that the demo's app may not use, one with a unit of
// its own, and tokens that lack scopes.
const accFixture = `
acc:
  clients:
    - {id: stranger, secret: stranger-secret, scopes: ['account:read', 'account:write']}
  tokens:
    - {token: read-only, subject: demo-client, scopes: ['account:read']}
    - {token: write-only, subject: demo-client, scopes: ['account:write']}
    - {token: strange, subject: stranger, scopes: ['account:read', 'account:write']}
  accounts:
    - {id: 11111111-1111-4111-8111-111111111111, name: Foreign US, region: US, clients: [stranger],
       businessUnits: [{id: 99999999-9999-4999-8999-999999999999, name: Foreign}]}
    - {id: 22222222-2222-4222-8222-222222222222, name: Foreign EMEA, region: EMEA, clients: [stranger]}
`

// accCode fails the test unless the answer is an error with the status and code:
// a number of the account administration, or a name of the gateway's.
func (s *site) accCode(t *testing.T, c call, status int, code any) {
	t.Helper()
	a := s.want(t, status, c)
	var body struct {
		Code             int    `json:"code"`
		Message          string `json:"message"`
		ErrorCode        string `json:"errorCode"`
		DeveloperMessage string `json:"developerMessage"`
	}
	a.json(t, &body)
	switch code := code.(type) {
	case int:
		if body.Code != code || body.Message == "" {
			t.Errorf("want code %d with a message, got %s", code, a.body)
		}
	case string:
		if body.ErrorCode != code || body.DeveloperMessage == "" {
			t.Errorf("want errorCode %s with a message, got %s", code, a.body)
		}
	}
	for _, leak := range []string{"sql", "gorm", ".go:", "Schema", "acc_units"} {
		if strings.Contains(a.body, leak) {
			t.Errorf("the answer leaks %q: %s", leak, a.body)
		}
	}
}

// accAddresses are the two addresses of the structure, each with an account of its
// region that the demo's app may not use.
var accAddresses = map[string]struct{ path, foreign string }{
	"address": {accUS, strings.Replace(accUS, "e3d5ef8d-5c37-4b9d-925d-1e6d24753ace", "11111111-1111-4111-8111-111111111111", 1)},
	"legacy":  {accEU, strings.Replace(accEU, "b7c1d4a2-5f0e-4a86-9c3d-2e8f1a6b0d47", "22222222-2222-4222-8222-222222222222", 1)},
}

func TestAccRefusesBadRequestsAndChangesNothing(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(accFixture))
		for name, at := range accAddresses {
			t.Run(name, func(t *testing.T) { accRefusals(t, s, at.path, at.foreign, accFill(t, s, at.path, name)) })
		}
		s.CloseDatabase(t)
		for _, at := range accAddresses {
			s.accCode(t, accGet(at.path), 500, 1000)
			s.accCode(t, accPut(at.path, `{"business_units":[]}`), 500, 1000)
		}
	})
}

// accFill fills an account with A above B above C. It returns the number of A, as
// ids are unique in the workspace.
func accFill(t *testing.T, s *site, path, name string) int {
	t.Helper()
	first := len(name) * 10
	s.want(t, 200, accPut(path, accUnits(accUnit(first, 0, "A"), accUnit(first+1, first, "B"), accUnit(first+2, first+1, "C"))))
	return first
}

func accRefusals(t *testing.T, s *site, path, foreign string, a int) {
	one := func(unit string) string { return accUnits(unit) }
	named := func(members string) string { return `{"business_units":[{` + members + `}]}` }
	valid := accUnit(7, 0, "Seven")
	for name, test := range map[string]struct {
		body   string
		status int
		code   int
	}{
		"no body":                      {"", 400, 1001},
		"malformed JSON":               {`{"business_units":[`, 400, 1001},
		"two JSON values":              {accUnits() + `{}`, 400, 1001},
		"a printed dict":               {`{'business_units': [{'name': 'x'}]}`, 400, 1001},
		"a top-level array":            {`[` + valid + `]`, 400, 1001},
		"null":                         {`null`, 400, 1001},
		"business_units missing":       {`{}`, 400, 1001},
		"business_units null":          {`{"business_units":null}`, 400, 1001},
		"business_units an object":     {`{"business_units":{}}`, 400, 1001},
		"members in another case":      {`{"Business_Units":[` + valid + `]}`, 400, 1001},
		"a unit that is null":          {`{"business_units":[null]}`, 400, 1001},
		"a unit that is a text":        {`{"business_units":["x"]}`, 400, 1001},
		"id not a UUID":                {named(`"id":"x","name":"x"`), 400, 1001},
		"id a number":                  {named(`"id":1,"name":"x"`), 400, 1001},
		"id empty":                     {named(`"id":"","name":"x"`), 400, 1001},
		"id in braces":                 {named(`"id":"{` + accID(7) + `}","name":"x"`), 400, 1001},
		"id without hyphens":           {named(`"id":"` + strings.ReplaceAll(accID(7), "-", "") + `","name":"x"`), 400, 1001},
		"parent_id not a UUID":         {named(`"parent_id":"b.` + accID(7) + `","name":"x"`), 400, 1001},
		"parent_id empty":              {named(`"parent_id":"","name":"x"`), 400, 1001},
		"parent_id an object":          {named(`"parent_id":{},"name":"x"`), 400, 1001},
		"name a number":                {named(`"name":1`), 400, 1001},
		"description a list":           {named(`"name":"x","description":[]`), 400, 1001},
		"bad UTF-8":                    {named("\"name\":\"\xff\""), 400, 1001},
		"a NUL":                        {named(`"name":"a\u0000b"`), 400, 1001},
		"deep JSON":                    {strings.Repeat(`{"business_units":[`, 20_000), 400, 1001},
		"deep and valid JSON":          {`{"business_units":` + strings.Repeat(`[`, 9_000) + strings.Repeat(`]`, 9_000) + `}`, 400, 1001},
		"name missing":                 {named(`"id":"` + accID(7) + `"`), 422, 1002},
		"name in another case":         {named(`"Name":"x"`), 422, 1002},
		"name null":                    {named(`"name":null`), 422, 1002},
		"name empty":                   {named(`"name":""`), 422, 1002},
		"name blank":                   {named(`"name":" \t\u00a0\u2003"`), 422, 1002},
		"name of 256 characters":       {named(`"name":"` + strings.Repeat("é", 256) + `"`), 422, 1002},
		"description of 256":           {named(`"name":"x","description":"` + strings.Repeat("é", 256) + `"`), 422, 1002},
		"unknown parent":               {accUnits(valid, accUnit(8, 404, "x")), 422, 1002},
		"parent of another account":    {named(`"name":"x","parent_id":"99999999-9999-4999-8999-999999999999"`), 422, 1002},
		"the same id twice":            {accUnits(valid, valid), 422, 1002},
		"the same id in two cases":     {accUnits(`{"id":"ABCDEFAB-0000-4000-8000-000000000000","name":"x"}`, `{"id":"abcdefab-0000-4000-8000-000000000000","name":"x"}`), 422, 1002},
		"its own parent":               {one(accUnit(7, 7, "x")), 422, 1002},
		"a stored unit its own parent": {one(accUnit(a, a, "x")), 422, 1002},
		"a cycle in the request":       {accUnits(accUnit(7, 8, "x"), accUnit(8, 9, "y"), accUnit(9, 7, "z")), 422, 1002},
		"a cycle with stored units":    {accUnits(valid, accUnit(a, a+2, "A")), 422, 1002},
		"a cycle through both":         {accUnits(accUnit(7, a+2, "x"), accUnit(a, 7, "A")), 422, 1002},
		"id of another account":        {named(`"id":"99999999-9999-4999-8999-999999999999","name":"x"`), 409, 1005},
		"one bad unit after good ones": {accUnits(valid, accUnit(a+1, 0, "moved"), `{"id":"99999999-9999-4999-8999-999999999999","name":"x"}`), 409, 1005},
		"body over the limit":          {`{"business_units":[` + strings.Repeat(" ", 16<<20) + `]}`, 413, 1001},
	} {
		t.Run(name, func(t *testing.T) {
			s.accCode(t, accPut(path, test.body), test.status, test.code)
			s.accHolds(t, path, "A<- B<A C<A/B")
		})
	}
	for name, test := range map[string]struct {
		path   string
		header []string
		status int
		code   any
	}{
		"no token":                 {path, []string{"Authorization", ""}, 401, "AUTH-012"},
		"Basic credentials":        {path, []string{"Authorization", "Basic ZGVtbzpkZW1v"}, 401, "AUTH-012"},
		"Bearer without a token":   {path, []string{"Authorization", "Bearer"}, 401, "AUTH-012"},
		"unknown token":            {path, []string{"Authorization", "Bearer nonsense"}, 401, "AUTH-006"},
		"unsigned token":           {path, []string{"Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."}, 401, "AUTH-006"},
		"token of another family":  {path, []string{"Authorization", "Bearer demo-token"}, 401, "AUTH-006"},
		"app not provisioned":      {path, []string{"Authorization", "Bearer strange"}, 403, 1003},
		"account of another app":   {foreign, nil, 403, 1003},
		"unknown account":          {strings.Replace(path, "-", "-0", 1), nil, 404, 1004},
		"hub id":                   {strings.Replace(path, "accounts/", "accounts/b.", 1), nil, 404, 1004},
		"account not a UUID":       {strings.Replace(path, "accounts/", "accounts/%27%20OR%201=1--", 1), nil, 404, 1004},
		"separator in the account": {strings.Replace(path, "-", "%2F", 1), nil, 404, 1004},
		"encoded dots":             {strings.Replace(path, "-", "%2E%2E%2f", 1), nil, 404, 1004},
		"double encoding":          {strings.Replace(path, "-", "%252D", 1), nil, 404, 1004},
		"unknown region":           {path, []string{"Region", "MARS"}, 400, 1001},
	} {
		t.Run(name, func(t *testing.T) {
			header := with(accHeader, test.header...)
			s.accCode(t, call{method: "GET", path: test.path, header: header}, test.status, test.code)
			s.accCode(t, call{method: "PUT", path: test.path, header: header, body: accUnits(valid)}, test.status, test.code)
			s.accHolds(t, path, "A<- B<A C<A/B")
		})
	}
	t.Run("scopes", func(t *testing.T) {
		s.accCode(t, call{method: "GET", path: path, header: with(accHeader, "Authorization", "Bearer write-only")}, 403, "AUTH-010")
		s.accCode(t, call{method: "PUT", path: path, header: with(accHeader, "Authorization", "Bearer read-only"), body: accUnits(valid)}, 403, "AUTH-010")
		s.accHolds(t, path, "A<- B<A C<A/B")
	})
	t.Run("content types", func(t *testing.T) {
		for _, contentType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json", ";"} {
			s.accCode(t, call{method: "PUT", path: path, header: with(accHeader, "Content-Type", contentType), body: accUnits(valid)}, 400, 1001)
		}
		s.accHolds(t, path, "A<- B<A C<A/B")
	})
}

func TestAccRefusesWhatNoOperationServes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	for _, path := range []string{accUS, accEU} {
		for _, method := range []string{"POST", "PATCH", "DELETE", "OPTIONS", "PROPFIND"} {
			c := call{method: method, path: path, header: accHeader}
			s.accCode(t, c, 405, 1001)
			if allow := s.do(t, c).header.Get("Allow"); allow != "GET, PUT" {
				t.Errorf("%s %s: Allow is %q", method, path, allow)
			}
		}
	}
	for _, path := range []string{accUS, accEU} {
		resp, err := s.Client().Head(s.URL + path) // not recorded: the answer has no body
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, PUT" {
			t.Errorf("HEAD %s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
	s.accCode(t, call{method: "GET", path: accToken}, 405, 1001)
	for _, path := range []string{
		"/hq/v1/accounts", "/hq", "/hq/", accUS + "/x", strings.Replace(accEU, "eu", "apac", 1),
		"/authentication/v9/token", "/hq/v1/accounts//business_units_structure",
	} {
		s.accCode(t, accGet(path), 404, 1004)
	}
	for _, path := range []string{strings.Replace(accUS, "-", "%ff", 1), strings.Replace(accUS, "-", "%00", 1)} {
		s.accCode(t, accGet(path), 404, 1004) // no account's id, after the token
		s.accCode(t, call{method: "GET", path: path}, 401, "AUTH-012")
	}
}

// Of two faults in one request, the earlier check answers: token, scope, region and
// account, provisioning, body.
func TestAccChecksInItsOrder(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(accFixture))
	unknown := strings.Replace(accUS, "e3d5", "ffff", 1)
	const malformed, invalid = `{`, `{"business_units":[{}]}`
	tooLarge := strings.Repeat(" ", 16<<20) + malformed
	for name, test := range map[string]struct {
		path   string
		header []string
		body   string
		status int
		code   any
	}{
		"token before scope":                 {accUS, []string{"Authorization", "Bearer nonsense"}, malformed, 401, "AUTH-006"},
		"token before account":               {unknown, []string{"Authorization", ""}, invalid, 401, "AUTH-012"},
		"scope before account":               {unknown, []string{"Authorization", "Bearer read-only"}, invalid, 403, "AUTH-010"},
		"scope before region":                {accUS, []string{"Authorization", "Bearer read-only", "Region", "MARS"}, malformed, 403, "AUTH-010"},
		"scope before provisioning":          {accAddresses["address"].foreign, []string{"Authorization", "Bearer read-only"}, malformed, 403, "AUTH-010"},
		"region before account":              {unknown, []string{"Region", "MARS"}, malformed, 400, 1001},
		"account before malformed body":      {unknown, nil, malformed, 404, 1004},
		"account before invalid body":        {unknown, nil, invalid, 404, 1004},
		"account before blank name":          {unknown, nil, `{"business_units":[{"name":" "}]}`, 404, 1004},
		"account before content type":        {unknown, []string{"Content-Type", "text/plain"}, malformed, 404, 1004},
		"account before size":                {unknown, nil, tooLarge, 404, 1004},
		"account in region before body":      {accUS, []string{"Region", "EMEA"}, malformed, 404, 1004},
		"account in region before app":       {accUS, []string{"Region", "EMEA", "Authorization", "Bearer strange"}, malformed, 404, 1004},
		"app before malformed body":          {accAddresses["address"].foreign, nil, malformed, 403, 1003},
		"app before invalid body":            {accAddresses["legacy"].foreign, nil, invalid, 403, 1003},
		"app before content type":            {accAddresses["legacy"].foreign, []string{"Content-Type", "text/plain"}, invalid, 403, 1003},
		"app before size":                    {accAddresses["legacy"].foreign, nil, tooLarge, 403, 1003},
		"shape before rules":                 {accUS, nil, `{"business_units":[{"name":" "},{"name":1}]}`, 400, 1001},
		"rules of the request before others": {accUS, nil, `{"business_units":[{"id":"99999999-9999-4999-8999-999999999999","name":" "}]}`, 422, 1002},
		"foreign id before the tree":         {accUS, nil, `{"business_units":[{"id":"99999999-9999-4999-8999-999999999999","parent_id":"99999999-9999-4999-8999-999999999999","name":"x"}]}`, 409, 1005},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.accCode(t, call{method: "PUT", path: test.path, header: with(accHeader, test.header...), body: test.body}, test.status, test.code)
		})
	}
}

func TestAccPointsToTheUnitThatBreaksARule(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	a := s.want(t, 422, accPut(accUS, accUnits(accUnit(1, 0, "A"), accUnit(2, 3, "B"))))
	var body struct{ Message string }
	if err := json.Unmarshal([]byte(a.body), &body); err != nil || !strings.HasPrefix(body.Message, "business_units.1.parent_id ") {
		t.Errorf("the message does not name the member: %s", a.body)
	}
}
