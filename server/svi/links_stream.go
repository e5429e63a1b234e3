package svi

import (
	"bufio"
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
	w.Header().Set("Content-Type", a.media.name)
	w.WriteHeader(http.StatusOK)
	out, control := bufio.NewWriter(w), http.NewResponseController(w)
	count := 0
	_, _ = out.WriteString(`{"links":[],"name":"links","items":[`) // errors stay until Flush
	for page, err := range a.pages {
		if err != nil {
			return err
		}
		for _, l := range page {
			text, err := respond.Encode(l)
			if err != nil {
				return err
			}
			if count++; count > 1 {
				_ = out.WriteByte(',')
			}
			_, _ = out.Write(text)
		}
		if len(page) < pageSize {
			continue
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if err := control.Flush(); err != nil {
			return err
		}
	}
	_, _ = out.WriteString(`],"count":` + strconv.Itoa(count) + `,"version":` + strconv.Itoa(collectionVersion) + `}`)
	return out.Flush()
}
