//go:build race

package main

// underRace says that the race detector is on: all is slow, and memory is no measure.
const underRace = true
