// Package cux serves ES Loyalty's customer experience suite: sessions of member
// accounts, and the accounts' links to business units.
package cux

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"orglink/server/auth"
	"orglink/server/fault"
	"orglink/store"
)

// Name is the family's tag in the document and its name in the store.
const Name = "cux"

// Handlers serves the operations tagged cux.
type Handlers struct {
	Store  *store.Store
	Tokens auth.Tokens
	Now    func() time.Time
	NewID  func() string
}

// target is what the path of a link names.
type target struct {
	CorrelationID, BusinessUnit, LinkID string
}

// account checks the path of a link, in the vendor's order, and returns the
// account that the session selects.
func (h Handlers) account(q *store.Query, t target) (string, error) {
	session, err := h.session(q, t.CorrelationID)
	if err != nil {
		return "", err
	}
	if blank(t.BusinessUnit) {
		return "", errBlankUnit()
	}
	_, err = q.CuxBusinessUnit(t.BusinessUnit)
	if errors.Is(err, store.ErrNotFound) {
		return "", errUnknownUnit(t.BusinessUnit)
	}
	if err != nil {
		return "", err
	}
	if problem := textProblem("link_id", t.LinkID); problem != "" {
		return "", errInvalid(problem)
	}
	return session.AccountID, nil
}

// session finds the open session of a correlation id.
func (h Handlers) session(q *store.Query, correlationID string) (store.CuxSession, error) {
	if blank(correlationID) {
		return store.CuxSession{}, errInvalid("Must provide a session correlation ID")
	}
	s, err := q.CuxSession(correlationID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !s.OpenAt(h.Now()) {
		return s, errNoSession()
	}
	return s, err
}

// Rewrite accepts four spellings of paths: the list without its last slash, a blank
// correlation id or business unit, whose two slashes were folded into one, and a blank
// link id. A blank becomes `%20`, so that the operation answers it.
func Rewrite(path string) string {
	if rest, ok := strings.CutPrefix(path, "/client/users/business/units/"); ok {
		path = "/client/users/%20/business/units/" + rest
	}
	if m := linkWithoutUnit.FindStringSubmatch(path); m != nil {
		path = m[1] + "%20/" + m[2]
	}
	switch {
	case listWithoutSlash.MatchString(path):
		return path + "/"
	case linkWithoutID.MatchString(path):
		return path + "%20"
	}
	return path
}

var (
	listWithoutSlash = regexp.MustCompile(`^/client/users/[^/]+/business/units/links$`)
	linkWithoutUnit  = regexp.MustCompile(`^(/client/users/[^/]+/business/units/)(links/[^/]+)$`)
	linkWithoutID    = regexp.MustCompile(`^/client/users/[^/]+/business/units/[^/]+/links/$`)
)

// Normalise are the requests' tolerances, by operation: a body is read as what
// the call takes, whatever its Content-Type says or if there is none.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"cuxPutBusinessUnitLink": readAs("application/json"),
		"cuxPostSession":         readAs("application/json"),
		tokenOperation:           readAs("application/x-www-form-urlencoded"),
	}
}

func readAs(mediaType string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Content-Type", mediaType)
		return nil
	}
}

// Prechecks are what the vendor checks before that which the document's validator
// refuses, by operation.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"cuxPutBusinessUnitLink":   h.precheckLink,
		"cuxListBusinessUnitLinks": h.precheckList,
		tokenOperation:             precheckToken,
	}
}

func (h Handlers) precheckList(r *http.Request, params map[string]string, _ *fault.Fault) error {
	return h.Store.Read(r.Context(), func(q *store.Query) error {
		_, err := h.session(q, params["correlation_id"])
		return err
	})
}

// Authenticate checks the bearer token. Which account a request is for is told by its session alone.
func (h Handlers) Authenticate(r *http.Request, _ []string) (context.Context, error) {
	token, ok := auth.Bearer(r)
	if !ok {
		return nil, errNoToken(nil)
	}
	_, err := h.Tokens.Verify(r.Context(), workspaceOf(r.Context()), token)
	if errors.Is(err, auth.ErrInvalidToken) || errors.Is(err, auth.ErrExpiredToken) {
		return nil, errNoToken(err)
	}
	return r.Context(), err
}
