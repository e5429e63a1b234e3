package server

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"orglink/server/cux"
)

// Check reports all that is wrong with the configuration.
func (c Config) Check() error {
	var problems []error
	if c.CuxPrefix != "" {
		problems = append(problems, checkPath("CUX prefix", c.CuxPrefix, ""))
	}
	if c.CuxTokenPath != "" && c.CuxTokenPath != cux.TokenPath {
		problems = append(problems, checkPath("CUX token path", c.CuxTokenPath, firstSegment(cux.TokenPath)))
		if under(c.CuxPrefix, c.CuxTokenPath) { // it must hide none of the aliases either
			below := firstSegment(strings.TrimPrefix(c.CuxTokenPath, c.CuxPrefix))
			problems = append(problems, checkFree("CUX token path", c.CuxTokenPath, below, firstSegment(cux.TokenPath)))
		}
	}
	return errors.Join(problems...)
}

// cleanPath is a path of which no client or proxy makes another one.
var cleanPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// checkPath refuses a configured path that is not clean, or that hides others: below
// its first segment nothing else may answer, but for what is below the allowed one.
func checkPath(what, path, allowed string) error {
	if !cleanPath.MatchString(path) || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../") {
		return fmt.Errorf("the %s %q is no clean absolute path: write /one/or/more of letters, digits and . _ ~ -, without a slash at the end", what, path)
	}
	return checkFree(what, path, firstSegment(path), allowed)
}

func checkFree(what, path, first, allowed string) error {
	if first == "w" || first == "docs" {
		return fmt.Errorf("the %s %q would hide the server's own paths below /%s", what, path, first)
	}
	for _, f := range (composite{}).families(Config{}) {
		if first != allowed && (f.has(first) || f.alias == "/"+first) {
			return fmt.Errorf("the %s %q would hide the paths of %s below /%s", what, path, f.name, first)
		}
	}
	return nil
}

// cuxPaths is where the token call answers beside its path in the document.
func cuxPaths(config Config) map[string]string {
	if config.CuxTokenPath == "" {
		return nil
	}
	return map[string]string{config.CuxTokenPath: cux.TokenPath}
}
