package svi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// SviPostLink joins two documents (SAS Data Hub, "Create a new internal relationship
// link").
func (h Handlers) SviPostLink(ctx context.Context, r gen.SviPostLinkRequestObject) (gen.SviPostLinkResponseObject, error) {
	c, shown := callerFrom(ctx), accepted(linkMedia, *r.Params.Accept)
	made := newLink{key: h.NewID(), at: h.now(), masked: shown.masked}
	var answer recordAnswer
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		f, err := made.create(tx, c, *r.JSONBody)
		if err != nil {
			return err
		}
		l, err := labelsOf(&tx.Query, f, is(r.Params.IncludeEntityLabels))
		answer = f.answer(c, shown, l)
		answer.status = http.StatusCreated
		answer.location = request.From(ctx).BaseURL + "/links/@item?" + idParameter + "=" + url.QueryEscape(idOf(f.relationship, f.link).String())
		return err
	})
	return answer, err
}

// newLink is what the server gives to a link that is made.
type newLink struct {
	key    string
	at     time.Time
	masked bool // how the values were read
}

// create makes the link that the body describes.
func (n newLink) create(tx *store.Tx, c caller, body gen.SviLinkInput) (f found, err error) {
	if f, err = holdEnds(tx, c, body); err != nil {
		return f, err
	}
	u, err := readNew(f.shape(), content{fieldValues: body.FieldValues, validFrom: body.ValidFrom, validTo: body.ValidTo})
	if err != nil {
		return f, err
	}
	f.link = store.SviLink{ID: n.key, FromID: body.FromObjectID, ToID: body.ToObjectID, SviRecord: store.SviRecord{Version: 1}}
	next, problems := u.apply(f.shape(), f.record(), n.masked)
	if body.QualifiedTypeName != nil && *body.QualifiedTypeName != qualifiedName(f.relationship) {
		problems = append([]string{"qualifiedTypeName is not that of the relationship type."}, problems...)
	}
	if len(problems) > 0 {
		return f, invalid("body", "", problems...)
	}
	next.CreatedAt, next.CreatedBy, next.LastUpdatedAt, next.LastUpdatedBy = n.at, c.name, n.at, c.name
	f.link.SviContent = next
	err = tx.SviCreateLink(f.relationship, f.link)
	if errors.Is(err, store.ErrConflict) {
		err = &fault.Fault{
			Kind: fault.Conflict, Cause: err,
			Message: fmt.Sprintf("The cardinality %s of the relationship type allows no further link.", f.relationship.Cardinality),
		}
	}
	return f, err
}

// readNew is readUpdate for a record that is made: what the server sets, it ignores.
func readNew(s shape, c content) (update, error) {
	u, err := readUpdate(shape{noun: s.noun}, c)
	for _, name := range []string{s.columns.Key, s.columns.Version} {
		delete(u.values, name)
	}
	return u, err
}

// holdEnds finds the types of a new link and keeps them and the documents at its ends
// as they are until the transaction ends. Whatever is absent, and whatever the caller
// may not read, is the same fault.
func holdEnds(tx *store.Tx, c caller, body gen.SviLinkInput) (f found, err error) {
	missing := func(what, by, name string) *fault.Fault {
		return &fault.Fault{Kind: fault.NotFound, Detail: describe(body), Message: unknown(what, by, name)}
	}
	for _, end := range []struct {
		name string
		to   *store.SviEntityType
	}{{body.FromObjectTypeName, &f.from}, {body.ToObjectTypeName, &f.to}} {
		if *end.to, err = tx.SviEntityType(end.name); err != nil {
			return f, absent(err, missing("entity type", "name", end.name))
		}
		if !c.mayRead(*end.to) {
			return f, missing("entity type", "name", end.name)
		}
	}
	f.relationship, err = tx.SviHoldRelationshipType(body.FromObjectTypeName, body.RelationshipTypeName)
	if err == nil && f.relationship.ToType != body.ToObjectTypeName {
		err = fmt.Errorf("it ends elsewhere: %w", store.ErrNotFound)
	}
	if err != nil {
		return f, absent(err, missing("relationship type", "name", body.RelationshipTypeName))
	}
	if !f.relationship.Bridge {
		return f, noBridge("body", f.relationship)
	}
	for _, end := range []struct{ kind, id string }{{body.FromObjectTypeName, body.FromObjectID}, {body.ToObjectTypeName, body.ToObjectID}} {
		if err := tx.SviHoldDocument(end.kind, end.id); err != nil {
			return f, absent(err, missing("document", "ID", end.id))
		}
	}
	return f, nil
}

// unknown is SAS' sentence for what is not there or not the caller's to see.
func unknown(what, by, name string) string {
	return fmt.Sprintf("The %s with %s %q was not found or the current user does not have the necessary permissions to view the %s.", what, by, name, what)
}

// describe lists the parts of a link that could not be made, as SAS' one published
// instance does.
func describe(body gen.SviLinkInput) []string {
	return linkID{
		relationship: body.RelationshipTypeName,
		fromType:     body.FromObjectTypeName, toType: body.ToObjectTypeName,
		fromID: body.FromObjectID, toID: body.ToObjectID,
	}.details()
}

// VisitSviPostLinkResponse implements [gen.SviPostLinkResponseObject].
func (a recordAnswer) VisitSviPostLinkResponse(w http.ResponseWriter) error { return a.write(w) }
