package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
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
			said, _ := os.ReadFile(childLog(s.dir))
			return fmt.Errorf("postgres does not answer: %w\n%s", err, said)
		}
		time.Sleep(20 * time.Millisecond) // between polls, up to the deadline
	}
}

// launch starts the server.
func (s *Server) launch() error {
	args := []string{
		"-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=400", "-c", "log_min_messages=fatal",
	}
	if !s.config.Durable {
		args = append(args, "-c", "fsync=off")
	}
	var err error
	s.process, err = startChild(s.dir, s.account, "QUIT", filepath.Join(s.programs, "postgres"), args...)
	return err
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
	s.process.stop()
	return awaitEnd(processes)
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
