package store

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Integer ids are unique in their workspace, not dense, and none is given out twice,
// also where its row was deleted for good. On SQLite, whose writer is alone, a new one
// follows the largest of the workspace. On Postgres each table has a sequence, of all
// workspaces: it holds no lock, so that nobody waits for another's commit.
//
// Ids that were chosen elsewhere are followed by the new ones, too, but for very large
// ones, which would leave too few: those are passed over where they are reached.

const (
	// lastNewID is the largest id that is given out, for clients that keep ids in 32
	// bits. Larger ones can be chosen.
	lastNewID = 1<<31 - 1
	// lastFollowed is the largest chosen id that new ones follow.
	lastFollowed = 1 << 30
	// anyID is no bound.
	anyID = math.MaxInt64
)

var errNoFreeID = errors.New("no free id is left")

// nextID takes a new id for a row of the table, which [insertNew] inserts before the
// transaction takes another.
func (tx *Tx) nextID(table string) (id int64, err error) {
	if tx.embedded() {
		return tx.followingID(table)
	}
	statement := `SELECT id,
			EXISTS (SELECT 1 FROM ` + table + ` AS stored WHERE stored.workspace = ? AND stored.id = next.id)
			OR EXISTS (SELECT 1 FROM id_floors WHERE workspace = ? AND of_table = ? AND last >= next.id) AS taken
		FROM nextval('` + sequenceOf(table) + `') AS next (id)`
	for {
		taken := false
		err := tx.row(statement, []any{tx.workspace, tx.workspace, table}, &id, &taken)
		if err != nil || !taken {
			return id, err
		}
		largest, err := tx.largestID(table, lastFollowed) // there may be many more
		if err == nil {
			err = tx.followID(table, largest)
		}
		if err != nil {
			return 0, err
		}
	}
}

// sequenceOf names the sequence of the table's ids on Postgres.
func sequenceOf(table string) string { return table + "_ids" }

// followingID is the first free id after the largest that is followed. SQLite makes
// candidates only until one is found.
func (tx *Tx) followingID(table string) (id int64, err error) {
	largest, err := tx.largestID(table, lastFollowed)
	if err != nil || largest < lastFollowed {
		return largest + 1, err
	}
	err = tx.row(`WITH RECURSIVE candidate(id) AS (
			SELECT CAST(? AS bigint) UNION ALL SELECT id + 1 FROM candidate WHERE id < ?)
		SELECT id FROM candidate
		WHERE NOT EXISTS (SELECT 1 FROM `+table+` AS stored WHERE stored.workspace = ? AND stored.id = candidate.id)
		LIMIT 1`, []any{largest + 1, lastNewID, tx.workspace}, &id)
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("%s: %w", table, errNoFreeID)
	}
	return id, err
}

// insertNew stores a model under an id that [Tx.nextID] gave. On Postgres another may have
// chosen the same one meanwhile: then the write is run again, which is no conflict of
// the caller's.
func insertNew[T any](tx *Tx, model T) error {
	_, err := insert(tx, "", model)
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) && refusal.ConstraintName == tableOf[T](tx.base).name+"_pkey" {
		return fmt.Errorf("%w: %s", errLostRace, err.Error()) // no ErrConflict
	}
	return err
}

// claimID has new ids follow one that was chosen elsewhere; one that a row has is
// ErrConflict. It is called before the row is inserted.
func (tx *Tx) claimID(table string, id int64) error {
	var rows int64
	if err := tx.rows().Table(table).Where("id = ?", id).Count(&rows).Error; err != nil {
		return err
	}
	if rows > 0 {
		return fmt.Errorf("id %d of %s: %w", id, table, ErrConflict)
	}
	return tx.followID(table, id)
}

// followID has new ids follow one that was chosen elsewhere. Nothing keeps the sequence
// from being moved back when others move it at the same time; [Tx.nextID] passes over
// what it then gives for the second time.
func (tx *Tx) followID(table string, id int64) error {
	if tx.embedded() || id > lastFollowed {
		return nil
	}
	sequence := sequenceOf(table)
	_, err := tx.exec(`SELECT setval('`+sequence+`', ?) FROM `+sequence+` WHERE last_value < ?`, id, id)
	return err
}

// IDFloor is the largest id that a table of the workspace gave out before rows were
// deleted for good.
type IDFloor struct {
	Workspace string `gorm:"primaryKey"`
	OfTable   string `gorm:"primaryKey"`
	Last      int64  `gorm:"not null"`
}

// TableName is the plural.
func (IDFloor) TableName() string { return "id_floors" }

// largestID is the largest id up to the bound that the table holds or held.
func (tx *Tx) largestID(table string, bound int64) (largest int64, err error) {
	var floor int64
	err = tx.row(`SELECT COALESCE((SELECT MAX(id) FROM `+table+` WHERE workspace = ? AND id <= `+strconv.FormatInt(bound, 10)+`), 0),
			COALESCE((SELECT last FROM id_floors WHERE workspace = ? AND of_table = ?), 0)`,
		[]any{tx.workspace, tx.workspace, table}, &largest, &floor)
	return max(largest, floor), err
}

// retireIDs keeps the ids up to the bound that the table has by now from being given out
// again, before rows are deleted for good. Others go on taking new ids for rows that
// stay, so nothing may be added meanwhile to what is deleted.
func (tx *Tx) retireIDs(table string, bound int64) error {
	last, err := tx.largestID(table, bound)
	if err != nil {
		return err
	}
	larger := gorm.Expr("CASE WHEN excluded.last > id_floors.last THEN excluded.last ELSE id_floors.last END")
	return tx.orm().Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "of_table"}},
		DoUpdates: clause.Assignments(map[string]any{"last": larger}),
	}).Create(&IDFloor{Workspace: tx.workspace, OfTable: table, Last: last}).Error
}

// embedded reports whether the database is SQLite.
func (q *Query) embedded() bool { return q.base.Name() == sqliteDialect.name }
