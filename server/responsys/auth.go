package responsys

import (
	"context"
	"errors"
	"net/http"
	"time"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

// tokenLifetime is the longer of the two that the pages name (Responsys REST API,
// "Refresh token").
const tokenLifetime = 3 * time.Hour

type (
	callerKey struct{}
	tokenKey  struct{}
)

// callerFrom is the name of the user that the request speaks for.
func callerFrom(ctx context.Context) string {
	name, _ := ctx.Value(callerKey{}).(string)
	return name
}

// Authenticate checks the token of the request, and counts the call.
func (h Handlers) Authenticate(r *http.Request, _ []string) (context.Context, error) {
	info := request.From(r.Context())
	name, err := h.verify(r.Context(), info.Workspace, rawToken(r))
	if err != nil {
		return nil, err
	}
	if err := h.take(r.Context(), info.OperationID, name); err != nil {
		return nil, err
	}
	return context.WithValue(r.Context(), callerKey{}, name), nil
}

// verify returns the name of the user that the token speaks for, who is enabled.
func (h Handlers) verify(ctx context.Context, w store.Workspace, token string) (string, error) {
	claims, err := h.Tokens.Verify(ctx, w, token)
	return claims.Subject, err
}

// unservedPrecheck asks for a token before it tells that no operation serves the
// request. The login itself needs none.
func (h Handlers) unservedPrecheck(r *http.Request, _ map[string]string, refused *fault.Fault) error {
	w, err := h.Store.Workspace(r.Context(), request.From(r.Context()).WorkspaceName)
	if errors.Is(err, store.ErrNotFound) {
		return &fault.Fault{Kind: fault.NoRoute, Cause: err}
	}
	if err != nil {
		return err
	}
	if refused.Kind == fault.MethodNotAllowed && r.URL.Path == loginPath {
		return nil
	}
	_, err = h.verify(r.Context(), w, rawToken(r))
	return err
}

// asLogin prepares a call of the login: any body is read as a form, and the handler
// gets the token that a refresh carries. Credentials in the query, which ends up in
// logs along the way, are refused (Responsys REST API, "Log in with username and
// password").
func asLogin(r *http.Request) error {
	query := r.URL.Query()
	if query.Has("user_name") || query.Has("password") {
		return errBadCredentials()
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	*r = *r.WithContext(context.WithValue(r.Context(), tokenKey{}, rawToken(r)))
	return nil
}

// authTypePrecheck says what may stand in auth_type where something else does.
func authTypePrecheck(_ *http.Request, _ map[string]string, refused *fault.Fault) error {
	if len(refused.Field) == 1 && refused.Field[0] == "auth_type" {
		return errAuthType()
	}
	return nil
}

func errAuthType() error { return errNotOneOf("auth_type", "password", "token") }

// ResponsysPostAuthToken logs a user in or refreshes a token. The validator has
// checked auth_type; Go puts the query's one into a form that has none.
func (h Handlers) ResponsysPostAuthToken(ctx context.Context, r gen.ResponsysPostAuthTokenRequestObject) (gen.ResponsysPostAuthTokenResponseObject, error) {
	form := r.Body
	if form.AuthType == nil {
		return nil, errAuthType()
	}
	if *form.AuthType == gen.ResponsysAuthTokenRequestAuthTypeToken {
		return h.refresh(ctx)
	}
	if form.UserName == nil || form.Password == nil {
		return nil, errBadCredentials()
	}
	return h.login(ctx, *form.UserName, *form.Password)
}

// login issues a token for the right password. What else keeps the user out is told
// only then: who guesses passwords learns nothing of a user.
func (h Handlers) login(ctx context.Context, name, password string) (gen.ResponsysPostAuthTokenResponseObject, error) {
	if err := h.takeLogin(ctx, name); err != nil {
		return nil, err
	}
	user, err := h.user(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if !h.Passwords.Check(user.PasswordHash, password) {
		return nil, errBadCredentials()
	}
	if user.LoginState != store.ResponsysActive {
		return nil, errLoginState(user.LoginState)
	}
	if !user.Enabled {
		return nil, errAPIDisabled()
	}
	return h.issue(ctx, user.Name, mediaType)
}

func (h Handlers) refresh(ctx context.Context) (gen.ResponsysPostAuthTokenResponseObject, error) {
	token, _ := ctx.Value(tokenKey{}).(string)
	user, err := h.verify(ctx, request.From(ctx).Workspace, token)
	if err != nil {
		return nil, err
	}
	if err := h.takeLogin(ctx, user); err != nil {
		return nil, err
	}
	return h.issue(ctx, user, mediaTypeOfRefresh)
}

// issue answers a new token for the user, who is enabled.
func (h Handlers) issue(ctx context.Context, user, mediaType string) (gen.ResponsysPostAuthTokenResponseObject, error) {
	info := request.From(ctx)
	token, err := h.Tokens.Issue(info.Workspace, auth.Claims{Subject: user}, tokenLifetime)
	if err != nil {
		return nil, err
	}
	return ok{mediaType, gen.ResponsysAuthToken{
		AuthToken: token,
		IssuedAt:  h.Now().UnixMilli(),
		EndPoint:  info.BaseURL,
	}}, nil
}

func (h Handlers) user(ctx context.Context, name string) (user store.ResponsysUser, err error) {
	err = h.Store.Read(ctx, func(q *store.Query) error {
		user, err = q.ResponsysUser(name)
		return err
	})
	return user, err
}
