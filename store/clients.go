package store

import "gorm.io/gorm/clause"

// Client is an OAuth client of one family: an app that the vendor's console would
// register. Its secret is random, so a SHA-256 of it is enough.
type Client struct {
	Workspace string `gorm:"primaryKey"`
	Family    string `gorm:"primaryKey"`
	ID        string `gorm:"primaryKey"`
	// SecretDigest is the hex SHA-256 of the secret, that of the empty text for a
	// public client.
	SecretDigest string   `gorm:"not null"`
	Scopes       []string `gorm:"serializer:json;type:text;not null"`
	Grants       []string `gorm:"serializer:json;type:text;not null"`
	// Enabled says that the client gets tokens, and that those it has are valid.
	Enabled bool `gorm:"not null"`
}

// Client finds an OAuth client of a family, or ErrNotFound.
func (q *Query) Client(family, id string) (Client, error) {
	var c Client
	err := q.rows().Where("family = ? AND id = ?", family, id).Take(&c).Error
	return c, err
}

// PutClient creates the client or sets it to what is given.
func (tx *Tx) PutClient(c Client) error {
	c.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error
}

// StaticToken is a token that was provisioned, not issued: known by its SHA-256
// only, and valid until it is removed.
type StaticToken struct {
	Workspace string `gorm:"primaryKey"`
	Family    string `gorm:"primaryKey"`
	// Digest is the hex SHA-256 of the token.
	Digest string `gorm:"primaryKey"`
	// Subject is the family's own name of whom the token speaks for: a client id,
	// a user name.
	Subject string   `gorm:"not null"`
	Scopes  []string `gorm:"serializer:json;type:text;not null"`
}

// StaticToken finds a provisioned token of a family by its digest, or ErrNotFound.
func (q *Query) StaticToken(family, digest string) (StaticToken, error) {
	var t StaticToken
	err := q.rows().Where("family = ? AND digest = ?", family, digest).Take(&t).Error
	return t, err
}

// PutStaticToken provisions a token.
func (tx *Tx) PutStaticToken(t StaticToken) error {
	tx.accessChanged = true
	t.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&t).Error
}
