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
	if blank(t.CorrelationID) {
		return "", errBlankSession()
	}
	session, configured, err := q.CuxSessionWithUnit(t.CorrelationID, t.BusinessUnit)
	if err := h.open(session, err); err != nil {
		return "", err
	}
	if blank(t.BusinessUnit) {
		return "", errBlankUnit()
	}
	if !configured {
		return "", errUnknownUnit(t.BusinessUnit)
	}
	if problem := textProblem("link_id", t.LinkID); problem != "" {
		return "", errInvalid(problem)
	}
	return session.AccountID, nil
}

// session finds the open session of a correlation id.
func (h Handlers) session(q *store.Query, correlationID string) (store.CuxSession, error) {
	if blank(correlationID) {
		return store.CuxSession{}, errBlankSession()
	}
	s, err := q.CuxSession(correlationID)
	return s, h.open(s, err)
}

// open makes an error of a session that was not found, or has expired.
func (h Handlers) open(s store.CuxSession, err error) error {
	if errors.Is(err, store.ErrNotFound) || err == nil && !s.OpenAt(h.Now()) {
		return errNoSession()
	}
	return err
}

// Rewrite accepts spellings of paths: the list without its last slash, the enrolment with
// one, a blank correlation id, business unit or identifier, whose two slashes were
// folded into one, and a blank link id. A blank becomes `%20`, so that the operation
// answers it.
func Rewrite(path string) string {
	switch path {
	case "/client/users/":
		return "/client/users"
	case "/client/users/sessions":
		return "/client/users/%20/sessions"
	}
	if rest, ok := strings.CutPrefix(path, "/client/users/business/units/"); ok {
		path = "/client/users/%20/business/units/" + rest
	}
	// What a path holds and ends with is asked first: few have any of these spellings.
	last := path[strings.LastIndexByte(path, '/')+1:]
	if last != "" && strings.Contains(path, "/units/links/") {
		if m := linkWithoutUnit.FindStringSubmatch(path); m != nil {
			path = m[1] + "%20/" + m[2]
		}
	}
	switch {
	case last == "links" && listWithoutSlash.MatchString(path):
		return path + "/"
	case last == "" && linkWithoutID.MatchString(path):
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
		"cuxPostUser":            readAs("application/json"),
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
