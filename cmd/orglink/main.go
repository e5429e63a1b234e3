// Command orglink serves the organization-link APIs of five enterprise platforms
// from one OpenAPI document.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version of the build; release builds set it with -ldflags -X.
var version = "0.1.0"

type commandLine struct {
	Serve   serveCommand   `cmd:"" help:"Serve the API."`
	Migrate migrateCommand `cmd:"" help:"Bring a database to the schema of this build."`
	Backup  backupCommand  `cmd:"" help:"Copy an embedded database to a new file, also while it is served."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

type databaseFlag struct {
	DatabaseURL string `env:"ORGLINK_DATABASE_URL" default:"sqlite:orglink.db" placeholder:"URL" help:"Database: sqlite:PATH or postgres://... (default: ${default})."`
}

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main with an exit code: 0, 1 for a failure, 80 for a wrong command line.
func run(args []string) int {
	var cli commandLine
	parser, err := kong.New(&cli, kong.Name("orglink"),
		kong.Description("The organization-link APIs of five enterprise platforms, on real state."))
	if err != nil {
		fmt.Fprintln(os.Stderr, "orglink:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "orglink:", err)
		return 80
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // who is told twice does not wait for what is under way
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "orglink:", err)
		return 1
	}
	return 0
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("orglink", version)
	return nil
}
