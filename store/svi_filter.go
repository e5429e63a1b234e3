package store

import (
	"fmt"
	"strings"

	"gorm.io/gorm/clause"
)

// SviKind says how values of a field are compared.
type SviKind string

// The kinds. Text is compared by bytes, numbers by value.
const (
	SviText    SviKind = "text"
	SviInteger SviKind = "bigint"
	SviNumber  SviKind = "double precision"
	SviBoolean SviKind = "boolean"
	// SviTimestamp is text that ends in a Z behind a fraction without zeros at its end.
	// It is compared without the Z, which would come behind any digit.
	SviTimestamp SviKind = "timestamp"
)

// SviKey is what documents are compared by: an attribute of the kind or, if Column
// is set, one of the columns of the table.
type SviKey struct {
	Column    string
	Attribute string
	Kind      SviKind
}

// SviSort is one key of an order.
type SviSort struct {
	Key        SviKey
	Descending bool
}

// SviCondition is true of a document if all of All are, or any of Any is, or, with
// neither, if the value of the key equals Value. A document without a value does not
// equal any.
type SviCondition struct {
	All, Any []SviCondition
	Key      SviKey
	// Value is of the key's kind: a string, an int64, a float64 or a bool, or a time
	// for columns that hold one. A time stamp is a string without its Z.
	Value any
}

// sviColumns are the columns that documents can be compared by, and whether they
// hold text.
var sviColumns = map[string]bool{
	"id": true, "version": false, "created_at": false, "created_by": true,
	"last_updated_at": false, "last_updated_by": true, "valid_from": false, "valid_to": false,
}

// sviWhere is the condition in SQL. What a caller wrote is in the arguments only.
func (q *Query) sviWhere(c SviCondition) (where string, args []any, err error) {
	if len(c.All) > 0 {
		return q.sviJoin(c.All, " AND ")
	}
	if len(c.Any) > 0 {
		return q.sviJoin(c.Any, " OR ")
	}
	key, args, err := q.sviKey(c.Key)
	return key + " = ?", append(args, c.Value), err
}

func (q *Query) sviJoin(conditions []SviCondition, operator string) (string, []any, error) {
	var parts []string
	var all []any
	for _, c := range conditions {
		part, args, err := q.sviWhere(c)
		if err != nil {
			return "", nil, err
		}
		parts = append(parts, "("+part+")")
		all = append(all, args...)
	}
	return strings.Join(parts, operator), all, nil
}

// sviKey is the value of the key in SQL, null where a document has none.
func (q *Query) sviKey(k SviKey) (key string, args []any, err error) {
	byBytes := ""
	if !q.embedded() {
		byBytes = ` COLLATE "C"`
	}
	if k.Column != "" {
		text, known := sviColumns[k.Column]
		if !known {
			return "", nil, fmt.Errorf("documents have no column %q", k.Column)
		}
		if !text {
			byBytes = ""
		}
		return k.Column + byBytes, nil, nil
	}
	args = []any{k.Attribute}
	switch k.Kind {
	case SviText:
		return "CAST(" + q.sviValue() + " AS text)" + byBytes, args, nil
	case SviTimestamp:
		return "replace(" + q.sviValue() + ", 'Z', '')" + byBytes, args, nil
	case SviInteger, SviNumber, SviBoolean:
		return "CAST(" + q.sviValue() + " AS " + string(k.Kind) + ")", args, nil
	}
	return "", nil, fmt.Errorf("field values have no kind %q", k.Kind)
}

// sviValue is the SQL for the value of the attribute that its argument names, NULL
// without one. Both databases know the operator; Postgres' type json, unlike jsonb,
// leaves the numbers as they are written, so that one of an odd size in one record
// cannot fail a question about another field.
func (q *Query) sviValue() string {
	if q.embedded() {
		return "attributes ->> CAST(? AS text)"
	}
	return "CAST(attributes AS json) ->> CAST(? AS text)"
}

// sviOrder is the order by the keys in SQL, the id behind them.
func (q *Query) sviOrder(keys []SviSort) (order clause.OrderBy, err error) {
	var parts []string
	var all []any
	for _, sort := range keys {
		key, args, err := q.sviKey(sort.Key)
		if err != nil {
			return order, err
		}
		direction := ""
		if sort.Descending {
			direction = " DESC"
		}
		parts = append(parts, "("+key+") IS NULL", key+direction)
		all = append(append(all, args...), args...)
	}
	parts = append(parts, "id")
	return clause.OrderBy{Expression: clause.Expr{SQL: strings.Join(parts, ", "), Vars: all}}, nil
}
