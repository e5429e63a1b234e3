package svi

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"orglink/server/fault"
)

const idParameter = "_id"

// labelSpellings are the names that the link operations of Data Hub give one
// parameter.
var labelSpellings = []string{"_includeEntityLabels", "_includeDisplayLabel", "includeEntityLabels", "includeDisplayLabel"}

// Normalise holds what is read off the requests before validation.
func Normalise() map[string]func(*http.Request) error {
	return map[string]func(*http.Request) error{
		"sviGetLinksItem": normaliseGet,
		"sviPutLinksItem": normalisePut,
	}
}

// normaliseGet reads what names and shapes a link before validation and leaves it
// in one form: the query in the operation's own spelling, and Accept with the one
// representation that is to be answered.
func normaliseGet(r *http.Request) error {
	if err := normaliseQuery(r, "_includeDisplayLabel"); err != nil {
		return err
	}
	mode, ok := negotiate(strings.Join(r.Header.Values("Accept"), ","), plain)
	if !ok {
		return &fault.Fault{Kind: fault.NotAcceptable, In: "header"}
	}
	r.Header.Set("Accept", string(mode))
	return nil
}

// normalisePut is normaliseGet for an update, whose Content-Type stands in for an
// Accept that says nothing. The body is plain JSON from here on.
func normalisePut(r *http.Request) error {
	if err := normaliseQuery(r, "_includeEntityLabels"); err != nil {
		return err
	}
	sent, supported := bodyMedia(r.Header.Get("Content-Type"))
	mode, ok := negotiate(strings.Join(r.Header.Values("Accept"), ","), sent)
	if !ok {
		return &fault.Fault{Kind: fault.NotAcceptable, In: "header"}
	}
	if !supported {
		return &fault.Fault{Kind: fault.UnsupportedMedia, In: "header"}
	}
	r.Header.Set("Accept", string(mode))
	r.Header.Set("Content-Type", string(plain))
	tags := strings.Join(r.Header.Values("If-Match"), ",")
	r.Header.Del("If-Match")
	if strings.TrimSpace(tags) != "" { // one client sends an empty header
		r.Header.Set("If-Match", tags)
	}
	return nil
}

// normaliseQuery checks the query and leaves the id and the label parameter in it.
func normaliseQuery(r *http.Request, labelName string) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return invalid("query", "The query cannot be read.")
	}
	for name, values := range query {
		if len(values) > 1 {
			return invalid("query", "A query parameter is repeated.", "Parameter: "+name)
		}
	}
	if !query.Has(idParameter) {
		return invalid("query", "The query parameter _id is required.")
	}
	if _, ok := parseLinkID(query.Get(idParameter)); !ok {
		return invalid("query", "The query parameter _id is not the id of a link.",
			"Format: ${relationshipName}|_|${fromEntityTypeName}|_|${toEntityTypeName}|_|${fromEntityId}|_|${toEntityId}")
	}
	canonical := url.Values{idParameter: query[idParameter]}
	for _, spelling := range labelSpellings {
		if !query.Has(spelling) {
			continue
		}
		labels, ok := parseBool(query.Get(spelling))
		if !ok {
			return invalid("query", "The query parameter "+spelling+" must be true or false.")
		}
		if canonical.Has(labelName) {
			return invalid("query", "A query parameter is repeated.", "Parameter: "+spelling)
		}
		canonical.Set(labelName, strconv.FormatBool(labels))
	}
	u := *r.URL
	u.RawQuery = canonical.Encode()
	r.URL = &u
	return nil
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

// Rewrite folds the two spellings of the literal path segment: some clients
// percent-encode the sign in it.
func Rewrite(path string) string {
	return strings.Replace(path, "/%40item", "/@item", 1)
}
