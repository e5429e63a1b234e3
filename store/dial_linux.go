package store

import (
	"errors"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// limitUnacknowledged has the system break a connection off of which nothing was
// acknowledged for so long. Without it, it goes on for a quarter of an hour.
func limitUnacknowledged(conn syscall.RawConn, limit time.Duration) (err error) {
	failed := conn.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(limit.Milliseconds()))
	})
	return errors.Join(failed, err)
}
