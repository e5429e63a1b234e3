package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

func testSviHistory(t *testing.T, open Open) {
	t.Run("each version is kept as it was, the newest first", func(t *testing.T) {
		t.Parallel()
		testSviVersions(t, open(t))
	})
	t.Run("no version is kept where the type does not ask for it", func(t *testing.T) {
		t.Parallel()
		testSviGap(t, open(t))
	})
	t.Run("a refused update or link leaves no version", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		link := sviMakeLink(t, s, t.Context(), "k", "a", "x")
		mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
			stale := link
			stale.Version = 7
			if _, err := tx.SviUpdateLink(sviType, stale); !errors.Is(err, store.ErrStale) {
				t.Errorf("got %v, want ErrStale", err)
			}
			if err := tx.SviCreateLink(sviType, link); !errors.Is(err, store.ErrConflict) {
				t.Errorf("got %v, want ErrConflict", err)
			}
			return nil
		})
		wantSviVersions(t.Context(), t, s, "k", 1)
	})
	t.Run("the versions of a deleted link go with it, others stay", func(t *testing.T) {
		t.Parallel()
		s, other := open(t), store.WithWorkspace(t.Context(), "other")
		for _, ctx := range []context.Context{t.Context(), other} {
			sviMakeLink(t, s, ctx, "j", "a", "x")
			if _, err := sviUpdate(s, ctx, sviMakeLink(t, s, ctx, "k", "a", "x")); err != nil {
				t.Fatal(err)
			}
		}
		mustWrite(t.Context(), t, s, func(tx *store.Tx) error { return tx.SviDeleteLink(1, "k") })
		wantSviVersions(t.Context(), t, s, "k")
		wantSviVersions(t.Context(), t, s, "j", 1)
		wantSviVersions(other, t, s, "k", 2, 1)
		sviMakeLink(t, s, t.Context(), "k", "b", "y")
		wantSviVersions(t.Context(), t, s, "k", 1)
	})
	t.Run("the versions of a dropped workspace go with it, others stay", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		one, other := sviWorkspace(t, s, "one"), sviWorkspace(t, s, "other")
		for _, ctx := range []context.Context{one, other} {
			sviMakeLink(t, s, ctx, "k", "a", "x")
		}
		if err := s.DropWorkspace(t.Context(), "one"); err != nil {
			t.Fatal(err)
		}
		sviWorkspace(t, s, "one")
		wantSviLinks(one, t, s)
		wantSviVersions(one, t, s, "k")
		wantSviVersions(other, t, s, "k", 1)
	})
}

// sviWorkspace makes a workspace and returns a context in it.
func sviWorkspace(t *testing.T, s *store.Store, name string) context.Context {
	t.Helper()
	w, err := store.NewWorkspace(name, s.Now())
	if err != nil {
		t.Fatal(err)
	}
	ctx := store.WithWorkspace(t.Context(), name)
	mustWrite(ctx, t, s, func(tx *store.Tx) error { return tx.EnsureWorkspace(w) })
	return ctx
}

// wantSviVersions expects these versions to be kept of a link of type 1.
func wantSviVersions(ctx context.Context, t *testing.T, s *store.Store, id string, want ...int64) {
	t.Helper()
	mustReadSvi(ctx, t, s, func(q *store.Query) error {
		versions, count, err := q.SviLinkVersions(1, id, 0, 100)
		if got := sviNumbers(versions); !slices.Equal(got, want) || count != int64(len(want)) {
			t.Errorf("versions of %s: got %v, %d in all, want %v", id, got, count, want)
		}
		return err
	})
}

func sviNumbers(versions []store.SviLinkVersion) (numbers []int64) {
	for _, v := range versions {
		numbers = append(numbers, v.Version)
	}
	return numbers
}

