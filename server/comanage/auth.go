package comanage

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

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

// enterPlatform is asked by a caller for what belongs to the platform.
func (c caller) enterPlatform() error { return c.enter(store.ComanagePlatformCO) }

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

// Authenticate checks the Basic credentials of an API user. A suspension counts at once,
// at other replicas within a second.
func (h Handlers) Authenticate(r *http.Request, _ []string) (context.Context, error) {
	name, secret, ok := r.BasicAuth()
	if !ok || !utf8.ValidString(name) || strings.ContainsRune(name, 0) {
		return nil, errUnauthorized(phraseUnauthorized)
	}
	user, err := h.store.ComanageAPIUser(r.Context(), name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	// An unknown user has no hash, and the check takes as long for it.
	if !h.passwords.Check(user.SecretHash, secret) || !admitted(user, r.RemoteAddr, h.now()) {
		return nil, errUnauthorized(phraseUnauthorized)
	}
	return context.WithValue(r.Context(), callerKey{}, caller{name: user.Name, co: user.CO}), nil
}

// admitted reports whether the user may call now and from the address. A user of
// a CO who is not privileged may not do anything here.
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

// enterByOwner is asked by a caller whose request names its CO through the person
// or the org identity that a name or an identifier is for.
func enterByOwner(q *store.Query, c caller, e entry) error {
	kind, id := e.owner()
	if kind == "Org" {
		return enterBy[store.ComanageOrgIdentity](q, c, id)
	}
	return enterBy[store.ComanagePerson](q, c, id)
}

// enterBy is asked by a caller whose request names its CO through an object of it.
func enterBy[T store.ComanageObject](q *store.Query, c caller, id *int64) error {
	if c.platform() {
		return nil
	}
	if id == nil {
		return errUnauthorized(phraseNoCO)
	}
	object, err := store.ComanageFind[T](q, *id)
	if errors.Is(err, store.ErrNotFound) {
		return errUnauthorized(phraseNoCO)
	}
	if err != nil {
		return err
	}
	return c.enter(store.ComanageRecordOf(&object).CO)
}

// enterByCO is asked by a caller whose request names its CO.
func enterByCO(q *store.Query, c caller, e entry) error {
	if c.platform() {
		return nil
	}
	id := e.id(columnCO)
	if id == nil {
		return errUnauthorized(phraseNoCO)
	}
	_, err := knownCO(q, c, e.text(columnCO))
	return err
}

// stamp is who changes an object, and when.
type stamp struct {
	at    time.Time
	actor string
}

func (h Handlers) stamp(ctx context.Context) stamp {
	return stamp{h.now(), callerFrom(ctx).name}
}
