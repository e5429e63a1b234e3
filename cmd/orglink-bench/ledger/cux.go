package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"
)

const cuxUnit = "BENCH"

func cuxSession(author int) string { return fmt.Sprint("session-", author) }

// cux links an account to a business unit: ever new links, and a few again and again.
type cux struct{ *author }

func newCux(a *author, _ *sql.DB) works { return cux{a} }

func (w cux) change(ctx context.Context) error {
	link := fmt.Sprint("again-", w.turn%8)
	if w.turn%4 == 0 {
		link = fmt.Sprint("once-", w.turn)
	}
	linked := time.UnixMilli(int64(w.turn)).UTC().Format("2006-01-02T15:04:05.000Z")
	w.book.send(link, linked)
	path := fmt.Sprintf("/client/users/%s/business/units/%s/links/%s", cuxSession(w.number), cuxUnit, link)
	body := fmt.Sprintf(`{"dateLinked": %q, "status": "LINKED"}`, linked)
	return w.api.call(ctx, http.MethodPut, path, header("Bearer "+benchToken), body, nil)
}

func (w cux) stored(ctx context.Context) (map[string]string, error) {
	var links []struct{ LinkID, DateLinked string }
	path := fmt.Sprintf("/client/users/%s/business/units/links/", cuxSession(w.number))
	err := w.api.call(ctx, http.MethodGet, path, header("Bearer "+benchToken), "", &links)
	stored := map[string]string{}
	for _, link := range links {
		stored[link.LinkID] = link.DateLinked
	}
	return stored, err
}
