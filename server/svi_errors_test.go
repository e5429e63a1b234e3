package server_test

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Each step of the order of checks is broken together with the steps after it: the
// first one answers.
func TestSviOrderOfChecks(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		before := sviState(t, s, sviNear)
		const (
			unknown   = "near|_|place|_|place|_|nope"
			noToken   = "Authorization"
			badJSON   = `{"fieldValues":`
			badType   = `{"fieldValues":{"version":"4","nope":1}}`
			noVersion = `{"fieldValues":{"nope":1}}`
			stale     = `{"fieldValues":{"version":3,"nope":1}}`
			badField  = `{"fieldValues":{"version":4,"nope":1}}`
		)
		over := `{"fieldValues":{"version":4,"kind":"` + strings.Repeat("x", 1<<20) + `"}}`
		for name, test := range map[string]struct {
			status int
			call   call
		}{
			"401 before 400 of the query":         {401, sviPut("x", badJSON, noToken, "Bearer nobody", "Content-Type", "text/plain")},
			"401 before 404":                      {401, sviPut(unknown, badJSON, noToken, "")},
			"403 before 400 of the query":         {403, sviPut("x", badJSON, noToken, "Bearer reader-token", "Content-Type", "text/plain")},
			"403 before 404":                      {403, sviPut(unknown, badJSON, noToken, "Bearer reader-token")},
			"400 of the query before 406":         {400, sviPut("x", badJSON, "Accept", "text/html")},
			"400 of the query before 415":         {400, sviPut("x", badJSON, "Content-Type", "text/plain")},
			"400 of a boolean before 404":         {400, sviPut(unknown, badJSON).with("_includeEntityLabels=1")},
			"406 before 404":                      {406, sviPut(unknown, badJSON, "Accept", "text/html")},
			"415 before 404":                      {415, sviPut(unknown, badJSON, "Content-Type", "text/plain")},
			"406 before 415":                      {406, sviPut(unknown, badJSON, "Accept", "text/html", "Content-Type", "text/plain")},
			"406 of no type at all before 415":    {406, sviPut(unknown, badJSON, "Accept", "application/json;q=0, "+sviMasked+";q=0, */*", "Content-Type", "text/plain")},
			"404 before malformed JSON":           {404, sviPut(unknown, badJSON)},
			"404 before a wrong type":             {404, sviPut(unknown, `{"fieldValues":7}`)},
			"404 before the limit":                {404, sviPut(unknown, over)},
			"404 before If-Match":                 {404, sviPut(unknown, badField, "If-Match", `"9"`)},
			"404 before no version":               {404, sviPut(unknown, noVersion)},
			"no bridge table before JSON":         {400, sviPut(sviHolds, badJSON)},
			"no bridge table before If-Match":     {400, sviPut(sviHolds, stale, "If-Match", `"9"`)},
			"malformed JSON before If-Match":      {400, sviPut(sviNear, badJSON, "If-Match", `"9"`)},
			"type of the version before If-Match": {400, sviPut(sviNear, badType, "If-Match", `"9"`)},
			"type of a member before If-Match":    {400, sviPut(sviNear, `{"toObjectId":7,"fieldValues":{"version":3}}`, "If-Match", `"9"`)},
			"a date's form before If-Match":       {400, sviPut(sviNear, `{"validFrom":"2020-13-01T00:00:00Z","fieldValues":{"version":3}}`, "If-Match", `"9"`)},
			"If-Match before no version":          {412, sviPut(sviNear, noVersion, "If-Match", `"9"`)},
			"If-Match before content":             {412, sviPut(sviNear, badField, "If-Match", `"9"`)},
			"no version before content":           {428, sviPut(sviNear, noVersion)},
			"no version before identity":          {428, sviPut(sviNear, `{"id":"x","toObjectId":"x"}`)},
			"stale version before content":        {412, sviPut(sviNear, stale)},
			"stale version before bullets":        {412, sviPut(sviNear, `{"fieldValues":{"version":3,"code":"`+sviBullets+`"}}`)},
			"content at last":                     {400, sviPut(sviNear, badField, "If-Match", `"4"`)},
			"GET: 401 before 400":                 {401, sviGet("x", noToken, "")},
			"GET: 400 before 406":                 {400, sviGet("x", "Accept", "text/html")},
			"GET: 406 before 404":                 {406, sviGet(unknown, "Accept", "text/html")},
		} {
			a := s.want(t, test.status, test.call)
			if strings.HasPrefix(name, "no bridge") && !strings.Contains(a.body, "no internal bridge table") {
				t.Errorf("%s: %s", name, a.body)
			}
		}
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused update changed the link to %s", after)
		}
	})
}

