package svi

import (
	"context"
	"net/http"

	"orglink/gen"
	"orglink/server/respond"
	"orglink/store"
)

// defaultLimit is the size of a page that names none (SAS Data Hub, "Get a collection
// of documents by entity type").
const defaultLimit = 40

// documentList is a page of documents, and how many there are on all pages.
type documentList struct {
	documents []document
	total     int64
}

// documentListing is what a caller wants of a list.
type documentListing struct {
	entity    string
	masked    bool // the items show the mask template
	withLabel bool
	withTotal bool
	// page says which documents; the type is the one that a filter is read against.
	page func(store.SviEntityType) (store.SviDocumentPage, error)
}

// listDocuments reads a page of documents. The type that shows them is read after
// them, as in findDocument, and what chose them is held against it once more.
func (h Handlers) listDocuments(ctx context.Context, l documentListing) (list documentList, err error) {
	c := callerFrom(ctx)
	err = h.Store.Read(ctx, func(q *store.Query) error {
		t, err := readEntity(q, c, l.entity)
		if err != nil {
			return err
		}
		page, err := l.page(t)
		if err != nil {
			return err
		}
		page.Type = t.Name
		found, err := q.SviDocuments(page)
		if err != nil {
			return err
		}
		if l.withTotal {
			if list.total, err = q.SviCountDocuments(page); err != nil {
				return err
			}
		}
		if t, err = readEntity(q, c, l.entity); err != nil {
			return err
		}
		if _, err := l.page(t); err != nil {
			return err // what it compared may be masked by now
		}
		list.documents = []document{}
		for _, d := range found {
			list.documents = append(list.documents, foundDocument{t, d}.represent(c, l.masked, l.withLabel))
		}
		return nil
	})
	return list, err
}

// SviListDocuments lists the documents of an entity type.
func (h Handlers) SviListDocuments(ctx context.Context, r gen.SviListDocumentsRequestObject) (gen.SviListDocumentsResponseObject, error) {
	list, err := h.listDocuments(ctx, documentListing{
		entity: r.EntityTypeName,
		masked: accepted(itemMedia, *r.Params.AcceptItem).masked, withLabel: is(r.Params.IncludeDisplayLabel),
		page: func(store.SviEntityType) (store.SviDocumentPage, error) {
			return store.SviDocumentPage{Start: or(r.Params.Start, 0), Limit: or(r.Params.Limit, defaultLimit)}, nil
		},
	})
	if err != nil {
		return nil, err
	}
	return documentsAnswer{body: list.documents, media: plainJSON}, nil
}

// collection is a page of documents in the form of SAS' collections.
type collection struct {
	Links   []any      `json:"links"`
	Name    string     `json:"name"`
	Start   int64      `json:"start"`
	Limit   int64      `json:"limit"`
	Count   int64      `json:"count"`
	Items   []document `json:"items"`
	Version int        `json:"version"`
}

// SviFilterDocuments lists the documents that meet a condition, or those of given ids.
func (h Handlers) SviFilterDocuments(ctx context.Context, r gen.SviFilterDocumentsRequestObject) (gen.SviFilterDocumentsResponseObject, error) {
	start, limit := int64(0), int64(defaultLimit)
	l := documentListing{
		entity: r.EntityTypeName, withTotal: true,
		masked: accepted(itemMedia, *r.Params.AcceptItem).masked, withLabel: is(r.Params.IncludeDisplayLabel),
	}
	if body := r.ApplicationVndSasInvestigationDataDocumentIDRequestPlusJSONBody; body != nil {
		start, limit = or(body.Start, start), or(body.Limit, limit)
		l.page = func(store.SviEntityType) (store.SviDocumentPage, error) {
			return store.SviDocumentPage{IDs: append([]string{}, body.DocumentIds...), Start: start, Limit: limit}, nil
		}
	} else {
		body := *r.ApplicationVndSasInvestigationDataDocumentFilterRequestPlusJSONBody
		start, limit = or(body.Start, start), or(body.Limit, limit)
		l.page = func(t store.SviEntityType) (store.SviDocumentPage, error) {
			page, err := filteredPage(t, or(body.Filter, ""), or(body.SortBy, ""))
			page.Start, page.Limit = start, limit
			return page, err
		}
	}
	found, err := h.listDocuments(ctx, l)
	if err != nil {
		return nil, err
	}
	return documentsAnswer{media: accepted(collectionMedia, *r.Params.Accept), body: collection{
		Links: []any{}, Name: "documents", Start: start, Limit: limit, Count: found.total, Items: found.documents, Version: collectionVersion,
	}}, nil
}

// documentsAnswer is a 200 with a page of documents.
type documentsAnswer struct {
	body  any
	media media
}

func (a documentsAnswer) write(w http.ResponseWriter) error {
	w.Header().Set("Vary", "Accept, "+acceptItemHeader)
	return respond.JSON(w, http.StatusOK, a.media.name, a.body)
}

// VisitSviListDocumentsResponse implements [gen.SviListDocumentsResponseObject].
func (a documentsAnswer) VisitSviListDocumentsResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitSviFilterDocumentsResponse implements [gen.SviFilterDocumentsResponseObject].
func (a documentsAnswer) VisitSviFilterDocumentsResponse(w http.ResponseWriter) error {
	return a.write(w)
}
