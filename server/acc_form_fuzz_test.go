package server_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// FuzzAccFormsGiveTokensForTheSecretOnly posts any body as a form to the calls that read
// one: none fails with a 500, and only the app's secret gets an answer.
func FuzzAccFormsGiveTokensForTheSecretOnly(f *testing.F) {
	for _, body := range []string{
		"grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret&scope=account%3Aread+data%3Aread",
		"grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret&client_secret=x",
		"grant_type=client_credentials&client_id=demo-client&client_secret=demo%2Dsecret",
		"grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret%00",
		"grant_type=client_credentials;client_id=demo-client",
		"token=9ezBnx9Rd5D1xG4KMt6b72T4w0MG&token_type_hint=access_token&client_id=demo-client&client_secret=x",
		"token=&client_id=%ff", "=&&%zz", "", "a=b=c",
	} {
		f.Add(body, byte(0))
		f.Add(body, byte(1))
		f.Add(body, byte(2))
	}
	srv := servertest.Start(f, servertest.Demo())
	paths := []string{accToken, accOldToken, accIntrospect, accRevoke}
	f.Fuzz(func(t *testing.T, body string, which byte) {
		path := paths[int(which)%len(paths)]
		resp, err := srv.Client().Post(srv.URL+path, accForm, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode >= 500 {
			t.Fatalf("POST %s with %q: %d %s %v", path, body, resp.StatusCode, text, err)
		}
		form, err := url.ParseQuery(body)
		proven := err == nil && form.Get("client_id") == "demo-client" && form.Get("client_secret") == "demo-secret"
		if resp.StatusCode == http.StatusOK && !proven {
			t.Fatalf("POST %s with %q got %s", path, body, text)
		}
	})
}
