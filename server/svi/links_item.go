package svi

import (
	"context"
	"net/http"

	"orglink/gen"
	"orglink/store"
)

// SviGetLink shows one link.
func (h Handlers) SviGetLink(ctx context.Context, r gen.SviGetLinkRequestObject) (gen.SviGetLinkResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see wantID
	return h.showLink(ctx, id, *r.Params.Accept, is(r.Params.IncludeDisplayLabel))
}

func (h Handlers) showLink(ctx context.Context, id linkID, accept gen.SviMediaType, withLabels bool) (answer recordAnswer, err error) {
	c := callerFrom(ctx)
	err = h.Store.Read(ctx, func(q *store.Query) error {
		f, err := find(q, c, id)
		if err != nil {
			return err
		}
		l, err := labelsOf(q, f, withLabels)
		answer = f.answer(c, accepted(linkMedia, accept), l)
		return err
	})
	return answer, err
}

// SviPutLink updates a link (SAS Data Hub "Update a relationship link").
func (h Handlers) SviPutLink(ctx context.Context, r gen.SviPutLinkRequestObject) (gen.SviPutLinkResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see wantID
	shown := accepted(linkMedia, *r.Params.Accept)
	return h.updateLink(ctx, id, linkChange{
		accept: shown, withLabels: is(r.Params.IncludeEntityLabels),
		next: func(f found) (store.SviContent, error) {
			return replaceLink(f, *r.JSONBody, r.Params.IfMatch, shown.masked)
		},
	})
}

// SviPutLinkBetween updates the link between two documents (SAS Data Hub, "Update a
// relationship link", updateRelationshipLink).
func (h Handlers) SviPutLinkBetween(ctx context.Context, r gen.SviPutLinkBetweenRequestObject) (gen.SviPutLinkBetweenResponseObject, error) {
	p := r.Params
	id := linkID{
		relationship: p.RelationshipName, fromType: p.FromEntityTypeName, toType: p.ToEntityTypeName,
		fromID: p.FromEntityID, toID: p.ToEntityID,
	}
	shown := accepted(linkMedia, *p.Accept)
	return h.updateLink(ctx, id, linkChange{
		accept: shown, withLabels: is(p.IncludeEntityLabels),
		next: func(f found) (store.SviContent, error) { return replaceLink(f, *r.JSONBody, p.IfMatch, shown.masked) },
	})
}

// linkChange is how a link is to be changed, and how the answer is to look.
type linkChange struct {
	accept     media
	withLabels bool
	// next is what the link holds after the change, or why it is refused.
	next func(found) (store.SviContent, error)
}

// updateLink changes a link and shows it. All happens in one transaction, under locks
// on the link and its type: no committed update answers an error, and none stores or
// shows what another one of the type would not allow.
func (h Handlers) updateLink(ctx context.Context, id linkID, change linkChange) (answer recordAnswer, err error) {
	c, now := callerFrom(ctx), h.now()
	err = h.Store.Write(ctx, func(tx *store.Tx) error {
		f, err := lockLink(tx, c, id)
		if err != nil {
			return err
		}
		if f.link.SviContent, err = change.next(f); err != nil {
			return err
		}
		f.link.SviContent = touched(f.link.SviContent, now, c.name)
		if f.link, err = tx.SviUpdateLink(f.relationship, f.link); err != nil {
			return absent(err, unknownLink(id))
		}
		l, err := labelsOf(&tx.Query, f, change.withLabels)
		answer = f.answer(c, change.accept, l)
		return err
	})
	return answer, err
}

// replaceLink is what a link holds after a PUT of the body.
func replaceLink(f found, body gen.SviLinkUpdate, ifMatch *string, masked bool) (store.SviContent, error) {
	u, err := readUpdate(f.shape(), contentOf(body))
	if err != nil {
		return store.SviContent{}, err
	}
	if err := u.checkVersion(f.shape(), f.record(), ifMatch, "link"); err != nil {
		return store.SviContent{}, err
	}
	return applyToLink(f, body, u, masked)
}

func contentOf(body gen.SviLinkUpdate) content {
	return content{fieldValues: body.FieldValues, validFrom: body.ValidFrom, validTo: body.ValidTo}
}

// applyToLink is what a link holds after the update, or a fault that lists all that
// is wrong with it.
func applyToLink(f found, body gen.SviLinkUpdate, u update, masked bool) (store.SviContent, error) {
	problems := checkIdentity(f, body)
	next, found := u.apply(f.shape(), f.record(), masked)
	if problems = append(problems, found...); len(problems) > 0 {
		return next, invalid("body", "", problems...)
	}
	return next, nil
}

// checkIdentity refuses a body that describes another link than the one to be
// updated: Data Hub documents no move of a link.
func checkIdentity(f found, body gen.SviLinkUpdate) (problems []string) {
	t := f.relationship
	if body.ID != nil {
		if id, ok := parseLinkID(*body.ID); !ok || !id.names(t, f.link) {
			problems = append(problems, "id is not the id of the link that the query names.")
		}
	}
	for _, m := range []struct {
		name    string
		given   *string
		current string
	}{
		{"relationshipTypeName", body.RelationshipTypeName, t.Name},
		{"qualifiedTypeName", body.QualifiedTypeName, qualifiedName(t)},
		{"fromObjectTypeName", body.FromObjectTypeName, t.FromType},
		{"fromObjectId", body.FromObjectID, f.link.FromID},
		{"toObjectTypeName", body.ToObjectTypeName, t.ToType},
		{"toObjectId", body.ToObjectID, f.link.ToID},
	} {
		if m.given != nil && *m.given != m.current {
			problems = append(problems, m.name+" cannot be changed.")
		}
	}
	return problems
}

// VisitSviPutLinkBetweenResponse implements [gen.SviPutLinkBetweenResponseObject].
func (a recordAnswer) VisitSviPutLinkBetweenResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviGetLinkResponse implements [gen.SviGetLinkResponseObject].
func (a recordAnswer) VisitSviGetLinkResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPutLinkResponse implements [gen.SviPutLinkResponseObject].
func (a recordAnswer) VisitSviPutLinkResponse(w http.ResponseWriter) error { return a.write(w) }
