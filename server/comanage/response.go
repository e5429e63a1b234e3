package comanage

import (
	"context"
	"net/http"

	"orglink/server/reason"
)

// answer is what went well: a status with the vendor's phrase, and a document or
// nothing. The generated responses have neither the phrase nor the media type's
// charset.
type answer struct {
	status   int
	document any
}

// reply makes the answer to the request that ctx belongs to.
func reply(ctx context.Context, status int, phrase string, document any) answer {
	reason.Set(ctx, status, phrase)
	return answer{status, document}
}

func (a answer) write(w http.ResponseWriter) error {
	if a.document == nil {
		writeEmpty(w, a.status)
		return nil
	}
	return writeDocument(w, a.status, a.document)
}

// VisitComanageAddCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageAddCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageEditCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageEditCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageDeleteCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageDeleteCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageGetCoOrgIdentityLinkResponse implements the generated interface.
func (a answer) VisitComanageGetCoOrgIdentityLinkResponse(w http.ResponseWriter) error {
	return a.write(w)
}

// VisitComanageListCoOrgIdentityLinksResponse implements the generated interface.
func (a answer) VisitComanageListCoOrgIdentityLinksResponse(w http.ResponseWriter) error {
	return a.write(w)
}
