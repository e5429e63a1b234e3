package svi

import (
	"regexp"
	"strings"
	"time"
)

// The two ways in which Data Hub writes a time stamp: a member of the link always
// has three digits of a second's fraction; among field values zeros at the end are
// dropped.
const (
	memberLayout = "2006-01-02T15:04:05.000Z"
	fieldLayout  = "2006-01-02T15:04:05.999Z"
	dateLayout   = "2006-01-02"
)

// dateTime is the form of RFC 3339. time.Parse takes a comma and single digits, too.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// parseTime reads an RFC 3339 time of any zone and fraction, to the millisecond; its
// two letters may be small ones. Leap seconds are refused, and so are times outside
// the years 1 to 9999 in UTC, which RFC 3339 cannot write.
func parseTime(text string) (time.Time, bool) {
	text = strings.ToUpper(text)
	t, err := time.Parse(time.RFC3339, text)
	t = t.UTC().Truncate(time.Millisecond)
	return t, err == nil && dateTime.MatchString(text) && t.Year() >= 1 && t.Year() <= 9999
}

// member writes a time as a member of a link has it; none is empty.
func member(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(memberLayout)
}
