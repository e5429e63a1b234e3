package svi

import (
	"net/http"

	"orglink/server/fault"
	"orglink/store"
)

// Normalise holds what is read off the requests before validation, by operationId.
func Normalise() map[string]func(*http.Request) error {
	const short, long = "_includeEntityLabels", "includeEntityLabels"
	read := func(name string) func(*http.Request) error { return query(nil, wantID, labelsAs(name)) }
	changeLink := steps(acceptAndBody(linkMedia, linkBodyMedia), ifMatchOnce)
	field, fields := query(nil, wantID), query([]string{"fieldName"}, wantID)
	version := query(nil, wantID, labelsAs("includeDisplayLabel"), boolean("changedOnly"))
	return map[string]func(*http.Request) error{
		"sviGetStoredObjectByName":     query(nil),
		"sviPostStoredObject":          storedObjectBody,
		"sviListStoredObjects":         query(nil, boolean("excludeUnauthorized")),
		"sviListStoredObjectSummaries": query(nil, boolean("excludeUnauthorized")),
		"sviPutStoredObject":           steps(storedObjectBody, ifMatchOnce),
		"sviDeleteStoredObject":        ifMatchOnce,
		"sviGetRelationships":          query(nil),
		"sviPutRelationship":           ifMatchOnce,
		"sviDeleteRelationship":        ifMatchOnce,

		"sviGetLinksItem":         steps(read("_includeDisplayLabel"), accept(linkMedia)),
		"sviPutLinksItem":         steps(read(short), changeLink),
		"sviPatchLinksItem":       steps(read(short), acceptAndBody(linkMedia, patchMedia), ifMatchOnce),
		"sviDeleteLinksItem":      steps(query(nil, wantID), ifMatchOnce),
		"sviGetLinks":             steps(query(nil, oneSet, labelsAs(long)), accept(linkMedia)),
		"sviPostLink":             steps(query(nil, labelsAs(long)), changeLink),
		"sviPutLinks":             steps(query(nil, wantEnds, labelsAs(long)), changeLink),
		"sviPostLinksBulk":        steps(bulkItems, body(bulkMedia)),
		"sviGetLinkField":         field,
		"sviHeadLinkField":        field,
		"sviGetLinkFields":        fields,
		"sviHeadLinkFields":       fields,
		"sviGetLinkVersions":      version,
		"sviGetLinkVersion":       version,
		"sviHeadLinkVersion":      version,
		"sviGetLinkFieldHistory":  field,
		"sviHeadLinkFieldHistory": field,
	}
}

// Prechecks hold what comes before the document's checks, by operationId.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"sviPutStoredObject": precheckType[store.SviEntityType](h, unknownEntityTypeID),
		"sviPutRelationship": precheckType[store.SviRelationshipType](h, unknownRelationshipID),

		"sviPutLinksItem":   h.precheckLink,
		"sviPatchLinksItem": h.precheckLink,
		"sviPutLinks":       h.precheckLink,
		"sviPostToken":      h.precheckToken,
	}
}
