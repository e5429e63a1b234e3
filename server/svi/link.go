package svi

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

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

// labelsOf are the labels of the link's ends, if they are wanted.
func labelsOf(q *store.Query, f found, wanted bool) (labels, error) {
	if !wanted {
		return labels{}, nil
	}
	from, to, err := labelsByID(q, f.relationship, []store.SviLink{f.link})
	return labels{from[f.link.FromID], to[f.link.ToID]}, err
}

// labelsByID are the labels of the documents at both ends of links of the type. Those
// that are gone have none. The documents are read before the types that show them, as
// links are: see find.
func labelsByID(q *store.Query, t store.SviRelationshipType, links []store.SviLink) (from, to map[string]string, err error) {
	var fromIDs, toIDs []string
	for _, l := range links {
		fromIDs, toIDs = append(fromIDs, l.FromID), append(toIDs, l.ToID)
	}
	starts, err := documentsOf(q, t.FromType, fromIDs)
	if err != nil {
		return nil, nil, err
	}
	ends, err := documentsOf(q, t.ToType, toIDs)
	if err != nil {
		return nil, nil, err
	}
	fromType, toType, err := q.SviEnds(t)
	return displayLabels(fromType, starts), displayLabels(toType, ends), err
}

func documentsOf(q *store.Query, entityType string, ids []string) ([]store.SviDocument, error) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return q.SviDocuments(store.SviDocumentPage{Type: entityType, IDs: append([]string{}, ids...), Limit: int64(len(ids))})
}

func displayLabels(t store.SviEntityType, documents []store.SviDocument) map[string]string {
	byID := map[string]string{}
	for _, d := range documents {
		byID[d.ID] = displayLabel(t, d)
	}
	return byID
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

func (f found) answer(c caller, m media, l labels) recordAnswer {
	return recordAnswer{
		status: http.StatusOK,
		body:   f.represent(c, m.masked, l),
		media:  m,
		etag:   etag(f.shape(), f.record()),
	}
}
