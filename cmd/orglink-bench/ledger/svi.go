package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

func sviKey(author int) string { return fmt.Sprint("key-", author) }

func sviStatement(version int) string { return fmt.Sprint("as of version ", version) }

// svi updates one link: it and its history change together.
type svi struct {
	*author
	version int
}

func newSvi(a *author, _ *sql.DB) works {
	w := &svi{author: a, version: 1}
	w.book.holds(sviKey(a.number), sviContent(1, sviStatement(1), 1, "1"))
	return w
}

// sviContent is what is to be found of the link.
func sviContent(version int, statement string, kept int, newest string) string {
	return fmt.Sprintf("version %d %q, %d kept, the newest %s", version, statement, kept, newest)
}

func (w *svi) path(part string) string {
	return "/links/@item" + part + "?_id=" + url.QueryEscape("bench_link|_|bench_report|_|bench_person|_|"+sviKey(w.number))
}

func (w *svi) change(ctx context.Context) error {
	next := w.version + 1
	w.book.send(sviKey(w.number), sviContent(next, sviStatement(next), next, strconv.Itoa(next)))
	h := header("Bearer " + benchToken)
	h["If-Match"] = fmt.Sprintf(`"%d"`, w.version)
	body := fmt.Sprintf(`{"fieldValues": {"statement": %q, "version": %d}}`, sviStatement(next), w.version)
	if err := w.api.call(ctx, http.MethodPut, w.path(""), h, body, nil); err != nil {
		return err
	}
	w.version = next
	return nil
}

func (w *svi) stored(ctx context.Context) (map[string]string, error) {
	var link struct {
		FieldValues struct {
			Version   int
			Statement string
		}
	}
	var history struct {
		Count int
		Items []struct{ Version string }
	}
	if err := w.api.call(ctx, http.MethodGet, w.path(""), header("Bearer "+benchToken), "", &link); err != nil {
		return nil, err
	}
	if err := w.api.call(ctx, http.MethodGet, w.path("/versions"), header("Bearer "+benchToken), "", &history); err != nil {
		return nil, err
	}
	newest := ""
	if len(history.Items) > 0 {
		newest = history.Items[0].Version
	}
	w.version = link.FieldValues.Version
	return map[string]string{
		sviKey(w.number): sviContent(w.version, link.FieldValues.Statement, history.Count, newest),
	}, nil
}
