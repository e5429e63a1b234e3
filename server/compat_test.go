package server_test

import (
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/compat"
)

// The document keeps what the last released one promised, until its version says that it
// may break that. A release renews the file: `make release-document`.
func TestTheDocumentBreaksNoReleasedClient(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/released/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	released, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	current := requestDocument()
	mayBreak, err := compat.MayBreak(released.Info.Version, current.Info.Version)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range compat.Breaks(released, current) {
		if mayBreak {
			t.Logf("broken since %s, as %s may: %s", released.Info.Version, current.Info.Version, b)
		} else {
			t.Errorf("clients of %s break, and info.version %s does not say so: %s", released.Info.Version, current.Info.Version, b)
		}
	}
}
