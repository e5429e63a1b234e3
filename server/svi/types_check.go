package svi

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"orglink/store"
)

// What a definition of a type must be, whoever gives it. Each fault is a line for
// the client.

// maxLabel is the most characters of a label.
const maxLabel = 255

// nameForm is the form of names of types, fields and columns: none of them contains
// the delimiter of a link id.
var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,62}$`)

// kindForm is the form of a relationship type's member `type`.
var kindForm = regexp.MustCompile(`^[A-Z][A-Z_]{0,62}$`)

// storedType is the data type of the name on the wire, or empty.
func storedType(wire string) string {
	for stored, name := range wireTypes {
		if string(name) == wire {
			return stored
		}
	}
	return ""
}

var cardinalities = []store.SviCardinality{store.SviOneToOne, store.SviOneToMany, store.SviManyToOne, store.SviManyToMany}

// checkEntityType lists what is wrong with the definition of an entity type.
func checkEntityType(t store.SviEntityType) []string {
	problems := checkNames(t.Name, t.Label)
	problems = append(problems, checkColumns(t.Columns, t.Fields)...)
	problems = append(problems, checkFields(t.Fields)...)
	return append(problems, checkRoles(t.Fields)...)
}

// checkRelationshipType is checkEntityType for a relationship type. Its ends are
// looked up elsewhere.
func checkRelationshipType(t store.SviRelationshipType) []string {
	problems := checkNames(t.Name, t.Label)
	if utf8.RuneCountInString(t.ReverseLabel) > maxLabel {
		problems = append(problems, fmt.Sprintf("reverseLabel must have at most %d characters.", maxLabel))
	}
	if t.ReverseName != "" && !nameForm.MatchString(t.ReverseName) {
		problems = append(problems, "reverseName is not a name.")
	}
	if !kindForm.MatchString(t.Kind) {
		problems = append(problems, "type must be of capital letters and underscores.")
	}
	if !slices.Contains(cardinalities, t.Cardinality) {
		problems = append(problems, fmt.Sprintf("cardinality must be one of %v.", cardinalities))
	}
	if keys := []string{t.Columns.Key, t.Columns.From, t.Columns.To}; t.Bridge && slices.Contains(keys, "") {
		problems = append(problems, "bridge must name all three key columns.")
	}
	problems = append(problems, checkColumns(t.Columns, t.Fields)...)
	problems = append(problems, checkFields(t.Fields)...)
	for i, f := range t.Fields {
		if f.Display || f.PrimaryKey || f.VersionRole {
			problems = append(problems, nameField(i, f)+" has a role of an entity type's field.")
		}
	}
	return problems
}

func checkNames(name, label string) (problems []string) {
	switch {
	case name == "":
		problems = append(problems, "name is required.")
	case !nameForm.MatchString(name):
		problems = append(problems, "name must be a letter, followed by at most 62 letters, digits and underscores.")
	}
	if utf8.RuneCountInString(label) > maxLabel {
		problems = append(problems, fmt.Sprintf("label must have at most %d characters.", maxLabel))
	}
	return problems
}

// nameField names a field in a line about it, also one without a usable name.
func nameField(i int, f store.SviField) string {
	if nameForm.MatchString(f.Name) {
		return "The field " + f.Name
	}
	return fmt.Sprintf("The field number %d", i+1)
}

func checkFields(fields []store.SviField) (problems []string) {
	seen := map[string]bool{}
	for i, f := range fields {
		note := func(problem string) { problems = append(problems, nameField(i, f)+" "+problem) }
		switch {
		case f.Name == "":
			note("has no name.")
		case !nameForm.MatchString(f.Name):
			note("has a name that is not a letter, followed by at most 62 letters, digits and underscores.")
		case seen[f.Name]:
			note("is there twice.")
		}
		seen[f.Name] = true
		if wireTypes[f.DataType] == "" {
			note("has none of the data types STRING, LONG, NUMERIC, BOOLEAN, DATE and TIMESTAMP.")
		}
		if utf8.RuneCountInString(f.Label) > maxLabel {
			note(fmt.Sprintf("has a label of more than %d characters.", maxLabel))
		}
		switch {
		case f.Length < 0:
			note("has a length that is not positive.")
		case f.Length > 0 && f.DataType != typeString:
			note("has a length, but is not a STRING.")
		}
	}
	return problems
}

// checkRoles holds what fields of documents can be to them.
func checkRoles(fields []store.SviField) (problems []string) {
	keys, versions := 0, 0
	for i, f := range fields {
		note := func(problem string) { problems = append(problems, nameField(i, f)+" "+problem) }
		if f.PrimaryKey {
			keys++
		}
		if f.VersionRole {
			versions++
		}
		switch {
		case f.PrimaryKey && f.VersionRole:
			note("cannot be both the primary key and the version.")
		case f.PrimaryKey && f.DataType != typeString:
			note("is the primary key and must be a STRING.")
		case f.VersionRole && f.DataType != typeInteger:
			note("is the version and must be a LONG.")
		}
		switch {
		case f.Masked && (f.PrimaryKey || f.VersionRole):
			note("is masked and cannot be the primary key or the version.")
		case f.Masked && f.Display:
			note("is masked and cannot be part of the label.")
		}
	}
	if keys > 1 {
		problems = append(problems, "Several fields are the primary key.")
	}
	if versions > 1 {
		problems = append(problems, "Several fields are the version.")
	}
	return problems
}

// checkColumns refuses names of columns that are none, and those that two columns,
// or a column and a field, have.
func checkColumns(columns store.SviColumns, fields []store.SviField) (problems []string) {
	fieldNames := map[string]bool{}
	for _, f := range fields {
		fieldNames[f.Name] = true
	}
	seen := map[string]bool{}
	for _, name := range columnNames(columns) {
		switch {
		case !nameForm.MatchString(name):
			problems = append(problems, "A column has a name that is not a letter, followed by at most 62 letters, digits and underscores.")
		case seen[name]:
			problems = append(problems, "Two columns have the name "+name+".")
		case fieldNames[name]:
			problems = append(problems, "A column and a field have the name "+name+".")
		}
		seen[name] = true
	}
	return problems
}
