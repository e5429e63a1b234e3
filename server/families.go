package server

import (
	"context"
	"net/http"
	"strings"

	"orglink/server/fault"
	"orglink/server/workbench"
)

// family is what the wiring needs to know of one family beside its handlers.
type family struct {
	// name is the family's tag in the document.
	name string
	// segments are the first path segments of its operations; a trailing `*`
	// stands for any rest of the segment. They decide who answers for a path that
	// no operation has.
	segments []string
	// alias is a vendor prefix, of one segment or several, under which the same
	// operations answer.
	alias string
	// paths are paths beside those of the segments, each of which answers as another.
	paths map[string]string
	// rewrite changes an escaped path before routing, for spellings that clients
	// use and the document does not.
	rewrite func(path string) string
	// headers sets the headers that every answer of the family carries.
	headers func(http.Header)
	// route, if set, refuses path parameters for which the vendor has no route, by
	// operationId; it comes before the credentials.
	route func(operationID string, params map[string]string) error
	// authenticate checks the request's credentials for an operation that needs
	// the scopes, and returns a context that carries whom they belong to.
	authenticate func(r *http.Request, scopes []string) (context.Context, error)
	// normalise changes a request before validation, by operationId: tolerances
	// that the document cannot say.
	normalise map[string]func(*http.Request) error
	// normaliseBody changes a body, by operationId, after it was read and before
	// validation: spellings that the document cannot say.
	normaliseBody map[string]func(r *http.Request, body []byte) []byte
	// prechecks are asked, by operationId, when the validator has refused a
	// request. Their error is answered in its place, where the vendor checks
	// something else first. The one with the empty key is asked when no operation
	// serves the request.
	prechecks map[string]fault.Precheck
	// refusals are the schemas of answers to requests that no operation serves, by the
	// path's first segment, "" being any other. An empty name is an answer without a body.
	refusals map[string]string
	// render writes a fault in the vendor's shape.
	render func(w http.ResponseWriter, r *http.Request, f *fault.Fault)
}

// familyOf finds the family that answers for a path; the workbench answers for
// paths of none.
func (s *Server) familyOf(path string) *family {
	first := firstSegment(path)
	for i := range s.families {
		f := &s.families[i]
		if _, known := f.paths[path]; known || under(f.alias, path) || f.has(first) {
			return f
		}
	}
	return s.familyNamed(workbench.Name)
}

// has reports whether operations of the family begin with the path segment.
func (f *family) has(first string) bool {
	for _, segment := range f.segments {
		if stem, open := strings.CutSuffix(segment, "*"); first == segment || open && strings.HasPrefix(first, stem) {
			return true
		}
	}
	return false
}

// refusal is the schema of the answer to a request for the path that no operation serves.
func (f *family) refusal(path string) string {
	if schema, known := f.refusals[firstSegment(path)]; known {
		return schema
	}
	return f.refusals[""]
}

// cutAlias takes the family's vendor prefix off a path. The root of the vendor's API
// keeps it, having no other name.
func (f *family) cutAlias(path string) (alias, rest string) {
	if _, known := f.paths[path]; known || !under(f.alias, path) {
		return "", path
	}
	if rest = path[len(f.alias):]; rest == "" || rest == "/" {
		return "", f.alias + "/"
	}
	return f.alias, rest
}

// under reports whether the path is the prefix or lies below it; nothing is under none.
func under(prefix, path string) bool {
	rest, ok := strings.CutPrefix(path, prefix)
	return ok && prefix != "" && (rest == "" || rest[0] == '/')
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

func (s *Server) familyNamed(name string) *family {
	for i := range s.families {
		if s.families[i].name == name {
			return &s.families[i]
		}
	}
	return nil
}

type familyKey struct{}

func withFamily(ctx context.Context, f *family) context.Context {
	return context.WithValue(ctx, familyKey{}, f)
}

func familyFrom(ctx context.Context) *family {
	f, _ := ctx.Value(familyKey{}).(*family)
	return f
}
