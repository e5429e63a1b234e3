package auth

import (
	"encoding/base64"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"orglink/store"
)

func TestTokensAreValidForTheirFamilyWorkspaceAndTimeOnly(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	tokens := func(family string, at time.Time) Tokens {
		return NewTokens(family, st, func() time.Time { return at }, uuid.NewString)
	}
	here, err := store.NewWorkspace("here", now)
	if err != nil {
		t.Fatal(err)
	}
	there, err := store.NewWorkspace("there", now)
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens("acc", now).Issue(here, Claims{Subject: "me", Scopes: []string{"a"}}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	unsigned := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + strings.Split(token, ".")[1] + "."
	err = st.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutStaticToken(store.StaticToken{Family: "acc", Digest: Digest("a.b.c"), Subject: "me", Scopes: []string{"a"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		by    Tokens
		in    store.Workspace
		token string
		want  error
	}{
		"as issued":         {tokens("acc", now), here, token, nil},
		"its last second":   {tokens("acc", now.Add(time.Hour-time.Second)), here, token, nil},
		"expired":           {tokens("acc", now.Add(time.Hour)), here, token, ErrExpiredToken},
		"another family":    {tokens("svi", now), here, token, ErrInvalidToken},
		"another workspace": {tokens("acc", now), there, token, ErrInvalidToken},
		"without signature": {tokens("acc", now), here, unsigned, ErrInvalidToken},
		"tampered with":     {tokens("acc", now), here, "A" + token, ErrInvalidToken},
		"unknown static":    {tokens("acc", now), here, "nobody's", ErrInvalidToken},
		"a static one":      {tokens("acc", now), here, "a.b.c", nil},
		"dots only":         {tokens("acc", now), here, "..", ErrInvalidToken},
	} {
		claims, err := test.by.Verify(t.Context(), test.in, test.token)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
		if test.want == nil && (claims.Subject != "me" || !claims.Allows("a") || claims.Allows("a", "b")) {
			t.Errorf("%s: got the claims %+v", name, claims)
		}
	}
}
