package svi

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/server/respond"
	"orglink/store"
)

// SviGetLinkField shows the value of one field, also of a masked one to those who may
// reveal it (SAS Data Hub, "Get field value for a relationship link").
func (h Handlers) SviGetLinkField(ctx context.Context, r gen.SviGetLinkFieldRequestObject) (gen.SviGetLinkFieldResponseObject, error) {
	f, err := h.queriedFind(ctx, r.Params.UnderscoreID)
	if err != nil {
		return nil, err
	}
	return h.oneField(ctx, f, f.record(), r.FieldName, h.reveal)
}

// SviHeadLinkField is SviGetLinkField without the value.
func (h Handlers) SviHeadLinkField(ctx context.Context, r gen.SviHeadLinkFieldRequestObject) (gen.SviHeadLinkFieldResponseObject, error) {
	f, err := h.queriedFind(ctx, r.Params.UnderscoreID)
	if err != nil {
		return nil, err
	}
	return h.oneField(ctx, f, f.record(), r.FieldName, mayReveal)
}

// SviGetLinkFields shows the values of several fields, without those that the caller
// may not reveal (SAS Data Hub, "Get field values for a relationship link").
func (h Handlers) SviGetLinkFields(ctx context.Context, r gen.SviGetLinkFieldsRequestObject) (gen.SviGetLinkFieldsResponseObject, error) {
	return h.severalFields(ctx, r.Params.UnderscoreID, r.Params.FieldName, h.reveal)
}

// SviHeadLinkFields is SviGetLinkFields without the values.
func (h Handlers) SviHeadLinkFields(ctx context.Context, r gen.SviHeadLinkFieldsRequestObject) (gen.SviHeadLinkFieldsResponseObject, error) {
	return h.severalFields(ctx, r.Params.UnderscoreID, r.Params.FieldName, mayReveal)
}

// queriedFind is find by the text of an id, which is well-formed: see wantID.
func (h Handlers) queriedFind(ctx context.Context, text string) (found, error) {
	id, _ := parseLinkID(text)
	return h.find(ctx, id)
}

// revealer decides on a masked field of the named record.
type revealer func(ctx context.Context, field store.SviField, of string) bool

// mayReveal reports whether the caller may reveal the field.
func mayReveal(ctx context.Context, field store.SviField, _ string) bool {
	return callerFrom(ctx).mayReveal(field)
}

// reveal is mayReveal for a caller who gets the value then: each access, granted or
// not, is logged, with who asked for what, and without the value.
func (h Handlers) reveal(ctx context.Context, field store.SviField, of string) bool {
	revealed := mayReveal(ctx, field, of)
	info, c, kind := request.From(ctx), callerFrom(ctx), "user"
	if !c.user {
		kind = "client" // one can have a user's name
	}
	h.Log.LogAttrs(ctx, slog.LevelInfo, "access to a masked field",
		slog.String("operation_id", info.OperationID),
		slog.String("workspace", info.WorkspaceName),
		slog.String(kind, c.name),
		slog.String("record", of),
		slog.String("field", field.Name),
		slog.Bool("revealed", revealed),
	)
	return revealed
}

func (h Handlers) oneField(ctx context.Context, f found, r record, name string, allowed revealer) (fieldAnswer, error) {
	value, err := fieldValue(ctx, f.shape(), r, name, idOf(f.relationship, f.link).String(), allowed)
	if err != nil {
		return fieldAnswer{}, err
	}
	return fieldAnswer{gen.SviFieldValue{FieldName: name, Raw: value}}, nil
}

func (h Handlers) severalFields(ctx context.Context, text string, names []string, allowed revealer) (fieldAnswer, error) {
	f, err := h.queriedFind(ctx, text)
	if err != nil {
		return fieldAnswer{}, err
	}
	values := gen.SviFieldValues{Items: []gen.SviFieldValue{}}
	for _, name := range names { // none is revealed, and logged, beside one that is unknown
		if !f.shape().has(name) {
			return fieldAnswer{}, unknownField(name)
		}
	}
	for _, name := range names {
		value, err := fieldValue(ctx, f.shape(), f.record(), name, idOf(f.relationship, f.link).String(), allowed)
		if err == nil {
			values.Items = append(values.Items, gen.SviFieldValue{FieldName: name, Raw: value})
		}
	}
	values.Count = len(values.Items)
	return fieldAnswer{values}, nil
}

// has reports whether the type has the field, or a column of the name.
func (s shape) has(name string) bool {
	_, ok := s.field(name)
	return ok || slices.Contains(columnNames(s.columns), name)
}

// fieldValue is the value of a field, nil if there is none. A masked one that the
// caller may not reveal, and one that the type does not have, is a fault.
func fieldValue(ctx context.Context, s shape, r record, name, of string, allowed revealer) (any, error) {
	field, attribute := s.field(name)
	switch {
	case !s.has(name):
		return nil, unknownField(name)
	case !attribute:
		return s.kept(r)[name], nil
	case field.Masked && !allowed(ctx, field, of):
		return nil, &fault.Fault{Kind: fault.Forbidden, Message: "The current user is not authorized to reveal the value of the field.", Detail: []string{"Field: " + name}}
	}
	if value, ok := r.Attributes[name]; ok {
		return value, nil
	}
	return json.RawMessage(nil), nil
}

func unknownField(name string) *fault.Fault {
	return &fault.Fault{Kind: fault.NotFound, Message: "The field was not found.", Detail: []string{"Field: " + name}}
}

// fieldAnswer is a 200 with values that nobody keeps.
type fieldAnswer struct{ body any }

func (a fieldAnswer) write(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return respond.JSON(w, http.StatusOK, plainJSON.name, a.body)
}

// writeHead leaves out the length of the body as well, which tells that of a value.
func (a fieldAnswer) writeHead(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return writeHead(w)
}

func writeHead(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", plainJSON.name)
	w.WriteHeader(http.StatusOK)
	return nil
}

// VisitSviGetLinkFieldResponse implements [gen.SviGetLinkFieldResponseObject].
func (a fieldAnswer) VisitSviGetLinkFieldResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviGetLinkFieldsResponse implements [gen.SviGetLinkFieldsResponseObject].
func (a fieldAnswer) VisitSviGetLinkFieldsResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitSviHeadLinkFieldResponse implements [gen.SviHeadLinkFieldResponseObject].
func (a fieldAnswer) VisitSviHeadLinkFieldResponse(w http.ResponseWriter) error {
	return a.writeHead(w)
}

// VisitSviHeadLinkFieldsResponse implements [gen.SviHeadLinkFieldsResponseObject].
func (a fieldAnswer) VisitSviHeadLinkFieldsResponse(w http.ResponseWriter) error {
	return a.writeHead(w)
}
