package store

// What a change of a type asks about its records. Each question ends at the first
// record that answers it; where none does, it has read all of them, and nothing of
// other types: the conditions are what an index begins with.

// SviRecords are the documents of an entity type, or the links of a relationship
// type.
type SviRecords struct {
	table, key string
	of         any
	// history is the table that keeps what the records were, if there is one: it has
	// the same key.
	history string
}

// Records are the documents of the type.
func (t SviEntityType) Records() SviRecords {
	return SviRecords{table: "svi_documents", key: "type", of: t.Name}
}

// Records are the links of the type.
func (t SviRelationshipType) Records() SviRecords {
	return SviRecords{table: "svi_links", key: "relationship_id", of: t.ID, history: "svi_link_versions"}
}

// SviAny reports whether there are records at all.
func (q *Query) SviAny(r SviRecords) (bool, error) {
	return q.sviAny(r, "TRUE")
}

// SviAnyWith reports whether a record has, or had at a version that is kept, a value
// for the field.
func (q *Query) SviAnyWith(r SviRecords, field string) (bool, error) {
	return q.sviEver(r, q.sviValue()+" IS NOT NULL", field)
}

// SviAnyIDLonger reports whether a record has an id of more characters.
func (q *Query) SviAnyIDLonger(r SviRecords, length int) (bool, error) {
	return q.sviAny(r, "length(id) > ?", length)
}

// SviAnyValid reports whether a record has, or had, a bound of its validity.
func (q *Query) SviAnyValid(r SviRecords, end SviBound) (bool, error) {
	return q.sviEver(r, string(end)+" IS NOT NULL")
}

// SviBound is a bound of the validity of records.
type SviBound string

// The bounds.
const (
	SviValidFrom SviBound = "valid_from"
	SviValidTo   SviBound = "valid_to"
)

// SviAnyWithout reports whether a record has no value for the field.
func (q *Query) SviAnyWithout(r SviRecords, field string) (bool, error) {
	return q.sviAny(r, q.sviValue()+" IS NULL", field)
}

// SviAnyLonger reports whether a record has a text of more characters in the field.
func (q *Query) SviAnyLonger(r SviRecords, field string, length int) (bool, error) {
	return q.sviAny(r, "length("+q.sviValue()+") > ?", field, length)
}

// sviEver is sviAny for the records and for the versions that are kept of them.
func (q *Query) sviEver(r SviRecords, condition string, args ...any) (bool, error) {
	found, err := q.sviAny(r, condition, args...)
	if found || err != nil || r.history == "" {
		return found, err
	}
	r.table = r.history
	return q.sviAny(r, condition, args...)
}

func (q *Query) sviAny(r SviRecords, condition string, args ...any) (bool, error) {
	var found []int
	err := q.orm().Raw("SELECT 1 FROM "+r.table+" WHERE workspace = ? AND "+r.key+" = ? AND "+condition+" LIMIT 1",
		append([]any{q.workspace, r.of}, args...)...).Scan(&found).Error
	return len(found) > 0, err
}
