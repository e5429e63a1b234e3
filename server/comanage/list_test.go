package comanage

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"orglink/gen"
	"orglink/server/request"
	"orglink/store"
)

// streamedLinks serves a list of links whose pages come from read.
func streamedLinks(t *testing.T, read func(after int64) (page []any, last int64)) *httptest.Server {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "orglink.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	workspace, err := st.Workspace(t.Context(), store.DefaultWorkspace)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := request.With(r.Context(), &request.Info{Workspace: workspace})
		_, pages, err := Handlers{store: st}.pages(ctx, func(_ *store.Query, after int64) ([]any, int64, error) {
			page, last := read(after)
			return page, last, nil
		})
		if err != nil {
			t.Error(err)
			return
		}
		links := resource{singular: link, plural: plurals[link]}
		if err := rows(ctx, gen.ComanageFormatJSON, links, pages).write(w); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	return srv
}

func TestTheFirstByteIsSentBeforeTheThousandthRowIsRead(t *testing.T) {
	t.Parallel()
	const total = 10_000
	received, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	srv := streamedLinks(t, func(after int64) (page []any, last int64) {
		for last = after; last < total && len(page) < pageSize; {
			last++
			page = append(page, linkRow(store.ComanageLink{ComanageRecord: store.ComanageRecord{ID: last}}))
		}
		if last >= 1000 {
			<-received.Done() // until the client has the first byte, or too long
		}
		return page, last
	})
	resp, err := srv.Client().Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		t.Fatal(err)
	}
	if received.Err() != nil {
		t.Fatal("the first byte came after the thousandth row was read")
	}
	cancel()
	rest, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var list gen.ComanageCoOrgIdentityLinks
	if err := json.Unmarshal(append(first, rest...), &list); err != nil || len(list.CoOrgIdentityLinks) != total {
		t.Errorf("%d links (%v), want %d", len(list.CoOrgIdentityLinks), err, total)
	}
}
