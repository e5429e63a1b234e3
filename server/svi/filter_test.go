package svi

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// String writes a condition as parseFilter reads it.
func (c condition) String() string {
	switch value := c.value.(type) {
	case string:
		return "eq(" + c.field + ",'" + strings.ReplaceAll(value, "'", "''") + "')"
	case json.Number, bool:
		return fmt.Sprintf("eq(%s,%v)", c.field, value)
	}
	var parts []string
	for _, part := range c.of {
		parts = append(parts, part.String())
	}
	return c.operator + "(" + strings.Join(parts, ",") + ")"
}

func TestFiltersAreRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`eq(a,'b')`:                     `eq(a,'b')`,
		" eq ( a , 'b' ) ":              `eq(a,'b')`,
		"and(eq(a,'b'),\n\teq(c,'d'))":  `and(eq(a,'b'),eq(c,'d'))`,
		`or(and(eq(a,1)),eq(b,-1.5e3))`: `or(and(eq(a,1)),eq(b,-1.5e3))`,
		`eq(a,true)`:                    `eq(a,true)`,
		`eq(a,false)`:                   `eq(a,false)`,
		`eq(a,'O''Neill')`:              `eq(a,'O''Neill')`,
		`eq(a,'''')`:                    `eq(a,'''')`,
		`eq(a,'')`:                      `eq(a,'')`,
		`eq(a,'(,) "ö')`:                `eq(a,'(,) "ö')`,
	} {
		c, problem := parseFilter(text)
		if problem != "" || c.String() != want {
			t.Errorf("%s: got %s and %q", text, c, problem)
		}
	}
}

func TestFiltersThatCannotBeRead(t *testing.T) {
	t.Parallel()
	nested := func(depth int) string {
		return strings.Repeat("and(", depth-1) + "eq(a,1)" + strings.Repeat(")", depth-1)
	}
	many := func(count int) string { return "and(" + strings.Repeat("eq(a,1),", count-2) + "eq(a,1))" }
	for text, want := range map[string]string{
		``:                               "lacks a name",
		`eq`:                             "lacks a (",
		`eq(`:                            "lacks a name",
		`eq(a`:                           "lacks a ,",
		`eq(a)`:                          "lacks a ,",
		`eq(a,`:                          "has a value that is not text in single quotes, a number, true or false",
		`eq(a,)`:                         "has a value that is not text in single quotes, a number, true or false",
		`eq(a,b)`:                        "has a value that is not text in single quotes, a number, true or false",
		`eq(a,null)`:                     "has a value that is not text in single quotes, a number, true or false",
		`eq(a,"b")`:                      "has a value that is not text in single quotes, a number, true or false",
		`eq(a,'b)`:                       "has a text without its closing quote",
		`eq(a,'b''')x`:                   "has more text after its end",
		`eq(a,'b'`:                       "lacks a )",
		`eq(a,1,2)`:                      "lacks a )",
		`eq(a,01)`:                       "lacks a )",
		`eq(1,2)`:                        "lacks a name",
		`eq(a,1)eq(b,2)`:                 "has more text after its end",
		`ne(a,1)`:                        "has an operator that is not eq, and or or",
		`EQ(a,1)`:                        "has an operator that is not eq, and or or",
		`and()`:                          "lacks a name",
		`and(eq(a,1),)`:                  "lacks a name",
		`and(eq(a,1)`:                    "lacks a )",
		nested(maxFilterDepth):           "",
		nested(maxFilterDepth + 1):       "is nested more than 8 deep",
		many(maxFilterConditions):        "",
		many(maxFilterConditions + 1):    "has more than 100 conditions",
		strings.Repeat("and(", 1_000_00): "is nested more than 8 deep",
	} {
		if _, problem := parseFilter(text); problem != want {
			t.Errorf("%.60s: got %q, want %q", text, problem, want)
		}
	}
}

func TestSortingIsRead(t *testing.T) {
	t.Parallel()
	keys, problem := parseSort("a:ascending; b : descending ;c;")
	if diff := cmp.Diff([]sortKey{{"a", false}, {"b", true}, {"c", false}}, keys, cmp.AllowUnexported(sortKey{})); diff != "" || problem != "" {
		t.Errorf("got problem %q and (-want +got):\n%s", problem, diff)
	}
	for text, want := range map[string]string{
		"a:up":                    "has a direction that is neither ascending nor descending",
		":ascending":              "has a name that no field can have",
		"a b":                     "has a name that no field can have",
		strings.Repeat("a;", 11):  "has more than 10 fields",
		"a;DROP TABLE x--;b":      "has a name that no field can have",
		"a:ascending:descending;": "has a direction that is neither ascending nor descending",
	} {
		if _, problem := parseSort(text); problem != want {
			t.Errorf("%s: got %q, want %q", text, problem, want)
		}
	}
}

// What is read can be written and is read the same again.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{`and(eq(a,'b''c'),or(eq(d,-1.5e3),eq(e,true)))`, `eq(a,'`, `and(`, `eq(a,1)x`, " eq ( a , 'ö' ) "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, problem := parseFilter(text)
		if problem != "" {
			return
		}
		again, problem := parseFilter(c.String())
		if problem != "" || again.String() != c.String() {
			t.Errorf("%q became %s, and that %s and %q", text, c, again, problem)
		}
	})
}
