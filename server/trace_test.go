package server

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

const (
	callersTrace  = "0af7651916cd43dd8448eb211c80319c"
	callersParent = "b7ad6b7169203331"
	traceparent   = "00-" + callersTrace + "-" + callersParent + "-01"
)

var (
	aTraceID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	aParentID = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

func TestEveryLineOfARequestHasItsTrace(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sent      []string
		continued bool
	}{
		"none":                           {nil, false},
		"the first version":              {[]string{traceparent}, true},
		"not sampled":                    {[]string{strings.TrimSuffix(traceparent, "01") + "00"}, true},
		"a later version":                {[]string{"01" + traceparent[2:]}, true},
		"a later version with more":      {[]string{"cc" + traceparent[2:] + "-what.the-future-will-be"}, true},
		"a later version, more unparted": {[]string{"cc" + traceparent[2:] + "5"}, false},
		"the first version with more":    {[]string{traceparent + "-00"}, false},
		"the version that is none":       {[]string{"ff" + traceparent[2:]}, false},
		"a version that is no number":    {[]string{"0x" + traceparent[2:]}, false},
		"two of them":                    {[]string{traceparent, traceparent}, false},
		"empty":                          {[]string{""}, false},
		"too short":                      {[]string{strings.TrimSuffix(traceparent, "1")}, false},
		"uppercase":                      {[]string{strings.ToUpper(traceparent)}, false},
		"a trace of zeros":               {[]string{"00-" + strings.Repeat("0", 32) + "-" + callersParent + "-01"}, false},
		"a parent of zeros":              {[]string{"00-" + callersTrace + "-" + strings.Repeat("0", 16) + "-01"}, false},
		"flags that are no number":       {[]string{strings.TrimSuffix(traceparent, "01") + "zz"}, false},
		"dashes where none belong":       {[]string{strings.Replace(traceparent, "319c-", "319-c", 1)}, false},
		"a line break":                   {[]string{"00-" + callersTrace[:31] + "\n-" + callersParent + "-01"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			s := &Server{log: slog.New(tracedLog{slog.NewJSONHandler(&log, nil)})}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if test.sent != nil {
				r.Header["Traceparent"] = test.sent
			}
			s.logged(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				s.log.With("by", "a handler").InfoContext(r.Context(), "on the way")
			})).ServeHTTP(httptest.NewRecorder(), r)

			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			var traces [2]struct {
				Msg    string
				ID     string `json:"trace_id"`
				Parent string `json:"parent_id"`
			}
			if len(lines) != len(traces) {
				t.Fatalf("want a line of the handler and one of the request: %s", lines)
			}
			for i, line := range lines {
				if err := json.Unmarshal([]byte(line), &traces[i]); err != nil {
					t.Fatal(err)
				}
			}
			got := traces[1]
			if got.Msg != "request" || got.ID != traces[0].ID || got.Parent != traces[0].Parent {
				t.Errorf("the lines of one request have different traces: %s", lines)
			}
			if test.continued && (got.ID != callersTrace || got.Parent != callersParent) {
				t.Errorf("the caller's trace is not continued: %s", lines[1])
			}
			if !test.continued && (!aTraceID.MatchString(got.ID) || got.ID == callersTrace || got.Parent != "") {
				t.Errorf("want a trace of its own: %s", lines[1])
			}
		})
	}
}

func TestTracesDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		id := newTrace().id
		if seen[id] {
			t.Fatalf("the trace %s was given out twice", id)
		}
		seen[id] = true
	}
}

// What is taken from a traceparent is what it says, and nothing but two ids.
func FuzzTraceparent(f *testing.F) {
	for _, seed := range []string{traceparent, "cc" + traceparent[2:] + "-more", "", "00-", "ff" + traceparent[2:], strings.ToUpper(traceparent), strings.Repeat("-", 55)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parseTraceparent(text)
		if !ok {
			if got != (trace{}) {
				t.Errorf("%q was refused and gave %v", text, got)
			}
			return
		}
		if !aTraceID.MatchString(got.id) || !aParentID.MatchString(got.parent) {
			t.Errorf("%q gave %v", text, got)
		}
		if !strings.HasPrefix(text[2:], "-"+got.id+"-"+got.parent+"-") {
			t.Errorf("%q does not hold %v", text, got)
		}
	})
}
