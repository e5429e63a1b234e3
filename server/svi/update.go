package svi

import (
	"encoding/json"
	"time"

	"orglink/server/fault"
	"orglink/store"
)

// content is what a body says of a record, as it was written.
type content struct {
	fieldValues        json.RawMessage
	validFrom, validTo *string // the members of the record, not its field values
}

// update is content as far as it can be read without knowing the state of the
// record.
type update struct {
	values    map[string]any // fieldValues; null is nil
	version   *int64
	validFrom *time.Time
	validTo   *time.Time
}

// readUpdate checks what a body must be whatever the record's state: the types that
// the document cannot say.
func readUpdate(s shape, c content) (update, error) {
	var u update
	var problems []string
	var err error
	if u.values, err = decodeValues(c.fieldValues); err != nil {
		problems = append(problems, "fieldValues must be an object.")
	}
	if value := u.values[s.columns.Version]; value != nil && s.columns.Version != "" {
		version, isInteger := integer(value)
		if !isInteger {
			problems = append(problems, "Field "+s.columns.Version+" must be an integer.")
		}
		u.version = &version
	}
	for _, m := range []struct {
		name string
		text *string
		to   **time.Time
	}{{"validFrom", c.validFrom, &u.validFrom}, {"validTo", c.validTo, &u.validTo}} {
		if m.text == nil {
			continue
		}
		at, ok := parseTime(*m.text)
		if !ok {
			problems = append(problems, m.name+" "+notATime+".")
		}
		*m.to = &at
	}
	if len(problems) > 0 {
		return u, invalid("body", "", problems...)
	}
	return u, nil
}

// checkMatch holds an If-Match header, if there is one, against a record.
func checkMatch(s shape, r record, header *string, what string) error {
	if header != nil && !ifMatch(*header, etag(s, r)) {
		return unmatched(what)
	}
	return nil
}

func unmatched(what string) error {
	return &fault.Fault{Kind: fault.PreconditionFailed, Message: "The If-Match header does not match the current version of the " + what + "."}
}

// checkVersion holds the two guards against stale updates: If-Match first, then
// the version in the body, which is required even where If-Match is right.
func (u update) checkVersion(s shape, r record, header *string, what string) error {
	if err := checkMatch(s, r, header, what); err != nil {
		return err
	}
	switch {
	case s.columns.Version == "":
		return nil
	case u.version == nil:
		return &fault.Fault{Kind: fault.PreconditionRequired, Message: "The " + what + " in the request body did not contain a version."}
	case *u.version != r.Version:
		return &fault.Fault{Kind: fault.PreconditionFailed, Message: "The " + what + " in the request body was out of date."}
	}
	return nil
}

// apply returns the content that the record has after the update, and all that is
// wrong with it, one line a fault.
func (u update) apply(s shape, r record, masked bool) (store.SviContent, []string) {
	next := r.SviContent
	problems := u.checkKeys(s, r)
	attributes, found := u.attributes(s, r, masked)
	problems = append(problems, found...)
	next.Attributes = attributes
	next.ValidFrom, next.ValidTo, found = u.validity(s)
	return next, append(problems, found...)
}

// checkKeys refuses other values for key columns than the record has: Data Hub
// documents no move of a record.
func (u update) checkKeys(s shape, r record) (problems []string) {
	for _, m := range []struct{ name, current string }{
		{s.columns.Key, r.id}, {s.columns.From, r.from}, {s.columns.To, r.to},
	} {
		if given := u.values[m.name]; m.name != "" && given != nil && given != m.current {
			problems = append(problems, "Field "+m.name+" cannot be changed.")
		}
	}
	return problems
}

// validity is the record's new validity. Each bound may be given as a member, as its
// field value, or equally as both; without either it is open.
func (u update) validity(s shape) (from, to *time.Time, problems []string) {
	from, problem := u.bound(s, "validFrom", u.validFrom, s.columns.ValidFrom)
	problems = append(problems, problem...)
	to, problem = u.bound(s, "validTo", u.validTo, s.columns.ValidTo)
	problems = append(problems, problem...)
	if from != nil && to != nil && from.After(*to) {
		problems = append(problems, "validFrom must not be after validTo.")
	}
	return from, to, problems
}

func (u update) bound(s shape, name string, given *time.Time, column string) (*time.Time, []string) {
	if column == "" {
		if given != nil {
			return nil, []string{name + " is not a field of the " + s.noun + "."}
		}
		return nil, nil
	}
	value := u.values[column]
	if value == nil {
		return given, nil
	}
	text, _ := value.(string)
	at, ok := parseTime(text)
	switch {
	case !ok:
		return nil, []string{"Field " + column + " " + notATime + "."}
	case given != nil && !given.Equal(at):
		return nil, []string{name + " and field " + column + " must be equal."}
	}
	return &at, nil
}