// testSviVersions changes all that an update can change, and expects each version to
// be found as it was, by itself and in pages.
func testSviVersions(t *testing.T, s *store.Store) {
	link := sviMakeLink(t, s, t.Context(), "k", "a", "x")
	sviMakeLink(t, s, t.Context(), "neighbour", "a", "x")
	contents := []store.SviContent{link.SviContent}
	for version := int64(2); version <= 4; version++ {
		until := link.CreatedAt.Add(time.Duration(version) * time.Hour)
		link.Attributes = store.SviValues{"text": json.RawMessage(fmt.Sprint(version))}
		link.ValidFrom, link.ValidTo = nil, &until
		link.LastUpdatedAt, link.LastUpdatedBy = until, fmt.Sprint("user", version)
		updated, err := sviUpdate(s, t.Context(), link)
		if err != nil {
			t.Fatal(err)
		}
		link = updated
		contents = append(contents, link.SviContent)
	}
	wantSviVersions(t.Context(), t, s, "k", 4, 3, 2, 1)
	mustReadSvi(t.Context(), t, s, func(q *store.Query) error {
		for i, want := range contents {
			got, previous, err := q.SviLinkVersion(1, "k", int64(i+1))
			if err != nil {
				return err
			}
			wantSviContent(t, want, got.SviContent)
			if operation := map[bool]store.SviOperation{true: store.SviCreated, false: store.SviUpdated}[i == 0]; got.Operation != operation {
				t.Errorf("version %d: made by %s", got.Version, got.Operation)
			}
			if (previous == nil) != (i == 0) || previous != nil && previous.Version != int64(i) {
				t.Errorf("before version %d: %+v", i+1, previous)
			} else if previous != nil {
				wantSviContent(t, contents[i-1], previous.SviContent)
			}
		}
		for _, page := range []struct {
			start, limit int
			want         []int64
		}{{0, 3, []int64{4, 3, 2}}, {3, 3, []int64{1}}, {1, 1, []int64{3}}, {4, 3, nil}} {
			versions, count, err := q.SviLinkVersions(1, "k", page.start, page.limit)
			if err != nil {
				return err
			}
			if got := sviNumbers(versions); !slices.Equal(got, page.want) || count != 4 {
				t.Errorf("from %d, at most %d: got %v, %d in all, want %v", page.start, page.limit, got, count, page.want)
			}
		}
		return nil
	})
	wantNoSviVersion(t.Context(), t, s, "k", 5)
	wantNoSviVersion(t.Context(), t, s, "none", 1)
	wantNoSviVersion(store.WithWorkspace(t.Context(), "other"), t, s, "k", 1)
}

func wantSviContent(t *testing.T, want, got store.SviContent) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(time.Time.Equal)); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

func wantNoSviVersion(ctx context.Context, t *testing.T, s *store.Store, id string, version int64) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		_, _, err := q.SviLinkVersion(1, id, version)
		return err
	})
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("version %d of %s: got %v, want ErrNotFound", version, id, err)
	}
}

// testSviGap expects only versions that were made while the type keeps them, and the
// one before a gap to be that before what follows it.
func testSviGap(t *testing.T, s *store.Store) {
	link := sviMakeLink(t, s, t.Context(), "k", "a", "x")
	quiet := sviType
	quiet.HistoryEnabled = false
	mustWrite(t.Context(), t, s, func(tx *store.Tx) error {
		silent, err := tx.SviUpdateLink(quiet, link)
		if err != nil {
			return err
		}
		if _, err := tx.SviUpdateLink(sviType, silent); err != nil {
			return err
		}
		return tx.SviCreateLink(quiet, store.SviLink{ID: "none", FromID: "b", ToID: "y", SviRecord: sviRecord()})
	})
	wantSviVersions(t.Context(), t, s, "k", 3, 1)
	wantSviVersions(t.Context(), t, s, "none")
	wantNoSviVersion(t.Context(), t, s, "k", 2)
	mustReadSvi(t.Context(), t, s, func(q *store.Query) error {
		_, previous, err := q.SviLinkVersion(1, "k", 3)
		if previous == nil || previous.Version != 1 {
			t.Errorf("before version 3: %+v", previous)
		}
		return err
	})
}
