package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"orglink/store"
)

// Lists are in the order of bytes, as on SQLite, also where the database's locale
// has another one: a language's order puts "a" before "B".
func TestPostgresListsSviLinksByBytesInAnyLocale(t *testing.T) {
	t.Parallel()
	Postgres(t) // starts the server, or skips
	if err := shared.exec(`CREATE DATABASE test_locale TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en'`); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := shared.exec(`DROP DATABASE test_locale WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	s := openURL(t, shared.server.URL("test_locale"))
	for _, id := range []string{"b", "a", "B"} {
		sviMakeLink(t, s, t.Context(), id, "from", "to")
	}
	err := s.Read(t.Context(), func(q *store.Query) error {
		links, err := q.SviLinksBetween(1, "from", "to", 2)
		if err == nil && (len(links) != 2 || links[0].ID != "B" || links[1].ID != "a") {
			t.Errorf("got %+v", links)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	testSviLinkPages(t, s)
}

// openDataHub is a Data Hub on Postgres with types, a document and two links.
func openDataHub(t *testing.T) (concurrent, store.SviEntityType, store.SviRelationshipType) {
	t.Helper()
	c := openConcurrent(t)
	entity := store.SviEntityType{ID: 1, Name: "e", Fields: []store.SviField{}, ReadGroups: []string{}}
	relationship := sviWith(store.SviOneToOne)
	relationship.Fields = []store.SviField{}
	mustWrite(t.Context(), t, c.Store, func(tx *store.Tx) error {
		return errors.Join(
			sviAddType(tx, entity), sviAddType(tx, relationship),
			tx.SviMakeDocument(store.SviDocument{Type: "e", ID: "d", SviRecord: sviRecord()}),
			tx.SviCreateLink(relationship, store.SviLink{ID: "k", FromID: "d", ToID: "d", SviRecord: sviRecord()}),
		)
	})
	return c, entity, relationship
}

// statement runs in the database by itself.
func (c concurrent) statement(text string) func() error {
	return func() error {
		_, err := c.db.Exec(text)
		return err
	}
}

// write is a write as a statement by itself.
func (c concurrent) write(fn func(*store.Tx) error) func() error {
	return func() error { return c.Write(context.Background(), fn) }
}

// (SQLite has one writer: there all waits for all.)
func TestPostgresHoldsWhatSviWritesRestOn(t *testing.T) {
	t.Parallel()
	c, entity, relationship := openDataHub(t)
	workspace(t, c.Store, "other")
	holdEntity := func(tx *store.Tx) error { _, err := tx.SviHoldEntityType("e"); return err }
	holdRelationship := func(tx *store.Tx) error { _, err := tx.SviHoldRelationshipType("e", "r"); return err }
	holdDocument := func(tx *store.Tx) error { return tx.SviHoldDocument("e", "d") }
	lockLink := func(tx *store.Tx) error { _, err := tx.SviLockLink(1, "k"); return err }
	holdBulk := func(tx *store.Tx) error { return tx.SviHoldBulk() }
	bulkElsewhere := func() error { return c.Write(store.WithWorkspace(context.Background(), "other"), holdBulk) }
	putEntity := c.write(func(tx *store.Tx) error { return store.SviEditType(tx, entity, entity.Version) })
	putRelationship := c.write(func(tx *store.Tx) error { return store.SviEditType(tx, relationship, relationship.Version) })
	updateLink := c.write(func(tx *store.Tx) error {
		link, err := tx.SviLink(1, "k")
		if err == nil {
			_, err = tx.SviUpdateLink(relationship, link)
		}
		return err
	})
	// Each in its turn: a deletion is the last thing that is done to a row.
	for _, step := range []struct {
		name   string
		first  func(*store.Tx) error
		second func() error
		waits  bool
	}{
		{"a change of a held entity type", holdEntity, putEntity, true},
		{"a change of a held relationship type", holdRelationship, putRelationship, true},
		{"a new label of a held entity type", holdEntity, c.statement(`UPDATE svi_entity_types SET label = 'new'`), true},
		{"a new label of a held relationship type", holdRelationship, c.statement(`UPDATE svi_relationship_types SET label = 'new'`), true},
		{"another one that holds the entity type", holdEntity, c.write(holdEntity), false},
		{"another one that holds the relationship type", holdRelationship, c.write(holdRelationship), false},
		{"another one that holds the document", holdDocument, c.write(holdDocument), false},
		{"an update of a held document", holdDocument, c.statement(`UPDATE svi_documents SET version = version + 1`), false},
		{"another bulk write", holdBulk, c.write(holdBulk), true},
		{"a bulk write of another workspace", holdBulk, bulkElsewhere, false},
		{"another one that locks the link", lockLink, c.write(lockLink), true},
		{"an update of a locked link", lockLink, updateLink, true},
		{"a deletion of a locked link", lockLink, c.write(func(tx *store.Tx) error { return tx.SviDeleteLink(1, "k") }), true},
		{"a deletion of a held document", holdDocument, c.statement(`DELETE FROM svi_documents`), true},
		{"a deletion of a held relationship type", holdRelationship, c.statement(`DELETE FROM svi_relationship_types`), true},
		{"a deletion of a held entity type", holdEntity, c.statement(`DELETE FROM svi_entity_types`), true},
	} {
		if waited, err := c.beside(t, step.first, step.second); err != nil || waited != step.waits {
			t.Errorf("%s: waited %v, %v", step.name, waited, err)
		}
	}
}

// Bulk writes that make links at the same ends in another order wait for each other.
// The database ends one of them, which is tried again and finds the other's links.
func TestPostgresCrossingCreatorsOfLinksBothEnd(t *testing.T) {
	t.Parallel()
	c, _, relationship := openDataHub(t)
	var crossed sync.WaitGroup
	crossed.Add(2)
	attempts, refused := [2]int{}, [2]int{}
	var group sync.WaitGroup
	for i := range 2 {
		group.Go(func() {
			err := c.Write(t.Context(), func(tx *store.Tx) error {
				attempts[i], refused[i] = attempts[i]+1, 0
				for n := range 2 {
					end := string(rune('a' + (i+n)%2))
					err := tx.SviCreateLink(relationship, store.SviLink{ID: fmt.Sprint(i, n), FromID: end, ToID: end, SviRecord: sviRecord()})
					if errors.Is(err, store.ErrConflict) {
						refused[i]++
					} else if err != nil {
						return err
					}
					if attempts[i] == 1 && n == 0 {
						crossed.Done()
						crossed.Wait() // until both have made their first
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if attempts[0]+attempts[1] < 3 || refused[0]+refused[1] != 2 || refused[0] == 1 {
		t.Errorf("attempts %v, refused %v: want one tried again, and refused both links", attempts, refused)
	}
}
