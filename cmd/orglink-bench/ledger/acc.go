package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// accGroup is how many units one PUT makes or changes: all or none.
const accGroup = 5

func accAccount(author int) string { return uuid(author, 0) }

// acc puts units by the group: ever new ones, and a few again and again. What is to be
// found of a group is the turn of which all its units are.
type acc struct{ *author }

func newAcc(a *author, _ *sql.DB) works { return acc{a} }

func (w acc) path() string {
	return "/hq/v1/accounts/" + accAccount(w.number) + "/business_units_structure"
}

func (w acc) change(ctx context.Context) error {
	group := 1 + w.turn%8
	if w.turn%4 == 0 {
		group = 10 + w.turn
	}
	w.book.send(fmt.Sprint(group), fmt.Sprint(w.turn))
	var units []object
	for i := range accGroup {
		unit := object{"id": w.unit(group, i), "name": fmt.Sprintf("%d.%d.%d", group, i, w.turn)}
		if i > 0 {
			unit["parent_id"] = w.unit(group, i-1)
		}
		units = append(units, unit)
	}
	body, err := json.Marshal(object{"business_units": units})
	if err != nil {
		return err
	}
	return w.api.call(ctx, http.MethodPut, w.path(), header("Bearer "+benchToken), string(body), nil)
}

func (w acc) unit(group, i int) string { return uuid(w.number, group*accGroup+i) }

func (w acc) stored(ctx context.Context) (map[string]string, error) {
	var structure struct {
		Units []struct{ Name string } `json:"business_units"`
	}
	err := w.api.call(ctx, http.MethodGet, w.path(), header("Bearer "+benchToken), "", &structure)
	turns := map[string][]string{}
	for _, unit := range structure.Units {
		if name := strings.Split(unit.Name, "."); len(name) == 3 {
			turns[name[0]] = append(turns[name[0]], name[2])
		}
	}
	stored := map[string]string{}
	for group, of := range turns {
		stored[group] = accContent(of)
	}
	return stored, err
}

// accContent is the one turn of all units of a group, or else all that there is.
func accContent(turns []string) string {
	for _, turn := range turns {
		if turn != turns[0] || len(turns) != accGroup {
			return strings.Join(turns, " ")
		}
	}
	return turns[0]
}
