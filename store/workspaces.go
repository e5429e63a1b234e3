package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm/clause"
)

// Workspace is an isolated copy of everything that Orglink serves.
type Workspace struct {
	Name string `gorm:"primaryKey"`
	// SigningKey signs the tokens of this workspace. A workspace that is dropped
	// and made again has a new one, so that its old tokens are refused.
	SigningKey []byte `gorm:"not null"`
	CreatedAt  time.Time
}

// workspaceTTL bounds how long a replica may serve a workspace that another
// replica has dropped.
const workspaceTTL = time.Second

// maxRemembered bounds of how many workspaces something is remembered: those that other
// replicas dropped would stay for good.
const maxRemembered = 1024

// models lists every table that has a workspace column, for dropping a workspace
// and for the test that holds the migrations against the models.
func models() []any {
	return []any{
		&Client{}, &StaticToken{}, &Refusal{}, &RateLimit{}, &IDFloor{},
		// acc
		&AccAccount{}, &AccProvisioning{}, &AccUnit{},
		// comanage
		&ComanageCO{}, &ComanagePerson{}, &ComanageOrgIdentity{}, &ComanageName{}, &ComanageIdentifier{},
		&ComanageLink{}, &ComanageAPIUser{},
		// cux
		&CuxSettings{}, &CuxBusinessUnit{}, &CuxAccount{}, &CuxSession{}, &CuxLink{},
		// responsys
		&ResponsysAssignment{}, &ResponsysObject{}, &ResponsysProgram{}, &ResponsysOrganization{}, &ResponsysUser{},
		&ResponsysAccount{},
		// svi
		&SviEntityType{}, &SviRelationshipType{}, &SviDocument{}, &SviLink{}, &SviLinkVersion{}, &SviUser{}, &SviLock{},
	}
}

// NewWorkspace makes a workspace that is not stored yet, with a key of its own.
func NewWorkspace(name string, now time.Time) (Workspace, error) {
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return Workspace{}, err
	}
	return Workspace{Name: name, SigningKey: key, CreatedAt: now.UTC().Truncate(time.Millisecond)}, nil
}

// EnsureWorkspace stores the workspace unless one of its name exists, with what
// every workspace holds.
func (tx *Tx) EnsureWorkspace(w Workspace) error {
	if err := tx.orm().Clauses(clause.OnConflict{DoNothing: true}).Create(&w).Error; err != nil {
		return err
	}
	return tx.comanageFound(w)
}

// ensureDefault makes the default workspace unless it exists.
func (tx *Tx) ensureDefault(now time.Time) error {
	w, err := NewWorkspace(DefaultWorkspace, now)
	if err != nil {
		return err
	}
	return tx.EnsureWorkspace(w)
}

// StoredWorkspace returns the query's workspace as it is stored now, or ErrNotFound.
func (q *Query) StoredWorkspace() (w Workspace, err error) {
	err = q.orm().Where("name = ?", q.workspace).Take(&w).Error
	return w, err
}

// ClaimWorkspace makes sure that w is the stored workspace, and keeps others from
// provisioning it until the transaction ends. A new one is stored. ErrStale says
// that by now another one of its name was made, or that w was dropped.
func (tx *Tx) ClaimWorkspace(w Workspace, isNew bool) error {
	if isNew {
		if err := tx.EnsureWorkspace(w); err != nil {
			return err
		}
	}
	var stored Workspace
	err := tx.orm().Clauses(clause.Locking{Strength: "UPDATE"}).Where("name = ?", w.Name).Take(&stored).Error
	if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(stored.SigningKey, w.SigningKey) {
		return fmt.Errorf("workspace %s: %w", w.Name, ErrStale)
	}
	return err
}

// Standing fails with ErrNoWorkspace if w is not the stored workspace by now. What
// was read before it from rows that only w can have held is whole.
func (q *Query) Standing(w Workspace) error {
	var key []byte
	err := q.row("SELECT signing_key FROM workspaces WHERE name = ?", []any{w.Name}, &key)
	return w.standing(key, err)
}

// standing says, of the key that was read for its name, whether the workspace is still
// the stored one.
func (w Workspace) standing(key []byte, err error) error {
	if errors.Is(err, ErrNotFound) || err == nil && !bytes.Equal(key, w.SigningKey) {
		return fmt.Errorf("workspace %s: %w", w.Name, ErrNoWorkspace)
	}
	return err
}

// Workspaces lists all workspaces by name.
func (s *Store) Workspaces(ctx context.Context) ([]Workspace, error) {
	var list []Workspace
	err := s.reads.WithContext(ctx).Order("name").Find(&list).Error
	return list, err
}

// Workspace returns a workspace, or ErrNotFound. What it returns may be up to a
// second old, so that requests need no query for it.
func (s *Store) Workspace(ctx context.Context, name string) (Workspace, error) {
	if w, ok := s.workspaces.get(name); ok {
		return w, nil
	}
	var w Workspace
	if err := s.reads.WithContext(ctx).Where("name = ?", name).Take(&w).Error; err != nil {
		return Workspace{}, err
	}
	s.workspaces.put(w)
	return w, nil
}

// DropWorkspace deletes the workspace and all its rows, or fails with ErrNotFound.
// The default workspace is made again at once, empty.
func (s *Store) DropWorkspace(ctx context.Context, name string) error {
	err := s.Write(WithWorkspace(ctx, name), func(tx *Tx) error {
		dropped := tx.orm().Where("name = ?", name).Delete(&Workspace{})
		if dropped.Error != nil {
			return dropped.Error
		}
		if dropped.RowsAffected == 0 {
			return fmt.Errorf("workspace %s: %w", name, ErrNotFound)
		}
		for _, model := range models() {
			if err := tx.rows().Delete(model).Error; err != nil {
				return err
			}
		}
		if name != DefaultWorkspace {
			return nil
		}
		return tx.ensureDefault(s.now())
	})
	s.workspaces.forget(name)
	s.access.forget(name)
	return err
}

// workspaceCache remembers workspaces that were found, for workspaceTTL.
type workspaceCache struct {
	mu      sync.RWMutex
	entries map[string]cachedWorkspace
}

type cachedWorkspace struct {
	Workspace
	until time.Time
}

func (c *workspaceCache) get(name string) (Workspace, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.entries[name]
	return e.Workspace, ok && time.Now().Before(e.until)
}

func (c *workspaceCache) put(w Workspace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil || len(c.entries) >= maxRemembered {
		c.entries = map[string]cachedWorkspace{}
	}
	c.entries[w.Name] = cachedWorkspace{w, time.Now().Add(workspaceTTL)}
}

func (c *workspaceCache) forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, name)
}
