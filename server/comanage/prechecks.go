package comanage

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/store"
)

// Normalise holds the tolerances of the family's operations.
func (h Handlers) Normalise() map[string]func(*http.Request) error {
	all := map[string]func(*http.Request) error{}
	for _, r := range h.resources {
		all[r.listOperation()] = normaliseQuery
		all[r.addOperation()] = labelFormat
		all[r.editOperation()] = labelFormat
	}
	all[h.resources[person].listOperation()] = onlyFilters
	return all
}

// NormaliseBodies respell the documents of the family's operations.
func (h Handlers) NormaliseBodies() map[string]func(*http.Request, []byte) []byte {
	all := map[string]func(*http.Request, []byte) []byte{}
	for _, r := range h.resources {
		respell := func(request *http.Request, body []byte) []byte {
			if formatOf(request) == gen.ComanageFormatXML {
				var err error
				if body, err = r.readXML(body); err != nil {
					return nil // no document
				}
				label(request, mediaJSON)
			}
			return r.normaliseBody(body)
		}
		all[r.addOperation()], all[r.editOperation()] = respell, respell
	}
	return all
}

// Prechecks hold what comes before the document's checks.
func (h Handlers) Prechecks() map[string]fault.Precheck {
	all := map[string]fault.Precheck{}
	prechecks(h, h.links(), all)
	prechecks(h, h.people(), all)
	prechecks(h, h.orgIdentities(), all)
	prechecks(h, h.names(), all)
	prechecks(h, h.identifiers(), all)
	h.precheckCOs(all)
	all[h.resources[person].listOperation()] = h.precheckPeople
	return all
}

// prechecks say why Registry refuses a document that does not fit the API's: the
// CO, or the object that is edited, comes before the document, the document before
// its fields.
func prechecks[T store.ComanageObject](h Handlers, k kind[T], all map[string]fault.Precheck) {
	all[k.addOperation()] = func(r *http.Request, _ map[string]string, refused *fault.Fault) error {
		e, ok := k.refusedEntry(r, refused)
		err := h.store.Read(r.Context(), func(q *store.Query) error {
			return k.enter(q, callerFrom(r.Context()), e)
		})
		if err != nil {
			return err
		}
		return k.refusalOf(newObject, e, ok)
	}
	all[k.editOperation()] = func(r *http.Request, params map[string]string, refused *fault.Fault) error {
		err := h.store.Read(r.Context(), func(q *store.Query) error {
			object, err := k.find(q, callerFrom(r.Context()), params["id"])
			if err == nil && !store.ComanageRecordOf(&object).Current() {
				return errNotFound(k.unknown())
			}
			return err
		})
		if err != nil {
			return err
		}
		e, ok := k.refusedEntry(r, refused)
		return k.refusalOf(params["id"], e, ok)
	}
	all[k.deleteOperation()] = func(r *http.Request, params map[string]string, _ *fault.Fault) error {
		return ifNoID(params, func() error { return errNoID(r.Context()) })
	}
}

// precheckCOs are the same for COs.
func (h Handlers) precheckCOs(all map[string]fault.Precheck) {
	cos := h.resources[co]
	all[cos.addOperation()] = func(r *http.Request, _ map[string]string, refused *fault.Fault) error {
		if err := callerFrom(r.Context()).enterPlatform(); err != nil {
			return err
		}
		e, ok := cos.refusedEntry(r, refused)
		return cos.refusalOf(newObject, e, ok)
	}
	all[cos.editOperation()] = func(r *http.Request, params map[string]string, refused *fault.Fault) error {
		if err := callerFrom(r.Context()).enterPlatform(); err != nil {
			return err
		}
		err := h.store.Read(r.Context(), func(q *store.Query) error {
			_, err := h.findCO(params["id"], q.ComanageCO)
			return err
		})
		if err != nil {
			return err
		}
		e, ok := cos.refusedEntry(r, refused)
		return cos.refusalOf(params["id"], e, ok)
	}
	all[cos.deleteOperation()] = func(r *http.Request, params map[string]string, _ *fault.Fault) error {
		return ifNoID(params, func() error { return errNoCO(r.Context()) })
	}
}

// ifNoID answers a deletion with an empty id.
func ifNoID(params map[string]string, refuse func() error) error {
	if params["id"] == "" {
		return refuse()
	}
	return nil
}

// precheckPeople looks at the CO before a query that is no filter is refused.
func (h Handlers) precheckPeople(r *http.Request, _ map[string]string, _ *fault.Fault) error {
	query := r.URL.Query()
	return h.store.Read(r.Context(), func(q *store.Query) error {
		var coID *string
		if query.Has("coid") {
			text := query.Get("coid")
			coID = &text
		}
		_, err := byCO(q, callerFrom(r.Context()), coID)
		return err
	})
}

// labelFormat labels a body as what the path says it is.
func labelFormat(r *http.Request) error {
	label(r, mediaOf(formatOf(r)))
	return nil
}

// label labels a body unless it is labelled as a form: PHP reads the raw body
// whatever its type, but takes a form's apart itself.
func label(r *http.Request, media string) {
	switch given, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); given {
	case "application/x-www-form-urlencoded", "multipart/form-data":
	default:
		r.Header.Set("Content-Type", media)
	}
}

// normaliseQuery reads the query as PHP does: of several parameters of a name the
// last counts, and a semicolon is a part of a value.
func normaliseQuery(r *http.Request) error {
	query := url.Values{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if name != "" && nameErr == nil && valueErr == nil {
			query.Set(name, value)
		}
	}
	u := *r.URL
	u.RawQuery = query.Encode()
	r.URL = &u
	return nil
}

// peopleFilters are what people can be looked for by. Registry takes any other
// parameter for an attribute to match by, and knows three.
var peopleFilters = []string{
	"coid", "search.identifier", "search_identifier", "search.mail", "search_mail", "given", "family", "mail",
}

func onlyFilters(r *http.Request) error {
	if err := normaliseQuery(r); err != nil {
		return err
	}
	for name := range r.URL.Query() {
		if !slices.Contains(peopleFilters, name) {
			return &fault.Fault{Kind: fault.Unprocessable, Code: phraseNoFilter}
		}
	}
	return nil
}

// refusedEntry reads the entry of a body that was read, is JSON by now, and was
// refused for what it says. There is none in a body that was refused before.
func (r resource) refusedEntry(request *http.Request, refused *fault.Fault) (entry, bool) {
	if refused.Kind != fault.Invalid || refused.In != "body" {
		return entry{}, false
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return entry{}, false
	}
	return r.readEntry(body)
}

func (r resource) refusalOf(id string, e entry, ok bool) error {
	if !ok {
		return errBadRequest()
	}
	if wrong := r.invalid(e); len(wrong) > 0 {
		return errInvalidFields(id, wrong)
	}
	return errBadRequest()
}
