package svi

import (
	"slices"
	"time"

	"orglink/store"
)

// maskTemplate stands for the value of a masked field in the masked
// representation: nine bullets.
const maskTemplate = "•••••••••"

// shape is how the records of a type look: documents of an entity type, links of a
// relationship type.
type shape struct {
	noun    string           // what texts for callers call the type
	columns store.SviColumns // the names of what the server keeps; "" is not shown
	fields  []store.SviField // attributes: what callers write
}

func relationshipShape(t store.SviRelationshipType) shape {
	return shape{noun: "relationship type", columns: t.Columns, fields: t.Fields}
}

// entityShape takes the fields that are the id or the version of a document for the
// columns that they are.
func entityShape(t store.SviEntityType) shape {
	s := shape{noun: "entity type", columns: t.Columns}
	for _, f := range t.Fields {
		switch {
		case f.PrimaryKey:
			s.columns.Key = f.Name
		case f.VersionRole:
			s.columns.Version = f.Name
		default:
			s.fields = append(s.fields, f)
		}
	}
	return s
}

// record is a document or a link: from and to are a link's.
type record struct {
	store.SviRecord
	id, from, to string
}

func linkRecord(l store.SviLink) record {
	return record{SviRecord: l.SviRecord, id: l.ID, from: l.FromID, to: l.ToID}
}

func documentRecord(d store.SviDocument) record {
	return record{SviRecord: d.SviRecord, id: d.ID}
}

// touched is the content as the caller changed it. Time does not go back: the clock was
// read before the record was locked, when somebody else may have held it.
func touched(c store.SviContent, at time.Time, by string) store.SviContent {
	if at.After(c.LastUpdatedAt) {
		c.LastUpdatedAt = at
	}
	c.LastUpdatedBy = by
	return c
}

// field finds an attribute by its name.
func (s shape) field(name string) (store.SviField, bool) {
	i := slices.IndexFunc(s.fields, func(f store.SviField) bool { return f.Name == name })
	if i < 0 {
		return store.SviField{}, false
	}
	return s.fields[i], true
}

// values are the attributes of a record and what the server keeps for it. Fields
// without a value are left out, and so are masked ones, unless the mask template is
// to stand for them. Nobody gets their values here.
func (s shape) values(r record, masked bool) map[string]any {
	values := s.kept(r)
	for _, field := range s.fields {
		value, ok := r.Attributes[field.Name]
		switch {
		case !ok:
		case !field.Masked:
			values[field.Name] = value
		case masked:
			values[field.Name] = maskTemplate
		}
	}
	return values
}

// kept is what the server keeps for a record, under the names of the type's columns.
func (s shape) kept(r record) map[string]any {
	values := map[string]any{
		s.columns.Key:       r.id,
		s.columns.From:      r.from,
		s.columns.To:        r.to,
		s.columns.Version:   r.Version,
		s.columns.CreatedAt: r.CreatedAt.UTC().Format(fieldLayout),
		s.columns.CreatedBy: r.CreatedBy,
		s.columns.UpdatedAt: r.LastUpdatedAt.UTC().Format(fieldLayout),
		s.columns.UpdatedBy: r.LastUpdatedBy,
	}
	for column, at := range map[string]*time.Time{s.columns.ValidFrom: r.ValidFrom, s.columns.ValidTo: r.ValidTo} {
		if at != nil {
			values[column] = at.UTC().Format(fieldLayout)
		}
	}
	delete(values, "") // what the type has no column for
	return values
}

// restriction is what is told of a masked field.
type restriction struct {
	Masked struct {
		CurrentUserIsAuthorizedToReveal bool `json:"currentUserIsAuthorizedToReveal"`
	} `json:"masked"`
}

// restrictions lists the masked fields.
func (s shape) restrictions(c caller) map[string]restriction {
	restricted := map[string]restriction{}
	for _, field := range s.fields {
		if field.Masked {
			var r restriction
			r.Masked.CurrentUserIsAuthorizedToReveal = c.mayReveal(field)
			restricted[field.Name] = r
		}
	}
	return restricted
}

// columnNames lists the columns that the type shows.
func columnNames(c store.SviColumns) []string {
	all := []string{c.Key, c.From, c.To, c.Version, c.CreatedAt, c.CreatedBy, c.UpdatedAt, c.UpdatedBy, c.ValidFrom, c.ValidTo}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}
