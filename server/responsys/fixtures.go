package responsys

import (
	"context"
	"errors"
	"fmt"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures prepares the section responsys of fixtures: users, tokens and
// organizations are created or set, programs and campaigns made with their first
// organizations and then left to the callers.
func (h Handlers) Fixtures(ctx context.Context, w store.Workspace, f gen.Fixtures) (func(*store.Tx) error, error) {
	if f.Responsys == nil {
		return func(*store.Tx) error { return nil }, nil
	}
	section := *f.Responsys
	users, err := h.sealUsers(ctx, w, list(section.Users))
	if err != nil {
		return nil, err
	}
	putTokens, err := auth.Provision(Name, nil, list(section.Tokens))
	if err != nil {
		return nil, err
	}
	wanted, err := places(section.Organizations, "")
	if err != nil {
		return nil, err
	}
	made, err := objects(section)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		for _, u := range users {
			if err := tx.PutResponsysUser(u); err != nil {
				return err
			}
		}
		if err := checkSubjects(tx, list(section.Tokens)); err != nil {
			return err
		}
		if err := putTokens(tx); err != nil {
			return err
		}
		if err := putOrganizations(tx, wanted); err != nil {
			return err
		}
		for _, o := range made {
			if err := addObject(tx, o); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// sealUsers hashes the passwords that are not stored yet.
func (h Handlers) sealUsers(ctx context.Context, w store.Workspace, wanted []gen.ResponsysFixtureUser) ([]store.ResponsysUser, error) {
	users := make([]store.ResponsysUser, 0, len(wanted))
	named := map[string]bool{}
	for _, u := range wanted {
		if named[u.Name] {
			return nil, unprocessable("user %s is listed twice", u.Name)
		}
		named[u.Name] = true
		if (u.Password == nil) == (u.PasswordHash == nil) {
			return nil, unprocessable("user %s: give either the password or its hash", u.Name)
		}
		current, err := h.user(ctx, u.Name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		secret, err := auth.Seal(w, value(u.Password), value(u.PasswordHash),
			auth.Secret{Hash: current.PasswordHash, Digest: current.PasswordDigest})
		if err != nil {
			return nil, unprocessable("user %s: the password is longer than 72 bytes, or the hash is not one of bcrypt", u.Name)
		}
		users = append(users, store.ResponsysUser{
			Name: u.Name, PasswordHash: secret.Hash, PasswordDigest: secret.Digest,
			Enabled: u.Enabled == nil || *u.Enabled,
		})
	}
	return users, nil
}

// checkSubjects makes sure that tokens speak for users that exist.
func checkSubjects(tx *store.Tx, tokens []gen.FixtureToken) error {
	for _, t := range tokens {
		_, err := tx.ResponsysUser(t.Subject)
		if errors.Is(err, store.ErrNotFound) {
			return unprocessable("a token speaks for the user %s, who does not exist", t.Subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func putOrganizations(tx *store.Tx, wanted []place) error {
	if len(wanted) == 0 {
		return nil
	}
	stored, err := tx.LockResponsysOrganizations()
	if err != nil {
		return err
	}
	t := newTree(stored, wanted)
	if err := t.apply(wanted); err != nil {
		return err
	}
	return t.save(tx)
}

// object is a program or campaign of fixtures.
type object struct {
	kind          store.ResponsysKind
	name          string
	organizations *[]string // the first ones; nil for the root
}

func objects(section gen.ResponsysFixtures) ([]object, error) {
	var all []object
	for _, p := range list(section.Programs) {
		all = append(all, object{store.ResponsysProgram, p.Name, p.Organizations})
	}
	for _, c := range list(section.Campaigns) {
		all = append(all, object{store.ResponsysCampaign, c.Name, c.Organizations})
	}
	named := map[object]bool{}
	for _, o := range all {
		key := object{kind: o.kind, name: o.name}
		if named[key] {
			return nil, unprocessable("%s %s is listed twice", o.kind, o.name)
		}
		named[key] = true
	}
	return all, nil
}

// addObject makes a program or campaign unless it exists. Who makes one in the user
// interface gives it the own organizations; here that is the root (Responsys Help
// Center, "Organizations").
func addObject(tx *store.Tx, o object) error {
	isNew, err := tx.AddResponsysObject(o.kind, o.name)
	if err != nil || !isNew {
		return err
	}
	if o.organizations == nil {
		root, err := tx.ResponsysRoot()
		if errors.Is(err, store.ErrNotFound) {
			return unprocessable("%s %s: there is no root organization that could access it", o.kind, o.name)
		}
		if err != nil {
			return err
		}
		return tx.SetResponsysAccess(o.kind, o.name, []int64{root.ID})
	}
	ids, unknown, err := organizationIDs(&tx.Query, *o.organizations)
	if err != nil {
		return err
	}
	if unknown != nil {
		return unprocessable("%s %s: there is no organization %s", o.kind, o.name, *unknown)
	}
	return tx.SetResponsysAccess(o.kind, o.name, ids)
}

func list[T any](values *[]T) []T {
	if values == nil {
		return nil
	}
	return *values
}

func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}
