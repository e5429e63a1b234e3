package svi

import (
	"encoding/json"
	"path/filepath"
	"sync"
	"testing"

	"orglink/store"
)

// A value that was written under a mask is never shown without it, even to readers
// who looked for the link while the field was being masked.
func TestFindNeverShowsWhatWasWrittenUnderAMask(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db"), Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	link := store.SviLink{RelationshipID: 1, ID: "k", FromID: "a", ToID: "b", SviRecord: store.SviRecord{Version: 1}}
	relationship := store.SviRelationshipType{ID: 1, Name: "r", FromType: "e", ToType: "e", Bridge: true}
	set := func(tx *store.Tx, hidden bool, text string) error {
		link.Attributes = store.SviValues{"text": json.RawMessage(text)}
		relationship.Fields = []store.SviField{{Name: "text", DataType: typeString, Masked: hidden}}
		return store.SviEditType(tx, relationship, relationship.Version)
	}
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := store.SviAddType(tx, store.SviEntityType{ID: 1, Name: "e", Fields: []store.SviField{}, ReadGroups: []string{}}); err != nil {
			return err
		}
		relationship.Fields = []store.SviField{}
		if _, err := store.SviAddType(tx, relationship); err != nil {
			return err
		}
		if err := set(tx, false, `"public"`); err != nil {
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
	for _, text := range []string{"r|_|e|_|e|_|k", "r|_|e|_|e|_|a|_|b"} {
		id, _ := parseLinkID(text)
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				var f found
				unmasking.RLock()
				err := s.Read(t.Context(), func(q *store.Query) (err error) {
					f, err = find(q, caller{}, id)
					return err
				})
				unmasking.RUnlock()
				if err != nil {
					t.Error(err)
					return
				}
				if value, ok := f.shape().values(f.record(), false)["text"].(json.RawMessage); ok && string(value) != `"public"` {
					t.Errorf("%s shows %s", text, value)
					return
				}
			}
		})
	}
	write := func(hidden bool, text string) error {
		return s.Write(t.Context(), func(tx *store.Tx) error {
			if err := set(tx, hidden, text); err != nil {
				return err
			}
			updated, err := tx.SviUpdateLink(relationship, link)
			if err == nil {
				link.Version = updated.Version
			}
			return err
		})
	}
	for range 100 {
		if err := write(true, `"secret"`); err != nil {
			t.Error(err)
			break
		}
		unmasking.Lock()
		err := write(false, `"public"`)
		unmasking.Unlock()
		if err != nil {
			t.Error(err)
			break
		}
	}
	close(done)
	readers.Wait()
}
