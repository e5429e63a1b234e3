package store

// AccPathSeparator stands between the names of a unit's path.
const AccPathSeparator = "/"

// AccUnits finds the units with the ids, in whatever account of the workspace, in
// no order.
func (q *Query) AccUnits(ids []string) ([]AccUnit, error) {
	var units []AccUnit
	for _, batch := range batches(ids) {
		var part []AccUnit
		if err := q.rows().Where("id IN ?", batch).Find(&part).Error; err != nil {
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
	// UNION, not UNION ALL: chains that meet are followed once from there.
	return q.accClosure(`WITH RECURSIVE reached (id, parent_id, name) AS (
		SELECT id, parent_id, name FROM acc_units WHERE workspace = @workspace AND account_id = @account AND id IN @ids
		UNION
		SELECT u.id, u.parent_id, u.name FROM acc_units u JOIN reached r ON u.workspace = @workspace AND u.id = r.parent_id
	) SELECT id, parent_id, name FROM reached`, accountID, ids)
}

// AccDescendants finds all units below those with the ids, in no order.
func (q *Query) AccDescendants(accountID string, ids []string) ([]AccNode, error) {
	return q.accClosure(`WITH RECURSIVE reached (id, parent_id, name) AS (
		SELECT id, parent_id, name FROM acc_units WHERE workspace = @workspace AND account_id = @account AND parent_id IN @ids
		UNION
		SELECT u.id, u.parent_id, u.name FROM acc_units u JOIN reached r ON u.workspace = @workspace AND u.parent_id = r.id
	) SELECT id, parent_id, name FROM reached`, accountID, ids)
}

func (q *Query) accClosure(statement, accountID string, ids []string) ([]AccNode, error) {
	var nodes []AccNode
	for _, batch := range batches(ids) {
		var part []AccNode
		err := q.db.Raw(statement, map[string]any{"workspace": q.workspace, "account": accountID, "ids": batch}).Scan(&part).Error
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, part...)
	}
	return nodes, nil
}

// AccPlacedUnit is a unit with its path: the names of the units above it, from
// the root down; nil for a root.
type AccPlacedUnit struct {
	AccUnit
	Path *string
}

// AccTree lists the account's units in the order of their creation.
func (q *Query) AccTree(accountID string) ([]AccPlacedUnit, error) {
	var units []AccPlacedUnit
	err := q.db.Raw(`WITH RECURSIVE placed (id, path, below) AS (
		SELECT id, CAST(NULL AS text), name FROM acc_units
			WHERE workspace = @workspace AND account_id = @account AND parent_id IS NULL
		UNION ALL
		SELECT u.id, p.below, p.below || @separator || u.name
			FROM acc_units u JOIN placed p ON u.workspace = @workspace AND u.parent_id = p.id
	) SELECT u.*, p.path FROM placed p JOIN acc_units u ON u.workspace = @workspace AND u.id = p.id ORDER BY u.serial`,
		map[string]any{"workspace": q.workspace, "account": accountID, "separator": AccPathSeparator}).Scan(&units).Error
	return units, err
}
