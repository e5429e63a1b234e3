package storetest

import (
	"errors"
	"testing"

	"orglink/store"
)

func testCuxEnrol(t *testing.T, s *store.Store) {
	text := func(text string) *string { return &text }
	first := store.CuxAccount{ID: "a", LoyaltyID: "1", Email: text("m"), ExternalID: text("x"), PhoneNumber: text("p"), Profile: text(`{"n":1e999}`)}
	cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
		taken, err := tx.CuxEnrol(first)
		if taken != "" {
			t.Errorf("%s is taken", taken)
		}
		return err
	})
	for _, test := range []struct {
		account store.CuxAccount
		want    store.CuxIdentifier
	}{
		{store.CuxAccount{ID: "a", LoyaltyID: "2"}, store.CuxAccountID},
		{store.CuxAccount{ID: "b", LoyaltyID: "1"}, store.CuxLoyaltyID},
		{store.CuxAccount{ID: "b", LoyaltyID: "2", Email: text("m")}, store.CuxEmail},
		{store.CuxAccount{ID: "b", LoyaltyID: "2", Email: text("o"), ExternalID: text("x")}, store.CuxExternalID},
		{store.CuxAccount{ID: "b", LoyaltyID: "1", Email: text("m"), PhoneNumber: text("p")}, store.CuxEmail},
	} {
		refused := errors.New("refused")
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			taken, err := tx.CuxEnrol(test.account)
			if err != nil || taken != test.want {
				t.Errorf("%+v: got %q, %v, want %q", test.account, taken, err, test.want)
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
	}
	find := func(kind store.CuxIdentifier, value string) (a store.CuxAccount) {
		err := s.Read(t.Context(), func(q *store.Query) (err error) {
			a, err = q.CuxAccount(kind, value)
			return err
		})
		if err != nil {
			t.Fatalf("%s %s: %v", kind, value, err)
		}
		return a
	}
	if a := find(store.CuxPhoneNumber, "p"); a.ID != "a" || a.Profile == nil || *a.Profile != *first.Profile {
		t.Errorf("got %+v", a)
	}
	cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
		_, err := tx.CuxEnrol(store.CuxAccount{ID: "b", LoyaltyID: "2", PhoneNumber: text("p")})
		return err
	})
	if a, b := find(store.CuxAccountID, "a"), find(store.CuxPhoneNumber, "p"); a.PhoneNumber != nil || b.ID != "b" {
		t.Errorf("the phone number did not go over: %+v, %+v", a, b)
	}
}
