package store

import (
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Integer ids are unique in their workspace, and no workspace sees another's. A new
// one is the largest of the workspace, also of rows that are gone, plus one. Where
// that is over [lastNewID], because somebody chose a very large one, it is the
// smallest free one, which a row that is gone may have had.
//
// There is no counter row, whose lock would be held until the commit. SQLite's
// writer is alone. On Postgres each transaction locks the one id that it takes,
// and passes over those that others hold: nobody waits.

// lastNewID is the largest id that is given out, for clients that keep ids in 32
// bits. Larger ones can be chosen.
const lastNewID = 1<<31 - 1

var errNoFreeID = errors.New("no free id is left")

// nextID takes a new id for a row of the table, which is inserted before the
// transaction takes another.
func (tx *Tx) nextID(table string) (int64, error) {
	if tx.embedded() {
		id, _, err := tx.freeID(table, "TRUE")
		return id, err
	}
	// Until the commit nobody chooses an id.
	err := tx.db.Exec("SELECT pg_advisory_xact_lock_shared(hashtextextended(?, 0))", tx.idSpace(table)).Error
	if err != nil {
		return 0, err
	}
	for {
		id, isNew, err := tx.freeID(table, "pg_try_advisory_xact_lock(hashtext(?), CAST(candidate.id AS integer))", tx.idSpace(table))
		if err != nil {
			return 0, err
		}
		// Its last holder may have committed after the statements above began, and its
		// row may be gone again. One that begins now sees the row, or that it was there.
		taken, err := tx.hasID(table, id)
		if err == nil && !taken && isNew {
			taken, err = tx.hadID(table, id)
		}
		if err != nil || !taken {
			return id, err
		}
	}
}

// freeID finds an id that no row has and for which the condition holds, and tells
// whether it is larger than all that were given out. Databases make candidates only until
// one is found.
func (tx *Tx) freeID(table, condition string, args ...any) (id int64, isNew bool, err error) {
	largest, err := tx.largestID(table)
	if err != nil {
		return 0, false, err
	}
	statement := `WITH RECURSIVE candidate(id) AS (
			SELECT CAST(? AS bigint) UNION ALL SELECT id + 1 FROM candidate WHERE id < ?)
		SELECT id FROM candidate
		WHERE CASE WHEN EXISTS (SELECT 1 FROM ` + table + ` AS stored WHERE stored.workspace = ? AND stored.id = candidate.id)
			THEN FALSE ELSE ` + condition + ` END
		LIMIT 1`
	for _, first := range []int64{largest, 0} {
		if first >= lastNewID {
			continue
		}
		var ids []int64
		err := tx.db.Raw(statement, append([]any{first + 1, lastNewID, tx.workspace}, args...)...).Scan(&ids).Error
		if err != nil {
			return 0, false, err
		}
		if len(ids) > 0 {
			return ids[0], first == largest, nil
		}
	}
	return 0, false, fmt.Errorf("%s: %w", table, errNoFreeID)
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

// largestID is the largest id that the table holds or held.
func (tx *Tx) largestID(table string) (largest int64, err error) {
	err = tx.db.Raw(`SELECT COALESCE(MAX(id), 0) FROM (
			SELECT MAX(id) AS id FROM `+table+` WHERE workspace = ?
			UNION ALL SELECT last FROM id_floors WHERE workspace = ? AND of_table = ?) AS ids`,
		tx.workspace, tx.workspace, table).Scan(&largest).Error
	return largest, err
}

// retireIDs keeps the ids that the table has by now from being given out again,
// before rows are deleted for good. Others go on taking new ids for rows that stay,
// so nothing may be added meanwhile to what is deleted.
func (tx *Tx) retireIDs(table string) error {
	last, err := tx.largestID(table)
	if err != nil {
		return err
	}
	larger := gorm.Expr("CASE WHEN excluded.last > id_floors.last THEN excluded.last ELSE id_floors.last END")
	return tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "of_table"}},
		DoUpdates: clause.Assignments(map[string]any{"last": larger}),
	}).Create(&IDFloor{Workspace: tx.workspace, OfTable: table, Last: last}).Error
}

// claimID keeps an id that was chosen elsewhere from being taken as a new one; one
// that a row has is ErrConflict. It is called before the row is inserted, in the
// same transaction, and waits for those that have taken new ids or chosen others.
func (tx *Tx) claimID(table string, id int64) error {
	if !tx.embedded() {
		err := tx.db.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", tx.idSpace(table)).Error
		if err != nil {
			return err
		}
	}
	taken, err := tx.hasID(table, id)
	if err == nil && taken {
		err = fmt.Errorf("id %d of %s: %w", id, table, ErrConflict)
	}
	return err
}

func (tx *Tx) hasID(table string, id int64) (bool, error) {
	var rows int64
	err := tx.rows().Table(table).Where("id = ?", id).Count(&rows).Error
	return rows > 0, err
}

// hadID reports whether the table may have given the id out to a row that was deleted
// for good.
func (tx *Tx) hadID(table string, id int64) (bool, error) {
	var floors int64
	err := tx.rows().Model(&IDFloor{}).Where("of_table = ? AND last >= ?", table, id).Count(&floors).Error
	return floors > 0, err
}

// idSpace names the ids of the table in the workspace.
func (tx *Tx) idSpace(table string) string { return table + "/" + tx.workspace }

// embedded reports whether the database is SQLite.
func (q *Query) embedded() bool { return q.db.Name() == sqliteDialect.name }
