package requestgen

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// texts are such as programs stumble over.
var texts = []string{
	"", " ", "0", "-1", "null", "true", "a", "A", "é", "e\u0301", "ß", "İ", "日本", "👩‍👩‍👧", "\u202Eabc", "\u2028",
	"\uFFFD", "\uFFFF", "\U0010FFFF", "\u0001", "\t", "a\nb", "\r\n", "\u00A0", "\u200B", "%", "_", "%20", "%2F", "+", "&", "=", "?", "#", ";", ",",
	"/", "a/b", ".", "..", "a.b", "a.json", "\\", "'", `"`, "' OR 1=1 --", "<b>", "${x}", "{{x}}", "|", "|_|", "a|_|b|_|c", ":", "@item",
	"•••••••••", "1e9", "1.0", "0x10", "9223372036854775808", "2020-02-30", "2024-02-29", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
	"version", "id", "all", "default", "links", "sessions",
}

// text draws a string.
func (m maker) text(schema *openapi3.Schema) any {
	if made, ok := m.formatted(schema.Format); ok {
		return made
	}
	if schema.Pattern != "" {
		return m.matching(schema.Pattern)
	}
	if m.chance(7) {
		return pick(m, texts)
	}
	low, high := int(schema.MinLength), 40 //nolint:gosec // a document's bounds
	if schema.MaxLength != nil {
		high = int(*schema.MaxLength) //nolint:gosec // as above
	}
	switch m.index(8) {
	case 0:
		return m.runes(low)
	case 1:
		return m.runes(high)
	case 2:
		if schema.MaxLength == nil {
			return m.runes(3000)
		}
	}
	return m.runes(low + m.index(max(1, min(high-low, 12))))
}

// runes draws a text of n characters, which it takes from a few only.
func (m maker) runes(n int) string {
	alphabet := pick(m, []string{"abcdefghijklmnopqrstuvwxyz", "ABCxyz019 _-", "aéß日👍", "a'\"\\%_<&/.:|", "0123456789"})
	several := []rune(alphabet)
	var out strings.Builder
	for i := range n {
		if i < 24 {
			out.WriteRune(pick(m, several))
		} else {
			out.WriteRune(several[i%len(several)])
		}
	}
	return out.String()
}

// word draws the name of a member that no schema has.
func (m maker) word() string { return "x" + m.runes(1+m.index(4)) }

func (m maker) formatted(format string) (string, bool) {
	n := func(low, high int) int { return low + m.index(high-low+1) }
	date := func() string {
		return fmt.Sprintf("%04d-%02d-%02d", pick(m, []int{1, 1899, 1970, 2020, 2024, 2038, 9999}), n(1, 12), n(1, 28))
	}
	clock := func() string { return fmt.Sprintf("%02d:%02d:%02d", n(0, 23), n(0, 59), n(0, 59)) }
	switch format {
	case "uuid":
		raw := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(m.t, "")
		return fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]), true
	case "date":
		return date(), true
	case "date-time":
		return date() + "T" + clock() + pick(m, []string{"", ".5", ".123456789"}) + pick(m, []string{"Z", "+02:00", "-11:30"}), true
	case "registry-timestamp":
		return date() + " " + clock(), true
	case "registry-id":
		return pick(m, []string{"0", "1", "2", "12", "34", "0012", "2147483647", "2147483648", fmt.Sprint(n(1, 60))}), true
	}
	return "", false
}

// matching draws what the pattern finds something in: an end that it does not hold down is
// drawn on.
func (m maker) matching(pattern string) string {
	found := rapid.StringMatching(pattern).Draw(m.t, "")
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || !utf8.ValidString(found) {
		return found
	}
	held := tree.String()
	if !strings.HasPrefix(held, `(?-m:^`) && !strings.HasPrefix(held, `\A`) && !strings.HasPrefix(pattern, "^") {
		found = m.runes(m.index(6)) + found
	}
	if !strings.HasSuffix(pattern, "$") {
		found += m.runes(m.index(6))
	}
	return found
}
