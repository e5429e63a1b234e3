package comanage

import (
	"strconv"
	"time"

	"orglink/store"
)

// number is an id or a revision as it is shown: text.
func number(n int64) string { return strconv.FormatInt(n, 10) }

func moment(t time.Time) string { return t.UTC().Format(timeLayout) }

func optionalMoment(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := moment(*t)
	return &text
}

// archiveOf is, on an archived copy, the id of the object that was edited.
func archiveOf(r store.ComanageRecord) *string {
	if r.ArchiveOf == nil {
		return nil
	}
	id := number(*r.ArchiveOf)
	return &id
}
