package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"

	"orglink/store"
)

const (
	// passwordTTL bounds how long a checked password is remembered.
	passwordTTL = 5 * time.Minute
	// maxPassword is how many bytes of a password bcrypt looks at.
	maxPassword = 72
)

// Passwords checks human passwords and API keys against their slow hashes. A
// password that was right is remembered as a keyed digest together with the hash
// it matched, so that a request costs no slow hash and a changed password is
// asked for at once.
type Passwords struct {
	checked *memory[time.Time] // until when
}

// NewPasswords returns an empty memory.
func NewPasswords() *Passwords { return &Passwords{newMemory[time.Time]()} }

// unknownUserHash is compared for users that do not exist, so that an answer
// takes as long as for those that do.
var unknownUserHash = sync.OnceValue(func() string {
	hash, err := bcrypt.GenerateFromPassword([]byte("nobody"), bcrypt.DefaultCost)
	if err != nil {
		panic(err) // only for a cost or a length that bcrypt refuses
	}
	return string(hash)
})

// Check reports whether the password matches the bcrypt hash. An empty hash, that
// of an unknown user, matches nothing and takes as long.
func (p *Passwords) Check(hash, password string) bool {
	// bcrypt reads 72 bytes and repeats a shorter password after a NUL: a longer one,
	// or one with a NUL, would pass for the password that it begins with.
	known := hash != "" && len(password) <= maxPassword && !strings.ContainsRune(password, 0)
	if !known {
		hash = unknownUserHash()
	}
	digest := p.checked.digest(hash, password)
	if until, ok := p.checked.recall(digest); ok && time.Now().Before(until) {
		return known
	}
	if bcrypt.CompareHashAndPassword([]byte(hash), []byte(password)) != nil {
		return false
	}
	p.checked.remember(digest, time.Now().Add(passwordTTL))
	return known
}

// Secret is a password as it is stored: its slow hash, and a keyed digest that
// tells whether a plain password in fixtures is the one that is stored already.
// A secret that came as a ready hash has no digest.
type Secret struct {
	Hash   string
	Digest string
}

// Seal returns the stored form of a secret in fixtures, given plain or as a ready
// bcrypt hash. current, the stored one, is returned as it is when it matches, so
// that applying fixtures again hashes and changes nothing.
func Seal(w store.Workspace, plain, ready string, current Secret) (Secret, error) {
	if ready != "" {
		if current.Hash == ready {
			return current, nil
		}
		if _, err := bcrypt.Cost([]byte(ready)); err != nil {
			return Secret{}, err
		}
		return Secret{Hash: ready}, nil
	}
	if len(plain) > maxPassword || strings.ContainsRune(plain, 0) {
		return Secret{}, errors.New("a password is longer than 72 bytes or holds a NUL")
	}
	mac := hmac.New(sha256.New, w.SigningKey)
	mac.Write([]byte(plain))
	digest := hex.EncodeToString(mac.Sum(nil))
	if current.Hash != "" && Equal(current.Digest, digest) {
		return current, nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(plain), bcrypt.DefaultCost)
	if err != nil {
		return Secret{}, err
	}
	return Secret{Hash: string(hash), Digest: digest}, nil
}
