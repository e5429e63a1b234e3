package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

// A Data Hub that was filled while nothing held cardinalities, and while a document
// had no times, works on.
func TestMigrationKeepsTheLinksOfADataHub(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, testMigrationOfSvi)
}

// oldSviTypes are relationship types of every cardinality, by ID.
var oldSviTypes = map[int64]store.SviCardinality{
	1: store.SviOneToOne, 2: store.SviOneToMany, 3: store.SviManyToOne, 4: store.SviManyToMany,
}

// oldLinkedHub is what version 7 may hold: a type of every cardinality, and of each the
// same links, which break all of them but the last: two begin at a, two end at y.
var oldLinkedHub = []string{
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05'), ('other', 'key', '2025-01-02 03:04:05')`,
	`INSERT INTO svi_entity_types (workspace, id, name, label, version, fields, read_groups) VALUES
		('default', 7, 'e', 'Entity', 3, '[{"name":"id","label":"ID","dataType":"string","primaryKey":true}]', '["readers"]')`,
	`INSERT INTO svi_relationship_types (workspace, id, from_type, name, to_type, label, reverse_name, version, cardinality, "symmetric", bridge, columns, fields) VALUES
		('default', 1, 'e', 'one', 'e', 'One', '', 2, 'ONE_TO_ONE', true, true, '{"version":"v"}', '[]'),
		('default', 2, 'e', 'two', 'e', 'Two', '', 1, 'ONE_TO_MANY', false, true, '{}', '[]'),
		('default', 3, 'e', 'three', 'e', 'Three', '', 1, 'MANY_TO_ONE', false, true, '{}', '[]'),
		('default', 4, 'e', 'four', 'e', 'Four', 'back', 1, 'MANY_TO_MANY', false, false, '{}', '[]'),
		('other', 4, 'e', 'four', 'e', 'Four', '', 1, 'ONE_TO_ONE', false, true, '{}', '[]')`,
	`INSERT INTO svi_documents (workspace, type, id, version, field_values, valid_from, valid_to) VALUES
		('default', 'e', 'a', 5, '{"name":"<A>"}', '2025-01-02 03:04:05', NULL)`,
	`INSERT INTO svi_links (workspace, relationship_id, id, from_id, to_id, version, attributes, valid_from, valid_to, created_at, created_by, last_updated_at, last_updated_by)
		SELECT t.workspace, t.id, l.id, l.from_id, l.to_id, 9, '{"text":"<&>"}', NULL, '2025-02-02 03:04:05', '2025-01-02 03:04:05', 'maker', '2025-01-03 03:04:05', 'changer'
		FROM svi_relationship_types AS t, (
			SELECT 'a' AS id, 'a' AS from_id, 'x' AS to_id
			UNION ALL SELECT 'B', 'a', 'y' UNION ALL SELECT 'c', 'b', 'y' UNION ALL SELECT 'd', 'd', 'd') AS l`,
}

func testMigrationOfSvi(t *testing.T, url string) {
	if err := store.MigrateTo(t.Context(), url, 7); err != nil {
		t.Fatal(err)
	}
	if err := store.ExecURL(t.Context(), url, oldLinkedHub...); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	wantMigratedTypes(t, s)
	wantMigratedDocument(t, s)
	for id, cardinality := range oldSviTypes {
		wantMigratedLinks(t.Context(), t, s, id, cardinality)
		wantHeldCardinality(t, s, store.SviRelationshipType{ID: id, Cardinality: cardinality, HistoryEnabled: true})
	}
	wantMigratedLinks(store.WithWorkspace(t.Context(), "other"), t, s, 4, store.SviOneToOne)
}

func wantMigratedTypes(t *testing.T, s *store.Store) {
	t.Helper()
	readSvi(t.Context(), t, s, func(q *store.Query) error {
		entity, err := q.SviEntityType("e")
		if err != nil {
			return err
		}
		if entity.ID != 7 || entity.Version != 3 || len(entity.Fields) != 1 || !entity.Fields[0].PrimaryKey ||
			len(entity.ReadGroups) != 1 || entity.Columns != (store.SviColumns{}) {
			t.Errorf("the entity type: %+v", entity)
		}
		relationship, err := q.SviRelationshipType("e", "one")
		if !relationship.HistoryEnabled || !relationship.Symmetric || !relationship.Bridge ||
			relationship.Version != 2 || relationship.Columns != (store.SviColumns{Version: "v"}) {
			t.Errorf("the relationship type: %+v", relationship)
		}
		return err
	})
}

