package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

func TestComanageSamples(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Clock(comanageClock))
		a := s.wantLine(t, "200 OK", as("co_1.demo", "GET", links+".json", ""))
		golden(t, "comanage/list.json", a.body)
		a = s.wantLine(t, "201 Added", as("co_1.demo", "POST", links+".json", request(`"12"`, `"34"`)))
		golden(t, "comanage/added.json", a.body)
		if a.header.Get("Location") != "" {
			t.Errorf("Registry sends no Location, got %q", a.header.Get("Location"))
		}
		s.wantEmpty(t, "200 Deleted", as("co_1.demo", "DELETE", links+"/44.json", ""))
		a = s.wantLine(t, "200 OK", as("co_1.demo", "GET", links+"/44.json", ""))
		golden(t, "comanage/deleted.json", a.body)
		s.wantEmpty(t, "200 OK", as("co_1.demo", "PUT", links+"/45.json", request(`"12"`, `"35"`)))
		a = s.wantLine(t, "200 OK", as("co_1.demo", "GET", links+"/46.json", ""))
		golden(t, "comanage/archived.json", a.body)
		a = s.wantLine(t, "400 Invalid Fields", as("co_1.demo", "POST", links+".json", request(`"x"`, `""`)))
		golden(t, "comanage/invalid.json", a.body)
	})
}

func TestComanageAddLinksAndRefusesAsDocumented(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		post := func(body string) call { return as(platform, "POST", links+".json", body) }
		unchanged(t, s, func() {
			for _, test := range []struct{ name, line, body string }{
				{"no person", "403 CoPerson Does Not Exist", `{"CoOrgIdentityLinks":[{"Version":"1.0","OrgIdentityId":"34"}]}`},
				{"nobody at all", "403 CoPerson Does Not Exist", `{"CoOrgIdentityLinks":[{"Version":"1.0"}]}`},
				{"unknown person", "403 CoPerson Does Not Exist", request(`"99"`, `"34"`)},
				{"person 0", "403 CoPerson Does Not Exist", request(`"0"`, `"34"`)},
				{"the largest well-formed id", "403 CoPerson Does Not Exist", request(`2147483648`, `"34"`)},
				{"deleted person", "403 CoPerson Does Not Exist", request(`"14"`, `"34"`)},
				{"no org identity", "403 OrgIdentity Does Not Exist", `{"CoOrgIdentityLinks":[{"Version":"1.0","CoPersonId":"12"}]}`},
				{"unknown org identity", "403 OrgIdentity Does Not Exist", request(`"12"`, `"99"`)},
				{"deleted org identity", "403 OrgIdentity Does Not Exist", request(`"12"`, `"37"`)},
				{"linked to the same person", "403 OrgIdentity Already Linked", request(`"12"`, `"35"`)},
				{"linked to another person", "403 OrgIdentity Already Linked", request(`"13"`, `"35"`)},
			} {
				t.Run(test.name, func(t *testing.T) { s.wantEmpty(t, test.line, post(test.body)) })
			}
		})
		a := s.wantLine(t, "201 Added", post(request(`"13"`, `"36"`))) // free: its link is deleted
		var made struct{ ID string }
		a.json(t, &made)
		if id, err := strconv.Atoi(made.ID); err != nil || id <= 46 {
			t.Fatalf("the new id is %q, want one past the given ones", made.ID)
		}
		s.wantEmpty(t, "403 OrgIdentity Already Linked", post(request(`"13"`, `"36"`)))
		s.wantLine(t, "200 OK", as(platform, "GET", links+"/"+made.ID+".json", "")).wantJSON(t, fmt.Sprintf(
			`{"ResponseType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[{"Version":"1.0","Id":%q,"CoPersonId":"13","OrgIdentityId":"36",
			"Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05","Revision":"0","Deleted":false,"ActorIdentifier":"co_1.platform"}]}`, made.ID))
	})
}

