package server_test

import (
	"slices"
	"strconv"

	"orglink/server/requestgen"
)

// documented are those of the statuses that the document gives the operation.
func documented(o *requestgen.Operation, statuses ...int) []int {
	return slices.DeleteFunc(statuses, func(status int) bool {
		return !slices.Contains(o.Statuses, strconv.Itoa(status))
	})
}

// refusals are the statuses with which a fault is refused in a request that is right
// otherwise.
func refusals(f *requestgen.Fault) []int {
	o := f.Request.Operation
	switch {
	case f.In == "credentials":
		return []int{401}
	case f.In == "path":
		// What the path cannot name is not there, whether the document says so or not.
		return append(documented(o, 400), 404)
	case f.Rule == "media" && len(documented(o, 415)) > 0:
		return []int{415}
	}
	return documented(o, 400, 422)
}

// earlier are the statuses of what is looked at before the fault in a request that may be
// wrong otherwise, too.
func earlier(f *requestgen.Fault) []int {
	if f.In == "credentials" {
		return nil
	}
	return documented(f.Request.Operation, 401, 403, 404, 406, 409, 412, 415, 428, 429)
}

type tolerance struct{}

func tolerated(*requestgen.Fault) *tolerance { return nil }
