package auth

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"orglink/store"
)

func hashOf(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

func TestOnlyRightPasswordsAreRemembered(t *testing.T) {
	t.Parallel()
	p := NewPasswords()
	hash := hashOf(t, "right")
	for _, test := range []struct {
		hash, password string
		want           bool
		remembered     int
	}{
		{hash, "wrong", false, 0},
		{"", "right", false, 0},
		{hash, "right", true, 1},
		{hash, "right", true, 1},
		{hash, "wrong", false, 1},
		{hashOf(t, "changed"), "right", false, 1}, // what is remembered is of the old hash
		{hash, "right\x00right", false, 1},        // bcrypt would repeat the password after a NUL
		{"", "nobody", false, 2},                  // the stand-in of unknown users matches its own word, and admits nobody
		{"", "nobody", false, 2},
	} {
		if got := p.Check(test.hash, test.password); got != test.want {
			t.Errorf("Check(%.10q, %q) = %v, want %v", test.hash, test.password, got, test.want)
		}
		if len(p.checked.of) != test.remembered {
			t.Errorf("after %q: %d remembered, want %d", test.password, len(p.checked.of), test.remembered)
		}
	}
}

func TestNothingBehindTheEndOfAPasswordIsIgnored(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("x", maxPassword)
	p := NewPasswords()
	hash := hashOf(t, longest)
	if !p.Check(hash, longest) {
		t.Error("a password of the greatest length is refused")
	}
	if p.Check(hash, longest+"tail") {
		t.Error("what follows the greatest length is ignored")
	}
	for _, bad := range []string{longest + "x", "a\x00b"} {
		if _, err := Seal(store.Workspace{}, bad, "", Secret{}); err == nil {
			t.Errorf("the password %q was sealed", bad)
		}
	}
}

func TestWhatIsRememberedEndsAndIsBounded(t *testing.T) {
	t.Parallel()
	p := NewPasswords()
	hash := hashOf(t, "right")
	p.Check(hash, "right")
	for digest := range p.checked.of {
		p.checked.of[digest] = time.Now().Add(-time.Second)
	}
	if p.Check(hash, "right"); p.checked.of[p.checked.digest(hash, "right")].Before(time.Now()) {
		t.Error("a password is remembered after its time")
	}
	for i := range maxRemembered + 10 {
		p.checked.remember(digest{byte(i), byte(i >> 8), 1}, time.Now())
	}
	if len(p.checked.of) > maxRemembered {
		t.Errorf("%d passwords are remembered, want at most %d", len(p.checked.of), maxRemembered)
	}
}

func TestSealingTheStoredSecretChangesNothing(t *testing.T) {
	t.Parallel()
	w, err := store.NewWorkspace("w", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	first, err := Seal(w, "plain", "", Secret{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Seal(w, "plain", "", first)
	if err != nil || again != first {
		t.Errorf("the same secret was sealed anew: %v", err)
	}
	changed, err := Seal(w, "other", "", first)
	if err != nil || changed.Hash == first.Hash || bcrypt.CompareHashAndPassword([]byte(changed.Hash), []byte("other")) != nil {
		t.Errorf("a changed secret was not sealed: %v", err)
	}
	ready := hashOf(t, "ready")
	sealed, err := Seal(w, "", ready, first)
	if err != nil || sealed.Hash != ready || sealed.Digest != "" {
		t.Errorf("a ready hash was not taken as it is: %+v, %v", sealed, err)
	}
	if _, err := Seal(w, "", "not a hash", Secret{}); err == nil {
		t.Error("what is no hash was taken for one")
	}
}
