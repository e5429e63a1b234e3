package store

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestPostgresConnectionsNoticeThatTheirMachineVanished(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	config, err := postgresConfig("postgres://somebody@" + listener.Addr().String() + "/orglink")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := config.DialFunc(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	option := func(name int) (value int) {
		failed := raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, name) })
		if err != nil || failed != nil {
			t.Fatal(err, failed)
		}
		return value
	}
	if got := time.Duration(option(unix.TCP_USER_TIMEOUT)) * time.Millisecond; got != vanishedAfter {
		t.Errorf("what nobody acknowledges is given up after %v", got)
	}
	idle, interval, count := option(unix.TCP_KEEPIDLE), option(unix.TCP_KEEPINTVL), option(unix.TCP_KEEPCNT)
	if got := time.Duration(idle+interval*count) * time.Second; got != vanishedAfter {
		t.Errorf("silence is given up after %v", got)
	}
}
