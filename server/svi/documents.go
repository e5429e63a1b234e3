package svi

import (
	"context"
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// document is the representation of a document, its members in the order of SAS'
// samples.
type document struct {
	ObjectTypeName    string                            `json:"objectTypeName"`
	ObjectTypeID      int64                             `json:"objectTypeId"`
	ObjectTypeVersion int64                             `json:"objectTypeVersion"`
	ID                string                            `json:"id"`
	DisplayLabel      string                            `json:"displayLabel,omitempty"`
	FieldValues       map[string]any                    `json:"fieldValues"` // written in the order of their names
	CreatedAt         string                            `json:"createdAt"`
	LastUpdatedAt     string                            `json:"lastUpdatedAt"`
	ValidFrom         string                            `json:"validFrom,omitempty"`
	ValidTo           string                            `json:"validTo,omitempty"`
	FieldRestrictions map[string]map[string]restriction `json:"fieldRestrictions,omitempty"`
}

// documentLabel reads the parameter that asks for the display label of documents.
var documentLabel = labelsAs("includeDisplayLabel")

// documentName names a document by its type and id.
type documentName struct{ entity, id string }

// String is for the log.
func (n documentName) String() string { return n.entity + "/" + n.id }

// foundDocument is a document with the type that describes it.
type foundDocument struct {
	entity   store.SviEntityType
	document store.SviDocument
}

// shape and record are those of the document.
func (f foundDocument) shape() shape   { return entityShape(f.entity) }
func (f foundDocument) record() record { return documentRecord(f.document) }

// represent shows the document to the caller. Nobody gets the value of a masked
// field.
func (f foundDocument) represent(c caller, masked, withLabel bool) document {
	s, r := f.shape(), f.record()
	d := document{
		ObjectTypeName:    f.entity.Name,
		ObjectTypeID:      f.entity.ID,
		ObjectTypeVersion: f.entity.Version,
		ID:                f.document.ID,
		FieldValues:       s.values(r, masked),
		CreatedAt:         member(&r.CreatedAt),
		LastUpdatedAt:     member(&r.LastUpdatedAt),
		ValidFrom:         member(r.ValidFrom),
		ValidTo:           member(r.ValidTo),
	}
	if withLabel {
		d.DisplayLabel = displayLabel(f.entity, f.document)
	}
	if restricted := s.restrictions(c); len(restricted) > 0 {
		d.FieldRestrictions = map[string]map[string]restriction{f.entity.Name: restricted}
	}
	return d
}

// unknownDocument answers for documents that are absent and for those that the caller
// may not read, alike.
func unknownDocument(n documentName) *fault.Fault {
	return &fault.Fault{
		Kind:    fault.NotFound,
		Message: "The document was not found or the current user does not have the necessary permissions to view the document.",
		Detail:  []string{"Entity Type: " + n.entity, "Entity ID: " + n.id},
	}
}

// unknownEntity does so for entity types, in the words of SAS' one published instance
// (SAS Data Hub, operation bulkUpsertLinks).
func unknownEntity(name string) *fault.Fault {
	return &fault.Fault{
		Kind: fault.NotFound,
		Message: `The entity type with name "` + name + `" was not found or the current user does not have` +
			" the necessary permissions to view the entity type.",
		Detail: []string{"Entity Type: " + name},
	}
}

// readEntity finds an entity type for the caller.
func readEntity(q *store.Query, c caller, name string) (store.SviEntityType, error) {
	t, err := q.SviEntityType(name)
	return permitted(t, err, c, name)
}

// holdEntity is readEntity in a write: the type stays as it is until the transaction
// ends.
func holdEntity(tx *store.Tx, c caller, name string) (store.SviEntityType, error) {
	t, err := tx.SviHoldEntityType(name)
	return permitted(t, err, c, name)
}

func permitted(t store.SviEntityType, err error, c caller, name string) (store.SviEntityType, error) {
	if err == nil && !c.mayRead(t) {
		err = unknownEntity(name)
	}
	return t, absent(err, unknownEntity(name))
}

// findDocument finds a document for the caller. It is read before the type that shows
// it: what was written under a mask is then shown under it, even if the field was
// masked a moment ago.
func findDocument(q *store.Query, c caller, n documentName) (f foundDocument, err error) {
	var missing error
	if f.document, missing = q.SviDocument(n.entity, n.id); missing != nil {
		missing = absent(missing, unknownDocument(n))
	}
	if f.entity, err = readEntity(q, c, n.entity); err != nil {
		return f, err
	}
	return f, missing
}

// lockDocument is findDocument in a write: the document and its type stay as they are
// until the transaction ends.
func lockDocument(tx *store.Tx, c caller, n documentName) (f foundDocument, err error) {
	if f.entity, err = holdEntity(tx, c, n.entity); err != nil {
		return f, err
	}
	f.document, err = tx.SviLockDocument(n.entity, n.id)
	return f, absent(err, unknownDocument(n))
}

func (f foundDocument) answer(c caller, m media, withLabel bool) recordAnswer {
	return recordAnswer{
		status: http.StatusOK,
		body:   f.represent(c, m.masked, withLabel),
		media:  m,
		etag:   etag(f.shape(), f.record()),
	}
}

// VisitSviPostDocumentResponse implements [gen.SviPostDocumentResponseObject].
func (a recordAnswer) VisitSviPostDocumentResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviGetDocumentResponse implements [gen.SviGetDocumentResponseObject].
func (a recordAnswer) VisitSviGetDocumentResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPutDocumentResponse implements [gen.SviPutDocumentResponseObject].
func (a recordAnswer) VisitSviPutDocumentResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPatchDocumentResponse implements [gen.SviPatchDocumentResponseObject].
func (a recordAnswer) VisitSviPatchDocumentResponse(w http.ResponseWriter) error { return a.write(w) }

// SviGetDocument shows one document.
func (h Handlers) SviGetDocument(ctx context.Context, r gen.SviGetDocumentRequestObject) (gen.SviGetDocumentResponseObject, error) {
	f, err := h.findDocument(ctx, documentName{r.EntityTypeName, r.DocumentID})
	if err != nil {
		return nil, err
	}
	return f.answer(callerFrom(ctx), accepted(documentMedia, *r.Params.Accept), is(r.Params.IncludeDisplayLabel)), nil
}

// findDocument is findDocument in a read of its own.
func (h Handlers) findDocument(ctx context.Context, n documentName) (f foundDocument, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		f, err = findDocument(q, callerFrom(ctx), n)
		return err
	})
	return f, err
}

// precheckDocument looks for the document of an update before a refused body is
// reported. Faults of the path, the query and the media types come first.
func (h Handlers) precheckDocument(r *http.Request, params map[string]string, refused *fault.Fault) error {
	if beforeLookup(refused) {
		return nil
	}
	_, err := h.findDocument(r.Context(), documentName{params["entityTypeName"], params["documentId"]})
	return err
}

// precheckEntity does so for the entity type of a list.
func (h Handlers) precheckEntity(r *http.Request, params map[string]string, refused *fault.Fault) error {
	if beforeLookup(refused) {
		return nil
	}
	return h.Store.Read(r.Context(), func(q *store.Query) error {
		_, err := readEntity(q, callerFrom(r.Context()), params["entityTypeName"])
		return err
	})
}

// beforeLookup reports whether a fault comes before a look at what the request names.
func beforeLookup(refused *fault.Fault) bool {
	return refused.In == "path" || refused.In == "query" ||
		refused.Kind == fault.NotAcceptable || refused.Kind == fault.UnsupportedMedia
}
