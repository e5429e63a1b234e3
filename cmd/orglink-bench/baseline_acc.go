package main

import (
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

type accUnits struct {
	BusinessUnits []accUnit `json:"business_units"`
}

type accUnit struct {
	ID          string  `json:"id"`
	AccountID   string  `json:"account_id"`
	ParentID    *string `json:"parent_id"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Path        *string `json:"path"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	serial      int64
}

// maxAccDepth bounds a tree of units.
const maxAccDepth = 64

func (b baseline) putAccUnits(w http.ResponseWriter, r *http.Request) error {
	var body accUnits
	if err := readJSON(r, &body); err != nil {
		return err
	}
	var units []accUnit
	err := b.db.write(func(s statements) error {
		units = slices.Clone(body.BusinessUnits)
		return b.mergeAccUnits(s, r.PathValue("account"), units)
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, accUnits{units})
}

// mergeAccUnits stores the units of an account that it locks, with what stays of those
// that are stored already.
func (b baseline) mergeAccUnits(s statements, account string, units []accUnit) error {
	lock := ""
	if b.db.postgres {
		lock = " FOR UPDATE"
	}
	var region string
	var made int64
	err := queryRow(s, []any{&region, &made}, `SELECT region, made FROM acc_accounts WHERE id = $1`+lock, account)
	if err != nil {
		return orRefused(err, http.StatusNotFound)
	}
	if region != "US" {
		return refusal(http.StatusNotFound)
	}
	stored, err := b.storedAccUnits(s, units)
	if err != nil {
		return err
	}
	before, now := made, toTheMillisecond()
	for i := range units {
		u := &units[i]
		if u.ID == "" {
			u.ID = uuid.NewString()
		}
		u.AccountID, u.CreatedAt, u.UpdatedAt = account, now, now
		old, exists := stored[u.ID]
		switch {
		case !exists:
			made++
			u.serial = made
		case old.AccountID != account:
			return refusal(http.StatusConflict)
		default:
			u.serial, u.CreatedAt = old.serial, old.CreatedAt
		}
	}
	if err := setAccPaths(s, account, units); err != nil {
		return err
	}
	if made != before {
		if _, err := s.Exec(`UPDATE acc_accounts SET made = $1 WHERE id = $2`, made, account); err != nil {
			return err
		}
	}
	return b.storeAccUnits(s, units)
}

// setAccPaths finds the units above, which need be of the account, and shows their names.
func setAccPaths(s statements, account string, units []accUnit) error {
	tree := make(map[string]accUnit, len(units))
	for _, u := range units {
		tree[u.ID] = u
	}
	for _, u := range units {
		if u.ParentID == nil {
			continue
		}
		if _, known := tree[*u.ParentID]; known {
			continue
		}
		rows, err := s.Query(`WITH RECURSIVE reached (id, parent_id, name) AS (
				SELECT id, parent_id, name FROM acc_units WHERE id = $1 AND account_id = $2
				UNION SELECT u.id, u.parent_id, u.name FROM reached r JOIN acc_units u ON u.id = r.parent_id)
			SELECT id, parent_id, name FROM reached`, *u.ParentID, account)
		if err != nil {
			return err
		}
		for rows.Next() {
			var above accUnit
			if err := rows.Scan(&above.ID, &above.ParentID, &above.Name); err != nil {
				rows.Close()
				return err
			}
			if _, given := tree[above.ID]; !given {
				tree[above.ID] = above
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	for i := range units {
		var names []string
		for parent := units[i].ParentID; parent != nil; {
			above, known := tree[*parent]
			if !known || len(names) == maxAccDepth-1 { // a circle is too deep, too
				return refusal(http.StatusBadRequest)
			}
			names = append(names, above.Name)
			parent = above.ParentID
		}
		if names != nil {
			slices.Reverse(names)
			path := strings.Join(names, "/")
			units[i].Path = &path
		}
	}
	return nil
}

const storedAccUnit = `SELECT id, account_id, serial_number, created_at FROM acc_units WHERE id = `

// storedAccUnits finds those of the units that are stored: on Postgres in one statement,
// on SQLite, where a statement costs no round trip, one by one.
func (b baseline) storedAccUnits(s statements, units []accUnit) (map[string]accUnit, error) {
	stored := make(map[string]accUnit, len(units))
	statement, lookups := storedAccUnit+"$1", make([]any, 0, len(units))
	ids := make([]string, 0, len(units))
	for _, u := range units {
		lookups, ids = append(lookups, u.ID), append(ids, u.ID)
	}
	if b.db.postgres {
		statement, lookups = storedAccUnit+"ANY($1)", []any{ids}
	}
	for _, lookup := range lookups {
		rows, err := s.Query(statement, lookup)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var u accUnit
			if err := rows.Scan(&u.ID, &u.AccountID, &u.serial, &u.CreatedAt); err != nil {
				rows.Close()
				return nil, err
			}
			stored[u.ID] = u
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
	}
	return stored, nil
}

const (
	accUnitsInto = `INSERT INTO acc_units (id, account_id, parent_id, name, description, serial_number, created_at, updated_at) `
	accUnitsSet  = ` ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name,
		description = excluded.description, updated_at = excluded.updated_at`
)

func (b baseline) storeAccUnits(s statements, units []accUnit) error {
	if !b.db.postgres {
		for _, u := range units {
			_, err := s.Exec(accUnitsInto+`VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`+accUnitsSet,
				u.ID, u.AccountID, u.ParentID, u.Name, u.Description, u.serial, u.CreatedAt, u.UpdatedAt)
			if err != nil {
				return err
			}
		}
		return nil
	}
	var ids, accounts, names, created, updated []string
	var parents, descriptions []*string
	var serials []int64
	for _, u := range units {
		ids, accounts, names = append(ids, u.ID), append(accounts, u.AccountID), append(names, u.Name)
		created, updated = append(created, u.CreatedAt), append(updated, u.UpdatedAt)
		parents, descriptions = append(parents, u.ParentID), append(descriptions, u.Description)
		serials = append(serials, u.serial)
	}
	_, err := s.Exec(accUnitsInto+`SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
		$6::bigint[], $7::text[], $8::text[])`+accUnitsSet,
		ids, accounts, parents, names, descriptions, serials, created, updated)
	return err
}
