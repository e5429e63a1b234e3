package cux

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxText is the longest id that callers make up, in characters. The limit is
// ours; ES Loyalty's "Create Association" has the same for its value.
const maxText = 128

// textProblem says what is wrong with an id that the caller made up, if anything:
// it is neither blank nor too long, and has no control characters.
func textProblem(name, value string) string {
	switch {
	case blank(value):
		return name + " must not be blank"
	case utf8.RuneCountInString(value) > maxText:
		return fmt.Sprintf("%s must have at most %d characters", name, maxText)
	case strings.ContainsFunc(value, unicode.IsControl):
		return name + " must not have control characters"
	}
	return ""
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// isoDate is the form of a date that is taken: RFC 3339 with at most nine digits
// of a fraction, with or without an offset, or a date alone.
var isoDate = regexp.MustCompile(
	`^\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)?)?$`)

// validDate reports whether the text is an ISO date, with or without a time, and
// one of the calendar. time.Parse alone takes single digits and commas, too.
func validDate(text string) bool {
	if !isoDate.MatchString(text) {
		return false
	}
	if len(text) == len(time.DateOnly) {
		text += "T00:00:00"
	}
	_, err := time.Parse("2006-01-02t15:04:05", strings.ToLower(text[:len("2006-01-02t15:04:05")]))
	return err == nil
}

// stamp is a date that the server makes: UTC with three digits of a fraction,
// also where they are zeros.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
