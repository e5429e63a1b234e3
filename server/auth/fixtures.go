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
	for _, c := range clients {
		digest, err := SealDigest(c.Secret, c.SecretDigest)
		if err != nil {
			return nil, unprocessable("client %s: %v", c.ID, err)
		}
		stored := store.Client{Family: family, ID: c.ID, SecretDigest: digest, Scopes: list(c.Scopes), Grants: list(c.Grants)}
		steps = append(steps, func(tx *store.Tx) error { return tx.PutClient(stored) })
	}
	for _, t := range tokens {
		digest, err := SealDigest(t.Token, t.TokenDigest)
		if err != nil {
			return nil, unprocessable("token of %s: %v", t.Subject, err)
		}
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

func list(values *[]string) []string {
	if values == nil {
		return []string{}
	}
	return *values
}

func unprocessable(format string, args ...any) error {
	return &fault.Fault{Kind: fault.Unprocessable, Message: fmt.Sprintf(format, args...)}
}
