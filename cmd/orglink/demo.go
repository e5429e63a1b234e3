package main

import (
	"fmt"
	"io"
	"strings"

	"orglink/server"
)

// announceDemo prints the demo's credentials.
func announceDemo(w io.Writer, credentials []server.DemoCredential) {
	fmt.Fprintf(w, "\nDemo credentials (every secret is %s):\n", server.DemoSecret)
	for _, c := range credentials {
		var parts []string
		if c.Names != "" {
			parts = append(parts, c.Names)
		}
		if c.Token != "" {
			parts = append(parts, "token "+c.Token)
		}
		fmt.Fprintf(w, "  %-10s %s\n", c.For, strings.Join(parts, ", "))
	}
}
