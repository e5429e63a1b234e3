package comanage

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

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
	h.precheck(h.resources[co], h.coScope(), all)
	h.precheck(h.resources[link], scopeOf(h.links()), all)
	h.precheck(h.resources[person], scopeOf(h.people()), all)
	h.precheck(h.resources[orgID], scopeOf(h.orgIdentities()), all)
	h.precheck(h.resources[name], scopeOf(h.names()), all)
	h.precheck(h.resources[identifier], scopeOf(h.identifiers()), all)
	all[h.resources[person].listOperation()] = h.precheckPeople
	return all
}

// scope is what Registry looks at before it reads a document: whether the caller may
// add what an entry describes, whether it may edit the object of an id, and what it is
// told when it deletes without one.
type scope struct {
	add  func(q *store.Query, c caller, e entry) error
	edit func(q *store.Query, c caller, id string) error
	noID func(context.Context) error
}

func scopeOf[T store.ComanageObject](k kind[T]) scope {
	return scope{
		add: k.enter,
		edit: func(q *store.Query, c caller, id string) error {
			object, err := k.find(q, c, id)
			if err == nil && !store.ComanageRecordOf(&object).Current() {
				err = errNotFound(k.unknown())
			}
			return err
		},
		noID: errNoID,
	}
}

func (h Handlers) coScope() scope {
	return scope{
		add: func(_ *store.Query, c caller, _ entry) error { return c.enterPlatform() },
		edit: func(q *store.Query, c caller, id string) error {
			if err := c.enterPlatform(); err != nil {
				return err
			}
			_, err := h.findCO(id, q.ComanageCO)
			return err
		},
		noID: errNoCO,
	}
}

// precheck says why Registry refuses a document that does not fit the API's: the
// scope comes before the document, the document before its fields.
func (h Handlers) precheck(r resource, s scope, all map[string]fault.Precheck) {
	all[r.addOperation()] = func(request *http.Request, _ map[string]string, refused *fault.Fault) error {
		e, ok := r.refusedEntry(request, refused)
		return h.inScope(request, r.refusalOf(newObject, e, ok), func(q *store.Query, c caller) error {
			return s.add(q, c, e)
		})
	}
	all[r.editOperation()] = func(request *http.Request, params map[string]string, refused *fault.Fault) error {
		e, ok := r.refusedEntry(request, refused)
		return h.inScope(request, r.refusalOf(params["id"], e, ok), func(q *store.Query, c caller) error {
			return s.edit(q, c, params["id"])
		})
	}
	all[r.deleteOperation()] = func(request *http.Request, params map[string]string, _ *fault.Fault) error {
		if params["id"] != "" {
			return nil
		}
		return s.noID(request.Context())
	}
}

// inScope is the refusal, unless the check fails first.
func (h Handlers) inScope(r *http.Request, refusal error, check func(*store.Query, caller) error) error {
	err := h.store.Read(r.Context(), func(q *store.Query) error { return check(q, callerFrom(r.Context())) })
	if err != nil {
		return err
	}
	return refusal
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
// last counts, and a semicolon, or a percent sign that begins no escape, is a part of
// a value. What is no text matches nothing that is stored.
func normaliseQuery(r *http.Request) error {
	query := url.Values{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != "" {
			query.Set(unescape(name), unescape(value))
		}
	}
	u := *r.URL
	u.RawQuery = query.Encode()
	r.URL = &u
	return nil
}

var strayPercent = regexp.MustCompile(`%([0-9A-Fa-f]?([^0-9A-Fa-f]|$))`)

// unescape is a part of a query as text that a database can be asked for.
func unescape(escaped string) string {
	escaped = strayPercent.ReplaceAllString(escaped, "%25$1")
	text, err := url.QueryUnescape(escaped)
	if err != nil {
		text = escaped
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, string(utf8.RuneError)), "\x00", string(utf8.RuneError))
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
