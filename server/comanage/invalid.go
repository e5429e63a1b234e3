package comanage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	// invalidExtension is the member of a property in the document that holds what
	// InvalidFields says of a wrong value.
	invalidExtension = "x-orglink-invalid"
	// ruleName is what InvalidFields says otherwise: where a rule has no message,
	// Registry prints the rule's name.
	ruleName = "content"
	// fieldVersion is the one key of InvalidFields that is not a column.
	fieldVersion = "Version"
)

// invalid is Registry's judgement of an entry: by column, what is wrong. The rules
// are those of the document. A wrong Version is told alone.
func (r resource) invalid(e entry) map[string][]string {
	wrong := map[string][]string{}
	for name, property := range r.form.Properties {
		column, schema := snakeCase(name), rules(property)
		value, sent := e[column]
		switch {
		case !sent && !slices.Contains(r.form.Required, name):
		case sent && check(value, schema) == nil:
		case column == columnVersion:
			return map[string][]string{fieldVersion: {"Unknown version"}}
		case column == columnOwner:
			wrong[ownerColumn(e)] = []string{ruleName}
		default:
			wrong[column] = []string{message(value, schema)}
		}
	}
	return wrong
}

// rules are those of a property. One that only refers to them, so as to stand at a place
// of its own among its neighbours, is what it refers to.
func rules(property *openapi3.SchemaRef) *openapi3.Schema {
	if schema := property.Value; len(schema.AllOf) != 1 {
		return schema
	}
	return property.Value.AllOf[0].Value
}

// check holds a value against the rules of its property; a missing one counts as null.
func check(value json.RawMessage, schema *openapi3.Schema) error {
	var decoded any
	if value != nil {
		if err := json.Unmarshal(value, &decoded); err != nil {
			return err
		}
	}
	return schema.VisitJSON(decoded)
}

// message is what is said of a value that does not fit, or is missing. What is only
// too long has no text of its own in Registry.
func message(value json.RawMessage, schema *openapi3.Schema) string {
	var refused *openapi3.SchemaError
	if errors.As(check(value, schema), &refused) && refused.SchemaField == "maxLength" {
		return ruleName
	}
	if text, ok := schema.Extensions[invalidExtension].(string); ok {
		return text
	}
	return ruleName
}

// ownerColumn is the column in which a name or an identifier keeps whom it is for.
func ownerColumn(e entry) string {
	if kind, _ := e.owner(); kind == "Org" {
		return columnOrg
	}
	return columnPerson
}

// defineFormats has validators check the formats of strings that the family's part of
// the document uses. They are the process's: as options of a validation they would be
// copied for every request.
var defineFormats = sync.OnceFunc(func() {
	for format, valid := range map[string]func(string) error{
		"registry-id":        validID,
		"registry-timestamp": validTime,
		"date":               validDate,
	} {
		openapi3.DefineStringFormatValidator(format, openapi3.NewCallbackValidator(valid))
	}
})

// maxID is the largest id that Registry's numeric rule lets pass.
const maxID = 1 << 31

func validID(text string) error {
	if id, ok := parseID(text); !ok || id > maxID {
		return errors.New("not an id")
	}
	return nil
}

// timeLayout is how Registry writes a time, which is in UTC.
const timeLayout = "2006-01-02 15:04:05"

// parseTime reads a time as Registry writes it, or a date, or as RFC 3339 has it.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{timeLayout, time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil && storable(&at) {
			return at.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, fmt.Errorf("not a time: %d bytes", len(text))
}

// storable reports whether databases keep the times that are given: they are of
// years of four digits.
func storable(times ...*time.Time) bool {
	return !slices.ContainsFunc(times, func(at *time.Time) bool {
		return at != nil && (at.UTC().Year() < 1 || at.UTC().Year() > 9999)
	})
}

func validTime(text string) error {
	_, err := parseTime(text)
	return err
}

func validDate(text string) error {
	at, err := time.Parse(time.DateOnly, text)
	if err == nil && !storable(&at) {
		err = errors.New("not a date that is kept")
	}
	return err
}
