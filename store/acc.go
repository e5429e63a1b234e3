package store

import (
	"fmt"
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
	var a AccAccount
	err := q.rows().Where("id = ?", id).Take(&a).Error
	return a, err
}

// AccLockAccount finds an account, or ErrNotFound, and keeps other writers of its
// units out until the transaction ends: rules about the tree can then be checked
// before it is changed.
func (tx *Tx) AccLockAccount(id string) (AccAccount, error) {
	var a AccAccount
	err := tx.rows().Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("id = ?", id).Take(&a).Error
	return a, err
}

// AccProvisioned reports whether the app may use the account.
func (q *Query) AccProvisioned(accountID, clientID string) (bool, error) {
	var n int64
	err := q.rows().Model(&AccProvisioning{}).Where("account_id = ? AND client_id = ?", accountID, clientID).Count(&n).Error
	return n > 0, err
}

// AccAccountsOf lists the accounts that the app may use, in no order.
func (q *Query) AccAccountsOf(clientID string) ([]AccAccount, error) {
	var accounts []AccAccount
	provisioned := q.rows().Model(&AccProvisioning{}).Select("account_id").Where("client_id = ?", clientID)
	err := q.rows().Where("id IN (?)", provisioned).Find(&accounts).Error
	return accounts, err
}

// AccPutAccount creates the account or sets its name and region.
func (tx *Tx) AccPutAccount(a AccAccount) error {
	a.Workspace = tx.workspace
	return tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "workspace"}, {Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"name", "region"}),
	}).Create(&a).Error
}

// AccProvision lets the app use the account.
func (tx *Tx) AccProvision(accountID, clientID string) error {
	p := AccProvisioning{Workspace: tx.workspace, AccountID: accountID, ClientID: clientID}
	return tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&p).Error
}

// AccPutUnits creates the units of an account that is locked, or replaces those of
// the same ids; Serial and CreatedAt of a stored unit stay. An id in use by
// another account is ErrConflict.
func (tx *Tx) AccPutUnits(accountID string, units []AccUnit) error {
	for _, batch := range batches(units) {
		for i := range batch {
			batch[i].Workspace, batch[i].AccountID = tx.workspace, accountID
		}
		put := tx.db.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "workspace"}, {Name: "id"}},
			DoUpdates: clause.AssignmentColumns([]string{"parent_id", "name", "description", "updated_at"}),
			Where: clause.Where{Exprs: []clause.Expression{clause.Expr{
				SQL: "acc_units.account_id = excluded.account_id",
			}}},
		}).Create(&batch)
		if put.Error != nil {
			return put.Error
		}
		if put.RowsAffected != int64(len(batch)) {
			return fmt.Errorf("the id of a unit: %w", ErrConflict)
		}
	}
	return nil
}

// AccSetMade stores how many units were ever made in an account that is locked.
func (tx *Tx) AccSetMade(accountID string, made int64) error {
	return tx.rows().Model(&AccAccount{}).Where("id = ?", accountID).Update("made", made).Error
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
