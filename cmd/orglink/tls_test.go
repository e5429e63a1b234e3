package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tlsSite is a server with TLS, and what its clients trust.
type tlsSite struct {
	*process
	addr string
	cert string
	key  string
}

func startTLS(t *testing.T) tlsSite {
	t.Helper()
	dir := t.TempDir()
	s := tlsSite{cert: filepath.Join(dir, "tls.crt"), key: filepath.Join(dir, "tls.key")}
	cert, key := newCertificatePEM(t, "first")
	write(t, s.cert, cert)
	write(t, s.key, key)
	s.process = startProcess(t, "sqlite:"+filepath.Join(dir, "tls.db"), "--tls-cert", s.cert, "--tls-key", s.key)
	s.addr = strings.TrimPrefix(s.url, "https://")
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cert)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: transport}
	return s
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := startTLS(t)
	t.Run("reason phrases and the scheme of URLs", s.testAnswers)
	t.Run("versions and protocols", s.testHandshakes)
	t.Run("a renewed certificate is taken up", s.testRenewal)
}

func (s tlsSite) testAnswers(t *testing.T) {
	for range 2 { // on a connection that is kept
		req, err := http.NewRequest("GET", s.url+"/co_org_identity_links/99999.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("co_1.demo", "demo-secret")
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.Status != "404 CoOrgIdentityLink Unknown" || resp.Proto != "HTTP/1.1" || resp.TLS.Version != tls.VersionTLS13 {
			t.Errorf("got %q by %s, TLS %x", resp.Status, resp.Proto, resp.TLS.Version)
		}
	}
	status, text, err := s.do("GET", "/.well-known/openid-configuration", "")
	if err != nil || status != 200 || !strings.Contains(text, `"`+s.url+`/`) {
		t.Errorf("want %s in the answer's URLs: %d (%v) %s", s.url, status, err, text)
	}
	if _, _, err := s.do("PUT", demoStructure, `{"business_units":[{"id":"0f0f7b1e-4d5c-4c1a-9a52-5a1c3c1f2d11","name":"unit"}]}`); err != nil {
		t.Error(err)
	}
}

func (s tlsSite) testHandshakes(t *testing.T) {
	for name, test := range map[string]struct {
		client *tls.Config
		works  bool
	}{
		"no protocol named":   {&tls.Config{}, true},
		"HTTP/1.1":            {&tls.Config{NextProtos: []string{"http/1.1"}}, true},
		"HTTP/2 or HTTP/1.1":  {&tls.Config{NextProtos: []string{"h2", "http/1.1"}}, true},
		"HTTP/2 and no other": {&tls.Config{NextProtos: []string{"h2"}}, false},
		"TLS 1.2":             {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"TLS 1.1":             {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
	} {
		t.Run(name, func(t *testing.T) {
			test.client.InsecureSkipVerify = true
			conn, err := tls.Dial("tcp", s.addr, test.client)
			if err != nil {
				if test.works {
					t.Fatal(err)
				}
				return
			}
			defer conn.Close()
			if !test.works {
				t.Fatalf("want it refused: %+v", conn.ConnectionState())
			}
			if protocol := conn.ConnectionState().NegotiatedProtocol; protocol == "h2" {
				t.Errorf("got %s", protocol)
			}
		})
	}
}

// A certificate is renewed by two files that are written one after the other. Until
// they fit the server keeps the one before, and then takes the new one up by itself.
func (s tlsSite) testRenewal(t *testing.T) {
	want := func(name string) {
		t.Helper()
		conn, err := tls.Dial("tcp", s.addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if got := conn.ConnectionState().PeerCertificates[0].Subject.CommonName; got != name {
			t.Errorf("got the certificate %q, want %q", got, name)
		}
	}
	want("first")
	cert, key := newCertificatePEM(t, "second")
	write(t, s.cert, cert)
	want("first")
	want("first")
	write(t, s.key, key)
	want("second")
	if err := os.Remove(s.key); err != nil {
		t.Fatal(err)
	}
	want("second")
	cert, key = newCertificatePEM(t, "third")
	write(t, s.key, key)
	write(t, s.cert, cert)
	want("third")
}

// newCertificatePEM is a certificate of the loopback address, signed by itself.
func newCertificatePEM(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true,

		BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
