package cux

import (
	"strings"
	"testing"
	"time"
)

var (
	goodDates = []string{
		"2020-12-18T15:27:27.000Z", "2020-12-18", "2020-12-18T15:27:27", "2020-12-18t15:27:27.123456789+23:59", "0000-02-29",
		"2020-12-18T15:27:27.1", "2020-12-18T00:00:00-00:00", "9999-12-31T23:59:59z",
	}
	badDates = []string{
		"", "2020-12-18T15:27Z", "2020-12-18T1:02:03Z", "2020-12-18T15:27:27,5Z", "2020-12-18T15:27:27.Z", "2020-12-18T15:27:60Z",
		"2020-12-18 15:27:27Z", "2021-02-29", "2020-12-18T15:27:27+0200", "2020-12-18T15:27:27.1234567890Z", "2020-12-18Z",
		"2020-13-01", "2020-00-01", "2020-12-00", "+2020-12-18", "2020-W51-5", "2020-353", "1608305247000", "20201218T152727Z",
		"2020-12-18T15:27:27+24:00", "2020-12-18T15:27:27+00:60", "2020-12-18T24:00:00Z", "2020-12-18\n", "2020-12-18T", " 2020-12-18",
	}
)

func TestValidDate(t *testing.T) {
	t.Parallel()
	for _, text := range goodDates {
		if !validDate(text) {
			t.Errorf("%q is refused", text)
		}
	}
	for _, text := range badDates {
		if validDate(text) {
			t.Errorf("%q is taken", text)
		}
	}
}

// referenceDate is what a date must be, in the words of package time: one of these
// layouts, written exactly so.
func referenceDate(text string) bool {
	text = strings.NewReplacer("t", "T", "z", "Z", "-00:00", "+00:00").Replace(text)
	layouts := []string{time.DateOnly}
	for digits := range 10 {
		seconds := "2006-01-02T15:04:05"
		if digits > 0 {
			seconds += "." + strings.Repeat("0", digits)
		}
		layouts = append(layouts, seconds, seconds+"Z", seconds+"-07:00")
	}
	for _, layout := range layouts {
		instant, err := time.Parse(layout, text)
		_, offset := instant.Zone()
		if err == nil && instant.Format(layout) == text && max(offset, -offset) < 24*60*60 { // package time goes up to 24 hours
			return true
		}
	}
	return false
}

func FuzzValidDate(f *testing.F) {
	for _, text := range append(goodDates, badDates...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if taken, want := validDate(text), referenceDate(text); taken != want {
			t.Errorf("%q: taken is %v, want %v", text, taken, want)
		}
	})
}

func TestStampHasThreeDigits(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 12, 18, 17, 27, 27, 120_000_000, time.FixedZone("", 2*60*60))
	if got := stamp(at); got != "2020-12-18T15:27:27.120Z" {
		t.Errorf("got %s", got)
	}
	if !validDate(stamp(at)) {
		t.Error("the server's own date is not one that it takes")
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/client/users/c/business/units/links":            "/client/users/c/business/units/links/",
		"/client/users/c/business/units/links/":           "/client/users/c/business/units/links/",
		"/client/users/c/business/units/BU/links/":        "/client/users/c/business/units/BU/links/%20",
		"/client/users/c/business/units/BU/links/1":       "/client/users/c/business/units/BU/links/1",
		"/client/users/c/business/units/links/links/1":    "/client/users/c/business/units/links/links/1",
		"/client/users/c/business/units/links/1":          "/client/users/c/business/units/%20/links/1",
		"/client/users/c/business/units/links/links":      "/client/users/c/business/units/%20/links/links",
		"/client/users/c/business/units/links/a%2Fb":      "/client/users/c/business/units/%20/links/a%2Fb",
		"/client/users/business/units/links/1":            "/client/users/%20/business/units/%20/links/1",
		"/client/users/c/business/units/links/1/2":        "/client/users/c/business/units/links/1/2",
		"/client/users/business/units/BU/links/1":         "/client/users/%20/business/units/BU/links/1",
		"/client/users/business/units/links":              "/client/users/%20/business/units/links/",
		"/client/users/business/business/units/links":     "/client/users/business/business/units/links/",
		"/client/users/c%2Fd/business/units/BU%2F/links/": "/client/users/c%2Fd/business/units/BU%2F/links/%20",
		"/client/users/c/sessions":                        "/client/users/c/sessions",
		"/client/users/sessions":                          "/client/users/%20/sessions",
		"/client/users/sessions/sessions":                 "/client/users/sessions/sessions",
		"/client/users":                                   "/client/users",
		"/client/users/":                                  "/client/users",
	} {
		if got := Rewrite(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
