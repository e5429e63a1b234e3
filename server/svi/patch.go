package svi

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"

	"orglink/server/fault"
	"orglink/server/respond"
)

// Bounds of a JSON Patch (RFC 6902). The number of operations and the length of a
// pointer are bounded by the document.
const (
	maxPointerDepth = 8
	maxPatchedBytes = 1 << 20 // what copy operations may add in all
)

// operation is an operation of a JSON Patch as far as it is judged here.
type operation struct {
	Op, Path, From string
	Value          json.RawMessage
	valued         bool // a value is given; null is one
}

// patch is a JSON Patch that may be applied to records of a shape.
type patch struct {
	operations []operation
	raw        jsonpatch.Patch
}

// readPatch reads a patch that the document allows and refuses what would let a
// masked value out: a test of it, and a move or a copy from or to it (SAS, "Working
// with Masked Data in SAS Visual Investigator REST APIs (Part 3)"). The mask template
// is no value, unless the caller reads masked representations.
func readPatch(s shape, body []byte, masked bool) (p patch, err error) {
	if p.raw, err = jsonpatch.DecodePatch(body); err != nil {
		return p, invalid("body", "The request body is not a JSON Patch.")
	}
	var problems []string
	for _, raw := range p.raw {
		o := operationOf(raw)
		p.operations = append(p.operations, o)
		if problem := o.check(s, masked); problem != "" {
			problems = append(problems, "Operation "+o.Op+" at "+o.Path+": "+problem)
		}
	}
	if len(problems) > 0 {
		return p, invalid("body", "", problems...)
	}
	return p, nil
}

// operationOf reads the members by their exact names, as the library does.
func operationOf(raw jsonpatch.Operation) (o operation) {
	o.Op = raw.Kind()
	o.Path, _ = raw.Path() // the document requires it
	o.From, _ = raw.From()
	value, valued := raw["value"]
	if o.valued = valued; value != nil {
		o.Value = *value
	}
	return o
}

// check says what is wrong with an operation, in words that hold no value.
func (o operation) check(s shape, masked bool) string {
	pointers := []string{o.Path}
	if o.Op == "move" || o.Op == "copy" {
		pointers = append(pointers, o.From)
	}
	for _, pointer := range pointers {
		if strings.Count(pointer, "/") > maxPointerDepth || pointer != "" && pointer[0] != '/' {
			return "the pointer is too deep or does not begin with a slash."
		}
		// To the library an empty name is not one: it stays where it is, so that
		// //fieldValues would be /fieldValues.
		if strings.HasSuffix(pointer, "/") || strings.Contains(pointer, "//") {
			return "the pointer holds an empty name."
		}
		if field := s.maskedAt(pointer); field != "" && (o.Op == "test" || o.Op == "move" || o.Op == "copy") {
			return "the field " + field + " is masked."
		}
	}
	if o.Op == "test" && !o.valued {
		return "the value is missing."
	}
	if field := o.template(s); field != "" && !masked {
		return "the field " + field + " must not hold the mask template."
	}
	return ""
}

// template names a masked field that the operation would set to the mask template, by
// itself or within what is above it, however that is escaped.
func (o operation) template(s shape) string {
	var value any
	if o.Op != "add" && o.Op != "replace" || json.Unmarshal(o.Value, &value) != nil {
		return ""
	}
	for _, field := range s.fields {
		path, found := strings.CutPrefix(fieldPointer(field.Name), o.Path)
		if field.Masked && found && within(value, path) == maskTemplate {
			return field.Name
		}
	}
	return ""
}

// within is the value at a pointer without escapes, nil if there is none.
func within(value any, pointer string) any {
	for _, name := range strings.Split(pointer, "/")[1:] {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	return value
}

func fieldPointer(name string) string { return "/fieldValues/" + name }

// maskedAt names a masked field that the pointer reaches: the field itself, what is
// above it, what would be below it.
func (s shape) maskedAt(pointer string) string {
	tokens := strings.Split(pointer, "/")[1:]
	for i, token := range tokens {
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	for _, field := range s.fields {
		path := []string{"fieldValues", field.Name}
		shared := min(len(path), len(tokens))
		if field.Masked && slices.Equal(path[:shared], tokens[:shared]) {
			return field.Name
		}
	}
	return ""
}

// apply applies the patch to the masked representation of a record. What it gives is
// read member by member, each by its exact name.
func (p patch) apply(current any) (*members, error) {
	before, err := respond.Encode(current)
	if err != nil {
		return nil, err
	}
	options := jsonpatch.NewApplyOptions()
	options.SupportNegativeIndices = false
	options.AccumulatedCopySizeLimit = maxPatchedBytes
	after, err := p.applyTo(before, options)
	if errors.Is(err, jsonpatch.ErrTestFailed) {
		return nil, &fault.Fault{Kind: fault.Conflict, Message: "A test operation of the patch failed."}
	}
	m := &members{}
	if err != nil || json.Unmarshal(after, &m.raw) != nil || m.raw == nil {
		// The library's text holds values.
		return nil, invalid("body", "The patch cannot be applied to the current state.")
	}
	return m, nil
}

// applyTo lets the library apply the patch. It panics on some: where it compares a null
// in a list, say.
func (p patch) applyTo(before []byte, options *jsonpatch.ApplyOptions) (after []byte, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the library panicked")
		}
	}()
	return p.raw.ApplyWithOptions(before, options)
}

// settle makes the update of a patched record say what the patch meant: masked fields
// that it named and that are not there in the end are cleared, a bound of the validity that it changed in one of its
// two places is changed, and the version, which If-Match holds, is not looked at.
func (p patch) settle(s shape, r record, u *update) {
	u.version = nil
	for _, field := range s.fields {
		_, present := u.values[field.Name]
		named := func(o operation) bool { return o.Path == fieldPointer(field.Name) }
		if field.Masked && !present && slices.ContainsFunc(p.operations, named) && u.values != nil {
			u.values[field.Name] = nil
		}
	}
	settleBound(u, &u.validFrom, s.columns.ValidFrom, r.ValidFrom)
	settleBound(u, &u.validTo, s.columns.ValidTo, r.ValidTo)
}

func settleBound(u *update, given **time.Time, column string, current *time.Time) {
	memberKept := (*given == nil) == (current == nil) && (current == nil || current.Equal(**given))
	if column == "" || u.values == nil {
		if memberKept && column == "" { // nobody asks for what the type has no column for
			*given = nil
		}
		return
	}
	text, _ := u.values[column].(string)
	at, ok := parseTime(text)
	columnKept := current == nil && u.values[column] == nil || current != nil && ok && at.Equal(*current)
	switch {
	case columnKept:
		delete(u.values, column)
	case memberKept:
		*given = nil
	}
}
