package server_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// wireStep is a request and the status line of its answer.
type wireStep struct{ line, user, method, path, body string }

// wireSteps provoke the phrases of all kinds, in order, between answers of other
// families, whose phrases are the standard's. Objects of COmanage are below prefix.
func wireSteps(t *testing.T, prefix, format string) []wireStep {
	t.Helper()
	co, person, org, name, identifier, link := wireKinds[0], wireKinds[1], wireKinds[2], wireKinds[3], wireKinds[4], wireKinds[5]
	var steps []wireStep
	step := func(line, method, path, body string) {
		steps = append(steps, wireStep{line, platform, method, prefix + path, body})
	}
	other := func(line, method, path string) { steps = append(steps, wireStep{line, "", method, path, ""}) }
	add := func(line string, k wireKind, entry string) {
		step(line, "POST", k.list(format), k.document(t, entry, format))
	}
	edit := func(line string, k wireKind, entry string) {
		step(line, "PUT", k.object(k.id, format), k.document(t, entry, format))
	}
	get := func(line string, k wireKind, query string) { step(line, "GET", k.list(format)+query, "") }
	remove := func(line string, k wireKind, id any) { step(line, "DELETE", k.object(id, format), "") }

	for _, k := range wireKinds {
		add("201 Added", k, k.entry)
		other("200 OK", "GET", "/orglink/v1/health/live")
		add("400 Invalid Fields", k, k.wrong)
		step("400 Bad Request", "POST", k.list(format), "<")
		step("404 "+k.one+" Unknown", "GET", k.object(999, format), "")
		other("404 Not Found", "GET", "/nope")
		remove("400 Invalid Fields", k, 0)
		step("404 Unknown", "GET", k.path+".yaml", "")
		step("200 OK", "GET", k.object(k.id, format), "")
		other("405 Method Not Allowed", "POST", "/orglink/v1/version")
		steps = append(steps, wireStep{"401 Unauthorized", "", "GET", prefix + k.list(format), ""},
			wireStep{"404 Unknown", "", "HEAD", prefix + k.list(format), ""})
	}
	add("403 Name In Use", co, co.entry)
	other("401 Unauthorized", "GET", "/orglink/v1/workspaces")
	remove("403 Cannot Remove COmanage CO", co, 1)
	step("403 Cannot Edit COmanage CO", "PUT", co.object(1, format), co.document(t, co.change, format))
	add("403 CO Does Not Exist", person, strings.Replace(person.entry, `"2"`, `"99"`, 1))
	get("404 CO Unknown", person, "?coid=99")
	get("422 Unprocessable Entity", person, "?coid=2&shoe=44")
	other("404 Not Found", "GET", "/orglink/v1/nope")
	add("403 CO Does Not Exist", org, strings.Replace(org.entry, `"2"`, `"99"`, 1))
	remove("403 CoPerson Exists", org, org.id)
	add("403 No Person Specified", name, `{"Version":"1.0","Given":"x","Type":"fka"}`)
	add("403 Person Does Not Exist", name, strings.Replace(name.entry, `"12"`, `"99"`, 1))
	remove("403 Primary Name Cannot Be Deleted", name, 51)
	get("204 CO Person Has No Name", name, "?copersonid=13")
	get("204 Org Identity Has No Name", name, "?orgidentityid=34")
	get("400 CO Person Not Specified", name, "?copersonid=")
	get("404 Org Identity Unknown", name, "?orgidentityid=99")
	get("204 CO Person Has No Identifier", identifier, "?copersonid=13")
	other("200 OK", "GET", "/orglink/v1/health/live")
	add("403 Identifier In Use", identifier, `{"Version":"1.0","Person":{"Type":"CO","Id":"13"},"Identifier":"a&b@example.org","Type":"eppn","Status":"Active"}`)
	get("400 Org Identity Not Specified", identifier, "?orgidentityid=")
	add("403 CoPerson Does Not Exist", link, `{"Version":"1.0","CoPersonId":99}`)
	edit("403 CoPersonRole Does Not Exist", link, `{"Version":"1.0","CoPersonId":99}`)
	add("403 OrgIdentity Does Not Exist", link, `{"Version":"1.0","CoPersonId":12,"OrgIdentityId":99}`)
	add("403 OrgIdentity Already Linked", link, link.entry)
	remove("200 Deleted", link, 46)
	get("204 Org Identity Has No CoOrgIdentityLink", link, "?orgidentityid=34")
	edit("403 CO Does Not Exist", person, strings.Replace(person.change, ":2", ":99", 1))
	edit("403 CO Does Not Exist", org, strings.Replace(org.change, ":2", ":99", 1))
	edit("403 No Person Specified", name, `{"Version":"1.0","Given":"x","Type":"fka"}`)
	edit("403 Person Does Not Exist", identifier, strings.Replace(identifier.change, ":12", ":99", 1))
	for _, k := range []wireKind{identifier, name, org, person} {
		edit("200 OK", k, k.change)
	}
	remove("200 Deleted", identifier, identifier.id)
	other("200 OK", "GET", "/orglink/v1/version")
	remove("200 Deleted", person, person.id)
	remove("200 Deleted", org, org.id)
	remove("200 Deleted", co, co.id)
	remove("404 Co Unknown", co, co.id)
	return steps
}

func TestComanagePhrasesOfEveryKindAreOfTheDocument(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startWire(t, database)
		for _, step := range wireSteps(t, "", "json") {
			if a := s.do(t, as(step.user, step.method, step.path, step.body)); a.line != step.line {
				t.Fatalf("%s %s: got %q, want %q; body: %s", step.method, step.path, a.line, step.line, a.body)
			}
		}
	})
}

