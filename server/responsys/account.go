package responsys

import (
	"cmp"
	"context"
	"errors"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/request"
	"orglink/store"
)

// What is not said of an account and its users.
const (
	defaultLocale   = "en"
	defaultTimeZone = "UTC"
)

// ResponsysGetUserInfo answers who the caller is, and of which account.
func (h Handlers) ResponsysGetUserInfo(ctx context.Context, _ gen.ResponsysGetUserInfoRequestObject) (gen.ResponsysGetUserInfoResponseObject, error) {
	user, err := h.user(ctx, callerFrom(ctx))
	if errors.Is(err, store.ErrNotFound) {
		return nil, auth.ErrInvalidToken
	}
	if err != nil {
		return nil, err
	}
	var a store.ResponsysAccount
	err = h.Store.Read(ctx, func(q *store.Query) (err error) {
		a, err = q.ResponsysAccount()
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		a, err = account(request.From(ctx).WorkspaceName, gen.ResponsysFixtureAccount{}), nil
	}
	if err != nil {
		return nil, err
	}
	return ok{mediaType, gen.ResponsysUserInfo{
		AccountName: a.Name, UserName: user.Name, UserEmail: user.Email, UserLocale: user.Locale,
		AccountDisplayName: a.DisplayName, AccountTimeZone: a.TimeZone, CreatedDate: user.CreatedOn,
	}}, nil
}

// account is the account of the workspace as fixtures describe it.
func account(workspace string, given gen.ResponsysFixtureAccount) store.ResponsysAccount {
	name := or(given.Name, workspace)
	return store.ResponsysAccount{
		Name:        name,
		DisplayName: cmp.Or(value(given.DisplayName), name),
		TimeZone:    or(given.TimeZone, defaultTimeZone),
	}
}
