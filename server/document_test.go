package server_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"

	"orglink/gen"
)

// The document is one that any OpenAPI tool reads: it is valid, its examples fit,
// and no member of it is a slip of the pen.
func TestTheDocumentIsValid(t *testing.T) {
	t.Parallel()
	doc, err := gen.GetSpec() // a copy of our own: the contract's is changed for its checks
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		reason, _, _ := strings.Cut(err.Error(), "\nSchema:")
		t.Error(reason)
	}
	text, err := yaml.YAMLToJSON(gen.DocumentYAML)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&raw); err != nil {
		t.Fatal(err)
	}
	for name, schema := range raw["components"].(map[string]any)["schemas"].(map[string]any) {
		checkSchemaMembers(t, name, schema.(map[string]any))
	}
}

// No two operations have one summary: it is what a reader finds them by in a list.
func TestSummariesDiffer(t *testing.T) {
	t.Parallel()
	operations := map[string]string{}
	for _, item := range contract.Paths.Map() {
		for _, op := range item.Operations() {
			summary := strings.ToLower(op.Summary)
			if other, taken := operations[summary]; taken {
				t.Errorf("%s and %s: both %q", other, op.OperationID, op.Summary)
			}
			operations[summary] = op.OperationID
		}
	}
}

// A paragraph that tells what is Orglink's is marked in one way, at its beginning.
func TestMarksBeginParagraphs(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(string(gen.DocumentYAML)) {
		if at := strings.Index(line, "**Orglink:**"); at > 0 && strings.Trim(line[:at], " ") != "" && !strings.Contains(line, "begins with **Orglink:**") {
			t.Errorf("the mark is not at the beginning: %s", strings.TrimSpace(line))
		}
	}
}

// schemaMembers are the members of a schema that the document uses. An unquoted
// comma in a YAML flow mapping makes a member of what follows it.
var schemaMembers = []string{
	"$ref", "additionalProperties", "allOf", "anyOf", "default", "deprecated", "description", "enum", "example", "format",
	"items", "maxItems", "maxLength", "maximum", "minItems", "minLength", "minProperties", "minimum", "nullable", "oneOf",
	"pattern", "properties", "required", "title", "type", "uniqueItems",
}

func checkSchemaMembers(t *testing.T, place string, schema map[string]any) {
	t.Helper()
	for name, value := range schema {
		if !slices.Contains(schemaMembers, name) && !strings.HasPrefix(name, "x-") {
			t.Errorf("%s: unexpected member %q", place, name)
		}
		switch value := value.(type) {
		case map[string]any:
			switch name {
			case "properties":
				for property, inner := range value {
					checkSchemaMembers(t, place+"."+property, inner.(map[string]any))
				}
			case "items", "additionalProperties":
				checkSchemaMembers(t, place+"."+name, value)
			}
		case []any:
			for _, inner := range value {
				if part, ok := inner.(map[string]any); ok && (name == "oneOf" || name == "anyOf" || name == "allOf") {
					checkSchemaMembers(t, place+"."+name, part)
				}
			}
		}
	}
}
