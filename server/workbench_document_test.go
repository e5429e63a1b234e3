package server_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"orglink/gen"
)

func TestTheDocumentIsServedWithATag(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, mediaType := range map[string]string{"/openapi.yaml": "application/yaml", "/openapi.json": "application/json"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			plain := s.want(t, 200, call{method: "GET", path: path, header: map[string]string{"Accept-Encoding": "identity"}})
			tag := plain.header.Get("ETag")
			if !strings.HasPrefix(tag, `"`) || len(tag) < 10 {
				t.Errorf("got ETag %s, want a strong one", tag)
			}
			for name, want := range map[string]string{"Content-Type": mediaType, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"} {
				if got := plain.header.Get(name); got != want {
					t.Errorf("got %s %q, want %q", name, got, want)
				}
			}
			if path == "/openapi.yaml" && plain.body != string(gen.DocumentYAML) {
				t.Error("it is not the document as it was written")
			}
			for _, method := range []string{"GET", "HEAD"} {
				for known, status := range map[string]int{
					"": 200, tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, strings.Trim(tag, `"`): 200,
				} {
					a := s.want(t, status, call{method: method, path: path, header: map[string]string{"If-None-Match": known, "Accept-Encoding": "identity"}})
					if got := a.header.Get("ETag"); got != tag {
						t.Errorf("%s that knows %s: got ETag %s, want %s", method, known, got, tag)
					}
					if (method == "HEAD" || status == 304) && a.body != "" {
						t.Errorf("%s that knows %s: got a body of %d bytes", method, known, len(a.body))
					}
				}
			}
			header, body := packedDocument(t, s, path, "br, gzip")
			if text := unpack(t, body); text != plain.body {
				t.Error("compressed it is another text")
			}
			if header.Get("ETag") == tag || len(body)*4 > len(plain.body) {
				t.Errorf("compressed: ETag %s, %d bytes of %d", header.Get("ETag"), len(body), len(plain.body))
			}
			refused := s.want(t, 200, call{method: "GET", path: path, header: map[string]string{"Accept-Encoding": "gzip;q=0"}})
			if refused.body != plain.body {
				t.Error("it is compressed for who refuses that")
			}
		})
	}
}

func TestTheDocumentTakesTagsOnSeveralLines(t *testing.T) {
	t.Parallel()
	s := start(t)
	tag := s.want(t, 200, call{method: "HEAD", path: "/openapi.yaml", header: map[string]string{"Accept-Encoding": "identity"}}).header.Get("ETag")
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "GET /openapi.yaml HTTP/1.1\r\nHost: "+s.Addr+"\r\nIf-None-Match: \"other\"\r\nIf-None-Match: "+tag+"\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 304 {
		t.Errorf("got %s, want 304", resp.Status)
	}
}

// packedDocument asks for the document past the client that holds answers against it, which
// reads no compressed ones.
func packedDocument(t *testing.T, s *site, path, accepted string) (http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequest("GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", accepted)
	resp, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("got Content-Encoding %q", got)
	}
	return resp.Header, body
}

func unpack(t *testing.T, body []byte) string {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
