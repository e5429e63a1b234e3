package main

import (
	"os"
	"strconv"
	"strings"
)

// flushes counts what was flushed to the disk so far, or tells that it is not known.
func (e *engine) flushes() (count int64, known bool) {
	if e.stats != nil {
		err := e.stats.QueryRow("SELECT wal_sync FROM pg_stat_wal").Scan(&count)
		return count, err == nil
	}
	mounted, ok := mountOf(e.dir)
	if !ok {
		return 0, false
	}
	text, err := os.ReadFile("/proc/diskstats")
	if err != nil {
		return 0, false
	}
	return parseFlushes(string(text), mounted.device)
}

// parseFlushes finds the number of completed flushes of a device in /proc/diskstats. An
// older kernel does not tell it; a partition, or a device in memory, has none.
func parseFlushes(diskstats, device string) (count int64, known bool) {
	const flushRequests = 18 // the 19th field of a line
	for line := range strings.Lines(diskstats) {
		fields := strings.Fields(line)
		if len(fields) <= flushRequests || fields[0]+":"+fields[1] != device {
			continue
		}
		count, err := strconv.ParseInt(fields[flushRequests], 10, 64)
		return count, err == nil && count > 0
	}
	return 0, false
}
