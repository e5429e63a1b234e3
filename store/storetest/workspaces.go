package storetest

import (
	"context"
	"errors"
	"testing"

	"orglink/store"
)

func testWorkspaces(t *testing.T, open Open) {
	t.Run("the default one always exists", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		before, err := s.Workspace(t.Context(), store.DefaultWorkspace)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.DropWorkspace(t.Context(), store.DefaultWorkspace); err != nil {
			t.Fatal(err)
		}
		after, err := s.Workspace(t.Context(), store.DefaultWorkspace)
		if err != nil {
			t.Fatal(err)
		}
		if string(before.SigningKey) == string(after.SigningKey) {
			t.Error("the emptied workspace kept its signing key: old tokens would still be valid")
		}
	})
	t.Run("rows of one are not seen in another, and go with theirs", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		one, other := store.WithWorkspace(t.Context(), "one"), store.WithWorkspace(t.Context(), "other")
		for _, ctx := range []context.Context{one, other} {
			err := s.Write(ctx, func(tx *store.Tx) error {
				w, err := store.NewWorkspace(tx.Workspace(), s.Now())
				if err != nil {
					return err
				}
				if err := tx.EnsureWorkspace(w); err != nil {
					return err
				}
				return tx.PutClient(store.Client{Family: "f", ID: "id", SecretDigest: tx.Workspace()})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := s.DropWorkspace(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Workspace(t.Context(), "one"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the dropped workspace: got %v, want ErrNotFound", err)
		}
		if err := readClient(one, s); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a row of the dropped workspace: got %v, want ErrNotFound", err)
		}
		if err := readClient(other, s); err != nil {
			t.Errorf("a row of the other workspace: %v", err)
		}
	})
}

func readClient(ctx context.Context, s *store.Store) error {
	return s.Read(ctx, func(q *store.Query) error {
		_, err := q.Client("f", "id")
		return err
	})
}