func TestComanageInvalidFieldsAreNamed(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	const version, person, org, both = `{"Version":["Unknown version"]}`, `{"co_person_id":["content"]}`, `{"org_identity_id":["content"]}`,
		`{"co_person_id":["content"],"org_identity_id":["content"]}`
	stranger := `{"org_identity_id":["\"org_identity_id\" may not refer to another CO"]}`
	tests := map[string]struct{ body, fields string }{
		"no Version":              {`{"CoOrgIdentityLinks":[{"CoPersonId":"12","OrgIdentityId":"34"}]}`, version},
		"Version 2":               {strings.Replace(request(`"12"`, `"34"`), `[{"Version":"1.0"`, `[{"Version":"2.0"`, 1), version},
		"Version null":            {strings.Replace(request(`"12"`, `"34"`), `[{"Version":"1.0"`, `[{"Version":null`, 1), version},
		"Version in hex":          {strings.Replace(request(`"12"`, `"34"`), `[{"Version":"1.0"`, `[{"Version":"0x1p0"`, 1), version},
		"Version before fields":   {`{"CoOrgIdentityLinks":[{"CoPersonId":"x"}]}`, version},
		"an empty object":         {`{}`, version},
		"an empty entry":          {`{"CoOrgIdentityLinks":[{}]}`, version},
		"person a word":           {request(`"abc"`, `"34"`), person},
		"person empty":            {request(`""`, `"34"`), person},
		"person null":             {request(`null`, `"34"`), person},
		"person a fraction":       {request(`1.5`, `"34"`), person},
		"person a float":          {request(`12.0`, `"34"`), person},
		"person negative":         {request(`-12`, `"34"`), person},
		"person negative in text": {request(`"-12"`, `"34"`), person},
		"person with space":       {request(`" 12"`, `"34"`), person},
		"person too large":        {request(`2147483649`, `"34"`), person},
		"person far too large":    {request(`"`+strings.Repeat("9", 400)+`"`, `"34"`), person},
		"person in other digits":  {request(`"١٢"`, `"34"`), person},
		"person true":             {request(`true`, `"34"`), person},
		"person a list":           {request(`["12"]`, `"34"`), person},
		"person an object":        {request(`{"Id":"12"}`, `"34"`), person},
		"org identity a word":     {request(`"12"`, `"abc"`), org},
		"org identity null":       {request(`"12"`, `null`), org},
		"both":                    {request(`"x"`, `""`), both},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := `{"ResponseType":"ErrorResponse","Version":"1.0","Id":"%s","InvalidFields":` + test.fields + `}`
			s.wantLine(t, "400 Invalid Fields", as(platform, "POST", links+".json", test.body)).wantJSON(t, fmt.Sprintf(document, "New"))
			s.wantLine(t, "400 Invalid Fields", as(platform, "PUT", links+"/44.json", test.body)).wantJSON(t, fmt.Sprintf(document, "44"))
		})
	}
	t.Run("of another CO", func(t *testing.T) {
		t.Parallel()
		document := `{"ResponseType":"ErrorResponse","Version":"1.0","Id":"%s","InvalidFields":%s}`
		for _, c := range []struct{ method, path, id, body, fields string }{
			{"POST", links + ".json", "New", request("12", "42"), stranger},
			{"PUT", links + "/44.json", "44", request("12", "42"), stranger},
			{"PUT", links + "/44.json", "44", request("21", "34"), strings.ReplaceAll(stranger, "org_identity_id", "co_person_id")},
			{"PUT", links + "/44.json", "44", request("21", "42"), stranger[:len(stranger)-1] + "," + strings.ReplaceAll(stranger, "org_identity_id", "co_person_id")[1:]},
		} {
			s.wantLine(t, "400 Invalid Fields", as(platform, c.method, c.path, c.body)).wantJSON(t, fmt.Sprintf(document, c.id, c.fields))
		}
	})
	t.Cleanup(func() {
		s.wantLine(t, "200 OK", as(platform, "GET", links+".json?orgidentityid=35", ""))
		s.wantEmpty(t, "204 Org Identity Has No CoOrgIdentityLink", as(platform, "GET", links+".json?orgidentityid=34", ""))
	})
}

func TestComanageRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	typed := func(media string) map[string]string {
		return map[string]string{"Authorization": basic(platform, "demo-secret"), "Content-Type": media}
	}
	sound := request(`"12"`, `"34"`)
	unchanged(t, s, func() {
		for name, c := range map[string]call{
			"nothing":            {},
			"spaces":             {body: "  "},
			"malformed":          {body: `{"CoOrgIdentityLinks":[`},
			"two documents":      {body: sound + sound},
			"a list":             {body: `[` + sound + `]`},
			"a text":             {body: `"x"`},
			"null":               {body: `null`},
			"no entry":           {body: `{"CoOrgIdentityLinks":[]}`},
			"an object of them":  {body: `{"CoOrgIdentityLinks":{"Version":"1.0","CoPersonId":"12","OrgIdentityId":"34"}}`},
			"null entries":       {body: `{"CoOrgIdentityLinks":null}`},
			"a null entry":       {body: `{"CoOrgIdentityLinks":[null]}`},
			"an entry of text":   {body: `{"CoOrgIdentityLinks":["12"]}`},
			"bad UTF-8":          {body: strings.Replace(sound, "CoOrgIdentityLinks", "\xff", 1)},
			"NUL":                {body: strings.Replace(sound, `"12"`, `"\u0000"`, 1)},
			"too deep":           {body: strings.Repeat(`{"x":`, 20000) + "1" + strings.Repeat("}", 20000)},
			"too large":          {body: sound + strings.Repeat(" ", 1<<20)},
			"XML":                {header: typed("application/xml"), body: `<CoOrgIdentityLinks Version="1.0"/>`},
			"a form":             {header: typed("application/x-www-form-urlencoded"), body: "CoPersonId=12&OrgIdentityId=34"},
			"JSON called a form": {header: typed("application/x-www-form-urlencoded"), body: sound},
			"JSON called parts":  {header: typed("multipart/form-data; boundary=x"), body: sound},
		} {
			if c.header == nil {
				c.header = typed("application/json")
			}
			t.Run(name, func(t *testing.T) {
				c.method, c.path = "POST", links+".json"
				s.wantEmpty(t, "400 Bad Request", c)
				c.method, c.path = "PUT", links+"/44.json"
				s.wantEmpty(t, "400 Bad Request", c)
			})
		}
	})
}

func TestComanageTakesManySpellingsOfADocument(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for name, test := range map[string]struct{ media, body string }{
		"ids in text":         {"application/json", request(`"12"`, `"34"`)},
		"ids as numbers":      {"application/json", request(`12`, `34`)},
		"leading zeros":       {"application/json", request(`"0012"`, `"034"`)},
		"no Content-Type":     {"", request(`"12"`, `"34"`)},
		"another one":         {"text/plain; charset=latin1", request(`"12"`, `"34"`)},
		"an unreadable one":   {"/;;", request(`"12"`, `"34"`)},
		"bare":                {"application/json", `{"Version":"1.0","CoPersonId":"12","OrgIdentityId":"34"}`},
		"snake_case":          {"application/json", `{"Version":"1.0","co_person_id":"12","org_identity_id":"34"}`},
		"Version a number":    {"application/json", `{"Version":1,"CoPersonId":"12","OrgIdentityId":"34"}`},
		"Version 1.0":         {"application/json", `{"Version":1.0,"CoPersonId":"12","OrgIdentityId":"34"}`},
		"Version in short":    {"application/json", `{"Version":"1","CoPersonId":"12","OrgIdentityId":"34"}`},
		"another envelope":    {"application/json", strings.Replace(request(`12`, `34`), `"RequestType":"CoOrgIdentityLinks","Version":"1.0"`, `"RequestType":7,"Version":["9"]`, 1)},
		"more entries":        {"application/json", strings.Replace(request(`12`, `34`), `}]`, `},{"CoPersonId":"x"},7]`, 1)},
		"what was read":       {"application/json", strings.Replace(request(`12`, `34`), `}]`, `,"Id":"44","Created":"x","Revision":9,"Deleted":true,"ActorIdentifier":null,"Other":{"a":[]}}]`, 1)},
		"members in any case": {"application/json", strings.Replace(request(`12`, `34`), `}]`, `,"copersonid":"99","COPERSONID":"98"}]`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startRegistry(t)
			c := as(platform, "POST", links+".json", test.body)
			c.header["Content-Type"] = test.media
			s.wantLine(t, "201 Added", c)
			a := s.wantLine(t, "200 OK", as(platform, "GET", links+".json?orgidentityid=34", ""))
			for _, member := range []string{`"Id":"47"`, `"CoPersonId":"12"`, `"Revision":"0"`, `"Deleted":false`, `"Created":"2026-01-02 03:04:05"`} {
				if !strings.Contains(a.body, member) {
					t.Errorf("the link lacks %s: %s", member, a.body)
				}
			}
		})
	}
}

