package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// errNoAnswer says that nobody knows whether a call was done: no answer came, or the
// server's admission that something is broken.
var errNoAnswer = errors.New("no answer")

// callTimeout is longer than any failure is allowed to be: a call that takes as long
// shows as a gap.
const callTimeout = 60 * time.Second

// api calls one Orglink over one connection.
type api struct {
	url    string
	client http.Client
}

func newAPI(url string) *api {
	return &api{url: url, client: http.Client{Transport: &http.Transport{}, Timeout: callTimeout}}
}

// call makes a call and decodes its answer into the one given, if any. Any answer that
// says no, other than by 5xx, is a fault of the caller or of Orglink.
func (c *api) call(ctx context.Context, method, path string, header map[string]string, body string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNoAnswer, err)
	case resp.StatusCode >= 500:
		return fmt.Errorf("%w: %s %s: %s: %s", errNoAnswer, method, path, resp.Status, text)
	case resp.StatusCode >= 300:
		return fmt.Errorf("%s %s was answered with %s: %s", method, path, resp.Status, text)
	case answer == nil:
		return nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return fmt.Errorf("the answer to %s %s: %w", method, path, err)
	}
	return nil
}

// header is that of a call with JSON.
func header(authorization string) map[string]string {
	return map[string]string{"Authorization": authorization, "Content-Type": "application/json"}
}
