package store

import "time"

// ComanagePerson is a person of a CO.
type ComanagePerson struct {
	ComanageRecord
	Status string `gorm:"not null"`
	// DateOfBirth is `YYYY-MM-DD`.
	DateOfBirth *string
	Timezone    *string
}

// TableName is the plural.
func (ComanagePerson) TableName() string { return "comanage_people" }

// ComanageOrgIdentity is an identity that a home organization asserts.
type ComanageOrgIdentity struct {
	ComanageRecord
	Status            *string
	DateOfBirth       *string // `YYYY-MM-DD`
	Affiliation       *string
	Title             *string
	O                 *string
	Ou                *string
	ValidFrom         *time.Time
	ValidThrough      *time.Time
	ManagerIdentifier *string
	SponsorIdentifier *string
}

// TableName is the plural.
func (ComanageOrgIdentity) TableName() string { return "comanage_org_identities" }

// ComanageDeletePerson marks a locked person as deleted, with its links, names and
// identifiers.
func (tx *Tx) ComanageDeletePerson(id int64, modified time.Time, actor string) error {
	for _, model := range []any{&ComanageLink{}, &ComanageName{}, &ComanageIdentifier{}} {
		theirs := tx.rows().Model(model).Where(currentObjects).Where("person_id = ?", id)
		if err := deleteObjects(theirs, modified, actor); err != nil {
			return err
		}
	}
	return ComanageDelete[ComanagePerson](tx, id, modified, actor)
}

// ComanageDeleteOrgIdentity marks a locked org identity as deleted, with its names
// and identifiers. One that is linked is ErrConflict.
func (tx *Tx) ComanageDeleteOrgIdentity(id int64, modified time.Time, actor string) error {
	linked, err := tx.ComanageLinked(id)
	if err != nil {
		return err
	}
	if linked {
		return ErrConflict
	}
	for _, model := range []any{&ComanageName{}, &ComanageIdentifier{}} {
		theirs := tx.rows().Model(model).Where(currentObjects).Where("org_identity_id = ?", id)
		if err := deleteObjects(theirs, modified, actor); err != nil {
			return err
		}
	}
	return ComanageDelete[ComanageOrgIdentity](tx, id, modified, actor)
}