func TestComanageEditArchivesAndRefusesAsDocumented(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		put := func(id, body string) call { return as(platform, "PUT", links+"/"+id+".json", body) }
		unchanged(t, s, func() {
			for _, test := range []struct{ name, line, id, body string }{
				{"no person", "403 CoPersonRole Does Not Exist", "44", `{"CoOrgIdentityLinks":[{"Version":"1.0","OrgIdentityId":"34"}]}`},
				{"unknown person", "403 CoPersonRole Does Not Exist", "44", request(`"99"`, `"34"`)},
				{"deleted person", "403 CoPersonRole Does Not Exist", "44", request(`"14"`, `"34"`)},
				{"no org identity", "403 OrgIdentity Does Not Exist", "44", `{"CoOrgIdentityLinks":[{"Version":"1.0","CoPersonId":"12"}]}`},
				{"unknown org identity", "403 OrgIdentity Does Not Exist", "44", request(`"12"`, `"99"`)},
				{"deleted org identity", "403 OrgIdentity Does Not Exist", "44", request(`"12"`, `"37"`)},
				{"the same ids", "403 OrgIdentity Already Linked", "44", request(`"12"`, `"35"`)},
				{"another person", "403 OrgIdentity Already Linked", "44", request(`"13"`, `"35"`)},
				{"unknown link", "404 CoOrgIdentityLink Unknown", "99", request(`"12"`, `"34"`)},
				{"link 0", "404 CoOrgIdentityLink Unknown", "0", request(`"12"`, `"34"`)},
				{"an id over all bounds", "404 CoOrgIdentityLink Unknown", "99999999999999999999", request(`"12"`, `"34"`)},
				{"deleted link", "404 CoOrgIdentityLink Unknown", "45", request(`"12"`, `"34"`)},
				{"unknown link before the document", "404 CoOrgIdentityLink Unknown", "99", `{`},
				{"unknown link before fields", "404 CoOrgIdentityLink Unknown", "99", request(`"x"`, `"34"`)},
				{"deleted link before fields", "404 CoOrgIdentityLink Unknown", "45", request(`"x"`, `"34"`)},
			} {
				t.Run(test.name, func(t *testing.T) { s.wantEmpty(t, test.line, put(test.id, test.body)) })
			}
		})

		s.wantEmpty(t, "200 OK", put("44", request(`"13"`, `"34"`)))
		const row = `{"ResponseType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[%s]}`
		s.wantLine(t, "200 OK", as(platform, "GET", links+"/44.json", "")).wantJSON(t, fmt.Sprintf(row,
			`{"Version":"1.0","Id":"44","CoPersonId":"13","OrgIdentityId":"34","Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05",
			"Revision":"1","Deleted":false,"ActorIdentifier":"co_1.platform"}`))
		s.wantLine(t, "200 OK", as(platform, "GET", links+"/47.json", "")).wantJSON(t, fmt.Sprintf(row,
			`{"Version":"1.0","Id":"47","CoPersonId":"12","OrgIdentityId":"35","Created":"2026-01-02 03:04:05","Modified":"2026-01-02 03:04:05",
			"CoOrgIdentityLinkId":"44","Revision":"0","Deleted":false,"ActorIdentifier":"co_2.admin"}`))
		unchanged(t, s, func() {
			s.wantEmpty(t, "404 CoOrgIdentityLink Unknown", put("47", request(`"12"`, `"35"`)))
			s.wantEmpty(t, "404 CoOrgIdentityLink Unknown", as(platform, "DELETE", links+"/47.json", ""))
			s.wantEmpty(t, "204 CO Person Has No CoOrgIdentityLink", as(platform, "GET", links+".json?copersonid=12", ""))
			s.wantEmpty(t, "204 Org Identity Has No CoOrgIdentityLink", as(platform, "GET", links+".json?orgidentityid=35", ""))
		})
		s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request(`"12"`, `"35"`)))
	})
}

