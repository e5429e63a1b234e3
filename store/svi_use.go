package store

// What a change of a type asks about its records. Each question ends at the first
// record that answers it; where none does, it has read all of them, and nothing of
// other types: the conditions are what an index begins with.

// SviRecords are the documents of an entity type, or the links of a relationship
// type.
type SviRecords struct {
	table, key string
	of         any
}

// Records are the documents of the type.
func (t SviEntityType) Records() SviRecords {
	return SviRecords{table: "svi_documents", key: "type", of: t.Name}
}

// Records are the links of the type.
func (t SviRelationshipType) Records() SviRecords {
	return SviRecords{table: "svi_links", key: "relationship_id", of: t.ID}
}

// SviAny reports whether there are records at all.
func (q *Query) SviAny(r SviRecords) (bool, error) {
	return q.sviAny(r, "TRUE")
}

// SviAnyWith reports whether a record has a value for the field.
func (q *Query) SviAnyWith(r SviRecords, field string) (bool, error) {
	value, path := q.sviValue(field)
	return q.sviAny(r, value+" IS NOT NULL", path)
}

// SviAnyWithout reports whether a record has no value for the field.
func (q *Query) SviAnyWithout(r SviRecords, field string) (bool, error) {
	value, path := q.sviValue(field)
	return q.sviAny(r, value+" IS NULL", path)
}

// SviAnyLonger reports whether a record has a text of more characters in the field.
func (q *Query) SviAnyLonger(r SviRecords, field string, length int) (bool, error) {
	value, path := q.sviValue(field)
	return q.sviAny(r, "length("+value+") > ?", path, length)
}

// sviValue is the SQL for the value of a field, NULL without one, and its argument.
// On Postgres the column is read as json, not as jsonb, which turns numbers into its
// own and fails on those that it cannot hold.
func (q *Query) sviValue(field string) (sql, argument string) {
	if q.embedded() {
		return "json_extract(attributes, ?)", `$."` + field + `"`
	}
	return "CAST(attributes AS json) ->> CAST(? AS text)", field
}

func (q *Query) sviAny(r SviRecords, condition string, args ...any) (bool, error) {
	var found []int
	err := q.db.Raw("SELECT 1 FROM "+r.table+" WHERE workspace = ? AND "+r.key+" = ? AND "+condition+" LIMIT 1",
		append([]any{q.workspace, r.of}, args...)...).Scan(&found).Error
	return len(found) > 0, err
}
