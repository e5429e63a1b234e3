package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm/clause"
)

// CuxEnrol creates the account. A phone number that another account has goes over to
// it (ES Loyalty, "Member Enrollment/Profile Update"); any other identifier that is
// taken is returned, and nothing is created: the caller then gives up the transaction,
// or tries another identifier.
func (tx *Tx) CuxEnrol(a CuxAccount) (taken CuxIdentifier, err error) {
	a.Workspace = tx.workspace
	for range maxAttempts {
		if a.PhoneNumber != nil {
			err := tx.rows().Model(&CuxAccount{}).Where("phone_number = ?", *a.PhoneNumber).Update("phone_number", nil).Error
			if err != nil {
				return "", err
			}
		}
		done := tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&a)
		if done.Error != nil || done.RowsAffected > 0 {
			return "", done.Error
		}
		// Another transaction may have taken the phone number since: once more, then.
		if taken, err = tx.cuxTaken(a); err != nil || taken != "" {
			return taken, err
		}
	}
	return "", fmt.Errorf("the phone number is contested: %w", ErrConflict)
}

// cuxTaken returns an identifier of the account, not a phone number, that another one
// has, or an empty one.
func (tx *Tx) cuxTaken(a CuxAccount) (CuxIdentifier, error) {
	var others []CuxAccount
	err := tx.rows().
		Where("email = ? OR external_id = ? OR loyalty_id = ? OR id = ?", a.Email, a.ExternalID, a.LoyaltyID, a.ID).
		Find(&others).Error
	has := func(same func(CuxAccount) bool) bool { return slices.ContainsFunc(others, same) }
	switch {
	case has(func(o CuxAccount) bool { return equal(o.Email, a.Email) }):
		return CuxEmail, err
	case has(func(o CuxAccount) bool { return equal(o.ExternalID, a.ExternalID) }):
		return CuxExternalID, err
	case has(func(o CuxAccount) bool { return o.LoyaltyID == a.LoyaltyID }):
		return CuxLoyaltyID, err
	case has(func(o CuxAccount) bool { return o.ID == a.ID }):
		return CuxAccountID, err
	}
	return "", err
}

func equal(a, b *string) bool { return a != nil && b != nil && *a == *b }
