package ledger

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
)

func comanageCO(author int) int { return author + 2 }

func comanageEdited(author int) int { return author + 1 }

func comanageTitle(turn int) string { return fmt.Sprint("Turn ", turn) }

// comanage adds org identities to a CO, and edits one: it and its archived copies change
// together.
type comanage struct {
	*author
	database *sql.DB
	revision int    // of the org identity that is edited
	title    string // of the same
}

func newComanage(a *author, database *sql.DB) works {
	w := &comanage{author: a, database: database, title: comanageTitle(0)}
	w.book.holds(w.edited(), comanageContent(0, w.title, 0, ""))
	return w
}

// edited is the key of the org identity that is edited; those that are added have their
// titles for keys.
func (w *comanage) edited() string { return strconv.Itoa(comanageEdited(w.number)) }

// comanageContent is what is to be found of the edited org identity.
func comanageContent(revision int, title string, copies int, newest string) string {
	return fmt.Sprintf("revision %d %q, %d copies, the newest %q", revision, title, copies, newest)
}

func (w *comanage) change(ctx context.Context) error {
	title := comanageTitle(w.turn)
	if w.turn%2 == 0 {
		w.book.send(title, "added")
		return w.put(ctx, http.MethodPost, "", title)
	}
	w.book.send(w.edited(), comanageContent(w.revision+1, title, w.revision+1, w.title))
	if err := w.put(ctx, http.MethodPut, "/"+w.edited(), title); err != nil {
		return err
	}
	w.revision, w.title = w.revision+1, title
	return nil
}

func (w *comanage) put(ctx context.Context, method, id, title string) error {
	body := fmt.Sprintf(`{"RequestType": "OrgIdentities", "Version": "1.0", "OrgIdentities": [
		{"Version": "1.0", "CoId": "%d", "Affiliation": "member", "Title": %q}]}`, comanageCO(w.number), title)
	return w.api.call(ctx, method, "/org_identities"+id+".json", w.header(), body, nil)
}

func (w *comanage) header() map[string]string {
	return header("Basic " + base64.StdEncoding.EncodeToString([]byte(benchUser+":demo-secret")))
}

func (w *comanage) stored(ctx context.Context) (map[string]string, error) {
	var list struct {
		OrgIdentities []struct{ ID, Title, Revision string }
	}
	path := fmt.Sprintf("/org_identities.json?coid=%d", comanageCO(w.number))
	if err := w.api.call(ctx, http.MethodGet, path, w.header(), "", &list); err != nil {
		return nil, err
	}
	copies, newest, err := w.archived(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	stored := map[string]string{}
	for _, identity := range list.OrgIdentities {
		if identity.ID != w.edited() {
			stored[identity.Title] = "added"
			continue
		}
		if w.revision, err = strconv.Atoi(identity.Revision); err != nil {
			return nil, err
		}
		w.title = identity.Title
		stored[identity.ID] = comanageContent(w.revision, w.title, copies, newest)
	}
	return stored, nil
}

// archived tells how many archived copies there are of the org identity that is edited,
// and the title of the newest. Registry's calls show one to those only who know its id.
func (w *comanage) archived(ctx context.Context) (copies int, newest string, err error) {
	const of = `FROM comanage_org_identities WHERE workspace = 'default' AND archive_of = $1`
	err = w.database.QueryRowContext(ctx, `SELECT (SELECT count(*) `+of+`),
		COALESCE((SELECT title `+of+` ORDER BY revision DESC LIMIT 1), '')`, comanageEdited(w.number)).Scan(&copies, &newest)
	return copies, newest, err
}
