package server_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"orglink/server/servertest"
)

// A client that has sent its request may close its half of the connection and
// wait for the answer; net/http ends the request's context then.
func TestAClientThatHalfClosesIsAnswered(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo())
		for name, request := range map[string]string{
			"acc":       "GET /hq/v1/accounts/e3d5ef8d-5c37-4b9d-925d-1e6d24753ace/business_units_structure HTTP/1.1\r\nAuthorization: " + demoCredentials["acc"],
			"comanage":  "GET /co_org_identity_links.json HTTP/1.1\r\nAuthorization: " + demoCredentials["comanage"],
			"cux":       "GET /client/users/0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d10/business/units/links/ HTTP/1.1\r\nAuthorization: " + demoCredentials["cux"],
			"responsys": "GET /rest/api/v1.3/attributes/organizations HTTP/1.1\r\nAuthorization: " + demoCredentials["responsys"],
			"svi":       "GET /links/@item?_id=witnessed_by%7C_%7Cintel_report%7C_%7Cperson%7C_%7Cuuid_502%7C_%7Cuuid_102 HTTP/1.1\r\nAuthorization: " + demoCredentials["svi"],
		} {
			for range 10 {
				if status := halfClosed(t, s.Addr, request+"\r\nHost: x\r\n\r\n"); status != http.StatusOK {
					t.Fatalf("%s: got %d, want 200", name, status)
				}
			}
		}
	})
}

// halfClosed sends the request, closes the sending half and returns the status of
// the answer.
func halfClosed(t *testing.T, addr, request string) int {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprint(conn, request); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// Writers that are under way while a workspace is dropped and made again leave
// nothing in the new one.
func TestAWorkspaceMadeAgainHoldsNothingOfTheOldOne(t *testing.T) {
	t.Parallel()
	eachDeployment(t, func(t *testing.T, deployment servertest.Option) {
		s := start(t, deployment)
		const (
			fixtures = `{"cux": {"tokens": [{"token": "t", "subject": "c"}], "businessUnits": ["BU"],
				"accounts": [{"accountId": "4f0c2a6e-8d31-4b7a-9e52-6c1d0f3b8a94", "loyaltyId": "1", "sessions": [{"correlationId": "s"}]}]}}`
			links = "/w/ci/client/users/s/business/units/links/"
		)
		bearer := map[string]string{"Authorization": "Bearer t"}
		for round := range 4 {
			s.want(t, 200, call{method: "PUT", path: "/w/ci/orglink/v1/fixtures", header: admin, body: fixtures})
			var writers sync.WaitGroup
			for writer := range 6 {
				writers.Go(func() {
					for i := range 15 {
						path := fmt.Sprintf("/w/ci/client/users/s/business/units/BU/links/%d-%d-%d", round, writer, i)
						if a := s.do(t, call{method: "PUT", path: path, header: bearer, body: `{}`}); a.status >= 500 {
							t.Errorf("a write answered %d", a.status)
						}
					}
				})
			}
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/ci", header: admin})
			writers.Wait()
			s.want(t, 200, call{method: "PUT", path: "/w/ci/orglink/v1/fixtures", header: admin, body: fixtures})
			if a := s.want(t, 200, call{method: "GET", path: links, header: bearer}); a.body != "[]" {
				t.Fatalf("round %d: the new workspace holds %s", round, a.body)
			}
			s.want(t, 204, call{method: "DELETE", path: "/orglink/v1/workspaces/ci", header: admin})
		}
	})
}
