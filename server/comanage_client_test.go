package server_test

import (
	"context"
	"net/http"
	"testing"

	"orglink/gen/client"
	"orglink/server/servertest"
)

// generatedClient is the generated client of the API user.
func generatedClient(t *testing.T, s *site, user string) *client.ClientWithResponses {
	t.Helper()
	api, err := client.NewClientWithResponses(s.URL, client.WithHTTPClient(s.client),
		client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.SetBasicAuth(user, "demo-secret")
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// The generated client reads every kind of answer, those without a body included.
func TestComanageGeneratedClient(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo())
	api := generatedClient(t, s, "co_1.demo")
	const json = client.ComanageFormatJSON
	person, org := "12", "34"
	document := client.ComanageCoOrgIdentityLinkRequest{CoOrgIdentityLinks: []client.ComanageCoOrgIdentityLinkEntry{
		{Version: client.ComanageVersionV1, CoPersonID: &person, OrgIdentityID: &org},
	}}
	added, err := api.ComanageAddCoOrgIdentityLinkWithResponse(t.Context(), json, document)
	if err != nil || added.JSON201 == nil || added.Status() != "201 Added" {
		t.Fatalf("add: %v %v", added, err)
	}
	again, err := api.ComanageAddCoOrgIdentityLinkWithResponse(t.Context(), json, document)
	if err != nil || again.Status() != "403 OrgIdentity Already Linked" {
		t.Fatalf("add again: %v %v", again, err)
	}
	org = "x"
	invalid, err := api.ComanageEditCoOrgIdentityLinkWithResponse(t.Context(), added.JSON201.ID, json, document)
	if err != nil || invalid.JSON400 == nil || invalid.JSON400.InvalidFields["org_identity_id"][0] != "content" {
		t.Fatalf("edit with a bad field: %v %v", invalid, err)
	}
	none, err := api.ComanageEditCoOrgIdentityLinkWithBodyWithResponse(t.Context(), added.JSON201.ID, json, "application/json", http.NoBody)
	if err != nil || none.Status() != "400 Bad Request" || none.JSON400 != nil {
		t.Fatalf("edit without a document: %v %v", none, err)
	}
	list, err := api.ComanageListCoOrgIdentityLinksWithResponse(t.Context(), json, &client.ComanageListCoOrgIdentityLinksParams{CoPersonID: &person})
	if err != nil || list.JSON200 == nil || len(list.JSON200.CoOrgIdentityLinks) != 2 {
		t.Fatalf("list: %v %v", list, err)
	}
	deleted, err := api.ComanageDeleteCoOrgIdentityLinkWithResponse(t.Context(), added.JSON201.ID, json)
	if err != nil || deleted.Status() != "200 Deleted" {
		t.Fatalf("delete: %v %v", deleted, err)
	}
}
