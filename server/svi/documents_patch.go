package svi

import (
	"context"

	"orglink/gen"
	"orglink/server/request"
	"orglink/store"
)

// SviPatchDocument changes parts of a document.
func (h Handlers) SviPatchDocument(ctx context.Context, r gen.SviPatchDocumentRequestObject) (gen.SviPatchDocumentResponseObject, error) {
	c, body := callerFrom(ctx), request.From(ctx).Body
	shown := accepted(documentMedia, *r.Params.Accept)
	return h.updateDocument(ctx, documentName{r.EntityTypeName, r.DocumentID}, documentChange{
		accept: shown, withLabel: is(r.Params.IncludeDisplayLabel),
		next: func(f foundDocument) (store.SviContent, error) {
			if err := checkPatchMatch(f.shape(), f.record(), r.Params.IfMatch, "document"); err != nil {
				return store.SviContent{}, err
			}
			p, err := readPatch(f.shape(), body, shown.masked)
			if err != nil {
				return store.SviContent{}, err
			}
			return patchDocument(f, p, c)
		},
	})
}

// patchDocument is what a document holds after the patch.
func patchDocument(f foundDocument, p patch, c caller) (store.SviContent, error) {
	m, err := p.apply(f.represent(c, true, false))
	if err != nil {
		return store.SviContent{}, err
	}
	typeName, id, parts := m.text("objectTypeName"), m.text("id"), m.content()
	if err := m.err(); err != nil {
		return store.SviContent{}, err
	}
	u, err := readUpdate(f.shape(), parts)
	if err != nil {
		return store.SviContent{}, err
	}
	p.settle(f.shape(), f.record(), &u)
	return f.apply(u, typeName, id, true)
}
