package comanage

import (
	"context"
	"errors"
	"strings"

	"orglink/gen"
	"orglink/server/auth"
	"orglink/store"
)

// sealUsers turns the API users of fixtures into stored ones. An unchanged key
// keeps its hash.
func (h Handlers) sealUsers(ctx context.Context, w store.Workspace, users []gen.ComanageFixtureAPIUser) ([]store.ComanageAPIUser, error) {
	var sealed []store.ComanageAPIUser
	seen := map[string]bool{}
	for _, u := range users {
		if seen[u.Name] {
			return nil, unprocessable("API user %s is given twice.", u.Name)
		}
		seen[u.Name] = true
		user, err := readAPIUser(u)
		if err != nil {
			return nil, err
		}
		secret, err := h.sealSecret(ctx, w, u)
		if err != nil {
			return nil, err
		}
		user.SecretHash, user.SecretDigest = secret.Hash, secret.Digest
		sealed = append(sealed, user)
	}
	return sealed, nil
}

func readAPIUser(u gen.ComanageFixtureAPIUser) (store.ComanageAPIUser, error) {
	number, _, _ := strings.Cut(strings.TrimPrefix(u.Name, "co_"), ".")
	co, ok := parseID(number)
	if !ok {
		return store.ComanageAPIUser{}, unprocessable("The name of API user %s does not tell its CO.", u.Name)
	}
	remote := value(u.RemoteIP)
	if _, err := remotePattern(remote); err != nil {
		return store.ComanageAPIUser{}, unprocessable("API user %s: remoteIp is not a regular expression.", u.Name)
	}
	if u.ValidFrom != nil && u.ValidThrough != nil && u.ValidThrough.Before(*u.ValidFrom) {
		return store.ComanageAPIUser{}, unprocessable("API user %s: validThrough is before validFrom.", u.Name)
	}
	if !storable(u.ValidFrom, u.ValidThrough) {
		return store.ComanageAPIUser{}, errYear("API user " + u.Name)
	}
	return store.ComanageAPIUser{
		Name:         u.Name,
		CO:           co,
		Privileged:   value(u.Privileged),
		Suspended:    value(u.Status) == gen.ComanageFixtureAPIUserStatusSuspended,
		ValidFrom:    seconds(u.ValidFrom),
		ValidThrough: seconds(u.ValidThrough),
		RemoteIP:     remote,
	}, nil
}

// sealSecret returns the stored form of an API user's key. Without one in the
// fixtures it is the key that is stored.
func (h Handlers) sealSecret(ctx context.Context, w store.Workspace, u gen.ComanageFixtureAPIUser) (auth.Secret, error) {
	var stored store.ComanageAPIUser
	err := h.store.Read(ctx, func(q *store.Query) error {
		var err error
		stored, err = q.ComanageAPIUser(u.Name)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return auth.Secret{}, err
	}
	current := auth.Secret{Hash: stored.SecretHash, Digest: stored.SecretDigest}
	switch {
	case u.Secret != nil && u.SecretHash != nil:
		return current, unprocessable("API user %s has both a secret and a secretHash.", u.Name)
	case u.Secret == nil && u.SecretHash == nil && current.Hash == "":
		return current, unprocessable("API user %s has neither a secret nor a secretHash.", u.Name)
	case u.Secret == nil && u.SecretHash == nil:
		return current, nil
	}
	sealed, err := auth.Seal(w, value(u.Secret), value(u.SecretHash), current)
	if err != nil {
		return current, unprocessable("API user %s: the secret is longer than 72 bytes, or the secretHash is not a bcrypt hash.", u.Name)
	}
	return sealed, nil
}

func (f fixtures) user(u store.ComanageAPIUser) error {
	if err := f.needCO(u.CO, "API user "+u.Name); err != nil {
		return err
	}
	return f.tx.ComanagePutAPIUser(u)
}