func wantMigratedDocument(t *testing.T, s *store.Store) {
	t.Helper()
	readSvi(t.Context(), t, s, func(q *store.Query) error {
		document, err := q.SviDocument("e", "a")
		if document.Version != 5 || string(document.Attributes["name"]) != `"<A>"` || document.ValidTo != nil ||
			document.ValidFrom == nil || !document.ValidFrom.Equal(time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)) {
			t.Errorf("the document: %+v", document)
		}
		if document.CreatedAt.IsZero() || !document.LastUpdatedAt.Equal(document.CreatedAt) ||
			document.CreatedBy == "" || document.LastUpdatedBy != document.CreatedBy {
			t.Errorf("the document's times and users: %+v", document)
		}
		return err
	})
}

// wantMigratedLinks expects all old links of a type as they were, and the first of an
// end by its key (B is before a) to stand for the cardinality there.
func wantMigratedLinks(ctx context.Context, t *testing.T, s *store.Store, typeID int64, cardinality store.SviCardinality) {
	t.Helper()
	onlyFrom := cardinality == store.SviOneToOne || cardinality == store.SviManyToOne
	onlyTo := cardinality == store.SviOneToOne || cardinality == store.SviOneToMany
	for _, want := range []struct {
		id, from, to       string
		firstFrom, firstTo bool
	}{{"B", "a", "y", true, true}, {"a", "a", "x", false, true}, {"c", "b", "y", true, false}, {"d", "d", "d", true, true}} {
		wanted := store.SviLink{Workspace: "default", RelationshipID: typeID, ID: want.id, FromID: want.from, ToID: want.to}
		if onlyFrom && want.firstFrom {
			wanted.OnlyFrom = &want.from
		}
		if onlyTo && want.firstTo {
			wanted.OnlyTo = &want.to
		}
		readSvi(ctx, t, s, func(q *store.Query) error {
			wanted.Workspace = q.Workspace()
			got, err := q.SviLink(typeID, want.id)
			if got.Version != 9 || string(got.Attributes["text"]) != `"<&>"` || got.ValidFrom != nil || got.ValidTo == nil ||
				got.CreatedBy != "maker" || got.LastUpdatedBy != "changer" || got.LastUpdatedAt.Sub(got.CreatedAt) != 24*time.Hour {
				t.Errorf("link %s of type %d: %+v", want.id, typeID, got)
			}
			got.SviRecord = store.SviRecord{}
			if diff := cmp.Diff(wanted, got); diff != "" {
				t.Errorf("link %s of type %d (-want +got):\n%s", want.id, typeID, diff)
			}
			return err
		})
	}
}

// wantHeldCardinality expects the database to refuse new links at ends that have one,
// and an old link to change, to have no versions but its new ones, and to make room.
func wantHeldCardinality(t *testing.T, s *store.Store, r store.SviRelationshipType) {
	t.Helper()
	create := func(id, from, to string) error {
		return s.Write(t.Context(), func(tx *store.Tx) error {
			return tx.SviCreateLink(r, store.SviLink{ID: id, FromID: from, ToID: to, SviRecord: store.SviRecord{Version: 1}})
		})
	}
	for _, at := range []struct {
		id, from, to string
		refusedBy    []store.SviCardinality
	}{
		{"from", "a", "new", []store.SviCardinality{store.SviOneToOne, store.SviManyToOne}},
		{"to", "new", "y", []store.SviCardinality{store.SviOneToOne, store.SviOneToMany}},
	} {
		refused := errors.Is(create(at.id, at.from, at.to), store.ErrConflict)
		want := r.Cardinality == at.refusedBy[0] || r.Cardinality == at.refusedBy[1]
		if refused != want {
			t.Errorf("%s: a second link %s: refused %v", r.Cardinality, at.id, refused)
		}
	}
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		old, err := tx.SviLockLink(r.ID, "d")
		if err != nil {
			return err
		}
		if _, err := tx.SviUpdateLink(r, old); err != nil {
			return err
		}
		versions, count, err := tx.SviLinkVersions(r.ID, "d", 0, 10)
		if count != 1 || len(versions) != 1 || versions[0].Version != 10 {
			t.Errorf("%s: versions of an old link: %+v", r.Cardinality, versions)
		}
		return errors.Join(err, tx.SviDeleteLink(r.ID, "d"))
	})
	if err := errors.Join(err, create("again", "d", "d")); err != nil {
		t.Errorf("%s: a link in the place of a deleted one: %v", r.Cardinality, err)
	}
}

func readSvi(ctx context.Context, t *testing.T, s *store.Store, read func(*store.Query) error) {
	t.Helper()
	if err := s.Read(ctx, read); err != nil {
		t.Error(err)
	}
}
