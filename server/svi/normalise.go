package svi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"orglink/server/fault"
)

// labelSpellings are the names that the operations of Data Hub give one parameter.
var labelSpellings = []string{"_includeEntityLabels", "_includeDisplayLabel", "includeEntityLabels", "includeDisplayLabel"}

// steps bring a request into the one form that the document describes: tolerances of
// the query first, then the media types.
func steps(list ...step) step {
	return func(r *http.Request) error {
		for _, step := range list {
			if err := step(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// query is the step that reads the query, refuses parameters that are repeated, but
// for those that may be, and lets each of the changes at it.
func query(repeatable []string, changes ...func(url.Values) error) step {
	return func(r *http.Request) error {
		values, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return invalid("query", "The query cannot be read.")
		}
		for name, list := range values {
			if len(list) > 1 && !slices.Contains(repeatable, name) {
				return repeated(name)
			}
		}
		for _, change := range changes {
			if err := change(values); err != nil {
				return err
			}
		}
		u := *r.URL
		u.RawQuery = values.Encode()
		r.URL = &u
		return nil
	}
}

func repeated(parameter string) error {
	return invalid("query", "A query parameter is repeated.", "Parameter: "+parameter)
}

// wantID makes sure that the query has the id of a link.
func wantID(values url.Values) error {
	if !values.Has(idParameter) {
		return invalid("query", "The query parameter "+idParameter+" is required.")
	}
	if _, ok := parseLinkID(values.Get(idParameter)); !ok {
		return invalid("query", "The query parameter "+idParameter+" is not the id of a link.",
			"Format: ${relationshipName}|_|${fromEntityTypeName}|_|${toEntityTypeName}|_|${fromEntityId}|_|${toEntityId}")
	}
	return nil
}

// labelsAs leaves the label parameter in the query under the operation's own name.
func labelsAs(name string) func(url.Values) error {
	return func(values url.Values) error {
		var given []string
		for _, spelling := range labelSpellings {
			if !values.Has(spelling) {
				continue
			}
			if err := boolean(spelling)(values); err != nil {
				return err
			}
			if given = append(given, values.Get(spelling)); len(given) > 1 {
				return repeated(spelling)
			}
			values.Del(spelling)
		}
		if len(given) > 0 {
			values.Set(name, given[0])
		}
		return nil
	}
}

// boolean writes a parameter as the document has it: clients send true and false in
// any case.
func boolean(name string) func(url.Values) error {
	return func(values url.Values) error {
		if !values.Has(name) {
			return nil
		}
		truth, ok := parseBool(values.Get(name))
		if !ok {
			return invalid("query", "The query parameter "+name+" must be true or false.")
		}
		values.Set(name, strconv.FormatBool(truth))
		return nil
	}
}

func parseBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// accept is the step that leaves in Accept the one representation that is to be
// answered to a request without a body.
func accept(offers []media) step {
	return func(r *http.Request) error { return answerAs(r, offers, plainJSON) }
}

// acceptAndBody is accept for a request with a body, whose Content-Type stands in for
// an Accept that says nothing. The body is plain JSON from here on; the type that was
// sent stays in [request.Info].
func acceptAndBody(offers, bodies []media) step {
	return func(r *http.Request) error {
		sent, _ := bodyMedia(r.Header.Get("Content-Type"), bodies)
		if err := answerAs(r, offers, sent); err != nil {
			return err
		}
		return body(bodies)(r)
	}
}

// body is the step that takes a body under the given names for plain JSON.
func body(accepted []media) step {
	return func(r *http.Request) error {
		if _, ok := bodyMedia(r.Header.Get("Content-Type"), accepted); !ok {
			return &fault.Fault{Kind: fault.UnsupportedMedia, In: "header"}
		}
		r.Header.Set("Content-Type", plainJSON.name)
		return nil
	}
}

func answerAs(r *http.Request, offers []media, sent media) error {
	m, ok := negotiate(strings.Join(r.Header.Values("Accept"), ","), offers, sent)
	if !ok {
		return &fault.Fault{Kind: fault.NotAcceptable, In: "header"}
	}
	r.Header.Set("Accept", m.name)
	return nil
}

// ifMatchOnce is the step that joins the lines of If-Match; an empty header, which one
// client sends, is none.
func ifMatchOnce(r *http.Request) error {
	tags := strings.Join(r.Header.Values("If-Match"), ",")
	r.Header.Del("If-Match")
	if strings.TrimSpace(tags) != "" {
		r.Header.Set("If-Match", tags)
	}
	return nil
}

// Rewrite folds the two spellings of the literal path segment: some clients
// percent-encode the sign in it.
func Rewrite(path string) string {
	return strings.Replace(path, "/%40item", "/@item", 1)
}
