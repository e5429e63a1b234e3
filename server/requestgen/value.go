package requestgen

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// maker draws values for one request.
type maker struct {
	t     *rapid.T
	known *Known
	tag   string
	// close keeps a request close to the document's example, so that more of them succeed.
	close bool
}

// Fits reports whether the schema allows the value in a request.
func Fits(schema *openapi3.Schema, value any) bool {
	return schema.VisitJSON(value, openapi3.VisitAsRequest()) == nil
}

// index draws an index. rapid's own draws prefer small numbers; what is chosen between
// here is equally good.
func (m maker) index(n int) int {
	i := 0
	for range bits.Len(uint(n)) + 3 {
		i *= 2
		if rapid.Bool().Draw(m.t, "") {
			i++
		}
	}
	return i % n
}

// chance is true in n of 16 cases.
func (m maker) chance(n int) bool { return m.index(16) < n }

func (m maker) either(near, far int) int {
	if m.close {
		return near
	}
	return far
}

func pick[T any](m maker, list []T) T { return list[m.index(len(list))] }

// deepest is the depth from which on no member is made that is not required.
const deepest = 5

// value draws what the schema allows under a name: now and then what the example has in
// its place or what the server is known to have, else whatever the schema lets through.
func (m maker) value(ref *openapi3.SchemaRef, name string, like any, depth int) any {
	schema := ref.Value
	switch like.(type) {
	case map[string]any, []any: // drawn by its members
	default:
		if like != nil && m.chance(m.either(15, 8)) && Fits(schema, like) {
			return like
		}
	}
	if schema.Nullable && !m.close && m.chance(1) && Fits(schema, nil) {
		return nil
	}
	if m.chance(6) {
		if known := m.known.fitting(m.tag, name, schema); len(known) > 0 {
			return clone(pick(m, known))
		}
	}
	for range 50 {
		if value := m.made(schema, name, like, depth); Fits(schema, value) {
			return value
		}
	}
	panic(fmt.Sprintf("no value fits %q: %+v", name, schema))
}

func (m maker) made(schema *openapi3.Schema, name string, like any, depth int) any {
	switch {
	case len(schema.AllOf) > 0:
		return m.all(schema.AllOf, name, like, depth)
	case len(schema.OneOf)+len(schema.AnyOf) > 0:
		return m.value(pick(m, slices.Concat(schema.OneOf, schema.AnyOf)), name, like, depth)
	case len(schema.Enum) > 0:
		return pick(m, schema.Enum)
	case schema.Type.Is("string"):
		return m.text(schema)
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return m.number(schema)
	case schema.Type.Is("boolean"):
		return rapid.Bool().Draw(m.t, "")
	case schema.Type.Is("array"):
		return m.array(schema, name, like, depth)
	case schema.Type.Is("object"):
		return m.object(schema, like, depth)
	}
	return m.anything(depth)
}

// all draws what all the schemas allow: a value of the only one, or an object with the
// members of each.
func (m maker) all(parts openapi3.SchemaRefs, name string, like any, depth int) any {
	whole := map[string]any{}
	for _, part := range parts {
		value := m.value(part, name, like, depth)
		members, ok := value.(map[string]any)
		if !ok {
			return value
		}
		maps.Copy(whole, members)
	}
	return whole
}

func (m maker) array(schema *openapi3.Schema, name string, like any, depth int) any {
	examples, _ := like.([]any)
	low, high := int(schema.MinItems), int(schema.MinItems)+3 //nolint:gosec // a document's bounds
	if schema.MaxItems != nil {
		high = min(high, int(*schema.MaxItems)) //nolint:gosec // as above
	}
	if depth >= deepest {
		high = low
	}
	list := []any{}
	for range max(low, min(high, m.index(4))) {
		var example any
		if len(examples) > 0 {
			example = pick(m, examples)
		}
		list = append(list, m.value(schema.Items, name, example, depth+1))
	}
	return list
}

func (m maker) object(schema *openapi3.Schema, like any, depth int) any {
	examples, _ := like.(map[string]any)
	members := map[string]any{}
	for _, name := range sortedNames(schema.Properties) {
		odds := m.either(1, 5)
		if examples[name] != nil {
			odds = m.either(15, 13)
		}
		if slices.Contains(schema.Required, name) || depth < deepest && m.chance(odds) {
			members[name] = m.value(schema.Properties[name], name, examples[name], depth+1)
		}
	}
	if depth >= deepest {
		return members
	}
	more := schema.AdditionalProperties
	if more.Schema != nil {
		for range m.index(3) {
			members[m.word()] = m.value(more.Schema, "", nil, depth+1)
		}
	} else if more.Has == nil && m.chance(1) || more.Has != nil && *more.Has && m.chance(4) {
		if name := m.word(); schema.Properties[name] == nil {
			members[name] = m.anything(depth + 1)
		}
	}
	for name, value := range examples { // of an open object
		if schema.Properties[name] == nil && more.Has != nil && *more.Has && members[name] == nil {
			members[name] = value
		}
	}
	return members
}

// anything draws any JSON value.
func (m maker) anything(depth int) any {
	kinds := 6
	if depth >= deepest {
		kinds = 4
	}
	switch m.index(kinds) {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(m.t, "")
	case 2:
		return m.number(&openapi3.Schema{Type: &openapi3.Types{"number"}})
	case 3:
		return m.text(&openapi3.Schema{Type: &openapi3.Types{"string"}})
	case 4:
		list := []any{}
		for range m.index(3) {
			list = append(list, m.anything(depth+1))
		}
		return list
	}
	members := map[string]any{}
	for range m.index(3) {
		members[m.word()] = m.anything(depth + 1)
	}
	return members
}

// number draws a number: at the bounds of the schema and of what machines count with, or
// somewhere between, in one of the spellings that JSON has for it.
func (m maker) number(schema *openapi3.Schema) any {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if schema.Min != nil {
		low = int64(math.Ceil(*schema.Min))
	}
	if schema.Max != nil {
		high = int64(math.Floor(*schema.Max))
	}
	candidates := []int64{low, high, 0, 1, -1, 2, 10, 40, 1000, math.MaxInt32, math.MaxInt32 + 1, 1<<53 - 1, 1 << 53}
	n := pick(m, candidates)
	if m.chance(8) {
		n = rapid.Int64Range(low, high).Draw(m.t, "")
	}
	n = min(max(n, low), high)
	digits := strconv.FormatInt(n, 10)
	switch {
	case schema.Type.Is("number") && m.chance(6):
		return json.Number(pick(m, []string{digits + ".5", "1e-7", "-0", "0.1", "1.7976931348623157e308", "12345678901234567890"}))
	case m.chance(1):
		return json.Number(digits + pick(m, []string{".0", "e0", "E+0"}))
	case n != 0 && schema.Min == nil && schema.Max == nil && schema.Format == "" && m.chance(1):
		return json.Number(digits + "00000")
	}
	return json.Number(digits)
}

func sortedNames[V any](members map[string]V) []string { return slices.Sorted(maps.Keys(members)) }
