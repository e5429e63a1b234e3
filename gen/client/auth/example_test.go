package auth_test

import (
	"context"
	"fmt"
	"log"

	"orglink/gen/client"
	"orglink/gen/client/auth"
)

// The business units of an account in Autodesk.
func ExampleACC() {
	ctx, url := context.Background(), demo.URL // http://127.0.0.1:8080, say

	api, err := client.NewClientWithResponses(url, auth.ACC("demo-client", "demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	hubs, err := api.AccListHubsWithResponse(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, hub := range hubs.JSON200.Data {
		fmt.Println(hub.ID, hub.Attributes.Name)
	}
	// Output:
	// b.e3d5ef8d-5c37-4b9d-925d-1e6d24753ace Demo Construction
	// b.b7c1d4a2-5f0e-4a86-9c3d-2e8f1a6b0d47 Demo Construction Europe
}

// COmanage says what was wrong in the phrase of the status.
func ExampleCOmanage() {
	ctx, url := context.Background(), demo.URL

	api, err := client.NewClientWithResponses(url, auth.COmanage("co_1.demo", "demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range []string{"44", "45"} {
		link, err := api.ComanageGetCoOrgIdentityLinkWithResponse(ctx, id, client.ComanageFormatJSON)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(link.Status())
	}
	// Output:
	// 200 OK
	// 404 CoOrgIdentityLink Unknown
}

// A member's session is opened under a correlation id that the caller makes up.
func ExampleCUX() {
	ctx, url := context.Background(), demo.URL

	api, err := client.NewClientWithResponses(url, auth.CUX("demo-client", "demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	const account, correlationID = "4f0c2a6e-8d31-4b7a-9e52-6c1d0f3b8a94", "b1c9a8f0-8f7e-4f0b-9a51-2d3e4f5a6b7c"
	if _, err := api.CuxPostSessionWithResponse(ctx, account, nil, client.CuxSessionRequest{CorrelationID: correlationID}); err != nil {
		log.Fatal(err)
	}
	date := "2020-12-18T15:27:27.000Z"
	link, err := api.CuxPutBusinessUnitLinkWithResponse(ctx, correlationID, "BUYCO", "67890", client.CuxLinkRequest{DateLinked: &date})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(link.JSON200.BusinessUnit, link.JSON200.LinkID, link.JSON200.Status)
	// Output: BUYCO 67890 LINKED
}

// A user of Responsys, of whom the login says where the further calls go.
func ExampleResponsys() {
	ctx, url := context.Background(), demo.URL

	api, err := client.NewClientWithResponses(url, auth.Responsys("demo", "demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	program, err := api.ResponsysGetProgramWithResponse(ctx, "example_program")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(program.JSON200.Name, program.JSON200.Status)
	// Output: example_program NOT_RUNNING
}

// The mask of a field is what the Accept header asks for.
func ExampleSAS() {
	ctx, url := context.Background(), demo.URL

	api, err := client.NewClientWithResponses(url, auth.SAS("sas.ec", "", "demo", "demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	masked := client.SviDocumentMediaTypeMasked
	person, err := api.SviGetDocumentWithResponse(ctx, "person", "uuid_102", &client.SviGetDocumentParams{Accept: &masked})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(person.JSON200.FieldValues["last_name"], person.JSON200.FieldValues["national_id"])
	// Output: Smith •••••••••
}

// A workspace comes to be when fixtures are applied in it.
func ExampleAdmin() {
	ctx, url := context.Background(), demo.URL

	api, err := client.NewClientWithResponses(url+"/w/ci-42", auth.Admin("demo-secret"))
	if err != nil {
		log.Fatal(err)
	}
	made, err := api.WorkbenchApplyFixturesWithResponse(ctx, client.Fixtures{Cux: &client.CuxFixtures{BusinessUnits: &[]string{"BUYCO"}}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.JSON200.Name)
	dropped, err := api.WorkbenchDropWorkspaceWithResponse(ctx, "ci-42")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(dropped.StatusCode())
	// Output:
	// ci-42
	// 204
}
