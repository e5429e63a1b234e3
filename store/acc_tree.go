package store

import (
	"database/sql"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// The statements with ids look rows up from lists of ids in every unit of a workspace
// that may hold very many. They make a planner without statistics do that by index, and
// not read all units for a few:
//   - CROSS JOIN is an order of joins that SQLite keeps;
//   - ids come as rows, not in an IN list, which Postgres would compare with all of
//     the workspace's units one by one;
//   - the account is compared afterwards.

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
			SELECT `+tableOf[AccUnit](q.base).columnsOf("u")+` FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = w.id`,
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

// AccAncestors finds the account's units with the ids and all units above them, in
// no order.
func (q *Query) AccAncestors(accountID string, ids []string) ([]AccNode, error) {
	return q.accWalk(accountID, "id", ids, nil, func(n AccNode) *string { return n.ParentID })
}

// AccDescendants finds all units below the account's units with the ids, in no
// order.
func (q *Query) AccDescendants(accountID string, ids []string) ([]AccNode, error) {
	return q.accWalk(accountID, "parent_id", ids, nil, func(n AccNode) *string { return &n.ID })
}

// accWalk finds the account's units that have the ids in the column, those that have in
// it what comes next of these, and so on. It asks level by level, of which a tree has
// few: Postgres believes a recursion in SQL to be so long that it reads all units to join
// them, or compiles the statement, which takes seconds where to run it takes milliseconds.
func (q *Query) accWalk(accountID, column string, ids []string, reached []AccNode, next func(AccNode) *string) ([]AccNode, error) {
	seen := make(map[string]bool, len(reached))
	for _, n := range reached {
		seen[n.ID] = true
	}
	for len(ids) > 0 {
		level, err := q.accNodes(accountID, column, ids)
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, n := range level {
			if seen[n.ID] {
				continue
			}
			seen[n.ID] = true
			reached = append(reached, n)
			if id := next(n); id != nil {
				ids = append(ids, *id)
			}
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
	}
	return reached, nil
}

// accNodes finds the account's units that have one of the ids in the column.
func (q *Query) accNodes(accountID, column string, ids []string) (nodes []AccNode, err error) {
	for _, batch := range batches(ids) {
		with, args := wanted(batch)
		err := q.each(`WITH `+with+`
			SELECT u.account_id, u.id, u.parent_id, u.name
			FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.`+column+` = w.id`,
			append(args, q.workspace), func(rows *sql.Rows) error {
				var account string
				var node AccNode
				err := rows.Scan(&account, &node.ID, &node.ParentID, &node.Name)
				if account == accountID {
					nodes = append(nodes, node)
				}
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
// nodes, in no order. It reads at one moment, so that no unit lacks its parent.
func (q *Query) AccPage(accountID string, after int64, limit int) (page []AccUnit, reached []AccNode, err error) {
	err = q.orm().Transaction(func(tx *gorm.DB) error {
		moment := &Query{base: tx, workspace: q.workspace}
		page, err = list[AccUnit](moment, "account_id = ? AND serial > ? ORDER BY serial LIMIT ?", accountID, after, limit)
		if err != nil {
			return err
		}
		var parents []string
		for _, u := range page {
			reached = append(reached, AccNode{u.ID, u.ParentID, u.Name})
			if u.ParentID != nil {
				parents = append(parents, *u.ParentID)
			}
		}
		slices.Sort(parents)
		reached, err = moment.accWalk(accountID, "id", slices.Compact(parents), reached, func(n AccNode) *string { return n.ParentID })
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return page, reached, err
}
