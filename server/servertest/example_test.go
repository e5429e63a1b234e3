package servertest_test

import (
	"testing"

	"orglink/gen/client"
	"orglink/gen/client/auth"
	"orglink/server/servertest"
)

// testOrganizations is, with a capital T, a test in a file of yours.
func testOrganizations(t *testing.T) {
	srv := servertest.Start(t, servertest.Demo(), servertest.Fixtures(`
responsys:
  campaigns:
    - name: spring
`))
	api, err := client.NewClientWithResponses(srv.URL, auth.Responsys("demo", "demo-secret"))
	if err != nil {
		t.Fatal(err)
	}
	usa := client.ResponsysEditAccessAttributesRequest{}
	usa.Attributes.Organizations.AttributeValues = []client.ResponsysAttributeName{{Name: "USA"}}
	got, err := api.ResponsysPostCampaignAttributesWithResponse(t.Context(), "spring", usa)
	if err != nil {
		t.Fatal(err)
	}
	if got.JSON200 == nil {
		t.Fatalf("%s: %s", got.Status(), got.Body)
	}
}

// A test has an Orglink with the demo and a campaign.
func Example() {
	_ = testOrganizations // `go test` calls yours
}