func TestComanageDeleteKeepsTheLinkReadable(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		del := func(path string) call { return as(platform, "DELETE", links+path, "") }
		unchanged(t, s, func() {
			for path, line := range map[string]string{
				".json":                      "400 Invalid Fields",
				"/.json":                     "400 Invalid Fields",
				"/0.json":                    "400 Invalid Fields",
				"/000.json":                  "400 Invalid Fields",
				"/99.json":                   "404 CoOrgIdentityLink Unknown",
				"/99999999999999999999.json": "404 CoOrgIdentityLink Unknown",
				"/45.json":                   "404 CoOrgIdentityLink Unknown",
				".json?coid=2&copersonid=12": "400 Invalid Fields",
			} {
				s.wantEmpty(t, line, del(path))
			}
		})
		s.wantEmpty(t, "200 Deleted", del("/44.json?coid=3"))
		s.wantEmpty(t, "404 CoOrgIdentityLink Unknown", del("/44.json"))
		a := s.wantLine(t, "200 OK", as(platform, "GET", links+"/44.json", ""))
		if !strings.Contains(a.body, `"Revision":"0","Deleted":true,"ActorIdentifier":"co_1.platform"`) {
			t.Errorf("the deleted link: %s", a.body)
		}
		if list := s.wantLine(t, "200 OK", as(platform, "GET", links+".json", "")); strings.Contains(list.body, `"44"`) {
			t.Errorf("the list holds the deleted link: %s", list.body)
		}
		s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request(`"13"`, `"35"`)))
	})
}

func TestComanageViews(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		get := func(query string) call { return as(platform, "GET", links+".json"+query, "") }
		for query, ids := range map[string]string{
			"":                                "44 46",
			"?copersonid=12":                  "44",
			"?copersonid=012":                 "44",
			"?copersonid=12&orgidentityid=41": "44",
			"?copersonid=12&coid=99":          "44",
			"?orgidentityid=41":               "46",
			"?orgidentityid=41&coid=2":        "46",
			"?coid=2":                         "44",
			"?coid=3":                         "46",
			"?coid=1":                         "",
			"?other=1":                        "44 46",
			"?other=1&other=2":                "44 46",
			// Of several, PHP takes the last.
			"?copersonid=12&copersonid=12":       "44",
			"?copersonid=99&copersonid=12":       "44",
			"?copersonid=&copersonid=12":         "44",
			"?orgidentityid=35&orgidentityid=41": "46",
			"?coid=2&x=1&coid=3":                 "46",
		} {
			var document struct {
				CoOrgIdentityLinks []struct{ ID string }
			}
			s.wantLine(t, "200 OK", get(query)).json(t, &document)
			var got []string
			for _, l := range document.CoOrgIdentityLinks {
				got = append(got, l.ID)
			}
			if strings.Join(got, " ") != ids {
				t.Errorf("%q: got the links %v, want %s", query, got, ids)
			}
		}
		if a := s.wantLine(t, "200 OK", get("?coid=1")); !strings.Contains(a.body, `"CoOrgIdentityLinks":[]`) {
			t.Errorf("want an empty list: %s", a.body)
		}
		for query, line := range map[string]string{
			"?copersonid=13":                         "204 CO Person Has No CoOrgIdentityLink",
			"?copersonid=14":                         "204 CO Person Has No CoOrgIdentityLink",
			"?orgidentityid=36":                      "204 Org Identity Has No CoOrgIdentityLink",
			"?orgidentityid=37":                      "204 Org Identity Has No CoOrgIdentityLink",
			"?copersonid=99":                         "404 CO Person Unknown",
			"?copersonid=99&orgidentityid=35":        "404 CO Person Unknown",
			"?copersonid=12&copersonid=99":           "404 CO Person Unknown",
			"?copersonid=12&copersonid=":             "400 CO Person Not Specified",
			"?copersonid=abc":                        "404 CO Person Unknown",
			"?copersonid=-12":                        "404 CO Person Unknown",
			"?copersonid=" + strings.Repeat("9", 30): "404 CO Person Unknown",
			"?orgidentityid=99":                      "404 Org Identity Unknown",
			"?orgidentityid=1%2F2":                   "404 Org Identity Unknown",
			"?coid=99":                               "404 CO Unknown",
			"?coid=":                                 "404 CO Unknown",
			"?copersonid=":                           "400 CO Person Not Specified",
			"?copersonid=&orgidentityid=35":          "400 CO Person Not Specified",
			"?copersonid":                            "400 CO Person Not Specified",
			"?orgidentityid=":                        "400 Org Identity Not Specified",
			"?copersonid=%ff":                        "404 CO Person Unknown",
			"?copersonid=%00":                        "404 CO Person Unknown",
			"?copersonid=%zz":                        "404 CO Person Unknown",
		} {
			s.wantEmpty(t, line, get(query))
		}
		for path, line := range map[string]string{"/45.json": "200 OK", "/044.json": "200 OK", "/44%2Ejson": "404 Unknown", "/4%34.js%6Fn": "200 OK", "/44.json?copersonid=99": "200 OK"} {
			s.wantLine(t, line, as(platform, "GET", links+path, ""))
		}
		for _, id := range []string{"0", "99", "9223372036854775808"} {
			s.wantEmpty(t, "404 CoOrgIdentityLink Unknown", as(platform, "GET", links+"/"+id+".json", ""))
		}
		a := s.wantLine(t, "200 OK", as(platform, "GET", links+"/45.json", ""))
		a.wantJSON(t, `{"ResponseType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[{"Version":"1.0","Id":"45","CoPersonId":"13","OrgIdentityId":"36",
			"Created":"2025-01-01 00:00:00","Modified":"2025-06-01 12:30:59","Revision":"3","Deleted":true,"ActorIdentifier":"co_9.gone"}]}`)
	})
}

