package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// The demo's credentials.
const (
	demoClient  = "demo-client"
	demoSecret  = "demo-secret"
	demoAPIUser = "co_1.demo"
)

// target is a running server, as the load sees it.
type target struct {
	name    string
	process *serverProcess
	data    dataset
	url     string // of its database
	// tokens are the values of the Authorization header, by family.
	tokens map[string]string
	// linked is how many of the spare org identities are linked by now.
	linked atomic.Int64
	// versions are those of the connections' own links of SAS Data Hub.
	versions [maxConnections]string
}

// logIn gets tokens by the families' own calls. They are valid for half an hour at least.
func (t *target) logIn(ctx context.Context) (err error) {
	t.tokens = map[string]string{}
	for _, call := range []struct {
		family, path string
		form         url.Values
	}{
		{"acc", "/authentication/v2/token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {demoClient}, "client_secret": {demoSecret},
			"scope": {"account:read account:write"},
		}},
		{"cux", "/oauth/token", url.Values{
			"grant_type": {"client_credentials"}, "client_id": {demoClient}, "client_secret": {demoSecret},
		}},
		{"svi", "/SASLogon/oauth/token", url.Values{
			"grant_type": {"password"}, "client_id": {"sas.ec"}, "username": {"demo"}, "password": {demoSecret},
		}},
	} {
		if t.tokens[call.family], err = t.token(ctx, call.path, call.form); err != nil {
			return fmt.Errorf("get a token of %s: %w", call.family, err)
		}
	}
	basic := http.Request{Header: http.Header{}}
	basic.SetBasicAuth(demoAPIUser, demoSecret)
	t.tokens["comanage"] = basic.Header.Get("Authorization")
	return nil
}

func (t *target) token(ctx context.Context, path string, form url.Values) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+t.process.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if form.Get("client_id") == "sas.ec" { // a public client: it has no secret
		req.SetBasicAuth("sas.ec", "")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK || token.AccessToken == "" {
		return "", fmt.Errorf("the answer is %s", resp.Status)
	}
	return "Bearer " + token.AccessToken, nil
}
