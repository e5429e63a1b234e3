package server_test

import (
	"os"
	"os/exec"
	"testing"

	"orglink/server/servertest"
)

// A whole enrolment, played by a shell with curl: at the root and under the vendor's
// prefix, each seeing what was written at the other.
func TestComanageEnrolmentInAShell(t *testing.T) {
	t.Parallel()
	needCurl(t)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := startRegistry(t, database)
		root, prefixed := s.URL, s.URL+"/registry"
		for registry, alias := range map[string]string{root: prefixed, prefixed: root} {
			script := exec.Command("sh", "testdata/comanage/enrolment.sh")
			script.Env = append(os.Environ(),
				"REGISTRY="+registry, "ALIAS="+alias, "API_USER="+platform+":demo-secret", "CO_NAME=Newcomers")
			if out, err := script.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", registry, err, out)
			}
		}
	})
}
