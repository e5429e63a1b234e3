package comanage

import (
	"net/http"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/reason"
	"orglink/server/respond"
)

// The error texts of COmanage "REST API v1, CoOrgIdentityLink", which go into the
// reason phrase, and those that Registry adds.
const (
	phraseBadRequest      = "Bad Request"
	phraseInvalidFields   = "Invalid Fields"
	phraseUnauthorized    = "Unauthorized"
	phraseNoCO            = "No CO Specified"
	phraseNoPerson        = "CoPerson Does Not Exist"
	phraseNoPersonOnEdit  = "CoPersonRole Does Not Exist" // the page's words under Edit, though no role is meant
	phraseNoOrgIdentity   = "OrgIdentity Does Not Exist"
	phraseLinked          = "OrgIdentity Already Linked"
	phraseLinkUnknown     = "CoOrgIdentityLink Unknown"
	phrasePersonUnknown   = "CO Person Unknown"
	phraseOrgUnknown      = "Org Identity Unknown"
	phraseCOUnknown       = "CO Unknown"
	phraseCONotFound      = "CO Not Found"
	phraseNoPersonGiven   = "CO Person Not Specified"
	phraseNoOrgGiven      = "Org Identity Not Specified"
	phrasePersonHasNoLink = "CO Person Has No CoOrgIdentityLink"
	phraseOrgHasNoLink    = "Org Identity Has No CoOrgIdentityLink"
	phraseUnknown         = "Unknown"
	phraseOther           = "Other Error"
	phraseAdded           = "Added"
	phraseDeleted         = "Deleted"
	phraseOK              = "OK"
)

const (
	mediaJSON = "application/json; charset=UTF-8"
	// mediaNone is PHP's type for an answer that nothing was printed into.
	mediaNone = "text/html; charset=UTF-8"
)

func errBadRequest() error {
	return &fault.Fault{Kind: fault.Malformed, Code: phraseBadRequest}
}

func errUnauthorized(phrase string) error {
	return &fault.Fault{Kind: fault.Unauthenticated, Code: phrase}
}

func errForbidden(phrase string) error {
	return &fault.Fault{Kind: fault.Forbidden, Code: phrase}
}

func errNotFound(phrase string) error {
	return &fault.Fault{Kind: fault.NotFound, Code: phrase}
}

// errInvalid is a 400 without a body.
func errInvalid(phrase string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: phrase}
}

// errInvalidFields is a 400 that tells, by column, what is wrong; id is that of
// the object, or `New`.
func errInvalidFields(id string, fields map[string][]string) error {
	return &fault.Fault{Kind: fault.Invalid, Code: phraseInvalidFields, Detail: gen.ComanageErrorResponse{
		ResponseType:  gen.ComanageErrorResponseResponseTypeErrorResponse,
		Version:       gen.ComanageErrorResponseVersionN10,
		ID:            id,
		InvalidFields: fields,
	}}
}

// Render writes a fault as Registry does: its text in the reason phrase, and no
// body but for invalid fields.
func Render(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	status, phrase := statusOf(f)
	reason.Set(r.Context(), status, phrase)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="COmanage Registry"`)
	}
	if f.Detail == nil {
		writeEmpty(w, status)
		return
	}
	_ = writeDocument(w, status, f.Detail) // the client may be gone
}

// statusOf finds the status and the phrase of a fault. What is wrong with a URL as
// such (text that is not UTF-8) names nothing that exists.
func statusOf(f *fault.Fault) (status int, phrase string) {
	switch f.Kind {
	case fault.NoRoute, fault.MethodNotAllowed:
		status, phrase = http.StatusNotFound, phraseUnknown
	case fault.Malformed, fault.Invalid, fault.TooLarge, fault.UnsupportedMedia:
		status, phrase = http.StatusBadRequest, phraseBadRequest
		if f.In == "path" || f.In == "query" {
			status, phrase = http.StatusNotFound, phraseUnknown
		}
	case fault.Unauthenticated:
		status, phrase = http.StatusUnauthorized, phraseUnauthorized
	case fault.Forbidden:
		status, phrase = http.StatusForbidden, http.StatusText(http.StatusForbidden)
	case fault.NotFound:
		status, phrase = http.StatusNotFound, phraseUnknown
	default:
		return http.StatusInternalServerError, phraseOther
	}
	if f.Code != "" {
		phrase = f.Code
	}
	return status, phrase
}

// writeEmpty answers with the status alone.
func writeEmpty(w http.ResponseWriter, status int) {
	if status != http.StatusNoContent {
		w.Header().Set("Content-Type", mediaNone)
		w.Header().Set("Content-Length", "0")
	}
	w.WriteHeader(status)
}

// writeDocument answers with one JSON document and a newline.
func writeDocument(w http.ResponseWriter, status int, document any) error {
	body, err := respond.Encode(document)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mediaJSON)
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}
