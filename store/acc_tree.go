package store

import (
	"database/sql"
	"strings"

	"gorm.io/gorm"
)

// The statements with ids look rows up from lists of ids, given or found on the way,
// in every unit of a workspace that may hold very many. They make a planner without
// statistics do that by index, and not read all units for a few:
//   - CROSS JOIN is an order of joins that SQLite keeps;
//   - ids come as rows, not in an IN list, which Postgres would compare with all of
//     the workspace's units one by one;
//   - the account is compared last.

// wanted is a common table expression that holds the ids.
func wanted(ids []string) (expression string, args []any) {
	for _, id := range ids {
		args = append(args, id)
	}
	return "wanted (id) AS (VALUES (?)" + strings.Repeat(", (?)", len(ids)-1) + ")", args
}

// AccUnits finds the units with the ids, in whatever account of the workspace, in
// no order.
func (q *Query) AccUnits(ids []string) ([]AccUnit, error) {
	if len(ids) == 1 { // most requests name one
		return list[AccUnit](q, "id = ?", ids[0])
	}
	var units []AccUnit
	for _, batch := range batches(ids) {
		with, args := wanted(batch)
		part, err := selected[AccUnit](q, `WITH `+with+`
			SELECT `+tableOf[AccUnit](q.db).columnsOf("u")+` FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = w.id`,
			append(args, q.workspace)...)
		if err != nil {
			return nil, err
		}
		units = append(units, part...)
	}
	return units, nil
}

// AccNode is the part of a unit that makes the tree.
type AccNode struct {
	ID       string
	ParentID *string
	Name     string
}

// stepUp follows reached rows of an id, an account, a parent's id and a name to the row
// above. Each is looked up by itself: where Postgres may choose, it expects ten times as
// many rows from every step as from the last, and reads all units to join them.
const stepUp = `SELECT r.parent_id, r.account_id,
		(SELECT u.parent_id FROM acc_units u WHERE u.workspace = ? AND u.id = r.parent_id),
		(SELECT u.name FROM acc_units u WHERE u.workspace = ? AND u.id = r.parent_id)
	FROM reached r WHERE r.parent_id IS NOT NULL`

// AccAncestors finds the account's units with the ids and all units above them, in
// no order.
func (q *Query) AccAncestors(accountID string, ids []string) ([]AccNode, error) {
	return q.accReached(`SELECT u.id, u.account_id, u.parent_id, u.name
			FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = w.id
		UNION `+stepUp, []any{q.workspace, q.workspace, q.workspace}, accountID, ids)
}

// AccDescendants finds all units below the account's units with the ids, in no
// order.
func (q *Query) AccDescendants(accountID string, ids []string) ([]AccNode, error) {
	return q.accReached(`SELECT u.id, u.account_id, u.parent_id, u.name
			FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.parent_id = w.id
		UNION
		SELECT u.id, u.account_id, u.parent_id, u.name
			FROM reached r CROSS JOIN acc_units u WHERE u.workspace = ? AND u.parent_id = r.id`,
		[]any{q.workspace, q.workspace}, accountID, ids)
}

// uncompiled keeps Postgres from compiling the statements of a transaction. It believes
// recursions to be long, and to compile one takes seconds where to run it takes
// milliseconds.
func uncompiled(tx *gorm.DB) error {
	if tx.Name() != "postgres" {
		return nil
	}
	return tx.Exec("SET LOCAL jit = off").Error
}

// accReached runs a recursion that starts from wanted ids. It says UNION, not UNION
// ALL, so that chains that meet are followed once from there.
func (q *Query) accReached(recursion string, values []any, accountID string, ids []string) ([]AccNode, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := uncompiled(q.db); err != nil {
		return nil, err
	}
	var nodes []AccNode
	for _, batch := range batches(ids) {
		with, args := wanted(batch)
		err := q.each(`WITH RECURSIVE `+with+`, reached (id, account_id, parent_id, name) AS (`+recursion+`)
			SELECT id, parent_id, name FROM reached WHERE account_id = ?`,
			append(append(args, values...), accountID), func(rows *sql.Rows) error {
				var node AccNode
				err := rows.Scan(&node.ID, &node.ParentID, &node.Name)
				nodes = append(nodes, node)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return nodes, nil
}

// AccPage returns the first units of the account, in the order of their creation, whose
// Serial is larger than after, at most limit; and these and all units above them as
// nodes, in no order. It is one statement, so that no unit lacks its parent.
func (q *Query) AccPage(accountID string, after int64, limit int) (page []AccUnit, reached []AccNode, err error) {
	var rows []struct {
		AccUnit
		Serial *int64 // of the units of the page
	}
	err = q.db.Transaction(func(tx *gorm.DB) error {
		if err := uncompiled(tx); err != nil {
			return err
		}
		return tx.Raw(`WITH RECURSIVE page AS (
				SELECT * FROM acc_units WHERE workspace = ? AND account_id = ? AND serial > ? ORDER BY serial LIMIT ?),
			reached (id, account_id, parent_id, name) AS (SELECT id, account_id, parent_id, name FROM page UNION `+stepUp+`)
			SELECT r.id, r.account_id, r.parent_id, r.name, p.description, p.serial, p.created_at, p.updated_at
			FROM reached r LEFT JOIN page p ON p.id = r.id ORDER BY p.serial`,
			q.workspace, accountID, after, limit, q.workspace, q.workspace).Scan(&rows).Error
	})
	for _, row := range rows {
		reached = append(reached, AccNode{row.ID, row.ParentID, row.Name})
		if row.Serial != nil {
			row.AccUnit.Serial = *row.Serial
			page = append(page, row.AccUnit)
		}
	}
	return page, reached, err
}
