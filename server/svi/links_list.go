package svi

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// listParameters name a document whose links are wanted; the first of the two names
// of the entity type is the older one.
var listParameters = []string{"_entityTypeName", "_relationshipName", "_fromEntityTypeName", "_entityId"}

// oneSet makes sure that a query for links is for those of a document or for the one
// between two, and has all parameters of that set.
func oneSet(values url.Values) error {
	given := func(name string) bool { return values.Has(name) }
	list, single := slices.ContainsFunc(listParameters, given), slices.ContainsFunc(endParameters, given)
	if list && single {
		return invalid("query", "The query mixes the parameters of a list with those of one link.")
	}
	if !list {
		return wantEnds(values)
	}
	if older := values.Get(listParameters[0]); older != "" {
		if newer := values.Get("_fromEntityTypeName"); newer != "" && newer != older {
			return invalid("query", "The query parameters _entityTypeName and _fromEntityTypeName differ.")
		}
		values.Set("_fromEntityTypeName", older)
	}
	return wantAll(listParameters[1:]...)(values)
}

// wantAll makes sure that the query has the parameters.
func wantAll(names ...string) func(url.Values) error {
	return func(values url.Values) error {
		for _, name := range names {
			if values.Get(name) == "" {
				return invalid("query", "The query parameter "+name+" is required.")
			}
		}
		return nil
	}
}

// wantEnds makes sure that the query names a link by its ends.
func wantEnds(values url.Values) error {
	values.Del(idParameter) // another operation's
	if err := wantAll(endParameters...)(values); err != nil {
		return err
	}
	if _, ok := queriedLink(values); !ok {
		return invalid("query", "The query parameters do not name a link.")
	}
	return nil
}

// SviGetLinks shows the links of a document, or the one link between two (SAS Data
// Hub, "Get a relationship link or links").
func (h Handlers) SviGetLinks(ctx context.Context, r gen.SviGetLinksRequestObject) (gen.SviGetLinksResponseObject, error) {
	p := r.Params
	if p.ListRelationshipName == nil {
		id := linkID{
			relationship: *p.RelationshipName, fromType: *p.FromEntityTypeName, toType: *p.ToEntityTypeName,
			fromID: *p.FromEntityID, toID: *p.ToEntityID,
		}
		return h.showLink(ctx, id, *p.Accept, is(p.IncludeEntityLabels))
	}
	l := listing{
		h: h, ctx: ctx, caller: callerFrom(ctx), shown: accepted(linkMedia, *p.Accept), withLabels: is(p.IncludeEntityLabels),
		id: linkID{relationship: *p.ListRelationshipName, fromType: *p.ListFromEntityTypeName, fromID: *p.ListEntityID},
	}
	first, position, err := l.page(listPosition{})
	return listAnswer{media: l.shown, pages: l.pages(first, position)}, err
}

const (
	// pageSize is how many links are read at once: a list is never in memory as a whole,
	// and no cursor is held while a client reads slowly.
	pageSize = 500
	// pageTimeout ends the work for one page. A list may take longer than a request
	// otherwise may, for its client may be slow: the connection's limit ends it.
	pageTimeout = 30 * time.Second
)

// listing reads the links of a document, page by page.
type listing struct {
	h          Handlers
	ctx        context.Context
	caller     caller
	id         linkID // relationship type and document
	shown      media
	withLabels bool
}

// listPosition is where a page begins. After the links that begin at the document come,
// for a symmetric type, those that end there.
type listPosition struct {
	end   store.SviEnd
	after store.SviLink
	done  bool
}

func (p listPosition) first() bool { return p.end == store.SviFrom && p.after.ID == "" }

// page reads the links from a position on. The links are read before the types that
// show them, as in find; a workspace that is dropped meanwhile is an error, since its
// list would end early and look whole.
func (l listing) page(from listPosition) (page []link, next listPosition, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.ctx), pageTimeout)
	defer cancel()
	err = l.h.Store.Read(ctx, func(q *store.Query) error {
		t, err := q.SviRelationshipType(l.id.fromType, l.id.relationship)
		if err != nil {
			return absent(err, unknownRelationship(l.id))
		}
		links, err := q.SviLinksAt(t.ID, from.end, l.id.fromID, from.after, pageSize)
		if err != nil {
			return err
		}
		var f found
		if f.relationship, err = q.SviRelationshipType(l.id.fromType, l.id.relationship); err != nil {
			return absent(err, unknownRelationship(l.id))
		}
		if err := f.readEnds(q); err != nil {
			return absent(err, unknownRelationship(l.id))
		}
		if !f.readable(l.caller) {
			return unknownRelationship(l.id)
		}
		next = from.next(f.relationship, links)
		if page, err = l.show(q, f, from.end, links); err != nil || from.first() {
			return err
		}
		return q.Standing(request.From(l.ctx).Workspace)
	})
	return page, next, err
}

// next is the position after the links that were read at this one.
func (p listPosition) next(t store.SviRelationshipType, read []store.SviLink) listPosition {
	if len(read) == pageSize {
		last := read[pageSize-1]
		return listPosition{end: p.end, after: store.SviLink{ID: last.ID, FromID: last.FromID, ToID: last.ToID}}
	}
	return listPosition{end: store.SviTo, done: p.end == store.SviTo || !t.Symmetric || t.FromType != t.ToType}
}

// show represents links that were read at an end. One of a document with itself was
// read at the other end already.
func (l listing) show(q *store.Query, f found, end store.SviEnd, links []store.SviLink) (page []link, err error) {
	var from, to map[string]string
	if l.withLabels {
		if from, to, err = labelsByID(q, f.relationship, links); err != nil {
			return nil, err
		}
	}
	for _, f.link = range links {
		if end == store.SviTo && f.link.FromID == f.link.ToID {
			continue
		}
		page = append(page, f.represent(l.caller, l.shown.masked, labels{from[f.link.FromID], to[f.link.ToID]}))
	}
	return page, nil
}

// pages hands out the pages, once, the first of which was read.
func (l listing) pages(page []link, next listPosition) iter.Seq2[[]link, error] {
	return func(yield func([]link, error) bool) {
		var err error
		for yield(page, err) && err == nil && !next.done {
			page, next, err = l.page(next)
		}
	}
}

// unknownRelationship answers for relationship types that are absent and for those
// whose ends the caller may not read, alike.
func unknownRelationship(id linkID) *fault.Fault {
	return &fault.Fault{
		Kind: fault.NotFound, Message: unknown("relationship type", "name", id.relationship),
		Detail: []string{"From Entity Type: " + id.fromType, "From Entity ID: " + id.fromID, "Relationship Type Name: " + id.relationship},
	}
}

// VisitSviGetLinksResponse implements [gen.SviGetLinksResponseObject].
func (a recordAnswer) VisitSviGetLinksResponse(w http.ResponseWriter) error { return a.write(w) }
