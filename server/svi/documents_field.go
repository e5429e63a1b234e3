package svi

import (
	"context"
	"net/http"

	"orglink/gen"
)

// SviGetDocumentField shows the value of one field, also of a masked one to those who
// may reveal it.
func (h Handlers) SviGetDocumentField(ctx context.Context, r gen.SviGetDocumentFieldRequestObject) (gen.SviGetDocumentFieldResponseObject, error) {
	n := documentName{r.EntityTypeName, r.DocumentID}
	f, err := h.findDocument(ctx, n)
	if err != nil {
		return nil, err
	}
	value, err := fieldValue(ctx, f.shape(), f.record(), r.FieldName, n.String(), h.reveal)
	if err != nil {
		return nil, err
	}
	return fieldAnswer{gen.SviFieldValue{FieldName: r.FieldName, Raw: value}}, nil
}

// VisitSviGetDocumentFieldResponse implements [gen.SviGetDocumentFieldResponseObject].
func (a fieldAnswer) VisitSviGetDocumentFieldResponse(w http.ResponseWriter) error { return a.write(w) }
