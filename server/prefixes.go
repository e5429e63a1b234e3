package server

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"orglink/server/request"
	"orglink/store"
)

// enter is the first step of every request: it takes the workspace and a vendor
// prefix off the path, folds slashes, and finds the family that answers, so that
// even a request that no operation serves gets that family's own error.
func (s *Server) enter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := request.From(r.Context())
		info.Header, info.ContentType = r.Header, r.Header.Get("Content-Type")
		path := foldSlashes(escapedPath(r.URL))
		workspace, path := cutWorkspace(path)
		info.WorkspaceName = workspace
		prefix := ""
		if workspace != "" {
			prefix = "/w/" + workspace
		} else {
			info.WorkspaceName = store.DefaultWorkspace
		}
		fam := s.familyOf(path)
		info.Alias, path = fam.cutAlias(path)
		if other, ok := fam.paths[path]; ok {
			path = other
		}
		if fam.rewrite != nil {
			path = fam.rewrite(path)
		}
		info.BaseURL = s.origin(r) + prefix + info.Alias

		// A client that has sent its request and closes its half of the connection
		// still waits for the answer, but net/http takes it for gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), requestTimeout)
		defer cancel()
		r = r.WithContext(withFamily(store.WithWorkspace(ctx, info.WorkspaceName), fam))
		if fam.headers != nil {
			fam.headers(w.Header())
		}
		setPath(r, path)
		next.ServeHTTP(w, r)
	})
}

// escapedPath is the path as it was sent. Where it holds a character that had to be
// escaped and was not, net/url escapes all of it anew and takes an escaped slash for
// one that parts segments; here each segment stays what it is.
func escapedPath(u *url.URL) string {
	escaped := u.EscapedPath()
	if u.RawPath == "" || u.RawPath == escaped {
		return escaped
	}
	segments := strings.Split(u.RawPath, "/")
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return escaped
		}
		segments[i] = url.PathEscape(text)
	}
	return strings.Join(segments, "/")
}

// setPath gives the request the escaped path, in both forms that net/url keeps.
// RawPath is set always: Go leaves it empty where the escaping is canonical, and
// the router's parameters would then be decoded twice (`%2541` becoming `A`).
func setPath(r *http.Request, escaped string) {
	u := *r.URL
	u.Path, u.RawPath = escaped, escaped
	if path, err := url.PathUnescape(escaped); err == nil {
		u.Path = path
	}
	r.URL = &u
}

// cleanText reports whether a database can hold the text: valid UTF-8 without a
// NUL, which Postgres refuses.
func cleanText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// foldSlashes makes one slash of several: vendors' SDKs join a base URL with a
// trailing slash and a path with a leading one.
func foldSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// cutWorkspace takes `/w/{workspace}` off the path.
func cutWorkspace(path string) (workspace, rest string) {
	after, ok := strings.CutPrefix(path, "/w/")
	if !ok {
		return "", path
	}
	workspace, rest, _ = strings.Cut(after, "/")
	return workspace, "/" + rest
}

// origin is the scheme and host under which the client reached the server.
func (s *Server) origin(r *http.Request) string {
	if s.config.PublicURL != "" {
		return strings.TrimRight(s.config.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil || s.config.Certificate != nil {
		scheme = "https"
	}
	host := r.Host
	if host == "" { // HTTP/1.0 need not name one
		if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			host = addr.String()
		}
	}
	return scheme + "://" + host
}
