package auth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"orglink/gen/client"
)

// A token is replaced before its platform refuses it: a minute, or a tenth of a short life.
func TestATokenIsReplacedShortlyBeforeItExpires(t *testing.T) {
	t.Parallel()
	used := ""
	host := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		used = r.Header.Get("Authorization")
	}))
	t.Cleanup(host.Close)
	for lifetime, until := range map[time.Duration]time.Duration{
		time.Hour: 59 * time.Minute, 100 * time.Second: 90 * time.Second, 0: 0,
	} {
		bought := 0
		g := grant{buy: func(context.Context, *client.ClientWithResponses) (token, error) {
			bought++
			return token{header: strconv.Itoa(bought), lifetime: lifetime}, nil
		}}
		d := newDoer(g, &client.Client{Server: host.URL})
		now := time.Now()
		d.now = func() time.Time { return now }
		call := func(after time.Duration, want string) {
			t.Helper()
			now = now.Add(after)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, host.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := d.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if used != want {
				t.Errorf("a token of %s, later by %s: the call had the one numbered %s, want %s", lifetime, after, used, want)
			}
		}
		call(0, "1")
		if until > 0 {
			call(until-time.Millisecond, "1")
		}
		call(time.Millisecond, "2")
	}
}
