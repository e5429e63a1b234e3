package cux

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"orglink/gen"
	"orglink/store"
)

// CuxPostUser makes an account for a member, with the card that the member has or a
// digital one.
func (h Handlers) CuxPostUser(ctx context.Context, r gen.CuxPostUserRequestObject) (gen.CuxPostUserResponseObject, error) {
	wanted, err := newAccount(h.NewID(), *r.Body)
	if err != nil {
		return nil, err
	}
	var account store.CuxAccount
	err = h.Store.Write(ctx, func(tx *store.Tx) (err error) {
		account, err = enrol(tx, wanted)
		return err
	})
	if err != nil {
		return nil, err
	}
	answer := gen.CuxEnrolment{
		AccountID:     account.ID,
		LoyaltyID:     account.LoyaltyID,
		Status:        gen.CuxEnrolmentStatusACTIVE,
		CardType:      gen.CuxEnrolmentCardTypePHYSICAL,
		CorrelationID: r.Body.CorrelationID,
	}
	if wanted.LoyaltyID == "" {
		answer.CardType = gen.CuxEnrolmentCardTypeDIGITAL
	}
	return ok{answer}, nil
}

// newAccount is the account that the request asks for, without a card if it names none.
func newAccount(id string, b gen.CuxEnrolmentRequest) (store.CuxAccount, error) {
	b.FirstName, b.LastName = given(b.FirstName), given(b.LastName)
	b.ExternalIdentifier, b.PhysicalCard, b.PhoneNumber = given(b.ExternalIdentifier), given(b.PhysicalCard), given(b.PhoneNumber)
	profile, err := json.Marshal(b)
	if err != nil {
		return store.CuxAccount{}, err
	}
	text, email := string(profile), foldEmail(b.Email)
	a := store.CuxAccount{
		ID:          strings.ToLower(id),
		ExternalID:  b.ExternalIdentifier,
		Email:       &email,
		PhoneNumber: b.PhoneNumber,
		Profile:     &text,
	}
	if b.PhysicalCard != nil {
		a.LoyaltyID = *b.PhysicalCard
	}
	return a, nil
}

// given is the text unless it is blank, which counts as absent.
func given(text *string) *string {
	if text == nil || blank(*text) {
		return nil
	}
	return text
}

// foldEmail makes e-mail addresses equal that differ in case: ES Loyalty compares
// them so (console, "Member Profile").
func foldEmail(email string) string { return strings.ToLower(email) }

// takenAttributes are the identifiers' names in an enrolment.
var takenAttributes = map[store.CuxIdentifier]string{
	store.CuxEmail:      "email",
	store.CuxExternalID: "externalIdentifier",
	store.CuxLoyaltyID:  "physicalCard",
}

// maxCards is how many card numbers are tried for one account.
const maxCards = 16

var errNoFreeCard = errors.New("no free card number was found")

// enrol stores the account. One without a card gets the first of its numbers that is
// free.
func enrol(tx *store.Tx, a store.CuxAccount) (store.CuxAccount, error) {
	digital := a.LoyaltyID == ""
	for attempt := range maxCards {
		if digital {
			a.LoyaltyID = cardNumber(a.ID, attempt)
		}
		taken, err := tx.CuxEnrol(a)
		switch {
		case err != nil || taken == "":
			return a, err
		case digital && taken == store.CuxLoyaltyID:
			continue
		case takenAttributes[taken] != "":
			return a, errInvalid("The " + takenAttributes[taken] + " is in use by another account")
		}
		return a, fmt.Errorf("a new account's %s is in use", taken)
	}
	return a, errNoFreeCard
}

// cardPrefix is what the numbers of digital cards begin with.
const cardPrefix = "6001"

// cardNumber is one of the numbers of sixteen digits that suit an account: the prefix,
// eleven digits that follow from the account's id, and a check digit.
func cardNumber(accountID string, attempt int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", accountID, attempt))
	digits := fmt.Sprintf("%s%011d", cardPrefix, binary.BigEndian.Uint64(sum[:])%1e11)
	return digits + string('0'+checkDigit(digits))
}

// checkDigit is the digit of Luhn's method (ISO/IEC 7812-1) for the end of a number.
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte((10 - sum%10) % 10)
}
