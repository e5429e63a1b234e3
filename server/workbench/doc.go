// Package workbench serves Orglink's own operations: health, version, the
// document, workspaces, fixtures, and what a vendor does in its own console only.
package workbench
