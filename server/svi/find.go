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

// shape and record are those of the link.
func (f found) shape() shape   { return relationshipShape(f.relationship) }
func (f found) record() record { return linkRecord(f.link) }

// find finds the link of the id for the caller. An unknown one, and one whose ends
// the caller may not read, is the same fault. The link is read before the types that
// show it: what was written under a mask is then shown under it, even if the field
// was masked a moment ago.
func find(q *store.Query, c caller, id linkID) (f found, err error) {
	t, err := q.SviRelationshipType(id.fromType, id.relationship)
	if err != nil {
		return f, absent(err, unknownLink(id))
	}
	links, err := linksOf(q, t, id)
	if err != nil {
		return f, absent(err, unknownLink(id))
	}
	if t, err = q.SviRelationshipType(id.fromType, id.relationship); err != nil {
		return f, absent(err, unknownLink(id))
	}
	return choose(q, c, id, t, links)
}

// lockLink is find in a write: the link and its relationship type stay as they are
// until the transaction ends. One that cannot be written is refused.
func lockLink(tx *store.Tx, c caller, id linkID) (f found, err error) {
	t, err := tx.SviHoldRelationshipType(id.fromType, id.relationship)
	if err != nil {
		return f, absent(err, unknownLink(id))
	}
	var links []store.SviLink
	if id.key == "" {
		links, err = linksOf(&tx.Query, t, id)
	} else {
		links, err = lockByKey(tx, t, id.key)
	}
	if err != nil {
		return f, absent(err, unknownLink(id))
	}
	if f, err = choose(&tx.Query, c, id, t, links); err != nil {
		return f, err
	}
	if err := writable(t); err != nil || id.key != "" {
		return f, err
	}
	f.link, err = tx.SviLockLink(t.ID, f.link.ID)
	return f, absent(err, unknownLink(id))
}

// lockByKey locks the one link that a key names.
func lockByKey(tx *store.Tx, t store.SviRelationshipType, key string) ([]store.SviLink, error) {
	link, err := tx.SviLockLink(t.ID, key)
	return []store.SviLink{link}, err
}

// absent is the error, or the fault in its place if it says that a row is not there.
func absent(err error, f *fault.Fault) error {
	if errors.Is(err, store.ErrNotFound) {
		return f
	}
	return err
}

// linksOf lists the links that the id names: one by its key, some by its ends.
func linksOf(q *store.Query, t store.SviRelationshipType, id linkID) ([]store.SviLink, error) {
	if id.key == "" {
		return q.SviLinksBetween(t.ID, id.fromID, id.toID, maxCandidates+1)
	}
	link, err := q.SviLink(t.ID, id.key)
	return []store.SviLink{link}, err
}

// choose reads the types of the links' ends, and makes sure that the links are one, and
// one that the caller may see.
func choose(q *store.Query, c caller, id linkID, t store.SviRelationshipType, links []store.SviLink) (f found, err error) {
	f.relationship = t
	if err := f.readEnds(q); err != nil {
		return f, absent(err, unknownLink(id))
	}
	switch {
	case len(links) == 0, t.ToType != id.toType, !f.readable(c):
		return f, unknownLink(id)
	case len(links) > 1:
		return f, ambiguous(t, links)
	}
	f.link = links[0]
	return f, nil
}

// readEnds reads the entity types of the relationship type's ends.
func (f *found) readEnds(q *store.Query) (err error) {
	f.from, f.to, err = q.SviEnds(f.relationship)
	return err
}

// readable reports whether the caller may see links of the type.
func (f found) readable(c caller) bool { return c.mayRead(f.from) && c.mayRead(f.to) }

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
	return invalid("query", "The query names several links.", ids...)
}

// writable refuses links that are computed: they have no row of their own.
func writable(t store.SviRelationshipType) error {
	if t.Bridge {
		return nil
	}
	return noBridge("query", t)
}

func noBridge(in string, t store.SviRelationshipType) error {
	return invalid(in, "The relationship type has no internal bridge table.", "Relationship Type Name: "+t.Name)
}

// find is find in a read of its own.
func (h Handlers) find(ctx context.Context, id linkID) (f found, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		f, err = find(q, callerFrom(ctx), id)
		return err
	})
	return f, err
}

// precheckLink looks for the link of an update before a refused body is reported.
// Faults of the query and of the media types come first.
func (h Handlers) precheckLink(r *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.In == "query" || refused.Kind == fault.NotAcceptable || refused.Kind == fault.UnsupportedMedia {
		return nil
	}
	id, ok := queriedLink(r.URL.Query())
	if !ok {
		return nil
	}
	f, err := h.find(r.Context(), id)
	if err != nil {
		return err
	}
	return writable(f.relationship)
}
