package store_test

import (
	"fmt"
	"testing"

	"orglink/store"
)

// oldMembers is what version 10 may hold: e-mail addresses in any case, of which two of
// one workspace differ in nothing else.
var oldMembers = []string{
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05')`,
	`INSERT INTO cux_accounts (workspace, id, loyalty_id, email) VALUES
		('default', 'a', '1', 'Anna@Example.com'), ('default', 'b', '2', 'bert@example.com'), ('default', 'c', '3', NULL),
		('default', 'd', '4', 'Twin@example.com'), ('default', 'e', '5', 'twin@example.com'), ('other', 'a', '1', 'BERT@example.com')`,
	`INSERT INTO cux_sessions (workspace, correlation_id, account_id, channel) VALUES ('default', 's', 'a', 'APP')`,
}

func TestMigrationKeepsTheMembersOfALoyaltyProgram(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, func(t *testing.T, url string) {
		if err := store.MigrateTo(t.Context(), url, 10); err != nil {
			t.Fatal(err)
		}
		if err := store.ExecURL(t.Context(), url, oldMembers...); err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for key, want := range map[[2]string]string{
			{"default", "a"}: "anna@example.com", {"default", "b"}: "bert@example.com", {"default", "c"}: "<nil>",
			{"default", "d"}: "Twin@example.com", {"default", "e"}: "twin@example.com", {"other", "a"}: "bert@example.com",
		} {
			err := s.Read(store.WithWorkspace(t.Context(), key[0]), func(q *store.Query) error {
				a, err := q.CuxAccount(store.CuxAccountID, key[1])
				got := "<nil>"
				if a.Email != nil {
					got = *a.Email
				}
				if got != want || a.Profile != nil {
					t.Errorf("%v: the address is %s, want %s; profile %v", key, got, want, a.Profile)
				}
				return err
			})
			if err != nil {
				t.Error(fmt.Errorf("%v: %w", key, err))
			}
		}
		err = s.Write(t.Context(), func(tx *store.Tx) error {
			taken, err := tx.CuxEnrol(store.CuxAccount{ID: "f", LoyaltyID: "6"})
			if taken != "" {
				t.Errorf("%s is taken", taken)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