// wirePrefixes are where the family answers, each with its format for the tests.
var wirePrefixes = map[string]string{
	"": "json", "/registry": "xml", "/w/default": "xml", "/w/default/registry": "json",
}

func TestComanagePhrasesOfEveryKindAreOnTheWire(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for prefix, format := range wirePrefixes {
		t.Run("under "+prefix+" in "+format, func(t *testing.T) {
			t.Parallel()
			c := dial(t, startWire(t))
			for i, step := range wireSteps(t, prefix, format) {
				c.send(t, raw(step.user, step.method, step.path, step.body))
				body := c.want(t, "HTTP/1.1 "+step.line, step.method)
				if body != "" && !strings.HasSuffix(body, "\n") {
					t.Fatalf("step %d, %s %s: a broken body: %q", i, step.method, step.path, body)
				}
			}
		})
	}
}

func TestComanagePipelinedPhrasesOfEveryKind(t *testing.T) {
	t.Parallel()
	for prefix, format := range wirePrefixes {
		t.Run("under "+prefix+" in "+format, func(t *testing.T) {
			t.Parallel()
			c := dial(t, startWire(t))
			steps := wireSteps(t, prefix, format)
			var all strings.Builder
			for _, step := range steps {
				all.WriteString(raw(step.user, step.method, step.path, step.body))
			}
			go c.Write([]byte(all.String())) // the answers tell whether it arrived
			for _, step := range steps {
				c.want(t, "HTTP/1.1 "+step.line, step.method)
			}
		})
	}
}

func TestComanagePhrasesOfEveryKindFollowA100Continue(t *testing.T) {
	t.Parallel()
	s := startWire(t)
	c := dial(t, s)
	for _, k := range wireKinds {
		for _, attempt := range []struct{ line, method, path, body, format string }{
			{"201 Added", "POST", k.list("xml"), k.document(t, k.entry, "xml"), "xml"},
			{"400 Invalid Fields", "PUT", k.object(k.id, "json"), k.document(t, k.wrong, "json"), "json"},
		} {
			text := raw(platform, attempt.method, attempt.path, attempt.body, "Expect: 100-continue")
			c.send(t, strings.TrimSuffix(text, attempt.body))
			for _, line := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} {
				if got, err := c.in.ReadString('\n'); err != nil || got != line {
					t.Fatalf("got %q (%v), want %q", got, err, line)
				}
			}
			c.send(t, attempt.body+raw("", "GET", "/orglink/v1/health/live", ""))
			c.want(t, "HTTP/1.1 "+attempt.line, attempt.method)
			c.want(t, "HTTP/1.1 200 OK", "GET")
		}
		// Whoever is refused before the body is read is not asked for it.
		refused := raw("", "POST", k.list("json"), k.document(t, k.entry, "json"), "Expect: 100-continue")
		head, _, _ := strings.Cut(refused, "\r\n\r\n")
		once := dial(t, s)
		once.send(t, head+"\r\n\r\n")
		once.want(t, "HTTP/1.1 401 Unauthorized", "POST")
	}
}

var rowIDs = regexp.MustCompile(`"Id":"([0-9]+)","(?:Name|CoId|Given|Identifier|CoPersonId|Created)"|<[A-Za-z]+ Version="1.0" Id="([0-9]+)">`)

// Answers that are sent in pieces keep their phrase, their order, and the connection.
func TestComanageLongListsOfEveryKind(t *testing.T) {
	t.Parallel()
	notUnderRace(t, muchData)
	const count = 1201 // more than two pages
	sections := map[string]string{
		"cos": `{"id":%[1]d,"name":"CO %[1]d"}`, "people": `{"id":%[1]d,"co":1}`, "orgIdentities": `{"id":%[1]d,"co":1}`,
		"names":       `{"id":%[1]d,"coPersonId":2,"given":"G","type":"fka"}`,
		"identifiers": `{"id":%[1]d,"coPersonId":2,"identifier":"i%[1]d","type":"uid"}`,
		"links":       `{"id":%[1]d,"coPersonId":2,"orgIdentityId":%[1]d}`,
	}
	fixtures := `{"comanage":{"apiUsers":[{"name":"co_1.platform","secret":"demo-secret"}]`
	for section, row := range sections {
		fixtures += `,"` + section + `":[`
		for id := 2; id <= count; id++ {
			fixtures += fmt.Sprintf(row, id) + ","
		}
		fixtures = strings.TrimSuffix(fixtures, ",") + "]"
	}
	s := start(t)
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: fixtures + "}}"})
	c := dial(t, s)
	for _, k := range wireKinds {
		for prefix, format := range wirePrefixes {
			c.send(t, raw(platform, "GET", prefix+k.list(format), "")+raw(platform, "DELETE", prefix+k.object(99999, format), ""))
			body := c.want(t, "HTTP/1.1 200 OK", "GET")
			var ids []int
			for _, match := range rowIDs.FindAllStringSubmatch(body, -1) {
				id, _ := strconv.Atoi(match[1] + match[2])
				ids = append(ids, id)
			}
			if k.gone {
				ids = ids[1:] // the platform's own
			}
			if len(ids) != count-1 {
				t.Fatalf("%s: got %d rows, want %d", k.list(format), len(ids), count-1)
			}
			for i, id := range ids {
				if id != i+2 {
					t.Fatalf("%s: row %d has the id %d", k.list(format), i, id)
				}
			}
			c.want(t, "HTTP/1.1 "+k.unknown(), "DELETE")
		}
	}
}
