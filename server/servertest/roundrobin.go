package servertest

import (
	"net/http"
	"sync/atomic"
)

// roundRobin is a load balancer: each request goes to the next server, under the host
// that the client knows.
type roundRobin struct {
	addresses []string
	transport *http.Transport
	requests  atomic.Uint64
}

// RoundTrip implements [http.RoundTripper].
func (b *roundRobin) RoundTrip(req *http.Request) (*http.Response, error) {
	sent := req.Clone(req.Context())
	if sent.Host == "" {
		sent.Host = req.URL.Host
	}
	sent.URL.Host = b.addresses[b.requests.Add(1)%uint64(len(b.addresses))]
	return b.transport.RoundTrip(sent)
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (b *roundRobin) CloseIdleConnections() { b.transport.CloseIdleConnections() }
