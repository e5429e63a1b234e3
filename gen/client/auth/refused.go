package auth

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// RefusedError says that a platform gave no token for the credentials.
type RefusedError struct {
	// Platform and Who name what was refused, in words: SAS, the user "demo".
	Platform, Who string
	// Status of the answer, 401 say. It may be 200, of an answer without a token.
	Status int
	// Reason is the platform's own, if it gave one.
	Reason string
}

// Error implements [error].
func (e *RefusedError) Error() string {
	text := fmt.Sprintf("auth: %s gave %s no token: %d %s", e.Platform, e.Who, e.Status, http.StatusText(e.Status))
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// refusal makes the error of an answer without a token. The secret is in none of its
// members, even if the platform repeats it.
func refusal(platform, who, name, secret string, resp *http.Response, body []byte) error {
	// The members of the platforms' errors that say why.
	var said struct {
		ErrorCode        string `json:"errorCode"`
		DeveloperMessage string `json:"developerMessage"`
		Detail           string `json:"detail"`
		Message          string `json:"message"`
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
	}
	_ = json.Unmarshal(body, &said) // what is no JSON says nothing
	code := cmp.Or(said.ErrorCode, said.Error)
	reason := strings.TrimSpace(code + " " + cmp.Or(said.DeveloperMessage, said.Detail, said.ErrorDescription, said.Message))
	if secret != "" {
		reason = strings.ReplaceAll(reason, secret, "...")
	}
	return &RefusedError{Platform: platform, Who: fmt.Sprintf("%s %q", who, name), Status: resp.StatusCode, Reason: reason}
}
