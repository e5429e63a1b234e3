package auth

import (
	"net/http"
	"strings"
)

// Bearer returns the token of an `Authorization: Bearer` header. The scheme is
// compared without case, as RFC 9110 says and clients need.
func Bearer(r *http.Request) (token string, ok bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, found && strings.EqualFold(scheme, "Bearer") && token != ""
}