func TestComanageParallelAddsMakeOneLink(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		lines := inParallel(32, func(i int) string {
			return s.do(t, as(platform, "POST", links+".json", request([]string{"12", "13"}[i%2], "34"))).line
		})
		if lines["201 Added"] != 1 || lines["403 OrgIdentity Already Linked"] != 31 {
			t.Fatalf("want one 201 and 31 times 403, got %v", lines)
		}
		if a := s.wantLine(t, "200 OK", as(platform, "GET", links+".json?orgidentityid=34", "")); strings.Count(a.body, `"Id"`) != 1 {
			t.Fatalf("want one link: %s", a.body)
		}
	})
}

func TestComanageParallelEditsAndDeletesAgree(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := startRegistry(t, deployment)
		// Two links want one free org identity, edits against adds.
		s.wantLine(t, "201 Added", as(platform, "POST", links+".json", request("13", "36")))
		calls := []call{
			as(platform, "PUT", links+"/44.json", request("12", "34")),
			as(platform, "PUT", links+"/47.json", request("13", "34")),
			as(platform, "POST", links+".json", request("12", "34")),
		}
		lines := inParallel(24, func(i int) string { return s.do(t, calls[i%3]).line })
		if lines["200 OK"]+lines["201 Added"] != 1 || lines["403 OrgIdentity Already Linked"] != 23 {
			t.Fatalf("want one success, else 403: %v", lines)
		}
		lines = inParallel(16, func(int) string { return s.do(t, as(platform, "DELETE", links+"/44.json", "")).line })
		if lines["200 Deleted"] != 1 || lines["404 CoOrgIdentityLink Unknown"] != 15 {
			t.Fatalf("want one 200 Deleted, else 404: %v", lines)
		}
	})
}

// inParallel runs do n times at once and counts what it returns.
func inParallel(n int, do func(i int) string) map[string]int {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		counts = map[string]int{}
		begin  = make(chan struct{})
	)
	for i := range n {
		wg.Go(func() {
			<-begin
			line := do(i)
			mu.Lock()
			counts[line]++
			mu.Unlock()
		})
	}
	close(begin)
	wg.Wait()
	return counts
}

func TestComanageHidesTheCauseOfAnInternalError(t *testing.T) {
	t.Parallel()
	s := startRegistry(t)
	s.CloseDatabase(t)
	for _, c := range []call{
		as(platform, "GET", links+".json", ""),
		as(platform, "POST", links+".json", request("12", "34")),
		as(platform, "DELETE", links+".json", ""),
		as(platform, "GET", links+"/44.json", ""),
		as(platform, "PUT", links+"/44.json", request("12", "34")),
		as(platform, "DELETE", links+"/44.json", ""),
		{method: http.MethodPost, path: "/registry" + links + ".json", header: map[string]string{"Authorization": basic("nobody", "x")}},
	} {
		s.wantEmpty(t, "500 Other Error", c)
	}
}
