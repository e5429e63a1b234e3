package server_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

const (
	sviFiveParts = "witnessed_by|_|intel_report|_|person|_|uuid_502|_|uuid_102"
	sviFourParts = "witnessed_by|_|intel_report|_|person|_|e5343e0e-3d68-11e8-b467-0ed5f89f718b"
	sviMasked    = "application/vnd.sas.investigation.data.masked.relationshiplink+json"
	sviBullets   = "•••••••••"
	sviTokenPath = "/SASLogon/oauth/token"
	sviBasic     = "Basic c2FzLmVjOg==" // sas.ec with an empty secret
	sviPath      = "/links/@item?_id="
)

// sviHeader is the header of a call by the demo's user; more are pairs.
func sviHeader(more ...string) map[string]string {
	header := map[string]string{"Authorization": "Bearer demo-token"}
	for i := 0; i < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	return header
}

// sviGet and sviPut are calls on the link of the id. The id is sent as SAS'
// page asks for: pipes percent-encoded, underscores literal.
func sviGet(id string, more ...string) call {
	return call{method: "GET", path: sviPath + url.QueryEscape(id), header: sviHeader(more...)}
}

func sviPut(id, body string, more ...string) call {
	header := sviHeader("Content-Type", "application/json")
	for i := 0; i < len(more); i += 2 {
		header[more[i]] = more[i+1]
	}
	return call{method: "PUT", path: sviPath + url.QueryEscape(id), header: header, body: body}
}

// with adds to the query of a call.
func (c call) with(query string) call {
	c.path += "&" + query
	return c
}

// sviClock is the time of every update in tests that look at it.
func sviClock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC) }

func TestSviGetAnswersTheSample(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for name, c := range map[string]call{
			"five parts":      sviGet(sviFiveParts).with("_includeDisplayLabel=true"),
			"four parts":      sviGet(sviFourParts).with("_includeDisplayLabel=true"),
			"other spelling":  sviGet(sviFourParts).with("includeEntityLabels=TRUE"),
			"vendor prefix":   {method: "GET", path: "/svi-datahub" + sviPath + url.QueryEscape(sviFourParts) + "&_includeDisplayLabel=true", header: sviHeader()},
			"encoded segment": {method: "GET", path: "/links/%40item?_id=" + url.QueryEscape(sviFourParts) + "&_includeDisplayLabel=true", header: sviHeader()},
			"raw pipes":       {method: "GET", path: sviPath + sviFourParts + "&_includeDisplayLabel=true", header: sviHeader()},
			"doubled slashes": {method: "GET", path: "/" + sviPath + url.QueryEscape(sviFourParts) + "&_includeDisplayLabel=true", header: sviHeader()},
			"lower case":      sviGet(sviFourParts, "Authorization", "bearer demo-token").with("_includeDisplayLabel=true"),
			"wildcard":        sviGet(sviFourParts, "Accept", "*/*").with("_includeDisplayLabel=true"),
		} {
			a := s.want(t, 200, c)
			golden(t, "svi/link.json", a.body)
			if a.header.Get("ETag") != `"1"` || a.header.Get("Vary") != "Accept" || a.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: got headers %v", name, a.header)
			}
		}
		without := s.want(t, 200, sviGet(sviFourParts))
		if strings.Contains(without.body, "DisplayLabel") {
			t.Errorf("labels that nobody asked for: %s", without.body)
		}
	})
}

func TestSviPutOfTheSampleAnswersVersionTwo(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Clock(sviClock))
		sample := s.want(t, 200, sviGet(sviFiveParts).with("_includeDisplayLabel=true"))
		a := s.want(t, 200, sviPut(sviFiveParts, sample.body, "If-Match", sample.header.Get("ETag")).with("_includeEntityLabels=true"))
		golden(t, "svi/link_updated.json", a.body)
		if a.header.Get("ETag") != `"2"` || a.header.Get("Vary") != "Accept" {
			t.Errorf("got headers %v", a.header)
		}
		again := s.want(t, 200, sviGet(sviFourParts).with("_includeDisplayLabel=true"))
		golden(t, "svi/link_updated.json", again.body)
	})
}

// sviLink is what tests look at in a link.
type sviLink struct {
	ID               string
	CreatedAt        string
	LastUpdatedAt    string
	ValidFrom        string
	ValidTo          string
	FieldValues      map[string]any
	RestrictedFields map[string]struct {
		Masked struct{ CurrentUserIsAuthorizedToReveal bool }
	}
}

// sviState is the whole stored state of a link as callers can see it, for proofs
// that nothing changed.
func sviState(t *testing.T, s *site, id string) string {
	t.Helper()
	return s.want(t, 200, sviGet(id, "Accept", sviMasked).with("_includeDisplayLabel=true")).body
}

// sviBody is an update body with field values, of which version is one.
func sviBody(t *testing.T, version int, fields map[string]any, members ...any) string {
	t.Helper()
	values := map[string]any{"version": version}
	for name, value := range fields {
		values[name] = value
	}
	body := map[string]any{"fieldValues": values}
	for i := 0; i < len(members); i += 2 {
		body[members[i].(string)] = members[i+1]
	}
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
