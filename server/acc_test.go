package server_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"orglink/server/servertest"
)

const (
	accUS    = "/hq/v1/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/business_units_structure"
	accEU    = "/hq/v1/regions/eu/accounts/b7c1d4a2-5f0e-4a86-9c3d-2e8f1a6b0d47/business_units_structure"
	accToken = "/authentication/v2/token"
	accForm  = "application/x-www-form-urlencoded"
)

// accHeader are the headers of the sample of BIM 360 / ACC "business_units_structure-PUT".
var accHeader = map[string]string{"Authorization": "Bearer 9ezBnx9Rd5D1xG4KMt6b72T4w0MG", "Content-Type": "application/json"}

// with is the headers with others set; "" leaves one out.
func with(header map[string]string, pairs ...string) map[string]string {
	changed := map[string]string{}
	for name, value := range header {
		changed[name] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		changed[pairs[i]] = pairs[i+1]
	}
	return changed
}

func accPut(path, body string) call {
	return call{method: "PUT", path: path, header: accHeader, body: body}
}
func accGet(path string) call { return call{method: "GET", path: path, header: accHeader} }

// accID makes readable UUIDs.
func accID(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// accUnit is a unit of a request; parent 0 makes a root.
func accUnit(id, parent int, name string) string {
	above := "null"
	if parent != 0 {
		above = `"` + accID(parent) + `"`
	}
	return fmt.Sprintf(`{"id":"%s","parent_id":%s,"name":"%s"}`, accID(id), above, name)
}

func accUnits(units ...string) string {
	return `{"business_units":[` + strings.Join(units, ",") + `]}`
}

// accAnswer is the body of the answers.
type accAnswer struct {
	BusinessUnits []struct {
		ID          string  `json:"id"`
		AccountID   string  `json:"account_id"`
		ParentID    *string `json:"parent_id"`
		Name        string  `json:"name"`
		Description *string `json:"description"`
		Path        *string `json:"path"`
		CreatedAt   string  `json:"created_at"`
		UpdatedAt   string  `json:"updated_at"`
	} `json:"business_units"`
}

func (a answer) accUnits(t *testing.T) accAnswer {
	t.Helper()
	var body accAnswer
	a.json(t, &body)
	return body
}

// outline is the units as "name<path", in their order.
func (a accAnswer) outline() string {
	var out []string
	for _, u := range a.BusinessUnits {
		path := "-"
		if u.Path != nil {
			path = *u.Path
		}
		out = append(out, u.Name+"<"+path)
	}
	return strings.Join(out, " ")
}

// accHolds fails the test unless the account has the outline.
func (s *site) accHolds(t *testing.T, path, want string) {
	t.Helper()
	if got := s.want(t, 200, accGet(path)).accUnits(t).outline(); got != want {
		t.Fatalf("%s holds %q, want %q", path, got, want)
	}
}

func TestAccAnswersTheDocumentedSample(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		clock := func() time.Time { return time.Date(2016, 4, 11, 3, 49, 9, 176_000_000, time.UTC) }
		s := start(t, database, servertest.Demo(), servertest.Clock(clock))
		request, err := os.ReadFile("testdata/acc/put_request.json")
		if err != nil {
			t.Fatal(err)
		}
		a := s.want(t, 200, accPut(accUS, string(request)))
		golden(t, "acc/put_response.json", a.body)
		if got := a.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
			t.Errorf("Content-Type: %s", got)
		}
		golden(t, "acc/put_response.json", s.want(t, 200, accGet(accUS)).body)
	})
}
