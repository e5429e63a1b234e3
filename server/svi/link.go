package svi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"orglink/gen"
	"orglink/server/respond"
	"orglink/store"
)

// maskTemplate stands for the value of a masked field in the masked
// representation: nine bullets.
const maskTemplate = "•••••••••"

// link is the representation of a link, its members in the order of SAS' sample.
type link struct {
	RelationshipTypeName    string                 `json:"relationshipTypeName"`
	RelationshipTypeVersion int64                  `json:"relationshipTypeVersion"`
	RelationshipTypeLabel   string                 `json:"relationshipTypeLabel"`
	ID                      string                 `json:"id"`
	CreatedAt               string                 `json:"createdAt"`
	LastUpdatedAt           string                 `json:"lastUpdatedAt"`
	DisplayLabel            string                 `json:"displayLabel"`
	FromObjectTypeName      string                 `json:"fromObjectTypeName"`
	FromObjectTypeVersion   int64                  `json:"fromObjectTypeVersion"`
	FromObjectID            string                 `json:"fromObjectId"`
	FromObjectDisplayLabel  string                 `json:"fromObjectDisplayLabel,omitempty"`
	ToObjectTypeName        string                 `json:"toObjectTypeName"`
	ToObjectTypeVersion     int64                  `json:"toObjectTypeVersion"`
	ToObjectID              string                 `json:"toObjectId"`
	ToObjectDisplayLabel    string                 `json:"toObjectDisplayLabel,omitempty"`
	ValidFrom               string                 `json:"validFrom,omitempty"`
	ValidTo                 string                 `json:"validTo,omitempty"`
	FieldValues             map[string]any         `json:"fieldValues"` // written in the order of their names
	QualifiedTypeName       string                 `json:"qualifiedTypeName"`
	RestrictedFields        map[string]restriction `json:"restrictedFields,omitempty"`
}

type restriction struct {
	Masked struct {
		CurrentUserIsAuthorizedToReveal bool `json:"currentUserIsAuthorizedToReveal"`
	} `json:"masked"`
}

// labels are the display labels of both ends; an empty one is left out.
type labels struct{ from, to string }

// represent shows the link to the caller. Nobody gets the value of a masked field.
func (f found) represent(c caller, mode gen.SviMediaType, l labels) link {
	t := f.relationship
	return link{
		RelationshipTypeName:    t.Name,
		RelationshipTypeVersion: t.Version,
		RelationshipTypeLabel:   t.Label,
		ID:                      idOf(t, f.link).String(),
		CreatedAt:               member(&f.link.CreatedAt),
		LastUpdatedAt:           member(&f.link.LastUpdatedAt),
		DisplayLabel:            t.Label,
		FromObjectTypeName:      t.FromType,
		FromObjectTypeVersion:   f.from.Version,
		FromObjectID:            f.link.FromID,
		FromObjectDisplayLabel:  l.from,
		ToObjectTypeName:        t.ToType,
		ToObjectTypeVersion:     f.to.Version,
		ToObjectID:              f.link.ToID,
		ToObjectDisplayLabel:    l.to,
		ValidFrom:               member(f.link.ValidFrom),
		ValidTo:                 member(f.link.ValidTo),
		FieldValues:             f.fieldValues(mode),
		QualifiedTypeName:       qualifiedName(t),
		RestrictedFields:        restrictions(t, c),
	}
}

func qualifiedName(t store.SviRelationshipType) string { return t.FromType + "__" + t.Name }

// fieldValues are the attributes and what the server keeps for a link. Fields
// without a value are left out.
func (f found) fieldValues(mode gen.SviMediaType) map[string]any {
	values := map[string]any{}
	for _, field := range f.relationship.Fields {
		value, ok := f.link.Attributes[field.Name]
		switch {
		case !ok:
		case !field.Masked:
			values[field.Name] = value
		case mode == masked:
			values[field.Name] = maskTemplate
		}
	}
	columns := f.relationship.Columns
	values[columns.Key] = f.link.ID
	values[columns.From] = f.link.FromID
	values[columns.To] = f.link.ToID
	values[columns.Version] = f.link.Version
	values[columns.CreatedAt] = f.link.CreatedAt.UTC().Format(fieldLayout)
	values[columns.CreatedBy] = f.link.CreatedBy
	values[columns.UpdatedAt] = f.link.LastUpdatedAt.UTC().Format(fieldLayout)
	values[columns.UpdatedBy] = f.link.LastUpdatedBy
	if f.link.ValidFrom != nil {
		values[columns.ValidFrom] = f.link.ValidFrom.UTC().Format(fieldLayout)
	}
	if f.link.ValidTo != nil {
		values[columns.ValidTo] = f.link.ValidTo.UTC().Format(fieldLayout)
	}
	delete(values, "") // what the type has no column for
	return values
}

func restrictions(t store.SviRelationshipType, c caller) map[string]restriction {
	restricted := map[string]restriction{}
	for _, field := range t.Fields {
		if field.Masked {
			var r restriction
			r.Masked.CurrentUserIsAuthorizedToReveal = c.mayReveal(field)
			restricted[field.Name] = r
		}
	}
	return restricted
}

// labelsOf are the labels of the link's ends. A document that is gone has none.
func labelsOf(q *store.Query, f found) (l labels, err error) {
	if l.from, err = labelOf(q, f.from, f.link.FromID); err != nil {
		return l, err
	}
	l.to, err = labelOf(q, f.to, f.link.ToID)
	return l, err
}

// labelOf joins the display fields of a document.
func labelOf(q *store.Query, t store.SviEntityType, id string) (string, error) {
	document, err := q.SviDocument(t.Name, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	var words []string
	for _, field := range t.Fields {
		value, ok := document.FieldValues[field.Name]
		if !ok || !field.Display || field.Masked {
			continue
		}
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value) // a number or a boolean
		}
		words = append(words, text)
	}
	return strings.Join(words, " "), nil
}

// SviGetLinksItem shows one link.
func (h Handlers) SviGetLinksItem(ctx context.Context, r gen.SviGetLinksItemRequestObject) (gen.SviGetLinksItemResponseObject, error) {
	id, _ := parseLinkID(r.Params.UnderscoreID) // well-formed: see normaliseQuery
	c := callerFrom(ctx)
	var f found
	var l labels
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		f, err = find(q, c, id)
		if err == nil && is(r.Params.IncludeDisplayLabel) {
			l, err = labelsOf(q, f)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return f.answer(c, *r.Params.Accept, l), nil
}

func is(b *bool) bool { return b != nil && *b }

// linkAnswer is a 200 with a link.
type linkAnswer struct {
	body link
	mode gen.SviMediaType
	etag string
}

func (f found) answer(c caller, mode gen.SviMediaType, l labels) linkAnswer {
	return linkAnswer{body: f.represent(c, mode, l), mode: mode, etag: etag(f.relationship, f.link)}
}

func (a linkAnswer) write(w http.ResponseWriter) error {
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	w.Header().Set("Vary", "Accept")
	return respond.JSON(w, http.StatusOK, string(a.mode), a.body)
}

// VisitSviGetLinksItemResponse implements [gen.SviGetLinksItemResponseObject].
func (a linkAnswer) VisitSviGetLinksItemResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviPutLinksItemResponse implements [gen.SviPutLinksItemResponseObject].
func (a linkAnswer) VisitSviPutLinksItemResponse(w http.ResponseWriter) error { return a.write(w) }
