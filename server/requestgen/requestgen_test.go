package requestgen_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"orglink/gen"
	"orglink/server/requestgen"
)

var document = sync.OnceValue(func() *openapi3.T {
	doc, err := gen.GetSpec()
	if err != nil {
		panic(err)
	}
	// The server defines it, which is not here.
	openapi3.DefineStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(`^[0-9a-fA-F-]{36}$`))
	return doc
})

// item is the document's operation by its id.
func item(id string) *openapi3.Operation {
	for _, item := range document().Paths.Map() {
		for _, op := range item.Operations() {
			if op.OperationID == id {
				return op
			}
		}
	}
	return nil
}

func TestWhatIsDrawnIsAllowed(t *testing.T) {
	t.Parallel()
	operations, known := requestgen.Operations(document()), requestgen.NewKnown(document())
	rapid.Check(t, func(t *rapid.T) {
		r := requestgen.Valid(operations, known).Draw(t, "request")
		if problem := problemOf(r); problem != "" {
			t.Fatalf("%s", problem)
		}
	})
}

// problemOf says what the document has against a JSON body, or which parameter is missing.
func problemOf(r *requestgen.Request) string {
	op := item(r.Operation.ID)
	for _, p := range op.Parameters {
		value, sent := r.Params[requestgen.Param{In: p.Value.In, Name: p.Value.Name}]
		if !sent && p.Value.Required {
			return p.Value.Name + " is missing"
		}
		if sent && !requestgen.Fits(p.Value.Schema.Value, value) {
			return p.Value.Name + " does not fit"
		}
	}
	if op.RequestBody == nil || r.Media == "" || r.Media == "application/xml" {
		return ""
	}
	if err := op.RequestBody.Value.Content[r.Media].Schema.Value.VisitJSON(r.Body); err != nil {
		return err.Error()
	}
	return ""
}

// unconstrained are the operations that anybody may call, with nothing to say.
var unconstrained = []string{
	"accGetOpenIDConfiguration", "sviGetRoot", "workbenchGetLive", "workbenchGetReady", "workbenchGetVersion",
	"workbenchGetDocumentJSON", "workbenchGetDocumentYAML", "workbenchHeadDocumentJSON", "workbenchHeadDocumentYAML",
}

// Of each kind of constraint that the document has, some example breaks one.
func TestEachKindOfConstraintIsBroken(t *testing.T) {
	t.Parallel()
	broken := map[string]bool{}
	for _, o := range requestgen.Operations(document()) {
		example, ok := o.Example()
		if !ok {
			t.Errorf("%s shows no request", o.ID)
			continue
		}
		example.Authorization = "Bearer token"
		before := example.GoString()
		faults := example.Faults()
		if len(faults) > 0 == slices.Contains(unconstrained, o.ID) {
			t.Errorf("%s can be wrong in %d ways", o.ID, len(faults))
		}
		for _, f := range faults {
			broken[f.In+" "+f.Rule] = true
			if f.Request.GoString() == before {
				t.Errorf("%#v: nothing is broken", f)
			}
		}
		if example.GoString() != before {
			t.Errorf("%s: the request itself was changed", o.ID)
		}
	}
	for _, kind := range []string{
		"credentials missing", "credentials wrong", "path enum", "path pattern", "path minimum", "path type string",
		"query required", "query type string", "query enum", "query pattern", "query minimum", "query maximum", "query minLength", "query maxItems",
		"header enum", "body missing", "body media", "body malformed", "body required", "body nullable", "body enum", "body pattern", "body format",
		"body minimum", "body maximum", "body minLength", "body maxLength", "body minItems", "body maxItems", "body additionalProperties",
		"body type string", "body type number", "body type boolean", "body type array", "body type object",
	} {
		if !broken[kind] {
			t.Errorf("never broken: %s", kind)
		}
	}
}
