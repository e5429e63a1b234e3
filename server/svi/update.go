package svi

import (
	"context"
	"errors"
	"time"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// update is the body of an update as far as it can be read without knowing the
// state of the link.
type update struct {
	body      gen.SviLinkUpdate
	values    map[string]any // fieldValues; null is nil
	version   *int64
	validFrom *time.Time // the members of the link, not its field values
	validTo   *time.Time
}

// SviPutLinksItem updates a link (SAS Data Hub "Update a relationship link").
func (h Handlers) SviPutLinksItem(ctx context.Context, r gen.SviPutLinksItemRequestObject) (gen.SviPutLinksItemResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see normaliseQuery
	for {
		f, err := h.findWritable(ctx, id)
		if err != nil {
			return nil, err
		}
		u, err := readUpdate(f.relationship, *r.JSONBody)
		if err != nil {
			return nil, err
		}
		if err := checkVersion(f, r.Params.IfMatch, u.version); err != nil {
			return nil, err
		}
		next, err := u.apply(f, *r.Params.Accept)
		if err != nil {
			return nil, err
		}
		answer, err := h.save(ctx, f, next, *r.Params.Accept, is(r.Params.IncludeEntityLabels))
		switch {
		case err == nil:
			return answer, nil
		case errors.Is(err, store.ErrNotFound):
			return nil, unknownLink(id)
		case errors.Is(err, store.ErrStale) && f.relationship.Columns.Version == "" && ctx.Err() == nil:
			continue // nobody checks versions of this type: the later update wins
		}
		return nil, err
	}
}

// save stores the changed link, if nobody changed it meanwhile, and shows it. All
// that the answer needs is read in the transaction, so that no committed update
// answers an error, and after the write, so that no field is shown that was masked
// while the update was under way.
func (h Handlers) save(ctx context.Context, f found, next store.SviLink, mode gen.SviMediaType, withLabels bool) (linkAnswer, error) {
	c, id := callerFrom(ctx), idOf(f.relationship, f.link)
	next.LastUpdatedAt, next.LastUpdatedBy = h.now(), c.name
	var l labels
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.SviUpdateLink(next)
		if err != nil {
			return err
		}
		f, err = find(&tx.Query, c, id)
		if err == nil && withLabels {
			l, err = labelsOf(&tx.Query, f)
		}
		return err
	})
	if err != nil {
		return linkAnswer{}, err
	}
	return f.answer(c, mode, l), nil
}

// readUpdate checks what a body must be whatever the link's state: the types that
// the document cannot say.
func readUpdate(t store.SviRelationshipType, body gen.SviLinkUpdate) (update, error) {
	u := update{body: body}
	var problems []string
	var err error
	if u.values, err = decodeValues(body.FieldValues); err != nil {
		problems = append(problems, "fieldValues must be an object.")
	}
	if value := u.values[t.Columns.Version]; value != nil && t.Columns.Version != "" {
		version, isInteger := integer(value)
		if !isInteger {
			problems = append(problems, "Field "+t.Columns.Version+" must be an integer.")
		}
		u.version = &version
	}
	for _, m := range []struct {
		name string
		text *string
		to   **time.Time
	}{{"validFrom", body.ValidFrom, &u.validFrom}, {"validTo", body.ValidTo, &u.validTo}} {
		if m.text == nil {
			continue
		}
		at, ok := parseTime(*m.text)
		if !ok {
			problems = append(problems, m.name+" "+notATime+".")
		}
		*m.to = &at
	}
	if len(problems) > 0 {
		return u, invalid("body", "", problems...)
	}
	return u, nil
}

// checkVersion holds the two guards against stale updates: If-Match first, then
// the version in the body, which is required even where If-Match is right.
func checkVersion(f found, ifMatchHeader *string, version *int64) error {
	if ifMatchHeader != nil && !ifMatch(*ifMatchHeader, etag(f.relationship, f.link)) {
		return &fault.Fault{Kind: fault.PreconditionFailed, Message: "The If-Match header does not match the current version of the link."}
	}
	switch {
	case f.relationship.Columns.Version == "":
		return nil
	case version == nil:
		return &fault.Fault{Kind: fault.PreconditionRequired}
	case *version != f.link.Version:
		return &fault.Fault{Kind: fault.PreconditionFailed}
	}
	return nil
}

// apply returns the link with the update's content, or a fault that lists all that
// is wrong with it.
func (u update) apply(f found, mode gen.SviMediaType) (store.SviLink, error) {
	next := f.link
	problems := u.checkIdentity(f)
	attributes, found := u.attributes(f, mode)
	problems = append(problems, found...)
	next.Attributes = attributes
	next.ValidFrom, next.ValidTo, found = u.validity(f.relationship)
	problems = append(problems, found...)
	if len(problems) > 0 {
		return next, invalid("body", "", problems...)
	}
	return next, nil
}

// checkIdentity refuses a body that describes another link than the one to be
// updated: Data Hub documents no move of a link.
func (u update) checkIdentity(f found) (problems []string) {
	t := f.relationship
	if u.body.ID != nil {
		if id, ok := parseLinkID(*u.body.ID); !ok || !id.names(t, f.link) {
			problems = append(problems, "id is not the id of the link that _id names.")
		}
	}
	for _, m := range []struct {
		name    string
		given   *string
		current string
	}{
		{"relationshipTypeName", u.body.RelationshipTypeName, t.Name},
		{"qualifiedTypeName", u.body.QualifiedTypeName, qualifiedName(t)},
		{"fromObjectTypeName", u.body.FromObjectTypeName, t.FromType},
		{"fromObjectId", u.body.FromObjectID, f.link.FromID},
		{"toObjectTypeName", u.body.ToObjectTypeName, t.ToType},
		{"toObjectId", u.body.ToObjectID, f.link.ToID},
	} {
		if m.given != nil && *m.given != m.current {
			problems = append(problems, m.name+" cannot be changed.")
		}
	}
	for _, m := range []struct{ name, current string }{
		{t.Columns.Key, f.link.ID}, {t.Columns.From, f.link.FromID}, {t.Columns.To, f.link.ToID},
	} {
		if given := u.values[m.name]; m.name != "" && given != nil && given != m.current {
			problems = append(problems, "Field "+m.name+" cannot be changed.")
		}
	}
	return problems
}

// validity is the link's new validity. Each bound may be given as a member, as its
// field value, or equally as both; without either it is open.
func (u update) validity(t store.SviRelationshipType) (from, to *time.Time, problems []string) {
	from, problem := u.bound("validFrom", u.validFrom, t.Columns.ValidFrom)
	problems = append(problems, problem...)
	to, problem = u.bound("validTo", u.validTo, t.Columns.ValidTo)
	problems = append(problems, problem...)
	if from != nil && to != nil && from.After(*to) {
		problems = append(problems, "validFrom must not be after validTo.")
	}
	return from, to, problems
}

func (u update) bound(name string, given *time.Time, column string) (*time.Time, []string) {
	if column == "" {
		if given != nil {
			return nil, []string{name + " is not a field of the relationship type."}
		}
		return nil, nil
	}
	value := u.values[column]
	if value == nil {
		return given, nil
	}
	text, _ := value.(string)
	at, ok := parseTime(text)
	switch {
	case !ok:
		return nil, []string{"Field " + column + " " + notATime + "."}
	case given != nil && !given.Equal(at):
		return nil, []string{name + " and field " + column + " must be equal."}
	}
	return &at, nil
}
