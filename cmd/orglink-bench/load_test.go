package main

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

func TestAnswersAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	const next = "HTTP/1.1 204 No Content\r\n"
	for name, tc := range map[string]struct {
		text string
		want answer
	}{
		"a length": {
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", answer{status: 200, length: 5},
		},
		"no body": {
			"HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 0\r\n\r\n", answer{status: 200},
		},
		"another reason phrase": {
			"HTTP/1.1 201 Added\r\ncontent-length: 2\r\n\r\n{}", answer{status: 201, length: 2},
		},
		"an entity tag": {
			"HTTP/1.1 200 OK\r\nEtag: \"12\"\r\nContent-Length: 1\r\n\r\nx", answer{status: 200, etag: "12", length: 1},
		},
		"chunks": {
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\na;x=y\r\n0123456789\r\n0\r\n\r\n", answer{status: 200, length: 15},
		},
		"an empty body in chunks": {
			"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", answer{status: 500},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := bufio.NewReader(strings.NewReader(tc.text + next))
			var got answer
			if err := got.read(in); err != nil || got != tc.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tc.want)
			}
			if rest, _ := io.ReadAll(in); string(rest) != next {
				t.Errorf("%q is left, want the next answer", rest)
			}
		})
	}
}

func TestWhatIsNoWholeAnswerIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		"HTTP/1.1 200 OK\r\n",
		"HTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2 200\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
	} {
		var got answer
		if err := got.read(bufio.NewReader(strings.NewReader(text))); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}
