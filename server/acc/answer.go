package acc

import (
	"iter"
	"net/http"
	"time"

	"orglink/gen"
	"orglink/server/respond"
	"orglink/store"
)

// structure is units of an account, and a tree that holds them and all above them.
type structure struct {
	units []store.AccUnit
	tree  tree
}

// answer is a 200 to all calls for business units. It is sent while its pages are
// read; pages that end with an error break it off, so that it does not look whole.
type answer struct{ pages iter.Seq2[structure, error] }

// whole is a page that is the only one.
func whole(s structure) iter.Seq2[structure, error] {
	return func(yield func(structure, error) bool) { yield(s, nil) }
}

// send writes a gen.AccBusinessUnits unit by unit: with its paths it can be many
// times as large as what it is made of.
func (a answer) send(w http.ResponseWriter) error {
	list := respond.NewList(w, jsonType, `{"business_units":[`)
	for page, err := range a.pages {
		if err != nil {
			return err
		}
		for _, u := range page.units {
			if err := list.Add(page.unit(u)); err != nil {
				return err
			}
		}
		if len(page.units) < pageSize {
			continue
		}
		if err := list.Flush(); err != nil {
			return err
		}
	}
	return list.End(`]}`)
}

func (s structure) unit(u store.AccUnit) gen.AccBusinessUnit {
	return gen.AccBusinessUnit{
		ID:          u.ID,
		AccountID:   u.AccountID,
		ParentID:    u.ParentID,
		Name:        u.Name,
		Description: u.Description,
		Path:        s.tree.path(u.ID),
		CreatedAt:   timestamp(u.CreatedAt),
		UpdatedAt:   timestamp(u.UpdatedAt),
	}
}

// timestamp always has three decimals, which time.Time's own JSON has not.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// VisitAccPutBusinessUnitsStructureResponse implements the generated interface.
func (a answer) VisitAccPutBusinessUnitsStructureResponse(w http.ResponseWriter) error {
	return a.send(w)
}

// VisitAccPutBusinessUnitsStructureEUResponse implements the generated interface.
func (a answer) VisitAccPutBusinessUnitsStructureEUResponse(w http.ResponseWriter) error {
	return a.send(w)
}

// VisitAccGetBusinessUnitsStructureResponse implements the generated interface.
func (a answer) VisitAccGetBusinessUnitsStructureResponse(w http.ResponseWriter) error {
	return a.send(w)
}

// VisitAccGetBusinessUnitsStructureEUResponse implements the generated interface.
func (a answer) VisitAccGetBusinessUnitsStructureEUResponse(w http.ResponseWriter) error {
	return a.send(w)
}
