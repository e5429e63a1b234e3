package store

// ComanageLink ties an org identity to a person of its CO.
type ComanageLink struct {
	ComanageRecord
	PersonID      int64 `gorm:"not null"`
	OrgIdentityID int64 `gorm:"not null"`
}

// TableName is the plural.
func (ComanageLink) TableName() string { return "comanage_links" }
