package server

import (
	"strings"
	"testing"
)

func TestConfiguredPathsAreCheckedAtStart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ prefix, token, problem string }{
		{"", "", ""},
		{"", "/oauth/token", ""},
		{"/prod/loyalty/cux", "/auth/v1/token", ""},
		{"/cux", "/oauth2/token", ""},
		{"/v1.2/es_loyalty~x/cux-api", "/oauth/v2/token", ""},
		{"/auth", "/auth/token", ""},
		{"/clients/cux", "/restful/token", ""},
		{"/prod", "/prod/oauth/v2/token", ""},

		{"prod/cux", "", "no clean absolute path"},
		{"/", "", "no clean absolute path"},
		{"/prod/", "", "no clean absolute path"},
		{"/prod//cux", "", "no clean absolute path"},
		{"/prod/./cux", "", "no clean absolute path"},
		{"/prod/..", "", "no clean absolute path"},
		{"/prod?x=1", "", "no clean absolute path"},
		{"/prod/a%20b", "", "no clean absolute path"},
		{"/prod/{env}", "", "no clean absolute path"},
		{"https://host/prod", "", "no clean absolute path"},
		{"", "auth/token", "no clean absolute path"},
		{"", "/auth/token/", "no clean absolute path"},

		{"/client", "", "the CUX prefix \"/client\" would hide the paths of cux below /client"},
		{"/oauth/v2", "", "would hide the paths of cux below /oauth"},
		{"/hq/cux", "", "would hide the paths of acc below /hq"},
		{"/co_people.json", "", "would hide the paths of comanage"},
		{"/registry/cux", "", "would hide the paths of comanage below /registry"},
		{"/svi-datahub", "", "would hide the paths of svi below /svi-datahub"},
		{"/orglink/v1", "", "would hide the paths of workbench below /orglink"},
		{"/w/ci", "", "would hide the server's own paths below /w"},
		{"/docs", "", "would hide the server's own paths below /docs"},
		{"", "/client/users", "the CUX token path \"/client/users\" would hide the paths of cux below /client"},
		{"", "/SASLogon/oauth/token", "would hide the paths of svi below /SASLogon"},
		{"/prod/cux", "/prod/cux/client/users", "would hide the paths of cux below /client"},
	} {
		err := Config{CuxPrefix: test.prefix, CuxTokenPath: test.token}.Check()
		switch {
		case test.problem == "" && err != nil:
			t.Errorf("prefix %q, token path %q: %v", test.prefix, test.token, err)
		case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
			t.Errorf("prefix %q, token path %q: got %v, want %s", test.prefix, test.token, err, test.problem)
		}
	}
	if _, err := New(Config{CuxPrefix: "/rest"}, nil); err == nil {
		t.Error("a server was made with a prefix that hides others' paths")
	}
}
