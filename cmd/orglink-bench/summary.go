package main

import (
	"math"
	"slices"
)

// summary is what the rounds of a measurement showed: their median, and between which
// bounds they were.
type summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

// summarize sums up values; it is nil if there are none, or one of them is not known.
func summarize(values []float64) *summary {
	if len(values) == 0 || slices.ContainsFunc(values, func(v float64) bool { return v < 0 || math.IsNaN(v) || math.IsInf(v, 0) }) {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	median := sorted[middle]
	if len(sorted)%2 == 0 {
		median = (sorted[middle-1] + sorted[middle]) / 2
	}
	return &summary{median, sorted[0], sorted[len(sorted)-1]}
}

// ratios divides the values of the same rounds.
func ratios(values, by []float64) []float64 {
	list := make([]float64, min(len(values), len(by)))
	for i := range list {
		if list[i] = values[i] / by[i]; values[i] < 0 || by[i] < 0 {
			list[i] = -1
		}
	}
	return list
}
