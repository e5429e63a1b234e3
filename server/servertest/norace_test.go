//go:build !race

package servertest_test

const underRace = false
