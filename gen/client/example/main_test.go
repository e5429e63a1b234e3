package main

import (
	"strings"
	"testing"

	"orglink/server/servertest"
)

func TestTheExampleTellsItsStoryAnyNumberOfTimes(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t, servertest.Demo())
	const want = "Business units of e3d5ef8d-5c37-4b9d-925d-1e6d24753ace\n" +
		"  North America\n" +
		"  North America/Pacific\n"
	for range 2 {
		var out strings.Builder
		if err := run(t.Context(), &out, srv.URL); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", &out, want)
		}
	}
}

func TestTheExampleSaysWhatFailed(t *testing.T) {
	t.Parallel()
	srv := servertest.Start(t)
	err := run(t.Context(), new(strings.Builder), srv.URL)
	if err == nil || !strings.Contains(err.Error(), `gave the app "demo-client" no token`) {
		t.Errorf("without the demo: %v", err)
	}
}
