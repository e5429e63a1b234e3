package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// responsysOrganizations is of how many organizations a program gets half.
const responsysOrganizations = 12

func responsysOrganization(i int) string { return fmt.Sprint("organization ", i) }

func responsysProgram(author int) string { return fmt.Sprint("bench_", author) }

// responsys gives a program another set of organizations, all at once.
type responsys struct{ *author }

func newResponsys(a *author, _ *sql.DB) works {
	w := responsys{a}
	w.book.holds(responsysProgram(a.number), "")
	return w
}

func (w responsys) path() string {
	return "/rest/api/v1.3/attributes/programs/" + responsysProgram(w.number)
}

func (w responsys) change(ctx context.Context) error {
	var set responsysSet
	for _, i := range rand.Perm(responsysOrganizations)[:responsysOrganizations/2] {
		organization := named{responsysOrganization(i)}
		set.Attributes.Organizations.Values = append(set.Attributes.Organizations.Values, organization)
	}
	w.book.send(responsysProgram(w.number), set.content())
	body, err := json.Marshal(set)
	if err != nil {
		return err
	}
	return w.api.call(ctx, http.MethodPost, w.path(), header(benchToken), string(body), nil)
}

func (w responsys) stored(ctx context.Context) (map[string]string, error) {
	var set responsysSet
	err := w.api.call(ctx, http.MethodGet, w.path(), header(benchToken), "", &set)
	return map[string]string{responsysProgram(w.number): set.content()}, err
}

type named struct {
	Name string `json:"name"`
}

type responsysSet struct {
	Attributes struct {
		Organizations struct {
			Values []named `json:"attributeValues"`
		} `json:"organizations"`
	} `json:"attributes"`
}

// content is what is to be found of the program.
func (s responsysSet) content() string {
	var names []string
	for _, value := range s.Attributes.Organizations.Values {
		names = append(names, value.Name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
