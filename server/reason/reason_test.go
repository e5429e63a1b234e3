package reason_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"orglink/server/reason"
)

// serve serves the handler on connections that take phrases, and returns a raw
// connection to it.
func serve(t *testing.T, handler http.HandlerFunc) net.Conn {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Listener = reason.Listener{Listener: server.Listener}
	server.Config.ConnContext = reason.ConnContext
	server.Start()
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// response reads the next response and returns its status with phrase, and its body.
func response(t *testing.T, r *bufio.Reader, method string) (status, body string) {
	t.Helper()
	resp, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status, string(text)
}

// phrased answers as the query says: the phrase's status and text, the status that
// is really written, and how many bytes.
func phrased(w http.ResponseWriter, r *http.Request) {
	var status, size int
	fmt.Sscan(r.FormValue("status"), &status)
	fmt.Sscan(r.FormValue("size"), &size)
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
	if text := r.FormValue("phrase"); text != "" {
		set := status
		if r.FormValue("for") != "" {
			fmt.Sscan(r.FormValue("for"), &set)
		}
		reason.Set(r.Context(), set, text)
	}
	w.WriteHeader(status)
	io.WriteString(w, strings.Repeat("HTTP/1.1 200 no status line\r\n", size/29))
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ query, want string }{
		"another phrase":              {"status=403&phrase=Already+Linked", "403 Already Linked"},
		"a longer one":                {"status=404&phrase=" + strings.Repeat("x", 6000), "404 " + strings.Repeat("x", 6000)},
		"none":                        {"status=404", "404 Not Found"},
		"a status without a text":     {"status=499&phrase=Odd", "499 Odd"},
		"no body":                     {"status=204&phrase=Has+None", "204 Has None"},
		"a large body":                {"status=200&phrase=Deleted&size=290000", "200 Deleted"},
		"chosen for another status":   {"status=500&for=201&phrase=Added", "500 Internal Server Error"},
		"a large body without phrase": {"status=200&size=290000", "200 OK"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := serve(t, phrased)
			in := bufio.NewReader(conn)
			for range 2 { // on a connection that is kept
				fmt.Fprintf(conn, "GET /?%s HTTP/1.1\r\nHost: x\r\n\r\n", test.query)
				if got, _ := response(t, in, "GET"); got != test.want {
					t.Fatalf("got %.100q, want %.100q", got, test.want)
				}
				// What was chosen for one response never shows in the next.
				fmt.Fprint(conn, "GET /?status=201 HTTP/1.1\r\nHost: x\r\n\r\n")
				if got, _ := response(t, in, "GET"); got != "201 Created" {
					t.Fatalf("the next response: got %q", got)
				}
			}
		})
	}
}

func TestPipelinedResponsesKeepTheirPhrases(t *testing.T) {
	t.Parallel()
	conn := serve(t, phrased)
	var out strings.Builder
	for i := range 20 {
		phrase := ""
		if i%2 == 0 {
			phrase = fmt.Sprintf("&phrase=Number+%d", i)
		}
		fmt.Fprintf(&out, "GET /?status=200&size=%d%s HTTP/1.1\r\nHost: x\r\n\r\n", i*1000, phrase)
	}
	if _, err := io.WriteString(conn, out.String()); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	for i := range 20 {
		want := "200 OK"
		if i%2 == 0 {
			want = fmt.Sprintf("200 Number %d", i)
		}
		if got, _ := response(t, in, "GET"); got != want {
			t.Fatalf("response %d: got %q, want %q", i, got, want)
		}
	}
}

func TestInterimResponsesKeepTheirs(t *testing.T) {
	t.Parallel()
	conn := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reason.Set(r.Context(), 201, "Added") // before the body is read, which sends the 100
		phrased(w, r)
	})
	in := bufio.NewReader(conn)
	fmt.Fprint(conn, "POST /?status=201 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
	line, err := in.ReadString('\n')
	if err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q (%v)", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(conn, "hi")
	if got, _ := response(t, in, "POST"); got != "201 Added" {
		t.Fatalf("got %q", got)
	}
}

func TestOldClientsGetThePhrase(t *testing.T) {
	t.Parallel()
	conn := serve(t, phrased)
	fmt.Fprint(conn, "GET /?status=404&phrase=Unknown HTTP/1.0\r\n\r\n")
	all, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(all), "HTTP/1.0 404 Unknown\r\n") {
		t.Fatalf("got %q (%v)", all, err)
	}
}

func TestAnAnswerBeforeTheBodyIsReadArrives(t *testing.T) {
	t.Parallel()
	conn := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reason.Set(r.Context(), 400, "Too Much")
		w.WriteHeader(400)
	})
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\nbegin")
	in := bufio.NewReader(conn)
	if got, _ := response(t, in, "POST"); got != "400 Too Much" {
		t.Fatalf("got %q", got)
	}
}

func TestWithoutAConnectionNothingHappens(t *testing.T) {
	t.Parallel()
	reason.Set(context.Background(), 200, "Deleted")
}

type failing struct{ net.Conn }

func (failing) Write(b []byte) (int, error) { return len(b), io.ErrClosedPipe }

func TestAFailedWriteReportsNoMoreThanItGot(t *testing.T) {
	t.Parallel()
	c := &reason.Conn{Conn: failing{}}
	reason.Set(reason.ConnContext(t.Context(), c), 200, "A Longer Phrase")
	line := []byte("HTTP/1.1 200 OK\r\n")
	if n, err := c.Write(line); err == nil || n > len(line) {
		t.Fatalf("got %d, %v", n, err)
	}
}
