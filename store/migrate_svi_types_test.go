package store_test

import (
	"testing"
	"time"

	"orglink/store"
)

// A Data Hub that was filled before types had more calls than fixtures works on.
func TestMigrationKeepsTheTypesOfADataHub(t *testing.T) {
	t.Parallel()
	eachOldDatabase(t, testMigrationOfTypes)
}

// oldDataHub is what version 7 may hold.
var oldDataHub = []string{
	`INSERT INTO workspaces (name, signing_key, created_at) VALUES ('default', 'key', '2025-01-02 03:04:05')`,
	`INSERT INTO svi_entity_types (workspace, id, name, label, version, fields, read_groups) VALUES
		('default', 5, 'person', 'Person', 6, '[{"name":"ssn","label":"SSN","dataType":"string","masked":true}]', '["Agents"]')`,
	`INSERT INTO svi_relationship_types (workspace, id, from_type, name, to_type, label, reverse_name, version, cardinality, "symmetric", bridge, columns, fields) VALUES
		('default', 5, 'person', 'knows', 'person', 'Knows', 'known_by', 2, 'MANY_TO_MANY', true, true, '{"key":"sk","from":"f","to":"t"}', '[]')`,
	`INSERT INTO svi_documents (workspace, type, id, version, field_values) VALUES ('default', 'person', 'a', 3, '{"ssn":"1"}')`,
}

func testMigrationOfTypes(t *testing.T, url string) {
	if err := store.MigrateTo(t.Context(), url, 7); err != nil {
		t.Fatal(err)
	}
	if err := store.ExecURL(t.Context(), url, oldDataHub...); err != nil {
		t.Fatal(err)
	}
	began := time.Now().Truncate(time.Second)
	s, err := store.Open(t.Context(), store.Config{URL: url, Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Read(t.Context(), func(q *store.Query) error {
		e, err := q.SviEntityType("person")
		if err != nil {
			return err
		}
		r, err := q.SviRelationshipType("person", "knows")
		if err != nil {
			return err
		}
		if e.ID != 5 || e.Version != 6 || e.CreatedBy != "orglink" || e.LastUpdatedBy != "orglink" || e.Columns != (store.SviColumns{}) || !e.Fields[0].Masked || e.ReadGroups[0] != "Agents" {
			t.Errorf("the entity type: %+v", e)
		}
		if r.ID != 5 || r.Version != 2 || r.CreatedBy != "orglink" || r.Kind != "RELATIONSHIP" || r.ReverseLabel != "known_by" || !r.HistoryEnabled || !r.Symmetric || r.Columns.Key != "sk" {
			t.Errorf("the relationship type: %+v", r)
		}
		for _, at := range []time.Time{e.CreatedAt, e.LastUpdatedAt, r.CreatedAt, r.LastUpdatedAt} {
			if at.Before(began) || at.After(time.Now()) {
				t.Errorf("got %v, want the second of the migration, %v", at, began)
			}
		}
		with, err := q.SviAnyWith(e.Records(), "ssn")
		if !with {
			t.Error("the value of the document is not found")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
