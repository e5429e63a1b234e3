package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// The statements that most requests run are put together once, from GORM's schema of
// a model, and go to GORM's connection as they are. GORM itself builds a statement anew
// for each call and finds its way through the model by reflection, which costs several
// times what the database does for it.
//
// SQLite plans a statement again, each time that it gets values, if a value could have
// mattered to its plan: that of a LIMIT, or one that a LEFT JOIN compares with. To plan
// costs ten times what a look-up does. Such values stand in the text, and what a LEFT
// JOIN would find is asked for by EXISTS.

// table is what statements on the rows of a model are made of.
type table struct {
	name    string
	columns string // of all fields, in their order
	fields  []*schema.Field
	insert  string // without its values
	holders string // of a row's values
}

// tables holds a *table for every model that was asked for, by its type.
var tables sync.Map

func tableOf[T any](db *gorm.DB) *table {
	kind := reflect.TypeFor[T]()
	if known, ok := tables.Load(kind); ok {
		return known.(*table)
	}
	parsed, err := schema.Parse(new(T), &sync.Map{}, db.NamingStrategy)
	if err != nil {
		panic(err) // no model of ours
	}
	t := &table{name: parsed.Table}
	var quoted []string // some are words of SQL
	for _, name := range parsed.DBNames {
		quoted = append(quoted, `"`+name+`"`)
		t.fields = append(t.fields, parsed.FieldsByDBName[name])
	}
	t.columns = strings.Join(quoted, ", ")
	t.insert = "INSERT INTO " + t.name + " (" + t.columns + ") VALUES "
	t.holders = "(?" + strings.Repeat(", ?", len(t.fields)-1) + ")"
	tables.Store(kind, t)
	return t
}

// columnsOf are the columns where several tables have some of their names.
func (t *table) columnsOf(alias string) string {
	return alias + "." + strings.ReplaceAll(t.columns, ", ", ", "+alias+".")
}

// targets are where a row of the database goes in a model.
func (t *table) targets(model reflect.Value) []any {
	targets := make([]any, len(t.fields))
	for i, field := range t.fields {
		target := field.ReflectValueOf(context.Background(), model).Addr().Interface()
		if field.Serializer != nil {
			target = fromJSON{target}
		}
		targets[i] = target
	}
	return targets
}

// values appends what a model holds for the columns.
func (t *table) values(values []any, model reflect.Value) []any {
	for _, field := range t.fields {
		value, _ := field.ValueOf(context.Background(), model)
		values = append(values, value)
	}
	return values
}

// take finds the row of the workspace that the condition names, or ErrNotFound. What
// follows the condition in a SELECT may be part of it.
func take[T any](q *Query, condition string, args ...any) (model T, err error) {
	t := tableOf[T](q.base)
	err = q.row("SELECT "+t.columns+" FROM "+t.name+" WHERE workspace = ? AND "+condition,
		q.inWorkspace(args), t.targets(reflect.ValueOf(&model).Elem())...)
	return model, err
}

// list is take for any number of rows.
func list[T any](q *Query, condition string, args ...any) (models []T, err error) {
	t := tableOf[T](q.base)
	return selected[T](q, "SELECT "+t.columns+" FROM "+t.name+" WHERE workspace = ? AND "+condition, q.inWorkspace(args)...)
}

// selected returns the rows of a statement that selects the columns of the model.
func selected[T any](q *Query, statement string, args ...any) (models []T, err error) {
	t := tableOf[T](q.base)
	err = q.each(statement, args, func(rows *sql.Rows) error {
		models = append(models, *new(T))
		return rows.Scan(t.targets(reflect.ValueOf(&models[len(models)-1]).Elem())...)
	})
	return models, err
}

// insert stores models, as few as fit in a statement; onConflict may say what to do
// where a row conflicts. It returns how many rows were stored.
func insert[T any](tx *Tx, onConflict string, models ...T) (stored int64, err error) {
	t := tableOf[T](tx.base)
	values := make([]any, 0, len(models)*len(t.fields))
	for i := range models {
		values = t.values(values, reflect.ValueOf(&models[i]).Elem())
	}
	return tx.exec(t.insert+t.holders+strings.Repeat(", "+t.holders, len(models)-1)+" "+onConflict, values...)
}

func (q *Query) inWorkspace(args []any) []any { return append([]any{q.workspace}, args...) }

// row reads the one row of a statement, or fails with ErrNotFound.
func (q *Query) row(statement string, args []any, targets ...any) error {
	err := q.base.Statement.ConnPool.QueryRowContext(q.context(), q.numbered(statement), args...).Scan(targets...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return q.failed(err)
}

// each calls scan for each row of a statement.
func (q *Query) each(statement string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.base.Statement.ConnPool.QueryContext(q.context(), q.numbered(statement), args...)
	if err != nil {
		return q.failed(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return q.failed(rows.Err())
}

// exec runs a statement that changes rows, and returns how many.
func (tx *Tx) exec(statement string, args ...any) (int64, error) {
	result, err := tx.base.Statement.ConnPool.ExecContext(tx.context(), tx.numbered(statement), args...)
	if err != nil {
		return 0, tx.failed(err)
	}
	return result.RowsAffected()
}

// context is that of a statement. What is asked of SQLite here is short, and to be able
// to interrupt it costs as much as the answer.
func (q *Query) context() context.Context {
	if q.ctx == nil {
		return q.base.Statement.Context
	}
	if q.embedded() {
		return context.WithoutCancel(q.ctx)
	}
	return q.ctx
}

// failed translates an error of the driver as GORM does its own.
func (q *Query) failed(err error) error {
	if translator, ok := q.base.Dialector.(gorm.ErrorTranslator); ok && err != nil {
		err = translator.Translate(err)
	}
	return sentinel(err)
}

// locking is the clause that locks the rows of a SELECT; SQLite, with one writer, has
// none.
func (q *Query) locking(strength string) string {
	if q.embedded() {
		return ""
	}
	return " FOR " + strength
}

// numberedTexts holds statements as Postgres reads them, by their own text.
var numberedTexts sync.Map

// maxNumbered bounds the statements that are kept in their numbered form, in bytes:
// those with a varying number of rows are longer.
const maxNumbered = 1024

// numbered is a statement with the placeholders of the database: Postgres numbers them.
func (q *Query) numbered(statement string) string {
	if q.embedded() {
		return statement
	}
	if known, ok := numberedTexts.Load(statement); ok {
		return known.(string)
	}
	var text strings.Builder
	n := 0
	for part := range strings.SplitSeq(statement, "?") {
		if n > 0 {
			text.WriteString("$" + strconv.Itoa(n))
		}
		text.WriteString(part)
		n++
	}
	if len(statement) <= maxNumbered {
		numberedTexts.Store(statement, text.String())
	}
	return text.String()
}
