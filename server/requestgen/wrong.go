package requestgen

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// wrong is a value that breaks a rule of a schema.
type wrong struct {
	rule  string
	value any
}

// typed says that the value is of a type that the schema does not have.
func (w wrong) typed() bool { return strings.HasPrefix(w.rule, "type ") || w.rule == "nullable" }

// wrongValues are values that break the schema's rules, made from one that keeps them.
func wrongValues(schema *openapi3.Schema, value any) []wrong {
	list := wrongTypes(schema)
	add := func(rule string, value any) { list = append(list, wrong{rule, value}) }
	if len(schema.Enum) > 0 {
		add("enum", "no-such-value")
		return list
	}
	if schema.Min != nil {
		add("minimum", json.Number(strconv.FormatInt(int64(*schema.Min)-1, 10)))
	}
	if schema.Max != nil {
		add("maximum", json.Number(strconv.FormatInt(int64(*schema.Max)+1, 10)))
	}
	if schema.Type.Is("string") {
		word, _ := value.(string)
		list = append(list, wrongTexts(schema, word)...)
	}
	if items, ok := value.([]any); ok {
		if schema.MinItems > 0 {
			add("minItems", items[:schema.MinItems-1])
		}
		if schema.MaxItems != nil && len(items) > 0 {
			add("maxItems", repeat(items[0], int(*schema.MaxItems)+1)) //nolint:gosec // a document's bound
		}
		if schema.UniqueItems && len(items) > 0 {
			add("uniqueItems", append(slices.Clone(items), items[0]))
		}
	}
	return list
}

// wrongTypes are values of each type that the schema does not have.
func wrongTypes(schema *openapi3.Schema) []wrong {
	if schema.Type == nil {
		return nil
	}
	var list []wrong
	for _, w := range []wrong{
		{"type boolean", true},
		{"type number", json.Number("42")},
		{"type string", "no-such-value"},
		{"type array", []any{}},
		{"type object", map[string]any{}},
	} {
		name := strings.TrimPrefix(w.rule, "type ")
		if !schema.Type.Is(name) && (name != "number" || !schema.Type.Is("integer")) {
			list = append(list, w)
		}
	}
	if schema.Type.Is("integer") {
		list = append(list, wrong{"type number", json.Number("1.5")})
	}
	if !schema.Nullable {
		list = append(list, wrong{"nullable", nil})
	}
	return list
}

// wrongTexts are texts of a wrong length, and ones that the pattern or the format refuses.
func wrongTexts(schema *openapi3.Schema, word string) []wrong {
	var list []wrong
	if schema.MinLength > 0 {
		list = append(list, wrong{"minLength", strings.Repeat("x", int(schema.MinLength)-1)}) //nolint:gosec // a document's bound
	}
	if schema.MaxLength != nil {
		missing := int(*schema.MaxLength) + 1 - utf8.RuneCountInString(word) //nolint:gosec // as above
		filler := "x"
		if word != "" {
			filler = word[len(word)-1:]
		}
		if !utf8.ValidString(filler) {
			word, filler, missing = "", "x", int(*schema.MaxLength)+1 //nolint:gosec // as above
		}
		list = append(list, wrong{"maxLength", word + strings.Repeat(filler, max(0, missing))})
	}
	if schema.Pattern != "" {
		for _, candidate := range []string{"!", "<", " ", "no such value"} {
			if !Fits(schema, candidate) {
				list = append(list, wrong{"pattern", candidate})
				break
			}
		}
	}
	if schema.Format != "" && !Fits(schema, "0-0") && schema.Pattern == "" {
		list = append(list, wrong{"format", "0-0"})
	}
	return list
}

func repeat(value any, n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = value
	}
	return list
}

type absence struct{}

// absent in a member's place leaves it out.
var absent any = absence{}

// replace is the value with another one in the place; it changes what it is given.
func replace(value any, at []string, replaced any) any {
	if len(at) == 0 {
		return replaced
	}
	switch v := value.(type) {
	case map[string]any:
		if v[at[0]] = replace(v[at[0]], at[1:], replaced); v[at[0]] == absent {
			delete(v, at[0])
		}
	case []any:
		i, _ := strconv.Atoi(at[0]) // it was made from an index
		v[i] = replace(v[i], at[1:], replaced)
	}
	return value
}
