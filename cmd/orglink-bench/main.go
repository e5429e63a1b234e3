// Command orglink-bench measures Orglink from outside: the server's own binary in a
// process of its own, on a real database, over loopback.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commandLine struct {
	Run      benchCommand    `cmd:"" default:"withargs" help:"Measure Orglink beside the baseline."`
	Baseline baselineCommand `cmd:"" help:"Serve the baseline, on a database that a measurement made."`
	Crash    crashCommand    `cmd:"" help:"Kill Orglink, or its database, under load and look what is left."`
	Ha       haCommand       `cmd:"" help:"Lose the primary of a replicated Postgres under load and look what is left."`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main with an exit code: 0, 1 for a failure or a missed target, 80 for a wrong
// command line.
func run(args []string) int {
	var cli commandLine
	parser, err := kong.New(&cli, kong.Name("orglink-bench"),
		kong.Description("Measures Orglink and rehearses its failures, from outside."))
	if err != nil {
		fmt.Fprintln(os.Stderr, "orglink-bench:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "orglink-bench:", err)
		return 80
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "orglink-bench:", err)
		return 1
	}
	return 0
}