func TestSviBadInput(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	before := sviState(t, s, sviNear)
	for name, test := range map[string]struct {
		status int
		call   call
	}{
		"no token":               {401, sviGet(sviNear, "Authorization", "")},
		"unknown token":          {401, sviGet(sviNear, "Authorization", "Bearer nope")},
		"Basic credentials":      {401, sviGet(sviNear, "Authorization", sviBasic)},
		"admin token":            {401, sviGet(sviNear, "Authorization", admin["Authorization"])},
		"scheme only":            {401, sviGet(sviNear, "Authorization", "Bearer")},
		"forged JWT":             {401, sviGet(sviNear, "Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJhdWQiOiJzdmkiLCJzdWIiOiJkZW1vIn0.")},
		"empty body":             {400, sviPut(sviNear, "")},
		"malformed JSON":         {400, sviPut(sviNear, `{"fieldValues":{"version":4,}}`)},
		"two JSON values":        {400, sviPut(sviNear, sviBody(t, 4, sviNearFields())+`{}`)},
		"a list":                 {400, sviPut(sviNear, `[]`)},
		"null":                   {400, sviPut(sviNear, `null`)},
		"deep JSON":              {400, sviPut(sviNear, `{"fieldValues":{"version":4,"kind":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}}`)},
		"deep but readable JSON": {400, sviPut(sviNear, `{"fieldValues":{"version":4,"kind":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}}`)},
		"bad UTF-8":              {400, sviPut(sviNear, "{\"fieldValues\":{\"version\":4,\"kind\":\"\xff\"}}")},
		"NUL":                    {400, sviPut(sviNear, `{"fieldValues":{"version":4,"kind":"\u0000"}}`)},
		"a number as a name":     {400, sviPut(sviNear, `{"relationshipTypeName":7,"fieldValues":{"version":4,"kind":"road"}}`)},
		"a bad date":             {400, sviPut(sviNear, `{"validFrom":"yesterday","fieldValues":{"version":4,"kind":"road"}}`)},
		"a date without a zone":  {400, sviPut(sviNear, `{"validFrom":"2020-01-01T00:00:00","fieldValues":{"version":4,"kind":"road"}}`)},
		"a date beyond all":      {400, sviPut(sviNear, `{"validTo":"9999-12-31T23:59:59-23:00","fieldValues":{"version":4,"kind":"road"}}`)},
		"a date as a number":     {400, sviPut(sviNear, `{"validFrom":0,"fieldValues":{"version":4,"kind":"road"}}`)},
		"a date with a blank":    {400, sviPut(sviNear, `{"validFrom":"2020-01-01 00:00:00Z","fieldValues":{"version":4,"kind":"road"}}`)},
		"a date without zeros":   {400, sviPut(sviNear, `{"validTo":"2020-01-01T0:00:00Z","fieldValues":{"version":4,"kind":"road"}}`)},
		"a date with a comma":    {400, sviPut(sviNear, `{"validTo":"2020-01-01T00:00:00,5Z","fieldValues":{"version":4,"kind":"road"}}`)},
		"a leap second":          {400, sviPut(sviNear, `{"validTo":"2016-12-31T23:59:60Z","fieldValues":{"version":4,"kind":"road"}}`)},
		"body over the limit":    {413, sviPut(sviNear, `{"fieldValues":{"version":4,"kind":"`+strings.Repeat("x", 1<<20)+`"}}`)},
		"wrong content type":     {415, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Content-Type", "text/plain")},
		"no content type":        {400, sviPut(sviNear, `{"fieldValues":`, "Content-Type", "")},
		"bad content type":       {415, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Content-Type", ";;")},
		"wrong method":           {405, call{method: "POST", path: "/links/@item", header: sviHeader()}},
		"unknown path":           {404, call{method: "GET", path: "/links/nope", header: sviHeader()}},
		"unknown path, prefixed": {404, call{method: "GET", path: "/svi-datahub/nope", header: sviHeader()}},
		"foreign path, prefixed": {404, call{method: "GET", path: "/svi-datahub/orglink/v1/version", header: sviHeader()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := s.want(t, test.status, test.call)
			if a.header.Get("Content-Type") != "application/vnd.sas.error+json;version=2" {
				t.Errorf("got Content-Type %q", a.header.Get("Content-Type"))
			}
			if test.status == 401 && a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("got WWW-Authenticate %q", a.header.Get("WWW-Authenticate"))
			}
			if test.status == 405 && a.header.Get("Allow") == "" {
				t.Error("a 405 without Allow")
			}
		})
	}
	t.Cleanup(func() {
		if after := sviState(t, s, sviNear); after != before {
			t.Errorf("a refused call changed the link to %s", after)
		}
	})
}

func TestSviNamesTheLinkItDidNotFind(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	a := s.want(t, 404, sviGet("witnessed_by|_|intel_report|_|person|_|uuid_502|_|uuid_1"))
	golden(t, "svi/not_found.json", a.body)
	a = s.want(t, 404, sviGet("witnessed_by|_|intel_report|_|person|_|nope"))
	golden(t, "svi/not_found_by_key.json", a.body)
}

func TestSviContentTypesOfUpdates(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	for i, media := range []string{
		"application/json", "application/json;charset=UTF-8", "APPLICATION/JSON", sviMasked, strings.TrimSuffix(sviMasked, "+json"),
		"application/vnd.sas.investigation.data.relationshiplink+json; version=1",
		"", // some clients send none
	} {
		s.want(t, 200, sviPut(sviNear, sviBody(t, 4+i, sviNearFields()), "Content-Type", media))
	}
}

func TestSviHidesTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		tokens := sviToken(t, s, "sas.ec", "", sviPasswordForm)
		s.CloseDatabase(t)
		for _, c := range []call{
			sviGet(sviFourParts),
			sviGet(sviFourParts, "Authorization", "Bearer "+tokens.AccessToken),
			sviPut(sviFourParts, `{"fieldValues":{"version":1}}`, "Authorization", "Bearer "+tokens.AccessToken),
			{method: "POST", path: sviTokenPath, header: sviForm("sas.ec", ""), body: sviPasswordForm},
		} {
			a := s.want(t, 500, c)
			if strings.Contains(a.body, "sql") || strings.Contains(a.body, "store") || strings.Contains(a.body, ".go") {
				t.Errorf("%s %s leaks its cause: %s", c.method, c.path, a.body)
			}
		}
	})
}
