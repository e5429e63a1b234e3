// Package compat finds what in a document would break the clients of an older one.
//
// A request that the older document allowed must still be allowed, and an answer that the
// newer one allows must be one that the older one allowed. So an enum may grow in a
// request, and may not in an answer: clients are generated with closed sets of values, and
// what they do not know they take for a failure. What is only added - operations, optional
// parameters and members, error statuses - breaks nobody.
package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Break is one thing that clients of the older document would stumble over.
type Break struct {
	// Operation is an operationId of the older document; empty for what all share.
	Operation string
	// Place is where in the operation it is.
	Place string
	// What says what broke.
	What string
}

// String is the break in one line.
func (b Break) String() string {
	return strings.Join(slices.DeleteFunc([]string{b.Operation, b.Place, b.What}, func(s string) bool { return s == "" }), ": ")
}

// Breaks lists what breaks between two documents, in the order of their operations' ids.
func Breaks(older, newer *openapi3.T) []Break {
	c := comparison{older: older, newer: newer}
	c.servers()
	for path, item := range older.Paths.Map() {
		for method, op := range item.Operations() {
			c.operation = op.OperationID
			current := newer.Paths.Value(path)
			if current == nil || current.GetOperation(method) == nil {
				c.add("", "%s %s is gone", method, path)
				continue
			}
			c.compare(operation{older, item, op}, operation{newer, current, current.GetOperation(method)})
		}
	}
	slices.SortStableFunc(c.breaks, func(a, b Break) int {
		return strings.Compare(a.Operation+a.Place+a.What, b.Operation+b.Place+b.What)
	})
	return slices.Compact(c.breaks)
}

// MayBreak reports whether a version may break what another one promised: its major number
// is another one or, as long as that is 0, its minor one, which semantic versioning gives
// the same meaning.
func MayBreak(older, newer string) (bool, error) {
	from, err := semver(older)
	if err != nil {
		return false, err
	}
	to, err := semver(newer)
	if err != nil {
		return false, err
	}
	if slices.Compare(to[:], from[:]) < 0 {
		return false, fmt.Errorf("version %s is older than %s, which was released", newer, older)
	}
	return to[0] != from[0] || to[0] == 0 && to[1] != from[1], nil
}

func semver(text string) (version [3]int, err error) {
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &version[0], &version[1], &version[2]); err != nil {
		return version, fmt.Errorf("%q is not a semantic version", text)
	}
	return version, nil
}

// comparison collects the breaks of two documents.
type comparison struct {
	older, newer *openapi3.T
	operation    string
	breaks       []Break
}

func (c *comparison) add(place, format string, args ...any) {
	c.breaks = append(c.breaks, Break{c.operation, place, fmt.Sprintf(format, args...)})
}

func (c *comparison) servers() {
	for _, server := range c.older.Servers {
		i := slices.IndexFunc(c.newer.Servers, func(s *openapi3.Server) bool { return s.URL == server.URL })
		if i < 0 {
			c.add("servers", "%s is gone", server.URL)
			continue
		}
		for name, variable := range server.Variables {
			current := c.newer.Servers[i].Variables[name]
			switch {
			case current == nil:
				c.add("servers", "%s has no variable %s any more", server.URL, name)
			case current.Default != variable.Default:
				c.add("servers", "variable %s is %q where it is not given, and was %q", name, current.Default, variable.Default)
			default:
				for _, value := range variable.Enum {
					if len(current.Enum) > 0 && !slices.Contains(current.Enum, value) {
						c.add("servers", "variable %s may not be %q any more", name, value)
					}
				}
			}
		}
	}
}
