package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"orglink/cmd/orglink-bench/ledger"
)

// orglinkCommand starts an Orglink on the database that the URL names, with what the
// ledger's authors need.
func orglinkCommand(binary, dir, databaseURL string) (serverCommand, error) {
	addr, err := freeAddr()
	if err != nil {
		return serverCommand{}, err
	}
	fixtures := filepath.Join(dir, "fixtures.json")
	if err := os.WriteFile(fixtures, ledger.Fixtures(), 0o644); err != nil {
		return serverCommand{}, err
	}
	return serverCommand{
		binary: binary,
		args:   []string{"serve", "--addr", addr, "--database-url", databaseURL, "--migrate", "--fixtures", fixtures},
		addr:   addr,
		ready:  "/orglink/v1/health/ready",
		log:    filepath.Join(dir, "orglink.log"),
	}, nil
}

// broken fails if anything is lost or there by half, and shows some of it.
func broken(what string, totals ledger.Totals) error {
	all := append(totals.Lost, totals.Half...)
	if len(all) == 0 {
		return nil
	}
	err := fmt.Errorf("%s: %d lost, %d there by half", what, len(totals.Lost), len(totals.Half))
	for _, text := range all[:min(len(all), 10)] {
		err = errors.Join(err, errors.New(text))
	}
	return err
}

// skipped says that a program is missing, which is a failure if
// ORGLINK_TEST_POSTGRES=require.
func skipped(missing error) error {
	if os.Getenv("ORGLINK_TEST_POSTGRES") == "require" {
		return missing
	}
	fmt.Fprintln(os.Stderr, "\nSKIPPED:", missing)
	return nil
}
