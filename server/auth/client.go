package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"orglink/store"
)

// Digest is the hex SHA-256 of a random secret or token, the form in which it is
// stored.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// SealDigest returns the stored form of a secret or token in fixtures, given
// plain or as a ready digest (64 hex digits).
func SealDigest(plain, ready *string) (string, error) {
	switch {
	case plain != nil && ready != nil:
		return "", errors.New("a secret is given both plain and as a digest")
	case ready != nil:
		if raw, err := hex.DecodeString(*ready); err != nil || len(raw) != sha256.Size {
			return "", errors.New("a digest is not 64 hex digits")
		}
		return *ready, nil
	case plain != nil:
		return Digest(*plain), nil
	}
	return "", errors.New("a secret is given neither plain nor as a digest")
}

// Equal compares two secrets in constant time.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// ClientCredentials is how a token request named its client (RFC 6749, section
// 2.3.1): by HTTP Basic, by form fields, by both or not at all.
type ClientCredentials struct {
	ID, Secret string
	Basic      bool // Basic credentials were sent, and are the ones above
	Form       bool // form fields were sent
}

// ReadClientCredentials takes the client's credentials from the Authorization
// header or, without one, from the form's client_id and client_secret.
func ReadClientCredentials(h http.Header, formID, formSecret *string) ClientCredentials {
	c := ClientCredentials{Form: formID != nil || formSecret != nil}
	c.ID, c.Secret, c.Basic = (&http.Request{Header: h}).BasicAuth()
	if !c.Basic && formID != nil {
		c.ID = *formID
	}
	if !c.Basic && formSecret != nil {
		c.Secret = *formSecret
	}
	if !isText(c.ID) {
		c.ID = "" // nobody's: a database cannot even be asked for it
	}
	return c
}

func isText(id string) bool { return utf8.ValidString(id) && !strings.ContainsRune(id, 0) }

// decoded are Basic credentials whose parts were form-encoded before they were joined, as
// RFC 6749, section 2.3.1, has it and some clients do. It reports whether they can be.
func (c ClientCredentials) decoded() (ClientCredentials, bool) {
	id, errID := url.QueryUnescape(c.ID)
	secret, errSecret := url.QueryUnescape(c.Secret)
	changed := id != c.ID || secret != c.Secret
	return ClientCredentials{ID: id, Secret: secret}, c.Basic && changed && errID == nil && errSecret == nil && isText(id)
}

// ErrWrongSecret says that a client exists, but its secret is another one.
var ErrWrongSecret = errors.New("the client's secret is wrong")

// CheckClient returns the family's client that the credentials name, or ErrWrongSecret,
// or store.ErrNotFound if there is none or it is disabled.
func CheckClient(ctx context.Context, st *store.Store, family string, given ClientCredentials) (store.Client, error) {
	client, err := checkClient(ctx, st, family, given)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, ErrWrongSecret) {
		if decoded, ok := given.decoded(); ok {
			return checkClient(ctx, st, family, decoded)
		}
	}
	return client, err
}

func checkClient(ctx context.Context, st *store.Store, family string, given ClientCredentials) (client store.Client, err error) {
	err = st.Read(ctx, func(q *store.Query) error {
		client, err = q.Client(family, given.ID)
		return err
	})
	if err == nil && !Equal(client.SecretDigest, Digest(given.Secret)) {
		err = ErrWrongSecret
	}
	if err == nil && !client.Enabled {
		err = fmt.Errorf("the client is disabled: %w", store.ErrNotFound)
	}
	return client, err
}
