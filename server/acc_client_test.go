package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"orglink/gen/client"
	"orglink/server/servertest"
)

// accClient is the generated client with a bearer token; without one it sends none.
func accClient(t *testing.T, s *site, token string) *client.ClientWithResponses {
	t.Helper()
	api, err := client.NewClientWithResponses(s.URL, client.WithHTTPClient(s.client),
		client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			if token != "" {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// accInput is a request of the generated client; parent 0 makes a root.
func accInput(id, parent int, name string) client.AccBusinessUnitInput {
	unit, above := accID(id), accID(parent)
	in := client.AccBusinessUnitInput{ID: &unit, Name: name}
	if parent != 0 {
		in.ParentID = &above
	}
	return in
}

// An integration gets a token, uploads a hierarchy in one call, renames and moves a part
// of it, and lists it.
func TestAccGeneratedClientUploadsAndChangesAHierarchy(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		id, secret, scope := "demo-client", "demo-secret", "account:read account:write"
		token, err := accClient(t, s, "").AccCreateTokenWithFormdataBodyWithResponse(t.Context(), client.AccTokenRequest{
			GrantType: "client_credentials", ClientID: &id, ClientSecret: &secret, Scope: &scope,
		})
		if err != nil || token.JSON200 == nil {
			t.Fatalf("token: %v %v", token, err)
		}
		api := accClient(t, s, token.JSON200.AccessToken)
		put := func(units ...client.AccBusinessUnitInput) *client.AccBusinessUnits {
			t.Helper()
			got, err := api.AccPutBusinessUnitsStructureWithResponse(t.Context(), accAccountUS, nil, client.AccBusinessUnitsInput{BusinessUnits: units})
			if err != nil || got.JSON200 == nil {
				t.Fatalf("PUT: %v %v", got, err)
			}
			return got.JSON200
		}
		made := put(accInput(3, 2, "Bridges"), accInput(2, 1, "West"), accInput(1, 0, "North America"), accInput(4, 1, "East"))
		if len(made.BusinessUnits) != 4 {
			t.Fatalf("made %+v", made)
		}
		if first := made.BusinessUnits[0]; *first.Path != "North America/West" || *first.ParentID != accID(2) || first.AccountID != accAccountUS {
			t.Errorf("made %+v", first)
		}
		renamed := put(accInput(2, 1, "Pacific")).BusinessUnits
		if len(renamed) != 1 || renamed[0].CreatedAt != made.BusinessUnits[1].CreatedAt {
			t.Errorf("renamed %+v, was %+v", renamed, made.BusinessUnits[1])
		}
		put(accInput(2, 4, "Pacific"))
		put(client.AccBusinessUnitInput{Name: "New"})
		region := client.AccRegionNameUS
		listed, err := api.AccGetBusinessUnitsStructureWithResponse(t.Context(), accAccountUS, &client.AccGetBusinessUnitsStructureParams{Region: &region})
		if err != nil || listed.JSON200 == nil {
			t.Fatalf("GET: %v %v", listed, err)
		}
		var outline []string
		for _, u := range listed.JSON200.BusinessUnits {
			path := "-"
			if u.Path != nil {
				path = *u.Path
			}
			outline = append(outline, u.Name+"<"+path)
		}
		const want = "Bridges<North America/East/Pacific Pacific<North America/East North America<- East<North America New<-"
		if got := strings.Join(outline, " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Every documented error of the structure reaches the generated client typed.
func TestAccGeneratedClientReadsEveryError(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(accFixture))
	demo := strings.TrimPrefix(accHeader["Authorization"], "Bearer ")
	foreign, long := "99999999-9999-4999-8999-999999999999", strings.Repeat("x", 256)
	put := func(token, account string, units ...client.AccBusinessUnitInput) *client.AccPutBusinessUnitsStructureResponse {
		t.Helper()
		if units == nil {
			units = []client.AccBusinessUnitInput{}
		}
		got, err := accClient(t, s, token).AccPutBusinessUnitsStructureWithResponse(t.Context(), account, nil, client.AccBusinessUnitsInput{BusinessUnits: units})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	raw := func(body string) *client.AccPutBusinessUnitsStructureResponse {
		t.Helper()
		got, err := accClient(t, s, demo).AccPutBusinessUnitsStructureWithBodyWithResponse(t.Context(), accAccountUS, nil, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := raw(`[]`).JSON400; got == nil || got.Code != 1001 {
		t.Errorf("400: %+v", got)
	}
	if got := put("", accAccountUS).JSON401; got == nil || got.ErrorCode != "AUTH-012" {
		t.Errorf("401: %+v", got)
	}
	if got := put("read-only", accAccountUS).JSON403; got == nil {
		t.Error("403: no body")
	} else if body, err := got.AsAccGatewayError(); err != nil || body.ErrorCode != "AUTH-010" {
		t.Errorf("403 for the scope: %+v %v", body, err)
	}
	if got := put(demo, "11111111-1111-4111-8111-111111111111").JSON403; got == nil {
		t.Error("403: no body")
	} else if body, err := got.AsAccError(); err != nil || body.Code != 1003 {
		t.Errorf("403 for the app: %+v %v", body, err)
	}
	if got := put(demo, "b."+accAccountUS).JSON404; got == nil || got.Code != 1004 {
		t.Errorf("404: %+v", got)
	}
	if got := put(demo, accAccountUS, client.AccBusinessUnitInput{ID: &foreign, Name: "x"}).JSON409; got == nil || got.Code != 1005 {
		t.Errorf("409: %+v", got)
	}
	if got := raw(accUnits() + strings.Repeat(" ", 16<<20)).JSON413; got == nil || got.Code != 1001 {
		t.Errorf("413: %+v", got)
	}
	if got := put(demo, accAccountUS, client.AccBusinessUnitInput{Name: long}).JSON422; got == nil || got.Code != 1002 {
		t.Errorf("422: %+v", got)
	}
	// A client has no call for a method that the vendor does not have.
	a := s.want(t, http.StatusMethodNotAllowed, call{method: "POST", path: accUS, header: accHeader, body: accUnits()})
	if a.header.Get("Allow") != "GET, PUT" {
		t.Errorf("405: %v", a.header)
	}
	s.accHolds(t, accUS, "")
}
