package cux

import (
	"net/http"

	"orglink/server/respond"
)

const jsonType = "application/json"

// ok is a 200 of any operation. The generated responses would set the headers
// that [Handlers.Headers] has set already, in another case.
type ok struct{ body any }

func (o ok) write(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, jsonType, o.body)
}

// VisitCuxPutBusinessUnitLinkResponse implements the generated interface.
func (o ok) VisitCuxPutBusinessUnitLinkResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitCuxListBusinessUnitLinksResponse implements the generated interface.
func (o ok) VisitCuxListBusinessUnitLinksResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitCuxPostUserResponse implements the generated interface.
func (o ok) VisitCuxPostUserResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitCuxPostSessionResponse implements the generated interface.
func (o ok) VisitCuxPostSessionResponse(w http.ResponseWriter) error { return o.write(w) }

// VisitCuxPostTokenResponse implements the generated interface; RFC 6749, section
// 5.1, asks for Pragma beside the Cache-Control of every answer.
func (o ok) VisitCuxPostTokenResponse(w http.ResponseWriter) error {
	w.Header().Set("Pragma", "no-cache")
	return o.write(w)
}
