package cux

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestCardNumbersHaveACheckDigit(t *testing.T) {
	t.Parallel()
	for payload, want := range map[string]byte{"7992739871": 3, "601100000000000": 4, "411111111111111": 1, "": 0, "0": 0, "9": 1} {
		if got := checkDigit(payload); got != want {
			t.Errorf("%q: got %d, want %d", payload, got, want)
		}
	}
	seen := map[string]bool{}
	for range 1000 {
		id := uuid.NewString()
		for attempt := range 3 {
			card := cardNumber(id, attempt)
			if len(card) != 16 || !strings.HasPrefix(card, cardPrefix) || strings.Trim(card, "0123456789") != "" {
				t.Fatalf("%q is no card number", card)
			}
			if checkDigit(card[:15]) != card[15]-'0' {
				t.Fatalf("%s has the wrong check digit", card)
			}
			if card != cardNumber(id, attempt) || seen[card] {
				t.Fatalf("%s is not the account's own", card)
			}
			seen[card] = true
		}
	}
}
