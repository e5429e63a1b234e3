package svi

import (
	"slices"

	"orglink/store"
)

// What stands against a change or a deletion of a type: its records must fit the
// type at any time. The type is locked, so that nobody writes a record meanwhile.

// entityTypeUse lists the obstacles to a change of an entity type.
func entityTypeUse(q *store.Query, stored, next store.SviEntityType) ([]string, error) {
	u := use{q: q, records: stored.Records(), noun: "documents"}
	u.fields(stored.Fields, next.Fields)
	u.validity(stored.Columns, next.Columns)
	return u.obstacles, u.err
}

// relationshipTypeUse is entityTypeUse for a relationship type.
func relationshipTypeUse(q *store.Query, stored, next store.SviRelationshipType) ([]string, error) {
	u := use{q: q, records: stored.Records(), noun: "links"}
	if stored.Bridge != next.Bridge && u.any() {
		u.note("There are links: the bridge table cannot be removed or added.")
	}
	if stored.Cardinality != next.Cardinality && u.any() {
		u.note("There are links: the cardinality cannot change.")
	}
	u.fields(stored.Fields, next.Fields)
	u.validity(stored.Columns, next.Columns)
	return u.obstacles, u.err
}

// entityTypeHeld lists the obstacles to the deletion of an entity type.
func entityTypeHeld(q *store.Query, t store.SviEntityType) ([]string, error) {
	u := use{q: q, records: t.Records()}
	if u.any() {
		u.note("There are documents of the entity type.")
	}
	relationships, err := q.SviRelationshipTypesAt(t.Name)
	for _, r := range relationships {
		u.note("The relationship type " + qualifiedName(r) + " begins or ends at the entity type.")
	}
	if u.err != nil {
		err = u.err
	}
	return u.obstacles, err
}

// relationshipTypeHeld lists the obstacles to the deletion of a relationship type.
func relationshipTypeHeld(q *store.Query, t store.SviRelationshipType) ([]string, error) {
	u := use{q: q, records: t.Records()}
	if u.any() {
		u.note("There are links of the relationship type.")
	}
	return u.obstacles, u.err
}

// use gathers obstacles. After an error it asks no more.
type use struct {
	q         *store.Query
	records   store.SviRecords
	noun      string // what the records are
	obstacles []string
	err       error
}

func (u *use) note(obstacle string) { u.obstacles = append(u.obstacles, obstacle) }

// ask reports the answer to a question about the records.
func (u *use) ask(question func() (bool, error)) bool {
	if u.err != nil {
		return false
	}
	var yes bool
	yes, u.err = question()
	return yes && u.err == nil
}

func (u *use) any() bool {
	return u.ask(func() (bool, error) { return u.q.SviAny(u.records) })
}

func (u *use) anyWith(f store.SviField) bool {
	return u.ask(func() (bool, error) { return u.q.SviAnyWith(u.records, f.Name) })
}

func (u *use) fields(stored, next []store.SviField) {
	for _, was := range stored {
		i := slices.IndexFunc(next, func(f store.SviField) bool { return f.Name == was.Name })
		switch {
		case kept(was) && (i < 0 || next[i].PrimaryKey != was.PrimaryKey || next[i].VersionRole != was.VersionRole):
			if u.any() {
				u.note("The field " + was.Name + " is the key or the version of " + u.noun + ": it must stay that.")
			}
		case kept(was):
			if shorter(was, next[i]) && u.ask(func() (bool, error) { return u.q.SviAnyIDLonger(u.records, next[i].Length) }) {
				u.note("The field " + was.Name + " cannot be bounded so: there are " + u.noun + " with a longer value.")
			}
		case i < 0:
			if u.anyWith(was) {
				u.note("The field " + was.Name + " cannot be removed: there are " + u.noun + " with a value for it.")
			}
		default:
			u.field(was, next[i])
		}
	}
	for _, f := range next {
		known := slices.ContainsFunc(stored, func(was store.SviField) bool { return was.Name == f.Name && was.Required })
		if f.Required && !known && !kept(f) && u.ask(func() (bool, error) { return u.q.SviAnyWithout(u.records, f.Name) }) {
			u.note("The field " + f.Name + " cannot be required: there are " + u.noun + " without a value for it.")
		}
	}
}

// validity compares the columns of the validity, which hold values as fields do. The
// names of all other columns are free: the server has a value for each record.
func (u *use) validity(stored, next store.SviColumns) {
	for _, c := range []struct {
		name      string
		was, next string
		bound     store.SviBound
	}{
		{"validFromFieldName", stored.ValidFrom, next.ValidFrom, store.SviValidFrom},
		{"validToFieldName", stored.ValidTo, next.ValidTo, store.SviValidTo},
	} {
		if c.was != "" && c.next == "" && u.ask(func() (bool, error) { return u.q.SviAnyValid(u.records, c.bound) }) {
			u.note(c.name + " cannot be removed: there are " + u.noun + " with a value for it.")
		}
	}
}

// field compares a field that has no role with what is to become of it.
func (u *use) field(was, next store.SviField) {
	switch {
	case kept(next):
		if u.anyWith(was) {
			u.note("The field " + was.Name + " cannot become the key or the version: there are " + u.noun + " with a value for it.")
		}
	case was.DataType != next.DataType:
		if u.anyWith(was) {
			u.note("The data type of the field " + was.Name + " cannot change: there are " + u.noun + " with a value for it.")
		}
	case shorter(was, next):
		if u.ask(func() (bool, error) { return u.q.SviAnyLonger(u.records, was.Name, next.Length) }) {
			u.note("The field " + was.Name + " cannot be bounded so: there are " + u.noun + " with a longer value.")
		}
	}
}

// shorter reports whether the field takes less than it did.
func shorter(was, next store.SviField) bool {
	return next.Length > 0 && (was.Length == 0 || next.Length < was.Length)
}

// kept reports whether the server keeps the value of the field: the id or the
// version of the record.
func kept(f store.SviField) bool { return f.PrimaryKey || f.VersionRole }
