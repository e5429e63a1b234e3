package auth

import (
	"fmt"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// Provision returns what stores a family's OAuth clients and static tokens of
// fixtures.
func Provision(family string, clients []gen.FixtureClient, tokens []gen.FixtureToken) (func(*store.Tx) error, error) {
	var steps []func(*store.Tx) error
	described, digests := map[string]bool{}, map[string]bool{}
	for _, c := range clients {
		if described[c.ID] {
			return nil, unprocessable("client %s is described twice", c.ID)
		}
		described[c.ID] = true
		digest, err := SealDigest(c.Secret, c.SecretDigest)
		if err != nil {
			return nil, unprocessable("client %s: %s", c.ID, sealRule)
		}
		stored := store.Client{
			Family: family, ID: c.ID, SecretDigest: digest, Scopes: list(c.Scopes), Grants: list(c.Grants),
			Enabled: c.Enabled == nil || *c.Enabled,
		}
		steps = append(steps, func(tx *store.Tx) error {
			if err := tx.PutClient(stored); err != nil {
				return err
			}
			return SetEnabled(tx, family, store.RefusedClient, stored.ID, stored.Enabled)
		})
	}
	for _, t := range tokens {
		digest, err := SealDigest(t.Token, t.TokenDigest)
		if err != nil {
			return nil, unprocessable("token of %s: %s", t.Subject, sealRule)
		}
		if digests[digest] {
			return nil, unprocessable("token of %s: another one is the same", t.Subject)
		}
		digests[digest] = true
		stored := store.StaticToken{Family: family, Digest: digest, Subject: t.Subject, Scopes: list(t.Scopes)}
		steps = append(steps, func(tx *store.Tx) error { return tx.PutStaticToken(stored) })
	}
	return func(tx *store.Tx) error {
		for _, step := range steps {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// SetEnabled lets the tokens of a client or user be valid, or has them refused.
func SetEnabled(tx *store.Tx, family string, kind store.RefusalKind, name string, enabled bool) error {
	if enabled {
		return tx.Allow(family, kind, name)
	}
	return tx.Refuse(store.Refusal{Family: family, Kind: kind, Value: name})
}

// sealRule says in words for the client what [SealDigest] takes.
const sealRule = "give the secret either plain or as its SHA-256 in 64 hex digits"

func list(values *[]string) []string {
	if values == nil {
		return []string{}
	}
	return *values
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}
