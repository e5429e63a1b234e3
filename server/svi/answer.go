package svi

import (
	"net/http"

	"orglink/server/respond"
)

// recordAnswer is a success with a document or a link.
type recordAnswer struct {
	status   int
	body     any
	media    media
	etag     string
	location string // of a new record
}

func (a recordAnswer) write(w http.ResponseWriter) error {
	identify(w.Header(), a.etag, a.location)
	w.Header().Set("Vary", "Accept")
	return respond.JSON(w, a.status, a.media.name, a.body)
}

// identify sets the entity tag and the location of what is answered, those that it has.
func identify(header http.Header, etag, location string) {
	if etag != "" {
		header.Set("ETag", etag)
	}
	if location != "" {
		header.Set("Location", location)
	}
}
