package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCPUOfAProcessIsUserAndSystemTime(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		stat string
		want time.Duration
	}{
		"plain":                         {"42 (orglink) S 1 42 42 0 -1 4194560 900 0 3 0 123 45 7 8 20 0 9 0 100 1000 200", 1680 * time.Millisecond},
		"a name with parentheses":       {"42 (a) (b) S 1 42 42 0 -1 4194560 900 0 3 0 2 1 0 0 20 0 9 0 100 1000 200", 30 * time.Millisecond},
		"a name with spaces and digits": {"42 (a 1 2 3) R 1 42 42 0 -1 4194560 900 0 3 0 0 0 5 5 20 0 9 0 100 1000 200", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseCPU([]byte(tc.stat))
			if err != nil || got != tc.want {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
	for _, text := range []string{"", "42", "42 (orglink) S 1 2 3", "42 (orglink) S 1 42 42 0 -1 4194560 900 0 3 0 x y 7"} {
		if got, err := parseCPU([]byte(text)); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

func TestMemoryIsReadFromTheStatusFile(t *testing.T) {
	t.Parallel()
	status := "Name:\tVmHWM: 1 kB\nVmPeak:\t 1200 kB\nVmHWM:\t  25600 kB\nVmRSS:\t  20000 kB\n"
	if got, err := parseKilobytes([]byte(status), "VmHWM:"); err != nil || got != 25600<<10 {
		t.Errorf("got %d, %v; want %d", got, err, 25600<<10)
	}
	if got, err := parseKilobytes([]byte(status), "VmSwap:"); err == nil {
		t.Errorf("a line that is not there: got %d, want an error", got)
	}
}

func TestAServerThatEndsWhileItStartsIsAnError(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	_, err := serverCommand{
		binary: "/bin/sh", args: []string{"-c", "echo it is broken >&2; exit 3"},
		addr: "127.0.0.1:1", ready: "/", log: log,
	}.start(context.Background())
	if err == nil || !strings.Contains(err.Error(), "it is broken") {
		t.Errorf("got %v, want an error with what the server logged", err)
	}
}
