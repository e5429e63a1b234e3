package svi

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"orglink/server/fault"
)

// acceptItemHeader names the representation of the items of a list (SAS Data Hub,
// "Get headers for a collection of documents").
const acceptItemHeader = "Accept-Item"

var (
	// itemMedia are the representations of documents in a list.
	itemMedia = slices.Concat(documentMedia, []media{{name: "application/vnd.sas.investigation.data.document+json"}})

	// collectionMedia are the representations of a list with a count; they look alike.
	collectionMedia = []media{plainJSON, {name: "application/vnd.sas.collection+json"}}

	// filterMedia are the bodies of a GET by POST.
	filterMedia = []media{
		{name: "application/vnd.sas.investigation.data.document.filter.request+json"},
		{name: "application/vnd.sas.investigation.data.document.id.request+json"},
	}
)

// acceptItem is the step that leaves in Accept-Item the one representation that the
// items are to have. One that cannot be produced is a 415, not a 406, for SAS.
func acceptItem(r *http.Request) error {
	m, ok := negotiate(strings.Join(r.Header.Values(acceptItemHeader), ","), itemMedia, plainJSON)
	if !ok {
		return &fault.Fault{
			Kind: fault.UnsupportedMedia, In: "header",
			Message: "The " + acceptItemHeader + " header names only media types that are not supported.",
		}
	}
	r.Header.Set(acceptItemHeader, m.name)
	return nil
}

// filterBody is the step that leaves in Content-Type the whole name of the body's
// media type. JSON without a vendor's name is refused: it does not say which of the
// two bodies it is.
func filterBody(r *http.Request) error {
	name, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	m, ok := mediaNamed(filterMedia, name)
	if err != nil || !ok {
		return &fault.Fault{Kind: fault.UnsupportedMedia, In: "header"}
	}
	r.Header.Set("Content-Type", m.name)
	return nil
}
