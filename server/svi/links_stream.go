package svi

import (
	"iter"
	"net/http"
	"strconv"

	"orglink/server/respond"
)

// listAnswer is a 200 with the links of a document. It is sent while they are read;
// pages that end with an error break it off, so that it does not look whole.
type listAnswer struct {
	media media
	pages iter.Seq2[[]link, error]
}

// VisitSviGetLinksResponse implements [gen.SviGetLinksResponseObject].
func (a listAnswer) VisitSviGetLinksResponse(w http.ResponseWriter) error {
	w.Header().Set("Vary", "Accept")
	list := respond.NewList(w, a.media.name, `{"links":[],"name":"links","items":[`)
	for page, err := range a.pages {
		if err != nil {
			return err
		}
		for _, l := range page {
			if err := list.Add(l); err != nil {
				return err
			}
		}
		if len(page) < pageSize {
			continue
		}
		if err := list.Flush(); err != nil {
			return err
		}
	}
	return list.End(`],"count":` + strconv.Itoa(list.Count()) + `,"version":` + strconv.Itoa(collectionVersion) + `}`)
}
