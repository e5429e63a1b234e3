package store

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"
)

// AccAccount is an account of Autodesk's account administration.
type AccAccount struct {
	Workspace string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	Name      string `gorm:"not null"`
	// Region names the data centre that holds the account.
	Region string `gorm:"not null"`
	// Made counts the units that were ever made in the account: the last one's Serial.
	Made int64 `gorm:"not null"`
	// PutDeletesOmittedUnits says that a request for the structure names all units
	// that are to be left.
	PutDeletesOmittedUnits bool `gorm:"not null"`
}

// AccProvisioning lets an app use an account.
type AccProvisioning struct {
	Workspace string `gorm:"primaryKey"`
	AccountID string `gorm:"primaryKey"`
	ClientID  string `gorm:"primaryKey"`
}

// AccUnit is a business unit. Its id is unique in the workspace, so that no two
// accounts share one; its parent is always one of the same account.
type AccUnit struct {
	Workspace   string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"`
	AccountID   string `gorm:"not null"`
	ParentID    *string
	Name        string `gorm:"not null"`
	Description *string
	// Serial is the place in the account's order of creation.
	Serial    int64     `gorm:"not null"`
	CreatedAt time.Time `gorm:"not null"`
	UpdatedAt time.Time `gorm:"not null"`
}

// AccAccount finds an account, or ErrNotFound.
func (q *Query) AccAccount(id string) (AccAccount, error) {
	return take[AccAccount](q, "id = ?", id)
}

// AccLockAccount finds an account, or ErrNotFound, and keeps other writers of its
// units out until the transaction ends: rules about the tree can then be checked
// before it is changed.
func (tx *Tx) AccLockAccount(id string) (AccAccount, error) {
	return take[AccAccount](&tx.Query, "id = ?"+tx.locking(clause.LockingStrengthUpdate), id)
}

// AccProvisioned reports whether the app may use the account.
func (q *Query) AccProvisioned(accountID, clientID string) (bool, error) {
	var n int64
	err := q.row("SELECT COUNT(*) FROM acc_provisionings WHERE workspace = ? AND account_id = ? AND client_id = ?",
		[]any{q.workspace, accountID, clientID}, &n)
	return n > 0, err
}

// AccAccountsOf lists the accounts that the app may use, in no order.
func (q *Query) AccAccountsOf(clientID string) ([]AccAccount, error) {
	var accounts []AccAccount
	provisioned := q.rows().Model(&AccProvisioning{}).Select("account_id").Where("client_id = ?", clientID)
	err := q.rows().Where("id IN (?)", provisioned).Find(&accounts).Error
	return accounts, err
}

// AccPutAccount creates the account or sets all of it but the count of its units.
func (tx *Tx) AccPutAccount(a AccAccount) error {
	a.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"name", "region", "put_deletes_omitted_units"}),
	}).Create(&a).Error
}

// AccProvision lets the app use the account.
func (tx *Tx) AccProvision(accountID, clientID string) error {
	p := AccProvisioning{Workspace: tx.workspace, AccountID: accountID, ClientID: clientID}
	return tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&p).Error
}

// AccPutUnits creates the units of an account that is locked, or replaces those of
// the same ids; Serial and CreatedAt of a stored unit stay. An id in use by
// another account is ErrConflict.
func (tx *Tx) AccPutUnits(accountID string, units []AccUnit) error {
	for _, batch := range batches(units) {
		for i := range batch {
			batch[i].Workspace, batch[i].AccountID = tx.workspace, accountID
		}
		put, err := insert(tx, `ON CONFLICT (workspace, id) DO UPDATE
			SET parent_id = excluded.parent_id, name = excluded.name, description = excluded.description, updated_at = excluded.updated_at
			WHERE acc_units.account_id = excluded.account_id`, batch...)
		if err != nil {
			return err
		}
		if put != int64(len(batch)) {
			return fmt.Errorf("the id of a unit: %w", ErrConflict)
		}
	}
	return nil
}

// AccDeleteUnit deletes a unit of an account that is locked, or fails with
// ErrNotFound, or with ErrConflict while there are units below it.
func (tx *Tx) AccDeleteUnit(accountID, id string) error {
	deleted := tx.rows().Where("account_id = ? AND id = ?", accountID, id).
		Where("NOT EXISTS (SELECT 1 FROM acc_units AS below WHERE below.workspace = ? AND below.parent_id = ?)", tx.workspace, id).
		Delete(&AccUnit{})
	if deleted.Error != nil || deleted.RowsAffected > 0 {
		return deleted.Error
	}
	var unit AccUnit
	if err := tx.rows().Where("account_id = ? AND id = ?", accountID, id).Take(&unit).Error; err != nil {
		return err
	}
	return fmt.Errorf("unit %s has others below it: %w", id, ErrConflict)
}

// AccDeleteOtherUnits deletes the units of an account that is locked, but for those
// with the ids.
func (tx *Tx) AccDeleteOtherUnits(accountID string, keep []string) error {
	var stored []string
	err := tx.rows().Model(&AccUnit{}).Where("account_id = ?", accountID).Pluck("id", &stored).Error
	if err != nil {
		return err
	}
	kept := make(map[string]bool, len(keep))
	for _, id := range keep {
		kept[id] = true
	}
	others := slices.DeleteFunc(stored, func(id string) bool { return kept[id] })
	for _, batch := range batches(others) {
		if err := tx.rows().Where("id IN ?", batch).Delete(&AccUnit{}).Error; err != nil {
			return err
		}
	}
	return nil
}

// AccSetMade stores how many units were ever made in an account that is locked.
func (tx *Tx) AccSetMade(accountID string, made int64) error {
	_, err := tx.exec("UPDATE acc_accounts SET made = ? WHERE workspace = ? AND id = ?", made, tx.workspace, accountID)
	return err
}

// batchSize keeps a statement's rows and variables far below the limits of both
// databases (32766 variables on SQLite, 65535 on Postgres).
const batchSize = 1000

// batches cuts a list in parts of at most batchSize.
func batches[T any](list []T) [][]T {
	var parts [][]T
	for len(list) > batchSize {
		parts = append(parts, list[:batchSize:batchSize])
		list = list[batchSize:]
	}
	if len(list) > 0 {
		parts = append(parts, list)
	}
	return parts
}
