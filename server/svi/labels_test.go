package svi

import (
	"path/filepath"
	"sync"
	"testing"

	"orglink/store"
)

// A label never shows what was written after its field was taken out of it and masked,
// even to readers who looked for the link before.
func TestLabelsNeverShowWhatWasWrittenUnderAMask(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db"), Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	link := store.SviLink{RelationshipID: 1, ID: "k", FromID: "d", ToID: "d", SviRecord: store.SviRecord{Version: 1}}
	relationship := store.SviRelationshipType{ID: 1, Name: "r", FromType: "e", ToType: "e", Bridge: true, Fields: []store.SviField{}}
	document := store.SviDocument{Type: "e", ID: "d", SviRecord: store.SviRecord{Version: 1, SviContent: contentWith("public")}}
	entity := func(hidden bool) store.SviEntityType {
		return store.SviEntityType{ID: 1, Name: "e", ReadGroups: []string{}, Fields: []store.SviField{{Name: "text", DataType: typeString, Display: !hidden, Masked: hidden}}}
	}
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := store.SviAddType(tx, entity(false)); err != nil {
			return err
		}
		if _, err := store.SviAddType(tx, relationship); err != nil {
			return err
		}
		if err := tx.SviMakeDocument(document); err != nil {
			return err
		}
		return tx.SviMakeLink(relationship, link)
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	var unmasking sync.RWMutex // nobody reads meanwhile
	id, _ := parseLinkID("r|_|e|_|e|_|k")
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			var l labels
			unmasking.RLock()
			err := s.Read(t.Context(), func(q *store.Query) error {
				f, err := find(q, caller{}, id)
				if err == nil {
					l, err = labelsOf(q, f, true)
				}
				return err
			})
			unmasking.RUnlock()
			if err != nil || l.from == "secret" || l.to == "secret" {
				t.Errorf("got %+v, %v", l, err)
				return
			}
		}
	})
	set := func(hidden bool, text string) {
		// Two calls: an administrator's, and then a writer's.
		for _, step := range []func(*store.Tx) error{
			func(tx *store.Tx) error { return store.SviEditType(tx, entity(hidden), 0) },
			func(tx *store.Tx) (err error) {
				document.SviContent = contentWith(text)
				document, err = tx.SviUpdateDocument(document)
				return err
			},
		} {
			if err := s.Write(t.Context(), step); err != nil {
				t.Error(err)
			}
		}
	}
	for range 100 {
		set(true, "secret")
		unmasking.Lock()
		set(false, "public")
		unmasking.Unlock()
	}
	close(done)
	readers.Wait()
}

// contentWith is the content of a record with one value.
func contentWith(text string) store.SviContent {
	return store.SviContent{Attributes: store.SviValues{"text": quote(text)}}
}
