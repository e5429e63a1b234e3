package svi

import (
	"net/http"

	"orglink/server/fault"
)

// Normalise holds what is read off the requests before validation, by operationId.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"sviGetLinksItem": steps(query(nil, wantID, labelsAs("_includeDisplayLabel")), accept(linkMedia)),
		"sviPutLinksItem": steps(query(nil, wantID, labelsAs("_includeEntityLabels")), acceptAndBody(linkMedia, linkBodyMedia), ifMatchOnce),
	}
}

// Prechecks hold what comes before the document's checks, by operationId.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"sviPutLinksItem": h.precheckLink,
		"sviPostToken":    h.precheckToken,
	}
}
