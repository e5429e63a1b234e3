package comanage

import (
	"io"
	"mime"
	"net/http"

	"orglink/server/fault"
	"orglink/store"
)

// Normalise holds the tolerances of the family's operations.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"comanageListCoOrgIdentityLinks": normaliseQuery,
		"comanageAddCoOrgIdentityLink":   normaliseType,
		"comanageEditCoOrgIdentityLink":  normaliseType,
	}
}

// NormaliseBodies respell the documents of the family's operations.
func NormaliseBodies() map[string]func([]byte) []byte {
	return map[string]func([]byte) []byte{
		"comanageAddCoOrgIdentityLink":  normaliseBody,
		"comanageEditCoOrgIdentityLink": normaliseBody,
	}
}

// Prechecks hold what comes before the document's checks.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	return map[string]fault.Precheck{
		"comanageAddCoOrgIdentityLink":  h.precheckAdd,
		"comanageEditCoOrgIdentityLink": h.precheckEdit,
		deleteOperation:                 h.precheckDelete,
	}
}

// normaliseType labels a body as JSON unless it is labelled as a form: PHP reads
// the raw body whatever its type, but takes a form's apart itself.
func normaliseType(r *http.Request) error {
	switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media {
	case "application/x-www-form-urlencoded", "multipart/form-data":
	default:
		r.Header.Set("Content-Type", "application/json")
	}
	return nil
}

// normaliseQuery leaves the last of several parameters of a name, as PHP does.
func normaliseQuery(r *http.Request) error {
	query := r.URL.Query()
	for name, values := range query {
		query[name] = values[len(values)-1:]
	}
	u := *r.URL
	u.RawQuery = query.Encode()
	r.URL = &u
	return nil
}

// precheckAdd says why Registry refuses a document that does not fit the API's:
// the CO comes before the document, the document before its fields.
func (h Handlers) precheckAdd(r *http.Request, _ map[string]string, refused *fault.Fault) error {
	if refused.In == "query" {
		return nil
	}
	e, ok := refusedEntry(r, refused)
	named, _ := e.check()
	err := h.Store.Read(r.Context(), func(q *store.Query) error {
		return callerFrom(r.Context()).enterByPerson(q, named.person)
	})
	if err != nil {
		return err
	}
	return refusal(newObject, e, ok)
}

// precheckEdit is precheckAdd for an edit, where the link comes before the document.
func (h Handlers) precheckEdit(r *http.Request, params map[string]string, refused *fault.Fault) error {
	if refused.In == "query" {
		return nil
	}
	err := h.Store.Read(r.Context(), func(q *store.Query) error {
		link, _, err := callerFrom(r.Context()).enterByLink(q, params["id"], q.ComanageLink)
		if err == nil && !link.Current() {
			return errNotFound(phraseLinkUnknown)
		}
		return err
	})
	if err != nil {
		return err
	}
	e, ok := refusedEntry(r, refused)
	return refusal(params["id"], e, ok)
}

// precheckDelete answers a deletion with an empty id.
func (h Handlers) precheckDelete(r *http.Request, params map[string]string, _ *fault.Fault) error {
	if params["id"] == "" {
		return errNoID(callerFrom(r.Context()))
	}
	return nil
}

// refusedEntry reads the entry of a body that was read, is JSON, and was refused
// for what it says. There is none in a body that was refused before.
func refusedEntry(r *http.Request, refused *fault.Fault) (entry, bool) {
	if refused.Kind != fault.Invalid || refused.In != "body" {
		return entry{}, false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return entry{}, false
	}
	return readEntry(body)
}

func refusal(id string, e entry, ok bool) error {
	if !ok {
		return errBadRequest()
	}
	if _, invalid := e.check(); len(invalid) > 0 {
		return errInvalidFields(id, invalid)
	}
	return errBadRequest()
}
