package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 30 * time.Second
	// clockTick is the unit of CPU times in /proc, which Linux keeps at a hundredth of
	// a second for all programs.
	clockTick = 10 * time.Millisecond
)

// serverCommand tells how to start a server in a process of its own.
type serverCommand struct {
	binary string
	args   []string
	addr   string // HOST:PORT that the arguments make it listen on
	// ready is the path of a GET that is answered with 200 once the server serves.
	ready         string
	authorization string // of that GET, if it needs one
	log           string // file that the server's standard error is added to
}

// serverProcess is a server that was started.
type serverProcess struct {
	addr    string
	firstOK time.Duration // from its start to its first 200
	cmd     *exec.Cmd
	exited  chan struct{} // closed when the process is gone
}

// start starts the server and returns after its first 200. The server is killed when ctx
// ends.
func (c serverCommand) start(ctx context.Context) (*serverProcess, error) {
	log, err := os.OpenFile(c.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own descriptor
	p := &serverProcess{addr: c.addr, exited: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, c.binary, c.args...)
	p.cmd.Stderr = log
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.cmd.Wait() // how it ended is told by those who ended it
		close(p.exited)
	}()
	if err := p.await(ctx, c.ready, c.authorization); err != nil {
		p.kill()
		text, _ := os.ReadFile(c.log)
		return nil, fmt.Errorf("start %s: %w\n%s", c.binary, err, lastLines(text, 10))
	}
	p.firstOK = time.Since(began)
	return p, nil
}

// await asks until the answer is 200.
func (p *serverProcess) await(ctx context.Context, path, authorization string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		status, err := get(ctx, &client, "http://"+p.addr+path, authorization)
		if err == nil && status == http.StatusOK {
			return nil
		}
		if err == nil {
			err = fmt.Errorf("GET %s was answered with %d", path, status)
		}
		select {
		case <-p.exited:
			return errors.New("the process ended")
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Millisecond): // between polls, up to the deadline
		}
	}
}

func get(ctx context.Context, client *http.Client, url, authorization string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// kill ends the process at once, as a crash would.
func (p *serverProcess) kill() {
	_ = p.cmd.Process.Kill() // it may be gone already
	<-p.exited
}

// stop lets the server finish what it does.
func (p *serverProcess) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
		return nil
	case <-time.After(stopTimeout):
		p.kill()
		return fmt.Errorf("%s did not stop within %v", p.cmd.Path, stopTimeout)
	}
}

// cpu is the processor time that the process has used, of all its threads, in user and
// kernel mode.
func (p *serverProcess) cpu() (time.Duration, error) {
	text, err := p.proc("stat")
	if err != nil {
		return 0, err
	}
	return parseCPU(text)
}

// peakMemory is the most that the process has held in memory, in bytes.
func (p *serverProcess) peakMemory() (int64, error) {
	text, err := p.proc("status")
	if err != nil {
		return 0, err
	}
	return parseKilobytes(text, "VmHWM:")
}

func (p *serverProcess) proc(file string) ([]byte, error) {
	return os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, file))
}

// parseCPU adds up user and system time of /proc/PID/stat. The second field is the
// program's name in parentheses and may hold anything, parentheses too.
func parseCPU(stat []byte) (time.Duration, error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const user, system = 11, 12 // fields 14 and 15 of the file, of which two are cut off
	if len(fields) <= system {
		return 0, fmt.Errorf("%q is no /proc/PID/stat", stat)
	}
	var sum time.Duration
	for _, field := range [][]byte{fields[user], fields[system]} {
		ticks, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ticks) * clockTick
	}
	return sum, nil
}

// parseKilobytes returns the bytes that a line of /proc/PID/status tells.
func parseKilobytes(status []byte, name string) (int64, error) {
	for line := range strings.Lines(string(status)) {
		value, found := strings.CutPrefix(line, name)
		if !found {
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		return kilobytes << 10, err
	}
	return 0, fmt.Errorf("there is no %s in /proc/PID/status", name)
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func lastLines(text []byte, n int) []byte {
	lines := bytes.SplitAfter(bytes.TrimSpace(text), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-n):], nil)
}
