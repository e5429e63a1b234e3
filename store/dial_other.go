//go:build !linux

package store

import (
	"syscall"
	"time"
)

// limitUnacknowledged does nothing: systems other than Linux have no such limit, or one of
// their own.
func limitUnacknowledged(syscall.RawConn, time.Duration) error { return nil }
