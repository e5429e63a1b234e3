package pgserver

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ErrNotInstalled says that there is no Postgres on this machine.
var ErrNotInstalled = errors.New("initdb was not found: install PostgreSQL 15 or later")

// findPrograms returns the directory of the server's programs. Debian keeps it out
// of PATH, where links to some of them may be.
func findPrograms() (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if initdb, err = filepath.EvalSymlinks(initdb); err != nil {
			return "", err
		}
		return filepath.Dir(initdb), nil
	}
	for _, directory := range []string{"/usr/lib/postgresql/*/bin/", "/usr/local/opt/postgresql*/bin/", "/opt/homebrew/opt/postgresql*/bin/"} {
		if found, _ := filepath.Glob(directory + "initdb"); len(found) > 0 {
			return filepath.Dir(found[len(found)-1]), nil
		}
	}
	return "", ErrNotInstalled
}

// unprivileged is the account to run Postgres under when we are root, which it
// refuses; nil means our own.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(account.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(account.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("there is no unprivileged account to run Postgres under")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// makeDir makes a directory of the account's.
func makeDir(parent string, account *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp(parent, "orglink-postgres-")
	if err != nil || account == nil {
		return dir, err
	}
	if err := os.Chown(dir, int(account.Uid), int(account.Gid)); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}
