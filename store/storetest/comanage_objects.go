package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"orglink/store"
)

// testComanageObjects holds every kind of a CO's objects to what they have in common.
func testComanageObjects(t *testing.T, open Open) {
	t.Run("people", func(t *testing.T) { testComanageKind(t, open, samplePerson, clearPerson) })
	t.Run("org identities", func(t *testing.T) { testComanageKind(t, open, sampleOrgIdentity, clearOrgIdentity) })
	t.Run("names", func(t *testing.T) { testComanageKind(t, open, sampleName, clearName) })
	t.Run("identifiers", func(t *testing.T) { testComanageKind(t, open, sampleIdentifier, clearIdentifier) })
	t.Run("links", func(t *testing.T) {
		testComanageKind(t, open, sampleLink, func(l *store.ComanageLink) { l.OrgIdentityID += 900 })
	})
}

// testComanageKind tests one kind. Samples of different numbers stand in nobody's
// way; clear empties every attribute that may be empty.
func testComanageKind[T store.ComanageObject](t *testing.T, open Open, sample func(n int64) T, clearAll func(*T)) {
	t.Parallel()
	t.Run("an object comes back as it was", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		for n, want := range []T{sample(1), sample(2)} {
			if n == 1 {
				clearAll(&want)
			}
			id := addObject(ctx, t, s, want)
			setRecord(&want, func(r *store.ComanageRecord) { r.Workspace, r.ID = store.DefaultWorkspace, id })
			sameObject(t, want, findObject[T](ctx, t, s, id))
		}
		noObject[T](ctx, t, s, 3)
		noObject[T](workspace(t, s, "other"), t, s, 1)
	})
	t.Run("an edit keeps a copy of what was", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		other := addObject(ctx, t, s, sample(1))
		id := addObject(ctx, t, s, sample(2))
		for revision := range int64(3) {
			before, bystander := findObject[T](ctx, t, s, id), findObject[T](ctx, t, s, other)
			want := before
			clearAll(&want)
			setRecord(&want, func(r *store.ComanageRecord) {
				r.Modified, r.Actor = moment.Add(time.Duration(revision+1)*time.Hour), "editor"
			})
			mustWrite(ctx, t, s, func(tx *store.Tx) error {
				stored, err := store.ComanageLock[T](tx, id)
				if err != nil {
					return err
				}
				edited := want
				setRecord(&edited, func(r *store.ComanageRecord) { // not to be edited
					r.ID, r.CO, r.Revision, r.Created, r.Workspace = 77, 78, 79, time.Time{}, "elsewhere"
				})
				return store.ComanageEdit(tx, stored, edited)
			})
			setRecord(&want, func(r *store.ComanageRecord) { r.Revision = revision + 1 })
			sameObject(t, want, findObject[T](ctx, t, s, id))
			setRecord(&before, func(r *store.ComanageRecord) { r.ID, r.ArchiveOf = id+1+revision, &id })
			sameObject(t, before, findObject[T](ctx, t, s, id+1+revision))
			sameObject(t, bystander, findObject[T](ctx, t, s, other))
		}
		wantPage[T](ctx, t, s, store.ComanageFilter{}, other, id)
	})
	t.Run("a deletion leaves the object readable", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		other, id := addObject(ctx, t, s, sample(1)), addObject(ctx, t, s, sample(2))
		want := findObject[T](ctx, t, s, id)
		later := moment.Add(time.Hour)
		mustWrite(ctx, t, s, func(tx *store.Tx) error { return store.ComanageDelete[T](tx, id, later, "remover") })
		setRecord(&want, func(r *store.ComanageRecord) { r.Deleted, r.Modified, r.Actor = true, later, "remover" })
		sameObject(t, want, findObject[T](ctx, t, s, id))
		wantPage[T](ctx, t, s, store.ComanageFilter{}, other)
	})
	t.Run("an id is chosen once", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		choose := func(ctx context.Context, n, id int64) error {
			object := sample(n)
			setRecord(&object, func(r *store.ComanageRecord) { r.ID = id })
			return s.Write(ctx, func(tx *store.Tx) error { return store.ComanageMake(tx, object) })
		}
		if err := choose(ctx, 1, 40); err != nil {
			t.Fatal(err)
		}
		want := findObject[T](ctx, t, s, 40)
		if err := choose(ctx, 2, 40); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a taken id: got %v, want ErrConflict", err)
		}
		sameObject(t, want, findObject[T](ctx, t, s, 40))
		if err := choose(workspace(t, s, "other"), 1, 40); err != nil {
			t.Errorf("the id of another workspace: %v", err)
		}
		if id := addObject(ctx, t, s, sample(3)); id != 41 {
			t.Errorf("after a chosen id: got %d, want 41", id)
		}
	})
	t.Run("a write that fails leaves nothing", func(t *testing.T) {
		t.Parallel()
		s, ctx := open(t), t.Context()
		id := addObject(ctx, t, s, sample(1))
		want, failure := findObject[T](ctx, t, s, id), errors.New("failure")
		err := s.Write(ctx, func(tx *store.Tx) error {
			if _, err := store.ComanageAdd(tx, sample(2)); err != nil {
				return err
			}
			edited := want
			clearAll(&edited)
			if err := store.ComanageEdit(tx, want, edited); err != nil {
				return err
			}
			if err := store.ComanageDelete[T](tx, id, moment, ""); err != nil {
				return err
			}
			return failure
		})
		if !errors.Is(err, failure) {
			t.Errorf("got %v", err)
		}
		sameObject(t, want, findObject[T](ctx, t, s, id))
		noObject[T](ctx, t, s, id+1)
	})
}

