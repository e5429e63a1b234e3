package auth_test

import (
	"fmt"
	"os"
	"testing"

	"orglink/server/servertest"
	"orglink/store/storetest"
)

// demo is the server of the examples, which have no test of their own.
var demo *servertest.Server

func TestMain(m *testing.M) {
	var examples ofExamples
	demo = servertest.Start(&examples, servertest.Demo())
	code := storetest.Main(m)
	examples.end()
	os.Exit(code)
}

// ofExamples is a test that lasts as long as all of the others. Other methods than these
// are not called.
type ofExamples struct {
	testing.TB
	cleanups []func()
}

func (*ofExamples) Helper()            {}
func (e *ofExamples) Cleanup(f func()) { e.cleanups = append(e.cleanups, f) }

func (e *ofExamples) TempDir() string {
	dir, err := os.MkdirTemp("", "orglink-examples")
	if err != nil {
		panic(err)
	}
	e.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (*ofExamples) Errorf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
func (*ofExamples) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func (e *ofExamples) end() {
	for i := len(e.cleanups) - 1; i >= 0; i-- {
		e.cleanups[i]()
	}
}
