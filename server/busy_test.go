package server_test

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"orglink/server/servertest"
)

// While too many writes wait, the calls for which the document has it are refused as
// busy, in the words of their family, and change nothing; all others go on as ever.
func TestAFullWriteQueueRefusesChangesOnly(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		calls := exampleCalls(t)
		before := answersToGET(t, s, calls)
		release := s.FillWriteQueue(t)
		for _, c := range calls {
			t.Run(c.op.OperationID, func(t *testing.T) {
				if !c.mayBeBusy() {
					s.want(t, successStatus(c.op), c.call)
					return
				}
				a := s.want(t, 503, c.call)
				golden(t, c.op.Tags[0]+"/busy.http",
					fmt.Sprintf("%s\nRetry-After: %s\n\n%s", a.line, a.header.Get("Retry-After"), a.body))
			})
		}
		release()
		for path, body := range answersToGET(t, s, calls) {
			if body != before[path] {
				t.Errorf("%s changed from\n%s\nto\n%s", path, before[path], body)
			}
		}
		wantChangesAgain(t, s, calls)
	})
}

// exampleOf is the example of an operation as a call.
type exampleOf struct {
	op *openapi3.Operation
	call
}

// mayBeBusy reports whether the document has a busy answer for the operation. That
// of the readiness check is another one, without a time.
func (e exampleOf) mayBeBusy() bool {
	response := e.op.Responses.Status(http.StatusServiceUnavailable)
	return response != nil && response.Value.Headers["Retry-After"] != nil
}

// exampleCalls are the document's examples that succeed in the demo. That of the
// revocation, which names no token that there is, gets one.
func exampleCalls(t *testing.T) (calls []exampleOf) {
	t.Helper()
	for path, item := range contract.Paths.Map() {
		for method, op := range item.Operations() {
			if successStatus(op) == 0 {
				continue
			}
			c := exampleOf{op, exampleCall(t, method, path, item, op)}
			if op.OperationID == "accRevokeToken" {
				c.body = url.Values{
					"client_id": {"demo-client"}, "client_secret": {"demo-secret"},
					"token": {"9ezBnx9Rd5D1xG4KMt6b72T4w0MG"}, "token_type_hint": {"access_token"},
				}.Encode()
			}
			calls = append(calls, c)
		}
	}
	slices.SortFunc(calls, func(a, b exampleOf) int { // what is taken away is needed by others
		return cmp.Or(cmp.Compare(b.method, a.method), cmp.Compare(a.op.OperationID, b.op.OperationID))
	})
	return calls
}

// wantChangesAgain sends the calls that were refused once more. None is refused as busy,
// and some of each family succeed: not all, since one may take away what another needs.
func wantChangesAgain(t *testing.T, s *site, calls []exampleOf) {
	t.Helper()
	succeeded := map[string]bool{}
	for _, c := range calls {
		if !c.mayBeBusy() {
			continue
		}
		family := c.op.Tags[0]
		a := s.do(t, c.call)
		if a.status >= 500 {
			t.Errorf("%s, afterwards: got status %d; body: %s", c.op.OperationID, a.status, a.body)
		}
		succeeded[family] = succeeded[family] || a.status == successStatus(c.op)
	}
	for family := range demoCredentials {
		if !succeeded[family] {
			t.Errorf("afterwards no call of %s succeeds", family)
		}
	}
}

// answersToGET are the bodies of those of the calls that only look, by path.
func answersToGET(t *testing.T, s *site, calls []exampleOf) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	for _, c := range calls {
		if c.method == http.MethodGet {
			bodies[c.path] = s.want(t, successStatus(c.op), c.call).body
		}
	}
	return bodies
}