func mustWrite(ctx context.Context, t *testing.T, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(ctx, fn); err != nil {
		t.Fatal(err)
	}
}

// tryAdd stores an object under a new id.
func tryAdd[T store.ComanageObject](ctx context.Context, s *store.Store, object T) (id int64, err error) {
	err = s.Write(ctx, func(tx *store.Tx) error {
		id, err = store.ComanageAdd(tx, object)
		return err
	})
	return id, err
}

func addObject[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, object T) int64 {
	t.Helper()
	id, err := tryAdd(ctx, s, object)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func findObject[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, id int64) (object T) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		var err error
		object, err = store.ComanageFind[T](q, id)
		return err
	})
	if err != nil {
		t.Fatalf("%T %d: %v", object, id, err)
	}
	return object
}

// noObject expects that nothing finds an object of the id.
func noObject[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, id int64) {
	t.Helper()
	find := func(q *store.Query) error { _, err := store.ComanageFind[T](q, id); return err }
	for how, err := range map[string]error{
		"find": s.Read(ctx, find),
		"lock": s.Write(ctx, func(tx *store.Tx) error { _, err := store.ComanageLock[T](tx, id); return err }),
		"keep": s.Write(ctx, func(tx *store.Tx) error { _, err := store.ComanageKeep[T](tx, id); return err }),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s %T %d: got %v, want ErrNotFound", how, *new(T), id, err)
		}
	}
}

func setRecord[T store.ComanageObject](object *T, set func(*store.ComanageRecord)) {
	set(store.ComanageRecordOf(object))
}

// sameObject compares objects but for the columns that are for searching.
func sameObject[T store.ComanageObject](t *testing.T, want, got T) {
	t.Helper()
	derived := cmp.Options{
		cmpopts.IgnoreFields(store.ComanageName{}, "GivenFolded", "FamilyFolded"),
		cmpopts.IgnoreFields(store.ComanageIdentifier{}, "Folded"),
	}
	if diff := cmp.Diff(want, got, derived); diff != "" {
		t.Errorf("%T (-want +got):\n%s", want, diff)
	}
}

// wantPage expects the ids of all objects that the filter chooses.
func wantPage[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, filter store.ComanageFilter, want ...int64) {
	t.Helper()
	if diff := cmp.Diff(want, pageIDs[T](ctx, t, s, filter, 0, 1000), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%T by %+v (-want +got):\n%s", *new(T), filter, diff)
	}
}

func pageIDs[T store.ComanageObject](ctx context.Context, t *testing.T, s *store.Store, filter store.ComanageFilter, after int64, limit int) (ids []int64) {
	t.Helper()
	err := s.Read(ctx, func(q *store.Query) error {
		ids = nil
		page, err := store.ComanagePage[T](q, filter, after, limit)
		for i := range page {
			ids = append(ids, store.ComanageRecordOf(&page[i]).ID)
		}
		return err
	})
	if err != nil {
		t.Fatalf("%T by %.200v: %.200v", *new(T), filter, err)
	}
	return ids
}
