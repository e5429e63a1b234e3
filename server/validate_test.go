package server

import "testing"

func TestJSONEscapesOfWhatIsNoTextAreRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`"plain"`:                   true,
		`"\\"`:                      true,
		`"\u0041"`:                  true,
		`"\\u0000"`:                 true, // a backslash, then text
		`"\ud83d\ude00"`:            true,
		`"\uD83D\uDE00"`:            true,
		`"\\ud800"`:                 true,
		`"\u0000"`:                  false,
		`"\\\u0000"`:                false,
		`"\ud800"`:                  false,
		`"\udc00x"`:                 false,
		`"\ude00\ud83d"`:            false,
		`"\ud83dx\ude00"`:           false,
		`{"a": "ok", "b\u0000": 1}`: false,
	} {
		if got := cleanJSON([]byte(body)); got != want {
			t.Errorf("%s: clean is %v, want %v", body, got, want)
		}
	}
}
