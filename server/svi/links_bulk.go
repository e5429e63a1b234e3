package svi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
	"orglink/store"
)

// collectionVersion is the version of SAS' schema of collections.
const collectionVersion = 2

// bulkItems is the step that reads which representation the items are: one of links,
// or none.
func bulkItems(r *http.Request) error {
	name := r.Header.Get("Content-Item-Type")
	m, ok := bodyMedia(name, linkBodyMedia)
	if !ok {
		return &fault.Fault{Kind: fault.UnsupportedMedia, In: "header"}
	}
	r.Header.Set("Content-Item-Type", likely(linkMedia, m)[0].name)
	return nil
}

// SviPostLinksBulk creates and updates links (SAS Data Hub, "Bulk Create and Update
// links"). All items are worked through in one transaction: an item that is refused
// has written nothing, so that the others stand.
func (h Handlers) SviPostLinksBulk(ctx context.Context, r gen.SviPostLinksBulkRequestObject) (gen.SviPostLinksBulkResponseObject, error) {
	items, c, now := r.JSONBody.Items, callerFrom(ctx), h.now()
	masked := r.Params.ContentItemType != nil && accepted(linkMedia, *r.Params.ContentItemType).masked
	keys := make([]string, len(items))
	for i := range keys {
		keys[i] = h.NewID()
	}
	var results []gen.SviBulkResult
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SviHoldBulk(); err != nil {
			return err
		}
		results = make([]gen.SviBulkResult, 0, len(items))
		for i, item := range items {
			result, err := upsert(tx, c, item, newLink{key: keys[i], at: now, masked: masked})
			var refused *fault.Fault
			if errors.As(err, &refused) {
				body := errorBody(refused)
				result, err = gen.SviBulkResult{Error: &body}, nil
			}
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		return nil
	})
	return bulkAnswer{Links: []gen.SviHypermediaLink{}, Name: gen.SviBulkResultsNameLinks, Count: len(results), Items: results, Version: collectionVersion}, err
}

// upsert makes or updates the link of one item.
func upsert(tx *store.Tx, c caller, item json.RawMessage, made newLink) (gen.SviBulkResult, error) {
	m := &members{}
	if json.Unmarshal(item, &m.raw) != nil || m.raw == nil {
		return gen.SviBulkResult{}, invalid("body", "The item is not a link.")
	}
	operation := gen.SviBulkResultOperationCREATE
	var f found
	var err error
	if id := m.text("id"); id != nil {
		operation = gen.SviBulkResultOperationUPDATE
		f, err = updateItem(tx, c, m, *id, made)
	} else {
		f, err = createItem(tx, c, m, made)
	}
	if err != nil {
		return gen.SviBulkResult{}, err
	}
	return gen.SviBulkResult{
		ID:                   ptr(idOf(f.relationship, f.link).String()),
		RelationshipTypeName: &f.relationship.Name,
		FromID:               &f.link.FromID,
		FromEntityType:       &f.relationship.FromType,
		ToID:                 &f.link.ToID,
		ToEntityType:         &f.relationship.ToType,
		Operation:            &operation,
	}, nil
}

func createItem(tx *store.Tx, c caller, m *members, made newLink) (f found, err error) {
	parts := m.content()
	body := gen.SviLinkInput{
		RelationshipTypeName: m.required("relationshipTypeName"), QualifiedTypeName: m.text("qualifiedTypeName"),
		FromObjectTypeName: m.required("fromObjectTypeName"), FromObjectID: m.required("fromObjectId"),
		ToObjectTypeName: m.required("toObjectTypeName"), ToObjectID: m.required("toObjectId"),
		ValidFrom: parts.validFrom, ValidTo: parts.validTo, FieldValues: parts.fieldValues,
	}
	if err := m.err(); err != nil {
		return f, err
	}
	return made.create(tx, c, body)
}

func updateItem(tx *store.Tx, c caller, m *members, text string, made newLink) (f found, err error) {
	id, ok := parseLinkID(text)
	if !ok {
		return f, invalid("body", "The member id is not the id of a link.")
	}
	if f, err = lockLink(tx, c, id); err != nil {
		return f, err
	}
	body := m.link()
	if err := m.err(); err != nil {
		return f, err
	}
	if f.link.SviContent, err = replaceLink(f, body, nil, made.masked); err != nil {
		return f, err
	}
	f.link.SviContent = touched(f.link.SviContent, made.at, c.name)
	f.link, err = tx.SviUpdateLink(f.relationship, f.link)
	return f, err
}

// bulkAnswer is a 200 with a result for each item.
type bulkAnswer gen.SviBulkResults

// VisitSviPostLinksBulkResponse implements [gen.SviPostLinksBulkResponseObject].
func (a bulkAnswer) VisitSviPostLinksBulkResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, plainJSON.name, gen.SviBulkResults(a))
}
