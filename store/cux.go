package store

import (
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"gorm.io/gorm/clause"
)

// CuxSettings are how a workspace is set up.
type CuxSettings struct {
	Workspace string `gorm:"primaryKey"`
	// SessionSeconds is how long a session lasts after its start.
	SessionSeconds int64 `gorm:"not null"`
}

// CuxBusinessUnit is a configured business unit, known by its key alone.
type CuxBusinessUnit struct {
	Workspace string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"`
}

// CuxAccount is a member's account. Each of its identifiers is its own: no other
// account of the workspace has it.
type CuxAccount struct {
	Workspace  string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	LoyaltyID  string `gorm:"not null"`
	ExternalID *string
	// Email is in lower case.
	Email           *string
	PartnerLinkID   *string
	PhoneNumber     *string
	ExternalAgentID *string
	// Profile is a JSON object of what the member gave at the enrolment, if any.
	Profile *string
}

// CuxIdentifier names a column of [CuxAccount] by which an account can be found.
type CuxIdentifier string

// The identifiers of an account.
const (
	CuxAccountID       CuxIdentifier = "id"
	CuxLoyaltyID       CuxIdentifier = "loyalty_id"
	CuxExternalID      CuxIdentifier = "external_id"
	CuxEmail           CuxIdentifier = "email"
	CuxPartnerLinkID   CuxIdentifier = "partner_link_id"
	CuxPhoneNumber     CuxIdentifier = "phone_number"
	CuxExternalAgentID CuxIdentifier = "external_agent_id"
)

// CuxSession selects an account for the calls that name its correlation id.
type CuxSession struct {
	Workspace              string `gorm:"primaryKey"`
	CorrelationID          string `gorm:"primaryKey"`
	AccountID              string `gorm:"not null"`
	Channel                string `gorm:"not null"`
	ExternalAgentSessionID *string
	// ExpiresAt is nil for a session that never expires.
	ExpiresAt *time.Time
}

// OpenAt reports whether the session has not expired at the given time.
func (s CuxSession) OpenAt(now time.Time) bool {
	return s.ExpiresAt == nil || now.Before(*s.ExpiresAt)
}

// CuxLink is a link of an account to a business unit. It does not belong to the
// session that made it.
type CuxLink struct {
	Workspace    string `gorm:"primaryKey"`
	AccountID    string `gorm:"primaryKey"`
	BusinessUnit string `gorm:"primaryKey"`
	LinkID       string `gorm:"primaryKey"`
	// DateLinked is the caller's own text, which is given back as it came.
	DateLinked string `gorm:"not null"`
	Status     string `gorm:"not null"`
}

// CuxBusinessUnit finds a configured business unit, or ErrNotFound.
func (q *Query) CuxBusinessUnit(key string) (CuxBusinessUnit, error) {
	var u CuxBusinessUnit
	err := q.rows().Where(clause.Eq{Column: "key", Value: key}).Take(&u).Error
	return u, err
}

// CuxAccount finds the account that has the identifier, or ErrNotFound.
func (q *Query) CuxAccount(kind CuxIdentifier, value string) (CuxAccount, error) {
	var a CuxAccount
	err := q.rows().Where(clause.Eq{Column: string(kind), Value: value}).Take(&a).Error
	return a, err
}

// CuxSessionWithUnit is [Query.CuxSession], and tells in the same statement whether the
// business unit is configured.
func (q *Query) CuxSessionWithUnit(correlationID, unit string) (s CuxSession, configured bool, err error) {
	t := tableOf[CuxSession](q.base)
	err = q.row(`SELECT `+t.columns+`,
			EXISTS (SELECT 1 FROM cux_business_units u WHERE u.workspace = ? AND u.key = ?)
		FROM cux_sessions WHERE workspace = ? AND correlation_id = ?`,
		[]any{q.workspace, unit, q.workspace, correlationID}, append(t.targets(reflect.ValueOf(&s).Elem()), &configured)...)
	return s, configured, err
}

// CuxSession finds a session, expired or not, or ErrNotFound.
func (q *Query) CuxSession(correlationID string) (CuxSession, error) {
	return take[CuxSession](q, "correlation_id = ?", correlationID)
}

// CuxSettings returns what was set, or ErrNotFound if nothing was.
func (q *Query) CuxSettings() (CuxSettings, error) {
	var s CuxSettings
	err := q.rows().Take(&s).Error
	return s, err
}

