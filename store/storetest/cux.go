package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"orglink/store"
)

func testCux(t *testing.T, open Open) {
	t.Run("a link is made, set anew, and one of its account", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := store.CuxLink{AccountID: "a", BusinessUnit: "BU", LinkID: "1", DateLinked: "2020-12-18", Status: "LINKED"}
		same := link
		same.Status = "UNLINKED"
		other := link
		other.AccountID = "b"
		for _, l := range []store.CuxLink{link, same, other} {
			cuxWrite(t, s, t.Context(), func(tx *store.Tx) error { return tx.CuxPutLink(l) })
		}
		cuxWrite(t, s, t.Context(), func(tx *store.Tx) error { return tx.CuxAddLink(link) })
		if got := cuxLinks(t, s, t.Context(), "a"); len(got) != 1 || got[0].Status != "UNLINKED" {
			t.Errorf("got %v, want the one link, UNLINKED", got)
		}
	})
	t.Run("links are ordered by bytes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, key := range [][2]string{{"b", "1"}, {"B", "é"}, {"B", "a-b"}, {"B", "B"}, {"B", "ab"}, {"B", "aa"}} {
			cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
				return tx.CuxPutLink(store.CuxLink{AccountID: "a", BusinessUnit: key[0], LinkID: key[1]})
			})
		}
		var got []string
		for _, l := range cuxLinks(t, s, t.Context(), "a") {
			got = append(got, l.BusinessUnit+" "+l.LinkID)
		}
		if want := []string{"B B", "B a-b", "B aa", "B ab", "B é", "b 1"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("links are read in pages", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, key := range []string{"A/1", "A/2", "A/3", "B/1", "B/2"} {
			for _, account := range []string{"a", "b"} {
				cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
					return tx.CuxPutLink(store.CuxLink{AccountID: account, BusinessUnit: key[:1], LinkID: key[2:]})
				})
			}
		}
		for after, want := range map[store.CuxLink]string{
			{}:                                "A/1 A/2",
			{BusinessUnit: "A", LinkID: "1"}:  "A/2 A/3",
			{BusinessUnit: "A", LinkID: "2"}:  "A/3 B/1",
			{BusinessUnit: "A", LinkID: "22"}: "A/3 B/1",
			{BusinessUnit: "A", LinkID: "9"}:  "B/1 B/2",
			{BusinessUnit: "B", LinkID: "1"}:  "B/2",
			{BusinessUnit: "B", LinkID: "2"}:  "",
		} {
			var got []string
			err := s.Read(t.Context(), func(q *store.Query) error {
				links, err := q.CuxLinks("a", after, 2)
				for _, l := range links {
					got = append(got, l.BusinessUnit+"/"+l.LinkID)
				}
				return err
			})
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("after %s/%s: got %v (%v), want %s", after.BusinessUnit, after.LinkID, got, err, want)
			}
		}
	})
	t.Run("a session is found with a business unit", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		until := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
		cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
			return errors.Join(
				tx.CuxPutBusinessUnit("BU"),
				tx.CuxAddSession(store.CuxSession{CorrelationID: "c", AccountID: "a", Channel: "APP", ExpiresAt: &until}),
				tx.CuxAddSession(store.CuxSession{CorrelationID: "d", AccountID: "b", Channel: "POS"}),
			)
		})
		err := s.Read(t.Context(), func(q *store.Query) error {
			c, known, err := q.CuxSessionWithUnit("c", "BU")
			if err != nil || !known || c.AccountID != "a" || c.ExpiresAt == nil || !c.ExpiresAt.Equal(until) {
				t.Errorf("got %+v, %v, %v", c, known, err)
			}
			d, known, err := q.CuxSessionWithUnit("d", "bu")
			if err != nil || known || d.AccountID != "b" || d.ExpiresAt != nil || d.Channel != "POS" {
				t.Errorf("got %+v, %v, %v", d, known, err)
			}
			_, _, err = q.CuxSessionWithUnit("e", "BU")
			return err
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an unknown session: got %v, want ErrNotFound", err)
		}
	})
	t.Run("settings are set, workspace by workspace", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		settings := func(ctx context.Context) (got store.CuxSettings, err error) {
			err = s.Read(ctx, func(q *store.Query) (err error) {
				got, err = q.CuxSettings()
				return err
			})
			return got, err
		}
		for _, seconds := range []int64{60, 3600} {
			cuxWrite(t, s, t.Context(), func(tx *store.Tx) error { return tx.CuxSetSettings(store.CuxSettings{SessionSeconds: seconds}) })
			if got, err := settings(t.Context()); err != nil || got.SessionSeconds != seconds {
				t.Errorf("got %+v, %v, want %d", got, err, seconds)
			}
		}
		if _, err := settings(store.WithWorkspace(t.Context(), "other")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another workspace: got %v, want ErrNotFound", err)
		}
	})
	t.Run("an enrolment says which identifier is taken", func(t *testing.T) { t.Parallel(); testCuxEnrol(t, open(t)) })
	t.Run("an identifier belongs to one account", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		email := "m@example.com"
		a := store.CuxAccount{ID: "a", LoyaltyID: "1", Email: &email}
		cuxWrite(t, s, t.Context(), func(tx *store.Tx) error { return errors.Join(tx.CuxPutAccount(a), tx.CuxPutAccount(a)) })
		for _, b := range []store.CuxAccount{{ID: "b", LoyaltyID: "1"}, {ID: "b", LoyaltyID: "2", Email: &email}} {
			err := s.Write(t.Context(), func(tx *store.Tx) error { return tx.CuxPutAccount(b) })
			if !errors.Is(err, store.ErrConflict) {
				t.Errorf("a second account with %v: got %v, want ErrConflict", b, err)
			}
		}
		err := s.Read(t.Context(), func(q *store.Query) error {
			found, err := q.CuxAccount(store.CuxEmail, email)
			if err == nil && found.ID != "a" {
				t.Errorf("found %v", found)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("an empty key finds nothing", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.CuxPutBusinessUnit("BU"), tx.CuxPutAccount(store.CuxAccount{ID: "a", LoyaltyID: "1"}))
		})
		err := s.Read(t.Context(), func(q *store.Query) error {
			if _, err := q.CuxBusinessUnit(""); err == nil {
				t.Error("an empty key found a business unit")
			}
			if _, err := q.CuxAccount(store.CuxEmail, ""); err == nil {
				t.Error("an empty identifier found an account")
			}
			_, err := q.CuxBusinessUnit("BU")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("a session is renewed, or stays for ever", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		first, second := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), time.Date(2027, 1, 2, 3, 4, 5, 6e6, time.UTC)
		agent := "agent"
		cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
			return errors.Join(
				tx.CuxAddSession(store.CuxSession{CorrelationID: "for ever", AccountID: "a", Channel: "APP"}),
				tx.CuxStartSession(store.CuxSession{CorrelationID: "a day", AccountID: "a", Channel: "APP", ExpiresAt: &first}),
			)
		})
		for _, id := range []string{"for ever", "a day"} {
			cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
				return tx.CuxStartSession(store.CuxSession{
					CorrelationID: id, AccountID: "a", Channel: "POS", ExternalAgentSessionID: &agent, ExpiresAt: &second,
				})
			})
			cuxWrite(t, s, t.Context(), func(tx *store.Tx) error {
				return tx.CuxAddSession(store.CuxSession{CorrelationID: id, AccountID: "a", Channel: "WEBSITE"})
			})
		}
		if got := cuxSession(t, s, t.Context(), "for ever"); got.ExpiresAt != nil || got.Channel != "POS" || *got.ExternalAgentSessionID != agent {
			t.Errorf("the session for ever: got %+v", got)
		}
		if got := cuxSession(t, s, t.Context(), "a day"); got.ExpiresAt == nil || !got.ExpiresAt.Equal(second) {
			t.Errorf("the renewed session: got %+v", got)
		}
	})
	t.Run("a session stays with its account", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var winner atomic.Value
		var wins atomic.Int32
		var callers sync.WaitGroup
		for i := range 16 {
			callers.Go(func() {
				account := fmt.Sprint(i)
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					return tx.CuxStartSession(store.CuxSession{CorrelationID: "c", AccountID: account, Channel: "APP"})
				})
				switch {
				case err == nil:
					winner.Store(account)
					wins.Add(1)
				case !errors.Is(err, store.ErrConflict):
					t.Error(err)
				}
			})
		}
		callers.Wait()
		if got := cuxSession(t, s, t.Context(), "c").AccountID; wins.Load() != 1 || got != winner.Load() {
			t.Errorf("%d accounts got the session, %v the last; it is %s's", wins.Load(), winner.Load(), got)
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.CuxAddSession(store.CuxSession{CorrelationID: "c", AccountID: "x", Channel: "APP"})
		})
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("adding another's session: got %v, want ErrConflict", err)
		}
	})
	t.Run("workspaces do not meet", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		one, other := store.WithWorkspace(t.Context(), "one"), store.WithWorkspace(t.Context(), "other")
		for account, ctx := range map[string]context.Context{"a": one, "b": other} {
			cuxWrite(t, s, ctx, func(tx *store.Tx) error {
				return errors.Join(
					tx.CuxPutAccount(store.CuxAccount{ID: account, LoyaltyID: "1"}),
					tx.CuxStartSession(store.CuxSession{CorrelationID: "c", AccountID: account, Channel: "APP"}),
					tx.CuxPutLink(store.CuxLink{AccountID: "both", BusinessUnit: "BU", LinkID: account}),
				)
			})
		}
		for account, ctx := range map[string]context.Context{"a": one, "b": other} {
			if got := cuxSession(t, s, ctx, "c").AccountID; got != account {
				t.Errorf("the session is of account %s, want %s", got, account)
			}
			if got := cuxLinks(t, s, ctx, "both"); len(got) != 1 || got[0].LinkID != account {
				t.Errorf("got links %v, want the one of %s", got, account)
			}
		}
	})
}

func cuxWrite(t *testing.T, s *store.Store, ctx context.Context, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

func cuxLinks(t *testing.T, s *store.Store, ctx context.Context, accountID string) (links []store.CuxLink) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) (err error) {
		links, err = q.CuxLinks(accountID, store.CuxLink{}, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return links
}

func cuxSession(t *testing.T, s *store.Store, ctx context.Context, id string) (session store.CuxSession) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) (err error) {
		session, err = q.CuxSession(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return session
}
