// Package workbench serves Orglink's own operations: health, version, the
// document, workspaces and fixtures.
package workbench
