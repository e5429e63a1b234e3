package responsys

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures prepares the section responsys of fixtures: the account, users, tokens,
// organizations and what an administrator says of programs are created or set; who
// can access programs and campaigns, and whether programs run, is set when they are
// made and then left to the callers.
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
	made, err := objects(section, h.today())
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if section.Account != nil {
			if err := tx.PutResponsysAccount(account(w.Name, *section.Account)); err != nil {
				return err
			}
		}
		if err := putLimits(tx, list(section.RateLimits)); err != nil {
			return err
		}
		if err := putUsers(tx, users); err != nil {
			return err
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
		return putObjects(tx, made)
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
			Enabled:    u.Enabled == nil || *u.Enabled,
			LoginState: string(or(u.LoginState, gen.ResponsysFixtureUserLoginState(store.ResponsysActive))),
			Email:      value(u.Email), Locale: or(u.Locale, defaultLocale),
			CreatedOn: or(u.CreatedDate, cmp.Or(current.CreatedOn, h.Now().UTC().Format(time.DateOnly))),
		})
	}
	return users, nil
}

// putUsers stores users, and has the tokens of disabled ones refused.
func putUsers(tx *store.Tx, users []store.ResponsysUser) error {
	for _, u := range users {
		if err := tx.PutResponsysUser(u); err != nil {
			return err
		}
		if err := auth.SetEnabled(tx, Name, store.RefusedUser, u.Name, u.Enabled); err != nil {
			return err
		}
	}
	return nil
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
	last, err := tx.ResponsysLastOrganizationID()
	if err != nil {
		return err
	}
	t := newTree(stored, last, wanted)
	if err := t.apply(wanted); err != nil {
		return err
	}
	return t.save(tx)
}

func list[T any](values *[]T) []T {
	if values == nil {
		return nil
	}
	return *values
}

// or is the value, or the default where there is none.
func or[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
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
