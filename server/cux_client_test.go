package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"orglink/gen/client"
	"orglink/server/servertest"
)

// cuxClient is the generated client with a base URL and a bearer token.
func cuxClient(t *testing.T, s *site, base string, token *string) *client.ClientWithResponses {
	t.Helper()
	api, err := client.NewClientWithResponses(s.URL+base, client.WithHTTPClient(s.client),
		client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			if *token != "" {
				r.Header.Set("Authorization", "Bearer "+*token)
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// TestCuxStoryOfAGeneratedClient: a connector gets a token, enrols a member, opens a
// session, links, unlinks and lists, renews the session, and meets every error.
func TestCuxStoryOfAGeneratedClient(t *testing.T) {
	t.Parallel()
	eachWay(t, func(t *testing.T, database servertest.Option) {
		now := cuxTime
		s := start(t, database, servertest.Demo(), servertest.CuxPaths(cuxPrefix, ""), servertest.Clock(func() time.Time { return now }))
		var token string
		api := cuxClient(t, s, cuxPrefix, &token)
		c := cuxStory{t, api}
		c.login(&token)
		account, card := c.enrol("maria@example.com")
		c.open(account, client.CuxIdentifierTypeAccountID, "first", account)
		linked := c.link("first", "12345", client.CuxLinkRequest{})
		if linked.DateLinked != "2020-12-18T15:27:27.000Z" || linked.Status != client.CuxLinkStatusLinked {
			t.Errorf("linked: %+v", linked)
		}
		date, gone := "2021-01-02", client.CuxLinkRequestStatusUnlinked
		unlinked := c.link("first", "12345", client.CuxLinkRequest{DateLinked: &date, Status: &gone})
		if unlinked.DateLinked != date || unlinked.Status != client.CuxLinkStatusUnlinked {
			t.Errorf("unlinked: %+v", unlinked)
		}
		c.list("first", unlinked)

		c.refusals(account)

		now = now.Add(24 * time.Hour)
		c.login(&token) // the token has expired, too
		expired, err := api.CuxListBusinessUnitLinksWithResponse(t.Context(), "first")
		if err != nil || expired.JSON401 == nil || expired.JSON401.Message != cuxNoSession {
			t.Fatalf("list in an expired session: %v %s", err, expired.Body)
		}
		c.open(card, client.CuxIdentifierTypeLoyaltyID, "first", account)
		c.open("MARIA@example.com", client.CuxIdentifierTypeEmail, "second", account)
		c.list("first", unlinked)
		c.list("second", unlinked)
	})
}

// cuxStory makes calls that must succeed.
type cuxStory struct {
	t   *testing.T
	api *client.ClientWithResponses
}

func (c cuxStory) login(token *string) {
	c.t.Helper()
	id, secret := "demo-client", "demo-secret"
	form := client.CuxPostTokenFormdataRequestBody{GrantType: "client_credentials", ClientID: &id, ClientSecret: &secret}
	got, err := c.api.CuxPostTokenWithFormdataBodyWithResponse(c.t.Context(), form)
	if err != nil || got.JSON200 == nil || got.JSON200.TokenType != "Bearer" {
		c.t.Fatalf("token: %v %v", got, err)
	}
	*token = got.JSON200.AccessToken
}

func (c cuxStory) enrol(email string) (account, card string) {
	c.t.Helper()
	got, err := c.api.CuxPostUserWithResponse(c.t.Context(), client.CuxEnrolmentRequest{Email: email, PostalZipCode: "H0H 0H0"})
	if err != nil || got.JSON200 == nil || got.JSON200.Status != client.CuxEnrolmentStatusActive || got.JSON200.CardType != client.CuxEnrolmentCardTypeDigital {
		c.t.Fatalf("enrol: %v %v", got, err)
	}
	return got.JSON200.AccountID, got.JSON200.LoyaltyID
}

func (c cuxStory) open(identifier string, kind client.CuxIdentifierType, correlationID, account string) {
	c.t.Helper()
	got, err := c.api.CuxPostSessionWithResponse(c.t.Context(), identifier, &client.CuxPostSessionParams{IdentifierType: &kind},
		client.CuxSessionRequest{CorrelationID: correlationID})
	if err != nil || got.JSON200 == nil || got.JSON200.AccountID != account {
		c.t.Fatalf("start a session by %s: %v %v", kind, got, err)
	}
}

func (c cuxStory) link(session, id string, body client.CuxLinkRequest) client.CuxLink {
	c.t.Helper()
	got, err := c.api.CuxPutBusinessUnitLinkWithResponse(c.t.Context(), session, "BUYCO", id, body)
	if err != nil || got.JSON200 == nil || got.JSON200.LinkID != id || got.JSON200.BusinessUnit != "BUYCO" {
		c.t.Fatalf("put a link: %v %v", got, err)
	}
	return *got.JSON200
}

func (c cuxStory) list(session string, want ...client.CuxLink) {
	c.t.Helper()
	got, err := c.api.CuxListBusinessUnitLinksWithResponse(c.t.Context(), session)
	if err != nil || got.JSON200 == nil || len(*got.JSON200) != len(want) {
		c.t.Fatalf("list: %v %v", got, err)
	}
	for i, l := range *got.JSON200 {
		if l != want[i] {
			c.t.Errorf("the list has %+v, want %+v", l, want[i])
		}
	}
}

// refusals meets the errors that a caller can bring about.
func (c cuxStory) refusals(account string) {
	c.t.Helper()
	ctx, api := c.t.Context(), c.api
	want := func(what string, got *client.CuxError, err error, message string) {
		c.t.Helper()
		if err != nil || got == nil || got.ErrorMessage != message || got.Message != message {
			c.t.Errorf("%s: got %+v (%v), want %s", what, got, err, message)
		}
	}
	put := func(session, unit, id string, body client.CuxLinkRequest) *client.CuxPutBusinessUnitLinkResponse {
		c.t.Helper()
		got, err := api.CuxPutBusinessUnitLinkWithResponse(ctx, session, unit, id, body)
		if err != nil {
			c.t.Fatal(err)
		}
		return got
	}
	status, date := client.CuxLinkRequestStatus("linked"), "yesterday"
	want("invalid status", put("first", "BUYCO", "1", client.CuxLinkRequest{Status: &status}).JSON400, nil, cuxBadStatus)
	want("bad date", put("first", "BUYCO", "1", client.CuxLinkRequest{DateLinked: &date}).JSON400, nil, cuxBadDate)
	want("unknown unit", put("first", "NOPE", "1", client.CuxLinkRequest{}).JSON400, nil, cuxNoUnit)
	want("blank link", put("first", "BUYCO", " ", client.CuxLinkRequest{}).JSON400, nil, cuxBlankLink)
	want("blank session", put(" ", "BUYCO", "1", client.CuxLinkRequest{}).JSON400, nil, cuxBlank)
	want("unknown session", put("nobody", "BUYCO", "1", client.CuxLinkRequest{}).JSON401, nil, cuxNoSession)

	taken, err := api.CuxPostUserWithResponse(ctx, client.CuxEnrolmentRequest{Email: "Maria@example.com", PostalZipCode: "00000"})
	want("enrolled twice", taken.JSON400, err, "The email is in use by another account")
	foreign, err := api.CuxPostSessionWithResponse(ctx, account, nil, client.CuxSessionRequest{CorrelationID: cuxSession})
	want("another's session", foreign.JSON400, err, "The correlationId is in use by another account")
	unknown, err := api.CuxPostSessionWithResponse(ctx, "nobody", nil, client.CuxSessionRequest{CorrelationID: "c"})
	want("unknown identifier", unknown.JSON400, err, "No account has this identifier")

	nobody := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer nope")
		return nil
	}
	refused, err := api.CuxListBusinessUnitLinksWithResponse(ctx, "first", nobody)
	want("wrong token", refused.JSON401, err, cuxNoToken)
	if refused.HTTPResponse.Header.Get("WWW-Authenticate") != "Bearer" {
		c.t.Error("the wrong token is not asked for anew")
	}
	id := "demo-client"
	wrong, err := api.CuxPostTokenWithFormdataBodyWithResponse(ctx, client.CuxPostTokenFormdataRequestBody{GrantType: "client_credentials", ClientID: &id},
		func(_ context.Context, r *http.Request) error { r.Header.Del("Authorization"); return nil })
	if err != nil || wrong.JSON401 == nil || wrong.JSON401.Error != client.CuxTokenErrorErrorInvalidClient {
		c.t.Errorf("wrong secret: %v %v", wrong, err)
	}
}
