package pgserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Restart starts the server, after a [Server.Kill], and waits until it answers.
func (s *Server) Restart() error {
	if err := s.launch(); err != nil {
		return err
	}
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := s.admin.PingContext(context.Background())
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(s.log())
			return fmt.Errorf("postgres does not answer: %w\n%s", err, said)
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}

// launch starts the server below a shell that stops it when our end of a pipe
// closes, so that a killed test process leaves none behind.
func (s *Server) launch() error {
	const script = `"$0" "$@" & pid=$!; cat >/dev/null; kill -QUIT $pid; wait $pid`
	args := []string{
		"-c", script, filepath.Join(s.programs, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=400", "-c", "log_min_messages=fatal",
	}
	if !s.config.Durable {
		args = append(args, "-c", "fsync=off")
	}
	for name, value := range s.config.Settings {
		args = append(args, "-c", name+"="+value)
	}
	s.process = exec.Command("sh", args...)
	s.process.Dir = s.dir
	s.process.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	stdin, err := s.process.StdinPipe()
	if err != nil {
		return err
	}
	s.lifeline = stdin
	log, err := os.Create(s.log())
	if err != nil {
		return err
	}
	defer log.Close() // the server has its own descriptor
	s.process.Stderr = log
	return s.process.Start()
}

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

// halt stops the server at once, if it runs, and waits for its end.
func (s *Server) halt() {
	if s.lifeline == nil {
		return
	}
	s.lifeline.Close()
	s.process.Wait() // its exit code tells of the signal only
	s.lifeline = nil
}

// Kill ends all processes of the server with SIGKILL, as a machine that fails does:
// none of them writes or answers anything more.
func (s *Server) Kill() error {
	postmaster, err := s.postmaster()
	if err != nil {
		return err
	}
	// Held, it starts no process while its children are looked for. They are no
	// group of processes: each makes one of its own.
	if err := syscall.Kill(postmaster, syscall.SIGSTOP); err != nil {
		return err
	}
	processes := append(childrenOf(postmaster), postmaster)
	for _, pid := range processes {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	s.halt()
	return awaitEnd(processes)
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

// postmaster is the id of the server's first process.
func (s *Server) postmaster() (int, error) {
	file, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(file), "\n")
	return strconv.Atoi(line)
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
