package svi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"orglink/server/respond"
	"orglink/store"
)

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

// labels are the display labels of both ends; an empty one is left out.
type labels struct{ from, to string }

// represent shows the link to the caller. Nobody gets the value of a masked field.
func (f found) represent(c caller, masked bool, l labels) link {
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
		FieldValues:             f.shape().values(f.record(), masked),
		QualifiedTypeName:       qualifiedName(t),
		RestrictedFields:        f.shape().restrictions(c),
	}
}

func qualifiedName(t store.SviRelationshipType) string { return t.FromType + "__" + t.Name }

// labelsOf are the labels of the link's ends, if they are wanted. A document that is
// gone has none.
func labelsOf(q *store.Query, f found, wanted bool) (l labels, err error) {
	if !wanted {
		return l, nil
	}
	if l.from, err = labelOf(q, f.from, f.link.FromID); err != nil {
		return l, err
	}
	l.to, err = labelOf(q, f.to, f.link.ToID)
	return l, err
}

// labelOf is the label of a document by its id; one that is gone has none.
func labelOf(q *store.Query, t store.SviEntityType, id string) (string, error) {
	document, err := q.SviDocument(t.Name, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return displayLabel(t, document), err
}

// displayLabel joins the display fields of a document.
func displayLabel(t store.SviEntityType, d store.SviDocument) string {
	values := entityShape(t).values(documentRecord(d), false)
	var words []string
	for _, field := range t.Fields {
		value, ok := values[field.Name]
		if !ok || !field.Display {
			continue
		}
		text, _ := value.(string)
		if raw, stored := value.(json.RawMessage); stored && json.Unmarshal(raw, &text) != nil {
			text = string(raw) // a number or a boolean
		}
		words = append(words, text)
	}
	return strings.Join(words, " ")
}

func is(b *bool) bool { return b != nil && *b }

// linkAnswer is a success with a link.
type linkAnswer struct {
	status   int
	body     link
	media    media
	etag     string
	location string // of a new link
}

func (f found) answer(c caller, m media, l labels) linkAnswer {
	return linkAnswer{
		status: http.StatusOK,
		body:   f.represent(c, m.masked, l),
		media:  m,
		etag:   etag(f.shape(), f.record()),
	}
}

func (a linkAnswer) write(w http.ResponseWriter) error {
	if a.etag != "" {
		w.Header().Set("ETag", a.etag)
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	w.Header().Set("Vary", "Accept")
	return respond.JSON(w, a.status, a.media.name, a.body)
}
