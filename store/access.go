package store

import (
	"context"
	"sync"
	"time"

	"gorm.io/gorm/clause"
)

// RefusalKind tells what a refusal names.
type RefusalKind string

// The kinds of refusals.
const (
	RefusedToken  RefusalKind = "token"  // a token's id
	RefusedClient RefusalKind = "client" // an OAuth client's id: all tokens that it got
	RefusedUser   RefusalKind = "user"   // a user's name: all tokens that speak for the user
)

// Refusal says that a family refuses tokens which are valid otherwise: tokens are
// verified without a look-up, so what they do not know of themselves stands here.
type Refusal struct {
	Workspace string      `gorm:"primaryKey"`
	Family    string      `gorm:"primaryKey"`
	Kind      RefusalKind `gorm:"primaryKey"`
	Value     string      `gorm:"primaryKey"`
	// Until is when the token expires by itself; nil refuses until [Tx.Allow].
	Until *time.Time
}

// RateLimit bounds how often each caller may call a function of a family.
type RateLimit struct {
	Workspace string `gorm:"primaryKey"`
	Family    string `gorm:"primaryKey"`
	// Function is the family's own name of a group of operations.
	Function string `gorm:"primaryKey"`
	// PerMinute is the number of calls a minute; 0 is no limit.
	PerMinute int `gorm:"not null"`
}

// Refuse stores a refusal, and forgets those that are past their time by now.
func (tx *Tx) Refuse(r Refusal) error {
	if err := tx.rows().Where("until < ?", tx.now).Delete(&Refusal{}).Error; err != nil {
		return err
	}
	tx.accessChanged = true
	r.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error
}

// Allow takes a refusal back, if there is one.
func (tx *Tx) Allow(family string, kind RefusalKind, value string) error {
	tx.accessChanged = true
	return tx.rows().Where("family = ? AND kind = ? AND value = ?", family, kind, value).Delete(&Refusal{}).Error
}

// PutRateLimit sets the limit of a function.
func (tx *Tx) PutRateLimit(l RateLimit) error {
	tx.accessChanged = true
	l.Workspace = tx.workspace
	return tx.orm().Clauses(clause.OnConflict{UpdateAll: true}).Create(&l).Error
}

// accessTTL bounds how long a replica may not know what another one refused.
const accessTTL = time.Second

// Access is what a workspace's requests are held against beside their tokens.
type Access struct {
	refusals map[Refusal]*time.Time // by all but Until
	limits   map[RateLimit]int      // by all but PerMinute
}

// Refuses reports whether the family refuses the token, client or user at the time.
func (a Access) Refuses(family string, kind RefusalKind, value string, now time.Time) bool {
	until, refused := a.refusals[Refusal{Family: family, Kind: kind, Value: value}]
	return refused && (until == nil || now.Before(*until))
}

// Limit is how often a caller may call the function in a minute; 0 is no limit.
func (a Access) Limit(family, function string) int {
	return a.limits[RateLimit{Family: family, Function: function}]
}

// Access returns the refusals and limits of the context's workspace. What other
// replicas changed may be up to a second old; the database is read at most once in
// that time, whatever the number of requests.
func (s *Store) Access(ctx context.Context) (Access, error) {
	entry := s.access.entry(workspaceOf(ctx))
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if time.Now().Before(entry.until) {
		return entry.access, nil
	}
	var access Access
	err := s.Read(ctx, func(q *Query) (err error) {
		access, err = q.access()
		return err
	})
	if err == nil {
		entry.access, entry.until = access, time.Now().Add(accessTTL)
	}
	return access, err
}

func (q *Query) access() (Access, error) {
	a := Access{refusals: map[Refusal]*time.Time{}, limits: map[RateLimit]int{}}
	if err := q.readRefusals(a.refusals); err != nil {
		return a, err
	}
	var limits []RateLimit
	if err := q.rows().Find(&limits).Error; err != nil {
		return a, err
	}
	for _, l := range limits {
		a.limits[RateLimit{Family: l.Family, Function: l.Function}] = l.PerMinute
	}
	return a, nil
}

// readRefusals scans the rows by hand: there may be many, and every request of the
// workspace waits for them.
func (q *Query) readRefusals(refusals map[Refusal]*time.Time) error {
	rows, err := q.rows().Model(&Refusal{}).Select("family, kind, value, until").Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r Refusal
		var until *time.Time
		if err := rows.Scan(&r.Family, &r.Kind, &r.Value, &until); err != nil {
			return err
		}
		refusals[r] = until
	}
	return rows.Err()
}

// accessCache remembers what was read for accessTTL, by workspace.
type accessCache struct {
	mu      sync.Mutex
	entries map[string]*accessEntry
}

type accessEntry struct {
	mu     sync.Mutex // held while the database is read: others wait for what it says
	access Access
	until  time.Time

	callers callers
}

func (c *accessCache) entry(workspace string) *accessEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[workspace]; e != nil {
		return e
	}
	if c.entries == nil || len(c.entries) >= maxRemembered {
		c.entries = map[string]*accessEntry{}
	}
	e := &accessEntry{}
	c.entries[workspace] = e
	return e
}

// forget has the next request read what the workspace's are held against.
func (c *accessCache) forget(workspace string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, workspace)
}
