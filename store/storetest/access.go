package storetest

import (
	"testing"
	"time"

	"orglink/store"
)

func testAccess(t *testing.T, open Open) {
	t.Run("refusals hold for their time, and are forgotten after it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		now := s.Now()
		until := now.Add(time.Hour)
		past := now.Add(-time.Minute)
		refuse(t, s,
			store.Refusal{Family: "f", Kind: store.RefusedToken, Value: "past", Until: &past},
			store.Refusal{Family: "f", Kind: store.RefusedToken, Value: "id", Until: &until},
			store.Refusal{Family: "f", Kind: store.RefusedToken, Value: "id", Until: &until}, // again
			store.Refusal{Family: "f", Kind: store.RefusedClient, Value: "app"})
		for name, test := range map[string]struct {
			family string
			kind   store.RefusalKind
			value  string
			at     time.Time
			want   bool
		}{
			"a token":                   {"f", store.RefusedToken, "id", now, true},
			"after its end":             {"f", store.RefusedToken, "id", until, false},
			"a client":                  {"f", store.RefusedClient, "app", now.Add(1000 * time.Hour), true},
			"another family's":          {"g", store.RefusedClient, "app", now, false},
			"a user of a client's name": {"f", store.RefusedUser, "app", now, false},
			"one whose time is past":    {"f", store.RefusedToken, "past", past.Add(-time.Minute), false},
		} {
			access, err := s.Access(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := access.Refuses(test.family, test.kind, test.value, test.at); got != test.want {
				t.Errorf("%s: refused %v, want %v", name, got, test.want)
			}
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.Allow("f", store.RefusedClient, "app") })
		if err != nil {
			t.Fatal(err)
		}
		access, err := s.Access(t.Context())
		if err != nil || access.Refuses("f", store.RefusedClient, "app", now) {
			t.Errorf("an allowed client is refused, %v", err)
		}
	})
	t.Run("refusals and limits are a workspace's, and go with it", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		refuse(t, s, store.Refusal{Family: "f", Kind: store.RefusedClient, Value: "app"})
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutRateLimit(store.RateLimit{Family: "f", Function: "call", PerMinute: 3})
		})
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.Access(store.WithWorkspace(t.Context(), "other"))
		if err != nil || other.Limit("f", "call") != 0 || other.Refuses("f", store.RefusedClient, "app", s.Now()) {
			t.Errorf("another workspace: %+v %v", other, err)
		}
		if own, err := s.Access(t.Context()); err != nil || own.Limit("f", "call") != 3 {
			t.Errorf("the limit: %+v %v", own, err)
		}
		if err := s.DropWorkspace(t.Context(), store.DefaultWorkspace); err != nil {
			t.Fatal(err)
		}
		own, err := s.Access(t.Context())
		if err != nil || own.Limit("f", "call") != 0 || own.Refuses("f", store.RefusedClient, "app", s.Now()) {
			t.Errorf("after the drop: %+v %v", own, err)
		}
	})
}

func refuse(t *testing.T, s *store.Store, refusals ...store.Refusal) {
	t.Helper()
	for _, r := range refusals {
		if err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.Refuse(r) }); err != nil {
			t.Fatal(err)
		}
	}
}
