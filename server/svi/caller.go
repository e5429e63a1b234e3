package svi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// caller is whom a request speaks for: a user or, with a token of its own, a
// client.
type caller struct {
	name   string
	user   bool
	groups []string // of a user
	scopes []string // of a client
}

type callerKey struct{}

func callerFrom(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// inAny reports whether the caller is a member of one of the groups.
func (c caller) inAny(groups []string) bool {
	return slices.ContainsFunc(groups, func(group string) bool { return slices.Contains(c.groups, group) })
}

// mayRead reports whether the caller may read documents of the type, and links
// that end at them.
func (c caller) mayRead(t store.SviEntityType) bool {
	return len(t.ReadGroups) == 0 || c.inAny(t.ReadGroups)
}

// mayReveal reports whether the caller may ask for the value of a masked field.
func (c caller) mayReveal(f store.SviField) bool { return c.inAny(f.RevealGroups) }

// adminScope is what a client needs to change types. Users need no scopes: they are
// for clients, because SAS' client_credentials tokens open no service that authorizes
// its users.
const adminScope = "datahub.admin"

// adminGroup is the group of the users who may change types.
const adminGroup = "SASAdministrators"

// may reports whether the caller may do what the scope stands for.
func (c caller) may(scope string) bool {
	switch {
	case !c.user:
		return slices.Contains(c.scopes, scope)
	case scope == adminScope:
		return slices.Contains(c.groups, adminGroup)
	}
	return true
}

// admin reports whether the caller may change types.
func (c caller) admin() bool { return c.may(adminScope) }

// Authenticate checks the credentials of a request, and that the caller may do what
// the operation's scopes stand for.
func (h Handlers) Authenticate(r *http.Request, scopes []string) (context.Context, error) {
	token, ok := auth.Bearer(r)
	if !ok {
		return nil, &fault.Fault{Kind: fault.Unauthenticated}
	}
	claims, err := h.Tokens.Verify(r.Context(), request.From(r.Context()).Workspace, token)
	if err != nil {
		return nil, err
	}
	c, err := h.callerOf(r.Context(), claims)
	if err != nil {
		return nil, err
	}
	for _, scope := range scopes {
		if !c.may(scope) {
			return nil, &fault.Fault{Kind: fault.Forbidden}
		}
	}
	return context.WithValue(r.Context(), callerKey{}, c), nil
}

// callerOf finds whom the claims speak for. An issued token says it all; a static
// one speaks for the user of its subject's name or, without one, for a client.
func (h Handlers) callerOf(ctx context.Context, claims auth.Claims) (caller, error) {
	switch claims.Grant {
	case "":
	case grantClient:
		return caller{name: claims.Subject, scopes: claims.Scopes}, nil
	default:
		return caller{name: claims.Subject, user: true, groups: claims.Scopes}, nil
	}
	c := caller{name: claims.Subject, scopes: claims.Scopes}
	err := h.Store.Read(ctx, func(q *store.Query) error {
		user, err := q.SviUser(claims.Subject)
		c.groups, c.user = user.Groups, err == nil
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return c, err
	}
	return c, nil
}
