package svi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Fixtures prepares what an administrator of SAS Visual Investigator sets up.
// Types, users, clients and tokens are set to what is given; documents and links
// are made once.
func (h Handlers) Fixtures(ctx context.Context, w store.Workspace, f gen.Fixtures) (func(*store.Tx) error, error) {
	if f.Svi == nil {
		return func(*store.Tx) error { return nil }, nil
	}
	s := *f.Svi
	if err := checkDuplicates(s); err != nil {
		return nil, err
	}
	users, err := h.users(ctx, w, list(s.Users))
	if err != nil {
		return nil, err
	}
	for _, c := range list(s.Clients) {
		for _, grant := range list(c.Grants) {
			if !slices.Contains(servedGrants, grant) {
				return nil, unprocessable("client %s: the grant %s is not served", c.ID, grant)
			}
		}
	}
	if err := h.checkSubjects(ctx, s); err != nil {
		return nil, err
	}
	credentials, err := auth.Provision(Name, list(s.Clients), list(s.Tokens))
	if err != nil {
		return nil, err
	}
	now := h.now()
	return func(tx *store.Tx) error {
		if err := putTypes(tx, s, now); err != nil {
			return err
		}
		for _, d := range list(s.Documents) {
			if err := makeDocument(tx, d, now); err != nil {
				return err
			}
		}
		for _, l := range list(s.Links) {
			if err := makeLink(tx, l, now); err != nil {
				return err
			}
		}
		for _, u := range users {
			if err := tx.SviPutUser(u); err != nil {
				return err
			}
		}
		return credentials(tx)
	}, nil
}

// users seals the passwords of fixtures.
func (h Handlers) users(ctx context.Context, w store.Workspace, given []gen.SviUserFixture) ([]store.SviUser, error) {
	var users []store.SviUser
	for _, g := range given {
		if (g.Password == nil) == (g.PasswordHash == nil) {
			return nil, unprocessable("user %s: give either a password or its hash", g.Name)
		}
		current, err := h.user(ctx, g.Name)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		sealed, err := auth.Seal(w, or(g.Password, ""), or(g.PasswordHash, ""),
			auth.Secret{Hash: current.PasswordHash, Digest: current.PasswordMark})
		if err != nil {
			return nil, unprocessable("user %s: the password or its hash cannot be used", g.Name)
		}
		users = append(users, store.SviUser{Name: g.Name, PasswordHash: sealed.Hash, PasswordMark: sealed.Digest, Groups: list(g.Groups)})
	}
	return users, nil
}

// checkSubjects refuses static tokens that speak for nobody, stored or given.
func (h Handlers) checkSubjects(ctx context.Context, s gen.SviFixtures) error {
	given := map[string]bool{}
	for _, u := range list(s.Users) {
		given[u.Name] = true
	}
	for _, c := range list(s.Clients) {
		given[c.ID] = true
	}
	for _, t := range list(s.Tokens) {
		if given[t.Subject] {
			continue
		}
		err := h.Store.Read(ctx, func(q *store.Query) error {
			if _, err := q.SviUser(t.Subject); !errors.Is(err, store.ErrNotFound) {
				return err
			}
			_, err := q.Client(Name, t.Subject)
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			return unprocessable("a token: its subject %s is neither a user nor a client", t.Subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkDuplicates refuses what is described twice.
func checkDuplicates(s gen.SviFixtures) error {
	seen := map[string]bool{}
	var twice []string
	note := func(kind string, names ...string) {
		key := fmt.Sprint(kind, " ", names)
		if seen[key] {
			twice = append(twice, key)
		}
		seen[key] = true
	}
	for _, c := range list(s.Clients) {
		note("client", c.ID)
	}
	for _, u := range list(s.Users) {
		note("user", u.Name)
	}
	for _, t := range list(s.EntityTypes) {
		note("entity type", t.Name)
	}
	for _, t := range list(s.RelationshipTypes) {
		note("relationship type", t.FromObjectName, t.Name)
	}
	for _, d := range list(s.Documents) {
		note("document", d.ObjectTypeName, d.ID)
	}
	for _, l := range list(s.Links) {
		note("link", l.FromObjectTypeName, l.RelationshipTypeName, l.Key)
	}
	if len(twice) > 0 {
		return unprocessable("described twice: %s", twice[0])
	}
	return nil
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}

// list is what an optional list holds, never nil.
func list[T any](values *[]T) []T {
	if values == nil {
		return []T{}
	}
	return *values
}

// or is what an optional member holds, or the default.
func or[T any](value *T, byDefault T) T {
	if value == nil {
		return byDefault
	}
	return *value
}
