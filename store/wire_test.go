package store_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"orglink/store/storetest"
)

// wire is a connection line to Postgres that can be cut.
type wire struct {
	listener net.Listener
	server   string // address of Postgres

	mu      sync.Mutex
	conns   []net.Conn
	refuses bool
	silent  bool
	dialled int
	mute    bool // a COMMIT arrives, and its answer does not
}

// newWire returns a wire to a fresh database, and the database's URLs through the wire
// and beside it.
func newWire(t *testing.T) (w *wire, through, beside string) {
	t.Helper()
	beside = storetest.Postgres(t)
	u, err := url.Parse(beside)
	if err != nil {
		t.Fatal(err)
	}
	w = &wire{server: u.Host}
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	u.Host = w.listener.Addr().String()
	var served sync.WaitGroup
	served.Go(func() { w.serve(&served) })
	t.Cleanup(func() {
		w.listener.Close()
		w.cut()
		served.Wait()
	})
	return w, u.String(), beside
}

func (w *wire) serve(served *sync.WaitGroup) {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		refuses, silent := w.refuses, w.silent
		w.dialled++
		if silent {
			w.conns = append(w.conns, client)
		}
		w.mu.Unlock()
		if silent {
			continue
		}
		server, err := net.Dial("tcp", w.server)
		if err != nil || refuses {
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		w.mu.Lock()
		w.conns = append(w.conns, client)
		w.mu.Unlock()
		served.Go(func() { w.ask(client, server) })
		served.Go(func() { io.Copy(client, server); client.Close() })
	}
}

// ask carries what the client says.
func (w *wire) ask(client, server net.Conn) {
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		w.mu.Lock()
		if w.mute && bytes.Contains(buffer[:n], []byte("COMMIT\x00")) {
			client.Close()
		}
		w.mu.Unlock()
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// cut ends all connections, as the end of the server would.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range w.conns {
		conn.Close()
	}
	w.conns = nil
}

func (w *wire) refuse(refuses bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refuses = refuses
}

// silence has new connections come about and then get no word, as if the machine had
// vanished, and tells how many there were so far.
func (w *wire) silence() (dialled int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silent = true
	return w.dialled
}

// muteCommits has COMMITs arrive and their answers not. They are known by their text, so
// nothing may be prepared.
func (w *wire) muteCommits() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.mute = true
}
