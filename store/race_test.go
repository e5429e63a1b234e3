//go:build race

package store_test

// underRace says that the race detector is on: all is slow.
const underRace = true
