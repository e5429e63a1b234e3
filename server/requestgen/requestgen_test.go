package requestgen_test

import (
	"testing"

	"orglink/gen"
	"orglink/server/requestgen"

	"pgregory.net/rapid"
)

func TestSmoke(t *testing.T) {
	doc, err := gen.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	ops := requestgen.Operations(doc)
	known := requestgen.NewKnown(doc)
	g := requestgen.Valid(ops, known)
	rapid.Check(t, func(rt *rapid.T) {
		r := g.Draw(rt, "request")
		t.Logf("%#v", r)
	})
}
