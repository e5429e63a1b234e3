package svi

import (
	"context"
	"errors"
	"net/http"

	"orglink/server/fault"
	"orglink/store"
)

// maxCandidates bounds the list of ids in the refusal of an ambiguous id.
const maxCandidates = 20

// found is a link with the types that describe it.
type found struct {
	relationship store.SviRelationshipType
	from, to     store.SviEntityType
	link         store.SviLink
}

// find finds the link of the id for the caller. An unknown one, and one whose ends
// the caller may not read, is the same fault. The link is read before the types that
// show it: what was written under a mask is then shown under it, even if the field
// was masked a moment ago.
func find(q *store.Query, c caller, id linkID) (f found, err error) {
	links, err := findLinks(q, id)
	if err == nil {
		f, err = findTypes(q, id)
	}
	if errors.Is(err, store.ErrNotFound) ||
		err == nil && (len(links) == 0 || f.relationship.ToType != id.toType || !c.mayRead(f.from) || !c.mayRead(f.to)) {
		return f, unknownLink(id)
	}
	if err == nil && len(links) > 1 {
		err = ambiguous(f.relationship, links)
	}
	if err != nil {
		return f, err
	}
	f.link = links[0]
	return f, nil
}

// findLinks lists the links that the id names: one by its key, some by its ends.
func findLinks(q *store.Query, id linkID) ([]store.SviLink, error) {
	t, err := q.SviRelationshipType(id.fromType, id.relationship)
	if err != nil {
		return nil, err
	}
	if id.key == "" {
		return q.SviLinksBetween(t.ID, id.fromID, id.toID, maxCandidates+1)
	}
	link, err := q.SviLink(t.ID, id.key)
	return []store.SviLink{link}, err
}

func findTypes(q *store.Query, id linkID) (f found, err error) {
	if f.relationship, err = q.SviRelationshipType(id.fromType, id.relationship); err != nil {
		return f, err
	}
	if f.from, err = q.SviEntityType(f.relationship.FromType); err != nil {
		return f, err
	}
	f.to, err = q.SviEntityType(f.relationship.ToType)
	return f, err
}

// ambiguous refuses an id by ends that several rows of the bridge table have: the
// first of them may not be the one that is meant.
func ambiguous(t store.SviRelationshipType, links []store.SviLink) error {
	var ids []string
	for i, l := range links {
		if i == maxCandidates {
			ids = append(ids, "There are more.")
			break
		}
		ids = append(ids, "Link ID: "+idOf(t, l).String())
	}
	return invalid("query", "The query parameter _id names several links.", ids...)
}

// find is find in a read of its own.
func (h Handlers) find(ctx context.Context, id linkID) (f found, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		f, err = find(q, callerFrom(ctx), id)
		return err
	})
	return f, err
}

// findWritable finds a link that can be updated.
func (h Handlers) findWritable(ctx context.Context, id linkID) (found, error) {
	f, err := h.find(ctx, id)
	if err == nil && !f.relationship.Bridge {
		err = invalid("query", "The relationship type has no internal bridge table.", "Relationship Type Name: "+f.relationship.Name)
	}
	return f, err
}

// Prechecks hold what comes before the document's checks.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"sviPutLinksItem": h.precheckPut,
		"sviPostToken":    h.precheckToken,
	}
}

// precheckPut looks for the link before a refused body is reported. Faults of the
// query and of the media types come first.
func (h Handlers) precheckPut(r *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.In == "query" || refused.Kind == fault.NotAcceptable || refused.Kind == fault.UnsupportedMedia {
		return nil
	}
	id, ok := parseLinkID(r.URL.Query().Get(idParameter))
	if !ok {
		return nil
	}
	_, err := h.findWritable(r.Context(), id)
	return err
}
