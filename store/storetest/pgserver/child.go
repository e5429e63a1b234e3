package pgserver

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// child is a server program that ends with this process.
type child struct {
	shell    *exec.Cmd
	lifeline io.Closer
}

// startChild starts a program below a shell that stops it, by the signal of this name,
// when our end of a pipe closes, so that a killed test process leaves none behind.
func startChild(dir string, account *syscall.Credential, signal, program string, args ...string) (*child, error) {
	const script = `"$@" & pid=$!; cat >/dev/null; kill -$0 $pid; wait $pid`
	c := &child{shell: exec.Command("sh", append([]string{"-c", script, signal, program}, args...)...)}
	c.shell.Dir = dir
	c.shell.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	stdin, err := c.shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.lifeline = stdin
	log, err := os.Create(childLog(dir))
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the program has its own descriptor
	c.shell.Stderr = log
	return c, c.shell.Start()
}

// childLog is the file of what a program says.
func childLog(dir string) string { return filepath.Join(dir, "log") }

// stop stops the program at once, if it was started, and waits for its end.
func (c *child) stop() {
	if c == nil {
		return
	}
	c.lifeline.Close()
	c.shell.Wait() // its exit code tells of the signal only
}

// awaitEnd waits until the processes are gone: one that waits for the disk ends late,
// and until then Postgres does not start again.
func awaitEnd(processes []int) error {
	deadline := time.Now().Add(30 * time.Second)
	for len(processes) > 0 {
		state, _ := status(processes[0])
		switch {
		case state == "" || state == "Z":
			processes = processes[1:]
		case time.Now().After(deadline):
			return fmt.Errorf("process %d of Postgres does not end", processes[0])
		default:
			time.Sleep(time.Millisecond) // between polls, up to the deadline
		}
	}
	return nil
}

// childrenOf looks in Linux' /proc. Elsewhere it finds none: Postgres' processes
// then end by themselves once the first one is gone.
func childrenOf(parent int) []int {
	directories, _ := filepath.Glob("/proc/[0-9]*")
	var children []int
	for _, directory := range directories {
		pid, err := strconv.Atoi(filepath.Base(directory))
		if err != nil {
			continue
		}
		if _, of := status(pid); of == parent {
			children = append(children, pid)
		}
	}
	return children
}

// status is the state and the parent of a process; "" is that of one that is not there.
func status(pid int) (state string, parent int) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	// They follow the program's name, which is in parentheses and may hold anything.
	fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent) //nolint:errcheck // zero values say it
	return state, parent
}
