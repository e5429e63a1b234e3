package store

import (
	"strings"

	"gorm.io/gorm/clause"
)

// ComanageOwner says to whom a name or an identifier belongs: a person or an org
// identity, one of which is set.
type ComanageOwner struct {
	PersonID      *int64
	OrgIdentityID *int64
}

// ComanageOwner finds the owner, also a deleted one, or ErrNotFound.
func (q *Query) ComanageOwner(owner ComanageOwner) (ComanageRecord, error) {
	if owner.PersonID != nil {
		person, err := ComanageFind[ComanagePerson](q, *owner.PersonID)
		return person.ComanageRecord, err
	}
	org, err := ComanageFind[ComanageOrgIdentity](q, *owner.OrgIdentityID)
	return org.ComanageRecord, err
}

// ComanageLockOwner finds the owner, or ErrNotFound, and keeps others from changing
// it, and from adding to it, until the transaction ends.
func (tx *Tx) ComanageLockOwner(owner ComanageOwner) (ComanageRecord, error) {
	if owner.PersonID != nil {
		person, err := comanageHold[ComanagePerson](tx, *owner.PersonID, clause.LockingStrengthUpdate)
		return person.ComanageRecord, err
	}
	org, err := comanageHold[ComanageOrgIdentity](tx, *owner.OrgIdentityID, clause.LockingStrengthUpdate)
	return org.ComanageRecord, err
}

// ComanageName is a name of a person or an org identity.
type ComanageName struct {
	ComanageRecord
	ComanageOwner
	Honorific *string
	Given     string `gorm:"not null"`
	Middle    *string
	Family    *string
	Suffix    *string
	Type      string `gorm:"not null"`
	Language  *string
	// PrimaryName marks the one name that stands for its owner.
	PrimaryName  bool   `gorm:"not null"`
	GivenFolded  string `gorm:"not null"`
	FamilyFolded string `gorm:"not null"`
}

// TableName is the plural.
func (ComanageName) TableName() string { return "comanage_names" }

func (n *ComanageName) fold() {
	n.GivenFolded, n.FamilyFolded = folded(n.Given), ""
	if n.Family != nil {
		n.FamilyFolded = folded(*n.Family)
	}
}

// ComanageIdentifier is an identifier of a person or an org identity.
type ComanageIdentifier struct {
	ComanageRecord
	ComanageOwner
	Identifier string `gorm:"not null"`
	Type       string `gorm:"not null"`
	Language   *string
	Login      bool   `gorm:"not null"`
	Status     string `gorm:"not null"`
	Folded     string `gorm:"not null"`
}

// TableName is the plural.
func (ComanageIdentifier) TableName() string { return "comanage_identifiers" }

func (i *ComanageIdentifier) fold() { i.Folded = folded(i.Identifier) }

// folded is a text whose letters have one case. The way by the upper one brings
// letters together that have two lower ones, as sigma has.
func folded(text string) string { return strings.ToLower(strings.ToUpper(text)) }

// longestAttribute is how many characters an identifier has at most; names have fewer.
const longestAttribute = 512

// likePattern is the text as a part of a LIKE pattern, in which it stands for
// itself in any case. Both databases compare what was folded by the same rules.
// What is longer than any attribute matches none, however long: SQLite refuses very
// long patterns.
func likePattern(text string) string {
	if characters := []rune(text); len(characters) > longestAttribute {
		text = string(characters[:longestAttribute+1])
	}
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded(text))
}

// ComanageDemoteNames takes the mark of the primary name from the owner's names,
// before another one gets it. The owner is locked. Registry keeps no revision of
// this.
func (tx *Tx) ComanageDemoteNames(owner ComanageOwner) error {
	names := tx.rows().Model(&ComanageName{}).Where(currentObjects + " AND primary_name")
	if owner.PersonID != nil {
		names = names.Where("person_id = ?", *owner.PersonID)
	} else {
		names = names.Where("org_identity_id = ?", owner.OrgIdentityID)
	}
	return names.Update("primary_name", false).Error
}
