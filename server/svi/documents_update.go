package svi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// maxIDLength bounds the ids of documents, which are keys of indexes.
const maxIDLength = 255

// codeRequired is what Data Hub answers where a new document lacks a required field.
const codeRequired = "DH5104"

// SviPostDocument creates a document.
func (h Handlers) SviPostDocument(ctx context.Context, r gen.SviPostDocumentRequestObject) (gen.SviPostDocumentResponseObject, error) {
	c, fresh, now := callerFrom(ctx), h.NewID(), h.now()
	sent, body := sentMedia(ctx), *r.JSONBody
	var f foundDocument
	err := h.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if f.entity, err = holdEntity(tx, c, body.ObjectTypeName); err != nil {
			return err
		}
		if f.document, err = newDocument(f.entity, body, fresh, sent.masked); err != nil {
			return err
		}
		f.document.CreatedAt, f.document.CreatedBy = now, c.name
		f.document.LastUpdatedAt, f.document.LastUpdatedBy = now, c.name
		err = tx.SviCreateDocument(f.document)
		if errors.Is(err, store.ErrConflict) {
			return &fault.Fault{
				Kind: fault.Conflict, Message: "There is a document of this id already.",
				Detail: []string{"Entity Type: " + f.entity.Name, "Entity ID: " + f.document.ID},
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	a := f.answer(c, accepted(documentMedia, *r.Params.Accept), is(r.Params.IncludeDisplayLabel))
	a.status = http.StatusCreated
	a.location = request.From(ctx).BaseURL + "/documents/" + url.PathEscape(f.entity.Name) + "/" + url.PathEscape(f.document.ID)
	return a, nil
}

// sentMedia is the representation of the request body, which says how the masked
// fields of a document are to be read (SAS, "Working with Masked Data in SAS Visual
// Investigator REST APIs (Part 2)").
func sentMedia(ctx context.Context) media {
	m, _ := bodyMedia(request.From(ctx).ContentType, documentBodyMedia)
	return m
}

// newDocument is the document that the body describes, at its first version, under
// the id fresh unless it names one.
func newDocument(t store.SviEntityType, body gen.SviDocumentInput, fresh string, masked bool) (store.SviDocument, error) {
	d := store.SviDocument{Type: t.Name, SviRecord: store.SviRecord{Version: 1}}
	s := entityShape(t)
	u, err := readUpdate(s, content{fieldValues: body.FieldValues, validFrom: body.ValidFrom, validTo: body.ValidTo})
	if err != nil {
		return d, err
	}
	id, problem := chosenID(t, u.values[s.columns.Key], body.ID, fresh)
	if problem != "" {
		return d, invalid("body", "", problem)
	}
	d.ID = id
	content, problems := u.apply(s, documentRecord(d), masked)
	if len(problems) > 0 {
		refused := invalid("body", "", problems...)
		for _, problem := range problems {
			if strings.HasSuffix(problem, requiredSuffix) {
				refused.Code = codeRequired
			}
		}
		return d, refused
	}
	d.SviContent = content
	return d, nil
}

// chosenID is the id of a new document: the value of the primary key field, the
// member of the body, which must not differ, or else a fresh one.
func chosenID(t store.SviEntityType, value any, member *string, fresh string) (id, problem string) {
	id = fresh
	if member != nil {
		id = *member
	}
	for _, field := range t.Fields {
		if !field.PrimaryKey || value == nil {
			continue
		}
		text, isText := value.(string)
		switch {
		case !isText:
			return "", "Field " + field.Name + " must be a string."
		case member != nil && text != *member:
			return "", "id and field " + field.Name + " must be equal."
		}
		id = text
	}
	if id == fresh {
		return id, "" // the server's own, whatever the field's length
	}
	return id, checkID(t, id)
}

// checkID says what is wrong with the id of a document. Behind an id that ends with the
// beginning of the delimiter, the parts of a link's id could not be told apart; the two
// names of directories do not come through a URL.
func checkID(t store.SviEntityType, id string) string {
	length := utf8.RuneCountInString(id)
	if length == 0 || length > maxIDLength || strings.Contains(id, delimiter) || strings.HasSuffix(id, delimiter[:2]) || id == "." || id == ".." {
		return "The id must have 1 to 255 characters, not contain " + delimiter + ", not end with " + delimiter[:2] + " and be neither . nor .. ."
	}
	for _, field := range t.Fields {
		if field.PrimaryKey && field.Length > 0 && length > field.Length {
			return fmt.Sprintf("Field %s must have at most %d characters.", field.Name, field.Length)
		}
	}
	return ""
}

// SviPutDocument updates a document.
func (h Handlers) SviPutDocument(ctx context.Context, r gen.SviPutDocumentRequestObject) (gen.SviPutDocumentResponseObject, error) {
	sent := sentMedia(ctx)
	return h.updateDocument(ctx, documentName{r.EntityTypeName, r.DocumentID}, documentChange{
		accept: accepted(documentMedia, *r.Params.Accept), withLabel: is(r.Params.IncludeDisplayLabel),
		next: func(f foundDocument) (store.SviContent, error) {
			return replaceDocument(f, *r.JSONBody, r.Params.IfMatch, sent.masked)
		},
	})
}

// documentChange is how a document is to be changed, and how the answer is to look.
type documentChange struct {
	accept    media
	withLabel bool
	// next is what the document holds after the change, or why it is refused.
	next func(foundDocument) (store.SviContent, error)
}

// updateDocument changes a document and shows it. All happens in one transaction,
// under locks on the document and its type: no committed update answers an error, and
// none stores or shows what another one of the type would not allow.
func (h Handlers) updateDocument(ctx context.Context, n documentName, change documentChange) (answer recordAnswer, err error) {
	c, now := callerFrom(ctx), h.now()
	err = h.Store.Write(ctx, func(tx *store.Tx) error {
		f, err := lockDocument(tx, c, n)
		if err != nil {
			return err
		}
		if f.document.SviContent, err = change.next(f); err != nil {
			return err
		}
		f.document.SviContent = touched(f.document.SviContent, now, c.name)
		f.document, err = tx.SviUpdateDocument(f.document)
		answer = f.answer(c, change.accept, change.withLabel)
		return absent(err, unknownDocument(n))
	})
	return answer, err
}

// replaceDocument is what a document holds after a PUT of the body.
func replaceDocument(f foundDocument, body gen.SviDocumentUpdate, ifMatch *string, masked bool) (store.SviContent, error) {
	u, err := readUpdate(f.shape(), content{fieldValues: body.FieldValues, validFrom: body.ValidFrom, validTo: body.ValidTo})
	if err != nil {
		return store.SviContent{}, err
	}
	if err := u.checkVersion(f.shape(), f.record(), ifMatch, "document"); err != nil {
		return store.SviContent{}, err
	}
	return f.apply(u, body.ObjectTypeName, body.ID, masked)
}

// apply is what a document holds after the update, or a fault that lists all that is
// wrong with it. A body that describes another document is refused.
func (f foundDocument) apply(u update, typeName, id *string, masked bool) (store.SviContent, error) {
	var problems []string
	if typeName != nil && *typeName != f.entity.Name {
		problems = append(problems, "objectTypeName cannot be changed.")
	}
	if id != nil && *id != f.document.ID {
		problems = append(problems, "id cannot be changed.")
	}
	next, found := u.apply(f.shape(), f.record(), masked)
	if problems = append(problems, found...); len(problems) > 0 {
		return next, invalid("body", "", problems...)
	}
	return next, nil
}

// SviDeleteDocument deletes a document.
func (h Handlers) SviDeleteDocument(ctx context.Context, r gen.SviDeleteDocumentRequestObject) (gen.SviDeleteDocumentResponseObject, error) {
	n := documentName{r.EntityTypeName, r.DocumentID}
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		f, err := lockDocument(tx, callerFrom(ctx), n)
		if err != nil {
			return err
		}
		if err := checkMatch(f.shape(), f.record(), r.Params.IfMatch, "document"); err != nil {
			return err
		}
		return absent(tx.SviDeleteDocument(n.entity, n.id), unknownDocument(n))
	})
	if err != nil {
		return nil, err
	}
	return gen.SviDeleteDocument204Response{}, nil
}
