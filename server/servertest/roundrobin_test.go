package servertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequestsTakeTurnsUnderTheHostOfTheClient(t *testing.T) {
	t.Parallel()
	balancer := &roundRobin{transport: transport()}
	t.Cleanup(balancer.CloseIdleConnections)
	seen := make([]int, 3)
	for i := range seen {
		replica := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			seen[i]++
			if r.Host != "balancer.example" {
				t.Errorf("the host is %s", r.Host)
			}
		}))
		t.Cleanup(replica.Close)
		balancer.addresses = append(balancer.addresses, strings.TrimPrefix(replica.URL, "http://"))
	}
	for range 6 {
		resp, err := (&http.Client{Transport: balancer}).Get("http://balancer.example/")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	for i, n := range seen {
		if n != 2 {
			t.Errorf("replica %d got %d of 6 requests", i+1, n)
		}
	}
}
