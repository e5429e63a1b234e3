package server_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orglink/server/requestgen"
	"orglink/server/servertest"
)

// Each constraint that the document's examples keep is broken once, alone: it is refused
// with the status that is right for it, or tolerated for a reason that still holds.
func TestEachConstraintOfTheExamplesIsHeld(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	s := newRequester(t, servertest.Database("sqlite:"+filepath.Join(t.TempDir(), "orglink.db")))
	needed := map[string]int{}
	for _, example := range s.examples {
		example.Authorization = credentials(example.Operation)
		for _, f := range example.Faults() {
			want := refusals(f)
			special := exceptionOf(f)
			if special != nil {
				want = special.want
				if needed[special.reason] == 3 {
					continue // seen often enough
				}
			}
			a, err := s.answer(t, untouched, f.Request)
			status := a.status
			if err != nil || !slices.Contains(want, status) {
				t.Errorf("%#v\ngot %d, want one of %v: %v", f, status, want, err)
			}
			if special != nil && !slices.Contains(refusals(f), status) {
				needed[special.reason]++
			}
			if status < 300 {
				s.admin(t, "DELETE", "/orglink/v1/workspaces/"+untouched, "", 204)
				s.workspace(t, untouched)
			}
		}
	}
	for _, e := range exceptions {
		if needed[e.reason] == 0 {
			t.Errorf("this is refused like all else, and needs no exception: %s", e.reason)
		}
	}
}

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
	case f.In == "header" && f.Place == "Accept":
		return []int{406}
	case f.Rule == "media" && len(documented(o, 415)) > 0, f.In == "header" && strings.HasSuffix(f.Place, "-Item"),
		f.In == "header" && strings.HasPrefix(f.Place, "Content-"):
		return []int{415}
	case o.Tag == "acc" && slices.Contains([]string{"required", "nullable", "minLength", "maxLength"}, f.Rule) && strings.Count(f.Place, ".") == 2:
		return []int{422} // a unit breaks a rule
	}
	return []int{400}
}

// earlier are the statuses of what is looked at before the fault in a request that may be
// wrong otherwise, too.
func earlier(f *requestgen.Fault) []int {
	o := f.Request.Operation
	switch {
	case f.In == "credentials":
		return nil
	case o.Tag == "cux", !o.Secured: // sessions and clients have credentials of their own
		return documented(o, 400, 401, 403, 415, 429)
	}
	// 401: a request before may have revoked the token, or applied fixtures with another.
	return documented(o, 400, 401, 403, 404, 406, 409, 412, 415, 428, 429)
}

// exception is a fault that is not refused like others.
type exception struct {
	operations *regexp.Regexp
	in         string
	place      *regexp.Regexp
	rule       *regexp.Regexp
	want       []int
	reason     string
}

func exceptionOf(f *requestgen.Fault) *exception {
	for i, e := range exceptions {
		if e.operations.MatchString(f.Request.Operation.ID) && f.In == e.in && e.place.MatchString(f.Place) && e.rule.MatchString(f.Rule) {
			return &exceptions[i]
		}
	}
	return nil
}

func whole(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(` + pattern + `)$`) }

var exceptions = []exception{
	{
		whole("comanage(Add|Edit).*"), "body", whole("RequestType|Version"), whole("type .*|nullable"),
		[]int{200, 201},
		"COmanage: Registry looks at the Version of the entry, and at nothing else beside the entries",
	},
	{
		whole("comanage(Add|Edit).*"), "body", whole(`[A-Za-z]+\.0\.[A-Za-z]+|.*\.Person\.Id`), whole("type number"),
		[]int{200, 201, 400, 403},
		"COmanage: PHP takes a number for its digits; clients send ids both ways",
	},
	{
		whole("comanage(Add|Edit).*"), "body", whole(``), whole("media"),
		[]int{200, 201},
		"COmanage: Registry reads the body raw, whatever its type but a form's",
	},
	{
		whole("comanage(Add|Edit)CoOrgIdentityLink"), "body", whole("CoOrgIdentityLinks"), whole("required"),
		[]int{403},
		"COmanage: without its list the document is the entry; Registry takes a bare object. Its CoPersonId is missing",
	},
	{
		whole("comanage(Add|Edit)(Name|Identifier)"), "body", whole(`.*\.Person(\.Type)?`), whole("type .*|nullable|enum"),
		[]int{403},
		"COmanage: a Person that is none is none: No Person Specified",
	},
	{
		whole("cux.*"), "body", whole(``), whole("media"),
		[]int{200},
		"ES Loyalty: its pages give no Content-Type; bodies are read as what the call takes",
	},
	{
		whole("responsys.*"), "body", whole(``), whole("media"),
		[]int{200},
		"Responsys: clients send no Content-Type, and no page has a 415",
	},
	{
		whole("sviPostToken"), "body", whole(``), whole("missing|malformed"),
		[]int{401},
		"SAS Logon: without a form there is no client, and that is looked at first",
	},
}