// CuxLinks returns the account's first links after the given one, ordered by business
// unit and link id; at most limit. The zero link is before all others. What the caller
// knows, workspace and account, is not read again.
func (q *Query) CuxLinks(accountID string, after CuxLink, limit int) ([]CuxLink, error) {
	var links []CuxLink
	condition, args := "workspace = ? AND account_id = ?", []any{q.workspace, accountID}
	if after != (CuxLink{}) {
		condition += " AND (business_unit, link_id) > (?, ?)"
		args = append(args, after.BusinessUnit, after.LinkID)
	}
	err := q.each(`SELECT business_unit, link_id, date_linked, status FROM cux_links
		WHERE `+condition+` ORDER BY business_unit, link_id LIMIT `+strconv.Itoa(limit), args,
		func(rows *sql.Rows) error {
			var l CuxLink
			err := rows.Scan(&l.BusinessUnit, &l.LinkID, &l.DateLinked, &l.Status)
			links = append(links, l)
			return err
		})
	return links, err
}

// CuxSetSettings sets how the workspace is set up.
func (tx *Tx) CuxSetSettings(s CuxSettings) error {
	s.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&s).Error
}

// CuxPutBusinessUnit configures a business unit.
func (tx *Tx) CuxPutBusinessUnit(key string) error {
	u := CuxBusinessUnit{Workspace: tx.workspace, Key: key}
	return tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&u).Error
}

// CuxPutAccount creates the account or sets it to what is given. An identifier that
// another account has is ErrConflict; but a phone number is left with that one where the
// account exists already, since an enrolment may have taken it over.
func (tx *Tx) CuxPutAccount(a CuxAccount) error {
	a.Workspace = tx.workspace
	set := clause.AssignmentColumns([]string{
		"loyalty_id", "external_id", "email", "partner_link_id", "external_agent_id", "profile",
	})
	set = append(set, clause.Assignments(map[string]any{"phone_number": clause.Expr{
		SQL: `CASE WHEN EXISTS (
				SELECT 1 FROM cux_accounts o WHERE o.workspace = excluded.workspace
					AND o.phone_number = excluded.phone_number AND o.id <> excluded.id
			) THEN cux_accounts.phone_number ELSE excluded.phone_number END`,
	}})...)
	return tx.orm().Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "workspace"}, {Name: "id"}}, DoUpdates: set,
	}).Create(&a).Error
}

// CuxStartSession opens the session or, if its account has one of that
// correlation id, renews that one; a session that never expires stays so. A
// correlation id of another account is ErrConflict, and changes nothing.
func (tx *Tx) CuxStartSession(s CuxSession) error {
	s.Workspace = tx.workspace
	done := tx.orm().Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "workspace"}, {Name: "correlation_id"}},
		Where: clause.Where{Exprs: []clause.Expression{
			clause.Expr{SQL: "cux_sessions.account_id = excluded.account_id"},
		}},
		DoUpdates: clause.Assignments(map[string]any{
			"channel":                   clause.Expr{SQL: "excluded.channel"},
			"external_agent_session_id": clause.Expr{SQL: "excluded.external_agent_session_id"},
			"expires_at": clause.Expr{
				SQL: "CASE WHEN cux_sessions.expires_at IS NULL THEN NULL ELSE excluded.expires_at END",
			},
		}),
	}).Create(&s)
	if done.Error == nil && done.RowsAffected == 0 {
		return errForeignSession
	}
	return done.Error
}

// CuxAddSession opens the session unless its account has one of that correlation
// id, which is left as it is. A correlation id of another account is ErrConflict.
func (tx *Tx) CuxAddSession(s CuxSession) error {
	s.Workspace = tx.workspace
	done := tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&s)
	if done.Error != nil || done.RowsAffected > 0 {
		return done.Error
	}
	stored, err := tx.CuxSession(s.CorrelationID)
	if err == nil && stored.AccountID != s.AccountID {
		return errForeignSession
	}
	return err
}

var errForeignSession = fmt.Errorf("the correlation id is another account's: %w", ErrConflict)

// CuxPutLink creates the link or sets it to what is given.
func (tx *Tx) CuxPutLink(l CuxLink) error {
	l.Workspace = tx.workspace
	_, err := insert(tx, `ON CONFLICT (workspace, account_id, business_unit, link_id)
		DO UPDATE SET date_linked = excluded.date_linked, status = excluded.status`, l)
	return err
}

// CuxAddLink creates the link unless it exists.
func (tx *Tx) CuxAddLink(l CuxLink) error {
	l.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&l).Error
}
