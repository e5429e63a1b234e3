// Package auth issues and checks credentials: tokens, client secrets, passwords.
package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"orglink/store"
)

// Errors of [Tokens.Verify].
var (
	// ErrInvalidToken says that the token was not issued here, for this family and
	// workspace.
	ErrInvalidToken = errors.New("the token is not valid")
	// ErrExpiredToken says that the token was issued here, but is too old.
	ErrExpiredToken = errors.New("the token has expired")
	// ErrDisabled is an ErrInvalidToken: the client or user that the token speaks for
	// is disabled.
	ErrDisabled = fmt.Errorf("%w: its client or user is disabled", ErrInvalidToken)
)

// Claims is what a token says. Subject is whom it speaks for: a client id or a
// user name; Client is the OAuth client that asked for it, where the two differ.
type Claims struct {
	Subject string `json:"sub"`
	Client  string `json:"client_id,omitempty"`
	Grant   string `json:"grant_type,omitempty"`
	// Scopes are those of a client; some families put the groups of a user here.
	Scopes []string `json:"scope,omitempty"`

	// What only some families' clients look for.
	ClientToo string `json:"cid,omitempty"`
	UserID    string `json:"user_id,omitempty"`
	UserName  string `json:"user_name,omitempty"`
	Issuer    string `json:"iss,omitempty"`

	Family    string           `json:"aud"`
	ID        string           `json:"jti"`
	IssuedAt  *jwt.NumericDate `json:"iat"`
	ExpiresAt *jwt.NumericDate `json:"exp"`
}

// Allows reports whether the claims hold every one of the scopes.
func (c Claims) Allows(scopes ...string) bool {
	for _, scope := range scopes {
		if !slices.Contains(c.Scopes, scope) {
			return false
		}
	}
	return true
}

// Tokens issues and verifies the tokens of one family. They are JWTs signed with
// the key of their workspace, so that any replica verifies one without a look-up
// and one workspace's tokens mean nothing in another. Make them with [NewTokens].
type Tokens struct {
	family   string
	store    *store.Store
	now      func() time.Time
	newID    func() string
	verified *memory[Claims] // of JWTs, whose signature is checked once
}

// NewTokens makes those of a family.
func NewTokens(family string, st *store.Store, now func() time.Time, newID func() string) Tokens {
	return Tokens{family, st, now, newID, newMemory[Claims]()}
}

// Issue signs a token of the workspace that is valid for the given time. Family and
// the times of the claims are set here, and the ID unless it is given: some answers
// name it beside the token.
func (t Tokens) Issue(w store.Workspace, claims Claims, lifetime time.Duration) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: w.SigningKey},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	now := t.now()
	claims.Family = t.family
	if claims.ID == "" {
		claims.ID = t.newID()
	}
	claims.IssuedAt = jwt.NewNumericDate(now)
	claims.ExpiresAt = jwt.NewNumericDate(now.Add(lifetime))
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// Verify returns the claims of a token that was issued here or provisioned as a
// static one, or ErrInvalidToken, ErrExpiredToken or ErrDisabled.
func (t Tokens) Verify(ctx context.Context, w store.Workspace, token string) (Claims, error) {
	claims, err := t.claims(ctx, w, token)
	if err != nil {
		return Claims{}, err
	}
	access, err := t.store.Access(ctx)
	if err != nil {
		return Claims{}, err
	}
	now := t.now()
	switch {
	case access.Refuses(t.family, store.RefusedToken, claims.ID, now):
		return Claims{}, ErrInvalidToken
	case access.Refuses(t.family, store.RefusedClient, claims.Client, now),
		access.Refuses(t.family, store.RefusedUser, claims.Subject, now):
		return Claims{}, ErrDisabled
	}
	return claims, nil
}

// claims are those of a token, whether it is refused or not.
func (t Tokens) claims(ctx context.Context, w store.Workspace, token string) (Claims, error) {
	digest := t.verified.digest(string(w.SigningKey), token)
	claims, known := t.verified.recall(digest)
	if !known {
		parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.HS256})
		if err != nil {
			return t.static(ctx, token)
		}
		if err := parsed.Claims(w.SigningKey, &claims); err != nil {
			return Claims{}, ErrInvalidToken
		}
		if claims.Family != t.family || claims.ExpiresAt == nil {
			return Claims{}, ErrInvalidToken
		}
		t.verified.remember(digest, claims)
	}
	if !t.now().Before(claims.ExpiresAt.Time()) {
		return Claims{}, ErrExpiredToken
	}
	return claims, nil
}

// Revoke refuses the token of the claims from now on, for as long as it would be valid.
func (t Tokens) Revoke(ctx context.Context, claims Claims) error {
	refusal := store.Refusal{Family: t.family, Kind: store.RefusedToken, Value: claims.ID}
	if claims.ExpiresAt != nil {
		until := claims.ExpiresAt.Time().UTC()
		refusal.Until = &until
	}
	return t.store.Write(ctx, func(tx *store.Tx) error { return tx.Refuse(refusal) })
}

// static looks a token up by its digest: timing tells nothing of the token. The digest
// is its ID, too.
func (t Tokens) static(ctx context.Context, token string) (Claims, error) {
	found, err := t.store.StaticToken(ctx, t.family, Digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return Claims{}, ErrInvalidToken
	}
	if err != nil {
		return Claims{}, err
	}
	return Claims{Family: t.family, ID: found.Digest, Subject: found.Subject, Client: found.Subject, Scopes: found.Scopes}, nil
}
