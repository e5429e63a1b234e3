package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"orglink/gen/client"
)

// token is what a platform gave out for credentials.
type token struct {
	header   string // of Authorization
	endPoint string // base URL of the calls, if not the client's
	lifetime time.Duration
	expires  time.Time // shortly before the platform says
}

// doer sends the requests of one client with a token.
type doer struct {
	grant  grant
	client *client.Client
	next   client.HttpRequestDoer
	now    func() time.Time
	// held has the token while nobody looks at it: who takes it out may replace it.
	held chan token
}

func newDoer(g grant, c *client.Client) *doer {
	d := &doer{grant: g, client: c, next: c.Client, now: time.Now, held: make(chan token, 1)}
	if d.next == nil {
		d.next = &http.Client{}
	}
	d.held <- token{}
	return d
}

// Do implements [client.HttpRequestDoer].
func (d *doer) Do(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") != "" {
		return d.next.Do(r)
	}
	used, isNew, err := d.token(r.Context(), "")
	if err != nil {
		return nil, err
	}
	resp, err := d.send(r, used)
	if err != nil || isNew || resp.StatusCode != http.StatusUnauthorized || d.grant.refused != nil && !d.grant.refused(resp) {
		return resp, err
	}
	again := r.Clone(r.Context())
	if r.Body != nil && r.Body != http.NoBody {
		if r.GetBody == nil {
			d.forget(used)
			return resp, nil
		}
		if again.Body, err = r.GetBody(); err != nil {
			return resp, nil // the answer that is there says more
		}
	}
	discard(resp)
	if used, _, err = d.token(r.Context(), used.header); err != nil {
		return nil, err
	}
	return d.send(again, used)
}

// token returns the token that is held, or buys one, if that is too old or was refused.
func (d *doer) token(ctx context.Context, refused string) (t token, isNew bool, err error) {
	select {
	case t = <-d.held:
	case <-ctx.Done():
		return t, false, ctx.Err()
	}
	defer func() { d.held <- t }()
	if t.header != "" && t.header != refused && d.now().Before(t.expires) {
		return t, false, nil
	}
	t = token{}
	// SAS Logon is beside Data Hub, not below it.
	server := strings.TrimSuffix(strings.TrimSuffix(d.client.Server, "/"), "/svi-datahub")
	api, err := client.NewClientWithResponses(server, client.WithHTTPClient(d.next))
	if err != nil {
		return t, false, err
	}
	asked := d.now()
	bought, err := d.grant.buy(ctx, api)
	if err != nil {
		return t, false, err
	}
	bought.expires = asked.Add(bought.lifetime - min(time.Minute, bought.lifetime/10))
	t = bought
	return t, true, nil
}

// forget has the next call buy a token, unless another call has done it already.
func (d *doer) forget(refused token) {
	t := <-d.held
	if t.header == refused.header {
		t = token{}
	}
	d.held <- t
}

func (d *doer) send(r *http.Request, t token) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", t.header)
	if t.endPoint != "" {
		if err := d.redirect(r, t.endPoint); err != nil {
			return nil, err
		}
	}
	return d.next.Do(r)
}

// redirect has the request go to the end point instead of the client's base URL.
func (d *doer) redirect(r *http.Request, endPoint string) error {
	path, below := strings.CutPrefix(r.URL.String(), strings.TrimSuffix(d.client.Server, "/"))
	if !below {
		return nil // an editor of the call has sent it elsewhere
	}
	to, err := url.Parse(strings.TrimSuffix(endPoint, "/") + path)
	if err != nil {
		return fmt.Errorf("auth: the login answered an endPoint that is no URL: %q", endPoint)
	}
	if r.URL.Scheme == "https" && to.Scheme != "https" {
		return errors.New("auth: the login answered an endPoint without TLS, " + endPoint + ", where it had TLS itself; behind a proxy orglink needs --public-url")
	}
	r.URL, r.Host = to, to.Host
	return nil
}

// discard lets the connection of an answer that nobody reads be used again.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10)
	resp.Body.Close()
}
