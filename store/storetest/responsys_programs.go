package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"orglink/store"
)

func testResponsysDeletion(t *testing.T, open Open) {
	remove := func(t *testing.T, s *store.Store, id int64) (losses []store.ResponsysLoss, err error) {
		t.Helper()
		err = s.Write(t.Context(), func(tx *store.Tx) (err error) {
			losses, err = tx.DeleteResponsysOrganization(id)
			return err
		})
		return losses, err
	}
	t.Run("a deletion takes all below along, and tells what it took from whom", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		losses, err := remove(t, s, 4000007)
		want := []store.ResponsysLoss{{Kind: store.ResponsysKindProgram, Object: "p", Before: 3, After: 2}}
		if diff := cmp.Diff(want, losses); diff != "" || err != nil {
			t.Errorf("%v; the losses (-want +got):\n%s", err, diff)
		}
		wantAccess(t, s, "7:", "7:27:")
		for id, want := range map[int64]error{7: store.ErrResponsysRoot, 4000007: store.ErrNotFound, 4000027: store.ErrNotFound, 1: store.ErrNotFound} {
			if _, err := remove(t, s, id); !errors.Is(err, want) {
				t.Errorf("%d: got %v, want %v", id, err, want)
			}
		}
		var last int64
		err = s.Write(t.Context(), func(tx *store.Tx) (err error) {
			last, err = tx.ResponsysLastOrganizationID()
			return err
		})
		if err != nil || last != 4000027 {
			t.Errorf("the last id is %d, want 4000027: it is not given out again; %v", last, err)
		}
		if losses, err = remove(t, s, 27); err != nil || len(losses) != 1 || losses[0].After != 1 {
			t.Errorf("got %v, %v", losses, err)
		}
		wantAccess(t, s, "7:")
	})
	t.Run("a deletion waits for a set under way, and takes out of it what it deletes", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		responsysTree(t, s)
		w, err := s.Workspace(t.Context(), store.DefaultWorkspace)
		if err != nil {
			t.Fatal(err)
		}
		found, deleted := make(chan struct{}), make(chan error, 1)
		var once sync.Once
		go func() {
			<-found
			_, err := remove(t, s, 4000007)
			deleted <- err
		}()
		err = s.Write(store.InWorkspace(t.Context(), w), func(tx *store.Tx) error { // as callers are
			ids, err := tx.ResponsysOrganizationIDs([]string{"Root", "Karnataka"})
			if err != nil {
				return err
			}
			once.Do(func() { close(found) })
			select {
			case err := <-deleted:
				return errors.Join(errors.New("the deletion did not wait"), err)
			case <-time.After(100 * time.Millisecond): // it would have had time enough
			}
			return tx.SetResponsysAccess(store.ResponsysKindProgram, "p", []int64{ids["Root"], ids["Karnataka"]})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-deleted; err != nil {
			t.Error(err)
		}
		wantAccess(t, s, "7:")
	})
}

func testResponsysPrograms(t *testing.T, open Open) {
	t.Run("programs are listed by id, published and described", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		add := func(p store.ResponsysProgram) error {
			return s.Write(t.Context(), func(tx *store.Tx) error { return tx.AddResponsysProgram(p) })
		}
		for i, name := range []string{"c", "a", "b"} {
			if err := add(store.ResponsysProgram{Name: name, ID: int64(30 - i), Status: "NOT_RUNNING", Channels: []string{"EMAIL"}, PublishedOn: "01/02/2003"}); err != nil {
				t.Fatal(err)
			}
		}
		for _, taken := range []store.ResponsysProgram{{Name: "d", ID: 30}, {Name: "c", ID: 1}} {
			if err := add(taken); !errors.Is(err, store.ErrConflict) {
				t.Errorf("%+v: got %v", taken, err)
			}
		}
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			if err := tx.PublishResponsysProgram("nope", "", ""); !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("an unknown program: %w", err)
			}
			if err := tx.PublishResponsysProgram("a", "04/05/2006", "u"); err != nil {
				return err
			}
			if err := tx.UnpublishResponsysProgram("b", "05/06/2007", "v"); err != nil {
				return err
			}
			return tx.DescribeResponsysProgram(store.ResponsysProgram{Name: "a", ID: 40, Folder: "F", Channels: []string{}, Status: "x", PublishedOn: "x"})
		})
		if err != nil {
			t.Fatal(err)
		}
		list := func(statuses []string, offset, limit int) string {
			var names []string
			err := s.Read(t.Context(), func(q *store.Query) error {
				programs, err := q.ResponsysPrograms(statuses, offset, limit)
				for _, p := range programs {
					names = append(names, fmt.Sprint(p.ID, p.Name, p.Folder, p.Status, p.PublishedOn, p.UnpublishedOn, p.ModifiedBy, len(p.Channels)))
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return strings.Join(names, "|")
		}
		const b, c, a = "28bNOT_RUNNING01/02/200305/06/2007v1", "30cNOT_RUNNING01/02/20031", "40aFRUNNING04/05/2006u0"
		for got, want := range map[string]string{
			list(nil, 0, 9): b + "|" + c + "|" + a, list(nil, 1, 1): c, list(nil, 3, 9): "",
			list([]string{"NOT_RUNNING"}, 0, 9): b + "|" + c, list([]string{"RUNNING", "RUNNING_WITH_ERRORS"}, 0, 9): a,
		} {
			if strings.ReplaceAll(got, " ", "") != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}
