package svi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Bounds of a filter: what a client writes by hand or builds of a form stays far
// below them, and a database takes a statement of this size.
const (
	maxFilterDepth      = 8
	maxFilterConditions = 100
)

// condition is a filter as it was written: an equation, or several conditions that
// must all hold or of which one must.
type condition struct {
	operator string // eq, and, or
	of       []condition
	field    string
	value    any // a string, a json.Number or a bool
}

// parseFilter reads a filter of SAS Data Hub, such as
// and(eq(first_name,'John'),or(eq(age,7),eq(active,true))). The problem that it
// reports is one for the client, and holds none of the values.
func parseFilter(text string) (condition, string) {
	p := filterParser{rest: text}
	c := p.condition(1)
	p.space()
	if p.problem == "" && p.rest != "" {
		p.fail("has more text after its end")
	}
	return c, p.problem
}

// filterParser takes a filter apart from its left end. After the first problem it
// takes nothing more.
type filterParser struct {
	rest    string
	count   int
	problem string
}

var (
	filterName   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,62}`)
	filterNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`)
)

func (p *filterParser) condition(depth int) condition {
	if p.count++; p.count > maxFilterConditions {
		p.fail(fmt.Sprintf("has more than %d conditions", maxFilterConditions))
	}
	if depth > maxFilterDepth {
		p.fail(fmt.Sprintf("is nested more than %d deep", maxFilterDepth))
	}
	c := condition{operator: p.take(filterName)}
	p.want("(")
	switch c.operator {
	case "eq":
		c.field = p.take(filterName)
		p.want(",")
		c.value = p.value()
	case "and", "or":
		c.of = append(c.of, p.condition(depth+1))
		for p.problem == "" && p.next(",") {
			c.of = append(c.of, p.condition(depth+1))
		}
	default:
		p.fail("has an operator that is not eq, and or or")
	}
	p.want(")")
	return c
}

// value reads text in single quotes, a number, true or false.
func (p *filterParser) value() any {
	p.space()
	if strings.HasPrefix(p.rest, "'") {
		return p.quoted()
	}
	if number := filterNumber.FindString(p.rest); number != "" {
		p.rest = p.rest[len(number):]
		return json.Number(number)
	}
	if word := filterName.FindString(p.rest); word == "true" || word == "false" {
		p.rest = p.rest[len(word):]
		return word == "true"
	}
	p.fail("has a value that is not text in single quotes, a number, true or false")
	return nil
}

// quoted reads text in single quotes, in which a quote is doubled.
func (p *filterParser) quoted() string {
	var text strings.Builder
	for rest := p.rest[1:]; ; {
		part, after, closed := strings.Cut(rest, "'")
		if !closed {
			p.fail("has a text without its closing quote")
			return ""
		}
		text.WriteString(part)
		if !strings.HasPrefix(after, "'") {
			p.rest = after
			return text.String()
		}
		text.WriteByte('\'')
		rest = after[1:]
	}
}

// take reads what the pattern matches; nothing is a problem.
func (p *filterParser) take(pattern *regexp.Regexp) string {
	p.space()
	found := pattern.FindString(p.rest)
	if found == "" {
		p.fail("lacks a name")
	}
	p.rest = p.rest[len(found):]
	return found
}

// want reads the sign, whose absence is a problem.
func (p *filterParser) want(sign string) {
	if !p.next(sign) {
		p.fail("lacks a " + sign)
	}
}

// next reads the sign if it comes next.
func (p *filterParser) next(sign string) bool {
	p.space()
	rest, found := strings.CutPrefix(p.rest, sign)
	p.rest = rest
	return found
}

func (p *filterParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *filterParser) fail(problem string) {
	if p.problem == "" {
		p.problem = problem
	}
	p.rest = ""
}

// maxSortKeys bounds the fields to sort by.
const maxSortKeys = 10

// sortKey is one field to sort by.
type sortKey struct {
	field      string
	descending bool
}

// parseSort reads fields to sort by, such as first_name:ascending;age:descending.
func parseSort(text string) (keys []sortKey, problem string) {
	for item := range strings.SplitSeq(text, ";") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue // one client ends the list with a semicolon
		}
		name, direction, _ := strings.Cut(item, ":")
		key := sortKey{field: strings.TrimSpace(name)}
		switch strings.TrimSpace(direction) {
		case "", "ascending":
		case "descending":
			key.descending = true
		default:
			return nil, "has a direction that is neither ascending nor descending"
		}
		if filterName.FindString(key.field) != key.field || key.field == "" {
			return nil, "has a name that no field can have"
		}
		keys = append(keys, key)
	}
	if len(keys) > maxSortKeys {
		return nil, fmt.Sprintf("has more than %d fields", maxSortKeys)
	}
	return keys, ""
}
