package conform

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Violation says what of an answer is not as the document says.
type Violation struct {
	// OperationID is empty where no operation serves the request.
	OperationID string
	Status      int
	// Findings holds at least one.
	Findings []Finding
}

// Finding is one thing that is wrong. It holds no value of the answer.
type Finding struct {
	In string // status, header or body
	// Path is the name of the header, or leads to the value in the body.
	Path []string
	// Rule is the keyword of the schema that the value breaks. Beside these there are
	// `undocumented`, for what the document does not have, `json` and `xml` for a body that
	// is none, and `encoding` for one that is not packed as its header says.
	Rule string
}

const (
	inStatus = "status"
	inHeader = "header"
	inBody   = "body"
)

// mostFindings bounds what is told: one cause in a list shows in every row.
const mostFindings = 10

// Error implements error in one line of ASCII, such as
// `sviGetLock 200: body #/count: type; header ETag: required`.
func (v *Violation) Error() string {
	var text strings.Builder
	if v.OperationID != "" {
		text.WriteString(v.OperationID + " ")
	}
	text.WriteString(strconv.Itoa(v.Status) + ":")
	for i, finding := range v.Findings {
		if i == mostFindings {
			fmt.Fprintf(&text, "; and %d more", len(v.Findings)-i)
			break
		}
		if i > 0 {
			text.WriteString(";")
		}
		text.WriteString(" " + finding.String())
	}
	return text.String()
}

// String is the place and the rule; the place in a body is a JSON pointer in the form of a
// fragment (RFC 6901, section 6).
func (f Finding) String() string {
	place := f.In
	switch {
	case f.In == inBody && len(f.Path) > 0:
		place += " #"
		for _, member := range f.Path {
			member = strings.ReplaceAll(strings.ReplaceAll(member, "~", "~0"), "/", "~1")
			place += "/" + url.PathEscape(member)
		}
	case f.In == inHeader:
		place += " " + f.Path[0]
	}
	return place + ": " + f.Rule
}

func (v *Violation) add(in string, path []string, rule string) {
	v.Findings = append(v.Findings, Finding{in, path, rule})
}

// addSchema adds what a schema refused, without the validator's text, which holds the value.
func (v *Violation) addSchema(in string, path []string, err error) {
	switch refused := err.(type) { //nolint:errorlint // these are never wrapped, and As would take one of several
	case nil:
	case openapi3.MultiError:
		for _, one := range refused {
			v.addSchema(in, path, one)
		}
	case *openapi3.SchemaError:
		var parts openapi3.MultiError
		if refused.SchemaField == "allOf" && errors.As(refused.Origin, &parts) {
			v.addSchema(in, path, parts)
			return
		}
		rule, place := refused.SchemaField, append(slices.Clone(path), refused.JSONPointer()...)
		var extra string
		if _, err := fmt.Sscanf(refused.Reason, "property %q is unsupported", &extra); err == nil {
			rule, place = "additionalProperties", append(place, extra)
		}
		v.add(in, place, rule)
	default:
		v.add(in, path, "schema")
	}
}

// orNil is the violation, or a nil error if nothing was found.
func (v *Violation) orNil() error {
	if len(v.Findings) == 0 {
		return nil
	}
	slices.SortStableFunc(v.Findings, func(a, b Finding) int { // status, headers, body
		return cmp.Or(strings.Compare(b.In, a.In), strings.Compare(a.String(), b.String()))
	})
	return v
}
