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
	released, current := published(t, "testdata/released/openapi.yaml"), published(t, "../openapi.yaml")
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

// published is a document as clients read it: the embedded one has what kin-openapi needs.
func published(t *testing.T, path string) *openapi3.T {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}
