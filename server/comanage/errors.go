package comanage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/reason"
	"orglink/store"
)

// The texts of COmanage "REST API v1" (the pages of CoOrgIdentityLink, CO, CoPerson,
// OrgIdentity, Name and Identifier), which go into the reason phrase, and those that
// Registry adds.
const (
	phraseBadRequest     = "Bad Request"
	phraseInvalidFields  = "Invalid Fields"
	phraseUnauthorized   = "Unauthorized"
	phraseNoCO           = "No CO Specified"
	phraseNoPerson       = "CoPerson Does Not Exist"
	phraseNoPersonOnEdit = "CoPersonRole Does Not Exist" // the page's words under Edit, though no role is meant
	phraseNoOrgIdentity  = "OrgIdentity Does Not Exist"
	phraseLinked         = "OrgIdentity Already Linked"
	phrasePersonUnknown  = "CO Person Unknown"
	phraseOrgUnknown     = "Org Identity Unknown"
	phraseCOUnknown      = "CO Unknown"
	phraseCONotFound     = "CO Not Found"
	phraseNoSuchCO       = "CO Does Not Exist"
	phraseNoPersonGiven  = "CO Person Not Specified"
	phraseNoOrgGiven     = "Org Identity Not Specified"
	phraseNameInUse      = "Name In Use"
	phraseEditPlatform   = "Cannot Edit COmanage CO"
	phraseRemovePlatform = "Cannot Remove COmanage CO"
	phraseStillLinked    = "CoPerson Exists"
	phrasePrimaryName    = "Primary Name Cannot Be Deleted"
	phraseNoOwner        = "No Person Specified"
	phraseOwnerUnknown   = "Person Does Not Exist"
	phraseIdentifierUsed = "Identifier In Use"
	phraseNoFilter       = "Unprocessable Entity"
	phraseUnknown        = "Unknown"
	phraseOther          = "Other Error"
	phraseAdded          = "Added"
	phraseDeleted        = "Deleted"
	phraseOK             = "OK"
)

const (
	mediaJSON = "application/json; charset=UTF-8"
	mediaXML  = "application/xml; charset=UTF-8"
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
		Version:       gen.ComanageVersionV1,
		ID:            id,
		InvalidFields: fields,
	}}
}

// wrongFields are attributes, by column, that are wrong beside what is stored.
// [fieldsOf] says of which object.
type wrongFields map[string][]string

func (w wrongFields) Error() string { return fmt.Sprintf("%d wrong fields", len(w)) }

// wrong is a wrongFields of one column.
func wrong(column, text string) error { return wrongFields{column: {text}} }

// otherCO is what InvalidFields says of a reference to what belongs to another CO.
func otherCO(column string) string {
	return strconv.Quote(column) + " may not refer to another CO"
}

// fieldsOf is the answer to wrongFields in a change of the object; other errors stay.
func fieldsOf(id string, err error) error {
	var fields wrongFields
	if errors.As(err, &fields) {
		return errInvalidFields(id, fields)
	}
	return err
}

// errStillLinked refuses the deletion of an org identity that is linked into the CO.
// Registry's page has a document here.
func errStillLinked(co store.ComanageCO, id int64) error {
	return &fault.Fault{Kind: fault.Forbidden, Code: phraseStillLinked, Detail: gen.ComanageErrorResponse{
		ResponseType: gen.ComanageErrorResponseResponseTypeErrorResponse,
		Version:      gen.ComanageVersionV1,
		ID:           strconv.FormatInt(id, 10),
		Memberships:  map[string]string{strconv.FormatInt(co.ID, 10): co.Name},
	}}
}

// errNoID is the answer to a deletion that names no object.
func errNoID(ctx context.Context) error {
	return callerFrom(ctx).unknown(errInvalid(phraseInvalidFields))
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
	format := formatOf(r)
	w.Header().Set("Content-Type", mediaOf(format))
	w.WriteHeader(status)
	out := bufio.NewWriter(w)
	_ = writeValue(out, format, f.Detail) // the client may be gone
	_ = out.Flush()
}

// formatOf is the format that the path of the request asks for.
func formatOf(r *http.Request) gen.ComanageFormat {
	if strings.HasSuffix(r.URL.Path, ".xml") {
		return gen.ComanageFormatXML
	}
	return gen.ComanageFormatJSON
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
	case fault.Unprocessable:
		status, phrase = http.StatusUnprocessableEntity, http.StatusText(http.StatusUnprocessableEntity)
	case fault.Unauthenticated:
		status, phrase = http.StatusUnauthorized, phraseUnauthorized
	case fault.Forbidden:
		status, phrase = http.StatusForbidden, http.StatusText(http.StatusForbidden)
	case fault.NotFound:
		status, phrase = http.StatusNotFound, phraseUnknown
	case fault.Unavailable:
		status, phrase = http.StatusServiceUnavailable, http.StatusText(http.StatusServiceUnavailable)
	default:
		return http.StatusInternalServerError, phraseOther
	}
	if f.Code != "" {
		phrase = f.Code
	}
	return status, phrase
}
