package svi

import (
	"maps"
	"net/http"

	"orglink/server/fault"
	"orglink/store"
)

// step reads something off a request before validation: see [steps].
type step = func(*http.Request) error

// Normalise holds what is read off the requests before validation, by operationId.
func Normalise() map[string]step {
	all := map[string]step{}
	for _, part := range []map[string]step{normaliseTypes(), normaliseDocuments(), normaliseLinks()} {
		maps.Copy(all, part)
	}
	return all
}

func normaliseTypes() map[string]step {
	return map[string]step{
		"sviGetStoredObjectByName":     query(nil),
		"sviPostStoredObject":          storedObjectBody,
		"sviListStoredObjects":         query(nil, boolean("excludeUnauthorized")),
		"sviListStoredObjectSummaries": query(nil, boolean("excludeUnauthorized")),
		"sviPutStoredObject":           steps(storedObjectBody, ifMatchOnce),
		"sviDeleteStoredObject":        ifMatchOnce,
		"sviGetRelationships":          query(nil),
		"sviPutRelationship":           ifMatchOnce,
		"sviDeleteRelationship":        ifMatchOnce,
	}
}

func normaliseDocuments() map[string]step {
	return map[string]step{
		"sviPostDocument":     steps(query(nil, documentLabel), acceptAndBody(documentMedia, documentBodyMedia)),
		"sviListDocuments":    steps(query(nil, documentLabel), accept([]media{plainJSON}), acceptItem),
		"sviFilterDocuments":  steps(query(nil, documentLabel), accept(collectionMedia), acceptItem, filterBody),
		"sviGetDocument":      steps(query(nil, documentLabel), accept(documentMedia)),
		"sviPutDocument":      steps(query(nil, documentLabel), acceptAndBody(documentMedia, documentBodyMedia), ifMatchOnce),
		"sviPatchDocument":    steps(query(nil, documentLabel), acceptAndBody(documentMedia, patchMedia), ifMatchOnce),
		"sviDeleteDocument":   steps(query(nil), ifMatchOnce),
		"sviGetDocumentField": steps(query(nil), accept([]media{plainJSON})),
		"sviPostLock":         query(nil, wantDocument),
		"sviGetLock":          steps(query(nil, wantDocument), accept([]media{plainJSON})),
		"sviDeleteLock":       query(nil, wantDocument),
	}
}

func normaliseLinks() map[string]step {
	const short, long = "_includeEntityLabels", "includeEntityLabels"
	read := func(name string) step { return query(nil, wantID, labelsAs(name)) }
	changeLink := steps(acceptAndBody(linkMedia, linkBodyMedia), ifMatchOnce)
	field, fields := query(nil, wantID), query([]string{"fieldName"}, wantID)
	version := query(nil, wantID, labelsAs("includeDisplayLabel"), boolean("changedOnly"))
	return map[string]step{
		"sviGetLink":              steps(read("_includeDisplayLabel"), accept(linkMedia)),
		"sviPutLink":              steps(read(short), changeLink),
		"sviPatchLink":            steps(read(short), acceptAndBody(linkMedia, patchMedia), ifMatchOnce),
		"sviDeleteLink":           steps(query(nil, wantID), ifMatchOnce),
		"sviGetLinks":             steps(query(nil, oneSet, labelsAs(long)), accept(linkMedia)),
		"sviPostLink":             steps(query(nil, labelsAs(long)), changeLink),
		"sviPutLinkBetween":       steps(query(nil, wantEnds, labelsAs(long)), changeLink),
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

		"sviPutDocument":     h.precheckDocument,
		"sviPatchDocument":   h.precheckDocument,
		"sviFilterDocuments": h.precheckEntity,

		"sviPutLink":        h.precheckLink,
		"sviPatchLink":      h.precheckLink,
		"sviPutLinkBetween": h.precheckLink,
		"sviPostToken":      h.precheckToken,
	}
}
