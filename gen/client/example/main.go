// Command example uploads the business units of an Autodesk account, renames one, and
// prints them as an outline, by the generated client:
//
//	make run                          # in one terminal
//	go run ./gen/client/example       # in another
//
// It may be run any number of times.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"orglink/gen/client"
	"orglink/gen/client/auth"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:8080", "base `URL` of the server or of a workspace of it")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, os.Stdout, *url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Ids of business units are the caller's own, so that a second upload is an update.
var (
	northAmerica = "933df8fd-abb2-4e4e-8f79-95ba2afebc6c"
	west         = "fda4ab9e-ab82-4ba9-8d6c-ae7dbd7cee31"
)

func run(ctx context.Context, out io.Writer, url string) error {
	api, err := client.NewClientWithResponses(url, auth.ACC("demo-client", "demo-secret"))
	if err != nil {
		return err
	}
	account, err := firstAccount(ctx, api)
	if err != nil {
		return err
	}
	for _, units := range [][]client.AccBusinessUnitInput{
		{{ID: &northAmerica, Name: "North America"}, {ID: &west, ParentID: &northAmerica, Name: "West"}},
		{{ID: &west, ParentID: &northAmerica, Name: "Pacific"}}, // only what is named changes
	} {
		got, err := api.AccPutBusinessUnitsStructureWithResponse(ctx, account, nil, client.AccBusinessUnitsInput{BusinessUnits: units})
		if err != nil {
			return err
		}
		if got.JSON200 == nil {
			return fmt.Errorf("upload business units: %s %s", got.Status(), got.Body)
		}
	}
	got, err := api.AccGetBusinessUnitsStructureWithResponse(ctx, account, nil)
	if err != nil {
		return err
	}
	if got.JSON200 == nil {
		return fmt.Errorf("list business units: %s %s", got.Status(), got.Body)
	}
	fmt.Fprintf(out, "Business units of %s\n", account)
	for _, unit := range got.JSON200.BusinessUnits {
		place := unit.Name
		if unit.Path != nil {
			place = *unit.Path + "/" + unit.Name
		}
		fmt.Fprintf(out, "  %s\n", place)
	}
	return nil
}

// firstAccount finds an account as Autodesk's clients do: the id of a hub is that of its
// account, behind "b.".
func firstAccount(ctx context.Context, api *client.ClientWithResponses) (string, error) {
	got, err := api.AccListHubsWithResponse(ctx, nil)
	if err != nil {
		return "", err
	}
	if got.JSON200 == nil {
		return "", fmt.Errorf("list hubs: %s %s", got.Status(), got.Body)
	}
	for _, hub := range got.JSON200.Data {
		if hub.Attributes.Region == client.AccRegionUS {
			return strings.TrimPrefix(hub.ID, "b."), nil
		}
	}
	return "", fmt.Errorf("the app may use no account in the US")
}
