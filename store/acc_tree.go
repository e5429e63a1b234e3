package store

import (
	"sort"
	"strings"
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
	var units []AccUnit
	for _, batch := range batches(ids) {
		with, args := wanted(batch)
		var part []AccUnit
		err := q.db.Raw(`WITH `+with+`
			SELECT u.* FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = w.id`,
			append(args, q.workspace)...).Scan(&part).Error
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
	return q.accReached(`SELECT u.id, u.account_id, u.parent_id, u.name
			FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = w.id
		UNION
		SELECT u.id, u.account_id, u.parent_id, u.name
			FROM reached r CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = r.parent_id`, accountID, ids)
}

// AccDescendants finds all units below the account's units with the ids, in no
// order.
func (q *Query) AccDescendants(accountID string, ids []string) ([]AccNode, error) {
	return q.accReached(`SELECT u.id, u.account_id, u.parent_id, u.name
			FROM wanted w CROSS JOIN acc_units u WHERE u.workspace = ? AND u.parent_id = w.id
		UNION
		SELECT u.id, u.account_id, u.parent_id, u.name
			FROM reached r CROSS JOIN acc_units u WHERE u.workspace = ? AND u.parent_id = r.id`, accountID, ids)
}

// accReached runs a recursion that starts from wanted ids. It says UNION, not UNION
// ALL, so that chains that meet are followed once from there.
func (q *Query) accReached(recursion, accountID string, ids []string) ([]AccNode, error) {
	var nodes []AccNode
	for _, batch := range batches(ids) {
		with, args := wanted(batch)
		var part []AccNode
		err := q.db.Raw(`WITH RECURSIVE `+with+`, reached (id, account_id, parent_id, name) AS (`+recursion+`)
			SELECT id, parent_id, name FROM reached WHERE account_id = ?`,
			append(args, q.workspace, q.workspace, accountID)...).Scan(&part).Error
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, part...)
	}
	return nodes, nil
}

// AccPage returns the first units of the account, in the order of their creation, whose
// Serial is larger than after, at most limit; and these with all units above them. It
// is one statement, so that no unit lacks its parent.
func (q *Query) AccPage(accountID string, after int64, limit int) (page, reached []AccUnit, err error) {
	err = q.db.Raw(`WITH RECURSIVE page (id, parent_id) AS (
			SELECT id, parent_id FROM acc_units
			WHERE workspace = ? AND account_id = ? AND serial > ? ORDER BY serial LIMIT ?),
		reached (id, parent_id) AS (
			SELECT id, parent_id FROM page
			UNION
			SELECT u.id, u.parent_id FROM reached r CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = r.parent_id)
		SELECT u.* FROM reached r CROSS JOIN acc_units u WHERE u.workspace = ? AND u.id = r.id ORDER BY u.serial`,
		q.workspace, accountID, after, limit, q.workspace, q.workspace).Scan(&reached).Error
	if err != nil {
		return nil, nil, err
	}
	// A unit above that is not of the page was created before all of the page, or after.
	first := sort.Search(len(reached), func(i int) bool { return reached[i].Serial > after })
	return reached[first:min(first+limit, len(reached))], reached, nil
}
