package compat

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// operation is an operation with what it has from its path and its document.
type operation struct {
	document *openapi3.T
	item     *openapi3.PathItem
	*openapi3.Operation
}

func (o operation) parameters() map[string]*openapi3.Parameter {
	all := map[string]*openapi3.Parameter{}
	for _, p := range slices.Concat(o.item.Parameters, o.Parameters) {
		all[p.Value.In+" parameter "+p.Value.Name] = p.Value
	}
	return all
}

func (o operation) body() *openapi3.RequestBody {
	if o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Value
}

func (c *comparison) compare(older, newer operation) {
	if older.OperationID != newer.OperationID {
		c.add("", "its operationId is now %s, by which clients' functions are called", newer.OperationID)
	}
	c.compareParameters(older.parameters(), newer.parameters())
	c.compareBodies(older, newer)
	c.compareSecurity(older, newer)
	for status, response := range older.Responses.Map() {
		current := newer.Responses.Value(status)
		if current == nil {
			c.add("answer "+status, "is gone")
			continue
		}
		c.compareAnswers("answer "+status, response.Value, current.Value)
	}
	for status := range newer.Responses.Map() {
		if older.Responses.Value(status) == nil && status < "400" {
			c.add("answer "+status, "is new, and clients take it for a failure")
		}
	}
}

func (c *comparison) compareParameters(older, newer map[string]*openapi3.Parameter) {
	for name, p := range older {
		current := newer[name]
		if current == nil {
			c.add(name, "is gone")
			continue
		}
		if current.Required && !p.Required {
			c.add(name, "is required now")
		}
		if p.AllowEmptyValue && !current.AllowEmptyValue {
			c.add(name, "may not be empty any more")
		}
		if was, is := serialization(p), serialization(current); was != is {
			c.add(name, "is written in style %s now, and was in %s", is, was)
		}
		c.schema(request, name, p.Schema, current.Schema)
	}
	for name, p := range newer {
		if older[name] == nil && p.Required {
			c.add(name, "is new and required")
		}
	}
}

func serialization(p *openapi3.Parameter) string {
	method, err := p.SerializationMethod()
	if err != nil {
		return "unknown"
	}
	if method.Explode {
		return method.Style + ", exploded"
	}
	return method.Style
}

// limitExtension is the largest body in bytes.
const limitExtension = "x-orglink-body-limit"

func (c *comparison) compareBodies(older, newer operation) {
	was, is := older.body(), newer.body()
	switch {
	case was == nil && is == nil:
	case was == nil:
		if is.Required {
			c.add("request", "a body is required now")
		}
	case is == nil:
		c.add("request", "it has no body any more")
	default:
		if is.Required && !was.Required {
			c.add("request", "a body is required now")
		}
		for media, content := range was.Content {
			if current := is.Content[media]; current != nil {
				c.schema(request, "request "+media, content.Schema, current.Schema)
			} else {
				c.add("request "+media, "is not accepted any more")
			}
		}
	}
	limit, limited := newer.Extensions[limitExtension].(float64)
	if before, ok := older.Extensions[limitExtension].(float64); ok && limited && limit < before {
		c.add("request", "bodies may have %.0f bytes, and might have %.0f", limit, before)
	}
}

func (c *comparison) compareAnswers(place string, older, newer *openapi3.Response) {
	for media, content := range older.Content {
		if current := newer.Content[media]; current != nil {
			c.schema(answer, place+" "+media, content.Schema, current.Schema)
		} else {
			c.add(place+" "+media, "is gone")
		}
	}
	for media := range newer.Content {
		if older.Content[media] == nil && len(older.Content) == 0 {
			c.add(place+" "+media, "is new where there was no body")
		}
	}
	for name, header := range older.Headers {
		current := newer.Headers[name]
		switch {
		case current == nil:
			c.add(place+" header "+name, "is gone")
		case header.Value.Required && !current.Value.Required:
			c.add(place+" header "+name, "may be left out now")
		default:
			c.schema(answer, place+" header "+name, header.Value.Schema, current.Value.Schema)
		}
	}
}

// compareSecurity sees that whoever might call may still call: each alternative that was
// enough has one now that asks for no more.
func (c *comparison) compareSecurity(older, newer operation) {
	for _, was := range older.security() {
		if !slices.ContainsFunc(newer.security(), func(is openapi3.SecurityRequirement) bool { return asksNoMore(is, was) }) {
			names := strings.Join(slices.Sorted(maps.Keys(was)), " and ")
			if names == "" {
				names = "no credentials"
			}
			c.add("security", "%s was enough, and is not any more", names)
		}
		for name := range was {
			c.compareScheme(name)
		}
	}
}

// security are the alternatives; without any, nothing is asked for.
func (o operation) security() openapi3.SecurityRequirements {
	requirements := o.document.Security
	if o.Security != nil {
		requirements = *o.Security
	}
	if len(requirements) == 0 {
		return openapi3.SecurityRequirements{{}}
	}
	return requirements
}

func asksNoMore(is, was openapi3.SecurityRequirement) bool {
	for name, scopes := range is {
		held, ok := was[name]
		if !ok || slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(held, scope) }) {
			return false
		}
	}
	return true
}

// compareScheme sees that credentials are sent as they were.
func (c *comparison) compareScheme(name string) {
	how := func(doc *openapi3.T) string {
		scheme := doc.Components.SecuritySchemes[name]
		if scheme == nil {
			return ""
		}
		s := scheme.Value
		return strings.Join([]string{s.Type, strings.ToLower(s.Scheme), s.In, s.Name}, " ")
	}
	if was, is := how(c.older), how(c.newer); is != "" && was != is {
		c.add("security", "%s is sent as %s, and was as %s", name, strings.TrimSpace(is), strings.TrimSpace(was))
	}
}
