package server_test

import (
	"testing"
)

func TestPathsAreFoldedAndPrefixesTakenOff(t *testing.T) {
	t.Parallel()
	s := start(t)
	for name, test := range map[string]struct {
		path   string
		status int
	}{
		"double slashes":                  {"//orglink//v1///version", 200},
		"the default workspace by name":   {"/w/default/orglink/v1/version", 200},
		"a workspace alone":               {"/w/default", 404},
		"an empty workspace":              {"/w//orglink/v1/version", 404},
		"bytes that are no text":          {"/orglink/v1/%ff", 404},
		"a NUL":                           {"/orglink/v1/%00", 404},
		"an escaped slash is not a slash": {"/orglink%2Fv1/version", 404},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.want(t, test.status, call{method: "GET", path: test.path})
		})
	}
}
