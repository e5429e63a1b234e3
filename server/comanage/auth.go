package comanage

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"orglink/server/fault"
	"orglink/store"
)

// caller is the API user that a request speaks for.
type caller struct {
	name string
	co   int64
}

// platform reports whether the caller is one of the platform's own CO, who may do
// everything.
func (c caller) platform() bool { return c.co == store.ComanagePlatformCO }

// enter is asked by a caller for what belongs to the CO.
func (c caller) enter(co int64) error {
	if c.platform() || c.co == co {
		return nil
	}
	return errUnauthorized(phraseUnauthorized)
}

// unknown is the error for something that the request named and that does not
// exist: a caller of one CO only learns that no CO follows from it.
func (c caller) unknown(otherwise error) error {
	if c.platform() {
		return otherwise
	}
	return errUnauthorized(phraseNoCO)
}

type callerKey struct{}

func callerFrom(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// Authenticate checks the Basic credentials of an API user. The user is read for
// every request, so that a suspension counts at once.
func (h Handlers) Authenticate(r *http.Request, _ []string) (context.Context, error) {
	name, secret, ok := r.BasicAuth()
	if !ok || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return nil, errUnauthorized(phraseUnauthorized)
	}
	var user store.ComanageAPIUser
	err := h.Store.Read(r.Context(), func(q *store.Query) error {
		var err error
		user, err = q.ComanageAPIUser(name)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	// An unknown user has no hash, and the check takes as long for it.
	if !h.Passwords.Check(user.SecretHash, secret) || !admitted(user, r.RemoteAddr, h.now()) {
		return nil, errUnauthorized(phraseUnauthorized)
	}
	return context.WithValue(r.Context(), callerKey{}, caller{name: user.Name, co: user.CO}), nil
}

// admitted reports whether the user may call now and from the address. A user of
// a CO who is not privileged may not do anything with links.
func admitted(user store.ComanageAPIUser, address string, now time.Time) bool {
	switch {
	case user.Suspended,
		user.ValidFrom != nil && now.Before(*user.ValidFrom),
		user.ValidThrough != nil && now.After(*user.ValidThrough):
		return false
	case !user.Privileged && user.CO != store.ComanagePlatformCO:
		return false
	case user.RemoteIP == "":
		return true
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	pattern, err := remotePattern(user.RemoteIP)
	return err == nil && pattern.MatchString(host)
}

// remotePattern reads the pattern of a remote address, bare or between slashes,
// as Registry's form shows it. An address holds no slash.
func remotePattern(text string) (*regexp.Regexp, error) {
	if len(text) >= 2 && text[0] == '/' && text[len(text)-1] == '/' {
		text = text[1 : len(text)-1]
	}
	return regexp.Compile(text)
}

// enterByPerson is asked by a caller whose request names its CO through a person.
func (c caller) enterByPerson(q *store.Query, id *int64) error {
	if c.platform() {
		return nil
	}
	if id == nil {
		return errUnauthorized(phraseNoCO)
	}
	person, err := q.ComanagePerson(*id)
	if errors.Is(err, store.ErrNotFound) {
		return errUnauthorized(phraseNoCO)
	}
	if err != nil {
		return err
	}
	return c.enter(person.CO)
}

// enterByLink is asked by a caller whose request names a link, also a deleted or
// archived one. It returns the link, which find reads, and its CO.
func (c caller) enterByLink(q *store.Query, id string, find func(int64) (store.ComanageLink, error)) (link store.ComanageLink, co int64, err error) {
	number, ok := parseID(id)
	if ok {
		link, err = find(number)
	}
	if !ok || errors.Is(err, store.ErrNotFound) {
		return link, 0, c.unknown(errNotFound(phraseLinkUnknown))
	}
	if err != nil {
		return link, 0, err
	}
	person, err := q.ComanagePerson(link.PersonID)
	if err != nil {
		// A link without its person is our fault, never the caller's 404.
		return link, 0, &fault.Fault{Kind: fault.Internal, Cause: fmt.Errorf("the person of link %d: %w", link.ID, err)}
	}
	return link, person.CO, c.enter(person.CO)
}
