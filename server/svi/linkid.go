package svi

import (
	"net/url"
	"slices"
	"strings"

	"orglink/store"
)

// delimiter stands between the components of a link id. Names and document ids
// do not contain it.
const delimiter = "|_|"

// linkID is the id of a link as callers write it (SAS Data Hub "Update a
// relationship link"): by its two ends in five components, or by its surrogate key
// in four, the form that answers carry.
type linkID struct {
	relationship     string
	fromType, toType string
	key              string // surrogate key; empty in the form by ends
	fromID, toID     string
}

// parseLinkID reads an id of four or five components, none of them empty.
func parseLinkID(text string) (linkID, bool) {
	parts := strings.Split(text, delimiter)
	if len(parts) < 4 || len(parts) > 5 || slices.Contains(parts, "") {
		return linkID{}, false
	}
	id := linkID{relationship: parts[0], fromType: parts[1], toType: parts[2]}
	if len(parts) == 4 {
		id.key = parts[3]
	} else {
		id.fromID, id.toID = parts[3], parts[4]
	}
	return id, true
}

const idParameter = "_id"

// endParameters name a link by its ends, in the order of the components of an id.
var endParameters = []string{"relationshipName", "fromEntityTypeName", "toEntityTypeName", "fromEntityId", "toEntityId"}

// queriedLink is the link that a query names, by its id or by its ends.
func queriedLink(values url.Values) (linkID, bool) {
	if values.Has(idParameter) {
		return parseLinkID(values.Get(idParameter))
	}
	var parts []string
	for _, name := range endParameters {
		parts = append(parts, values.Get(name))
	}
	return parseLinkID(strings.Join(parts, delimiter))
}

// String writes the id in the form in which it was given.
func (id linkID) String() string {
	parts := []string{id.relationship, id.fromType, id.toType}
	if id.key != "" {
		parts = append(parts, id.key)
	} else {
		parts = append(parts, id.fromID, id.toID)
	}
	return strings.Join(parts, delimiter)
}

// idOf is the id under which answers name the link.
func idOf(t store.SviRelationshipType, l store.SviLink) linkID {
	return linkID{relationship: t.Name, fromType: t.FromType, toType: t.ToType, key: l.ID}
}

// names reports whether the id, in either form, is one of the given link.
func (id linkID) names(t store.SviRelationshipType, l store.SviLink) bool {
	own := idOf(t, l)
	if id.key == "" {
		own.key, own.fromID, own.toID = "", l.FromID, l.ToID
	}
	return id == own
}

// details are the lines that an error about the link carries, in the order of SAS'
// one published instance (SAS Data Hub, operation bulkUpsertLinks).
func (id linkID) details() []string {
	lines := []string{"From Entity Type: " + id.fromType, "From Entity ID: " + id.fromID, "To Entity Type: " + id.toType, "To Entity ID: " + id.toID}
	if id.key != "" {
		lines = []string{"From Entity Type: " + id.fromType, "To Entity Type: " + id.toType, "Link ID: " + id.key}
	}
	return append(lines, "Relationship Type Name: "+id.relationship)
}
