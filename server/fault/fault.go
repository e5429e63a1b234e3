// Package fault holds the neutral description of a failed request: what went
// wrong, before a family says it in its vendor's words.
package fault

import (
	"fmt"
	"net/http"
	"strings"
)

// Precheck is what a family asks when the document's validator has refused a
// request: its error is answered instead, where the vendor checks something else
// first. It gets the decoded path parameters and what was refused.
type Precheck func(r *http.Request, params map[string]string, refused *Fault) error

// Kind says what went wrong. A family maps each kind to a status and a body.
type Kind int

// The kinds. The zero Kind is Internal, so that a forgotten one never leaks as
// something milder.
const (
	Internal             Kind = iota // a fault of ours; the cause is for the log only
	Malformed                        // the body or an encoding cannot be read at all
	Invalid                          // a readable value is not allowed
	Unauthenticated                  // no credentials, or wrong ones
	Forbidden                        // authenticated, but not permitted
	NotFound                         // the named resource does not exist
	NoRoute                          // no operation has this path
	MethodNotAllowed                 // the path has operations, but none of this method
	NotAcceptable                    // no media type that the caller accepts
	Conflict                         // contradicts the current state
	PreconditionFailed               // the caller's version is stale
	PreconditionRequired             // the caller gave no version
	TooLarge                         // the body is over the operation's limit
	UnsupportedMedia                 // the body's media type is not one of the operation's
	Unprocessable                    // well-formed, but breaks a rule of the domain
	Unavailable                      // a part that is needed does not answer, or is busy
	Throttled                        // the caller calls more often than it may
)

// Fault is an error that a client may see in part: Kind, Code, Message and
// Field. Cause is for the log.
type Fault struct {
	Kind Kind
	// Code is the vendor's own name or number for the error, where a family needs
	// one that does not follow from Kind.
	Code string
	// Message is a text that is safe to show to the client.
	Message string
	// In says where the offending value stands: path, query, header or body.
	In string
	// Field is the name of the parameter, or the path of the member in the body.
	Field []string
	// Rule is the JSON Schema keyword that refused the value (type, enum,
	// required, format, maxLength, ...), if the document refused it.
	Rule string
	// Allow lists the methods of the path, for MethodNotAllowed.
	Allow string
	// RetryAfter is in how many seconds the caller may try again, if it is known: the
	// header of that name.
	RetryAfter int
	// Detail is what a family needs beyond this to render its own error.
	Detail any
	// Cause is never shown to a client.
	Cause error
}

// Error implements error. Its text is for the log.
func (f *Fault) Error() string {
	text := fmt.Sprintf("fault %d", f.Kind)
	if f.Code != "" {
		text += " " + f.Code
	}
	if f.Message != "" {
		text += ": " + f.Message
	}
	if f.Cause != nil {
		text += ": " + f.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Describe is a safe sentence for the client: Message if there is one, else one
// made from the place and the rule. It never holds the refused value.
func (f *Fault) Describe() string {
	if f.Message != "" {
		return f.Message
	}
	place := strings.Join(f.Field, ".")
	switch {
	case place == "" && f.In == "body":
		place = "The request body"
	case place == "":
		return "The request is not valid."
	case f.In != "body":
		place = fmt.Sprintf("The %s parameter %s", f.In, place)
	}
	return place + " " + ruleText(f.Rule)
}

func ruleText(rule string) string {
	switch rule {
	case "required":
		return "is required."
	case "type":
		return "has the wrong type."
	case "nullable":
		return "must not be null."
	case "enum":
		return "is not one of the allowed values."
	case "format", "pattern":
		return "has the wrong format."
	case "maxLength", "maxItems", "maximum":
		return "is too long or too large."
	case "minLength", "minItems", "minimum":
		return "is too short or too small."
	case "properties", "additionalProperties":
		return "is not known here."
	}
	return "is not valid."
}
