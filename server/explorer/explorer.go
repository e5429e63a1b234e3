// Package explorer serves what people look at in a browser: at / a start page that says
// what is running, and at /docs/ Swagger UI, opened on the document. All of it is in the
// binary: nothing is loaded from another host.
//
// assets holds Swagger UI as its makers ship it (see update.sh), page what we put around
// it, as small modules that the browser loads as they are, start the template of the start
// page.
package explorer

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"
)

//go:embed assets page
var files embed.FS

// Credential fills in one security scheme of the document.
type Credential struct {
	Username     string `json:"username,omitempty"`
	Password     string `json:"password,omitempty"`
	ClientID     string `json:"clientId,omitempty"`
	ClientSecret string `json:"clientSecret,omitempty"`
	Token        string `json:"token,omitempty"`
}

const (
	root  = "/docs/"
	index = "index.html"
)

// policy keeps the explorer to this server and to files: no script and no style stands in
// the page. Swagger UI needs no more, since it sets its styles through the elements' own
// style objects, which a policy does not bound; its stylesheet holds its images (data:).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Caching: no name carries a version, so a browser asks whether its copy is
// current. Credentials are not kept at all.
const (
	revalidate = "no-cache"
	dontKeep   = "no-store"
)

var mediaTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".png":  "image/png",
}

// Register serves the start page at / and Swagger UI at /docs/. The start page says what
// facts returns. Swagger UI fills in the credentials, which are keyed by the name of their
// security scheme. Each file has a route of its own, so that the router refuses unknown
// files and wrong methods like those of any other path.
func Register(e *echo.Echo, facts func(*http.Request) Start, credentials map[string]Credential, m ...echo.MiddlewareFunc) error {
	get := func(path string, h echo.HandlerFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
	}
	get("/", servePage(facts))
	get("/docs", func(c echo.Context) error { return c.Redirect(http.StatusFound, root) })

	filled, err := json.Marshal(credentials)
	if err != nil {
		return err
	}
	get(root+"credentials.json", serve("credentials.json", filled, dontKeep))

	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		file := path.Base(name)
		if file == index {
			file = ""
		}
		get(root+file, serve(name, content, revalidate))
		return nil
	})
}

// serve answers with one file.
func serve(name string, content []byte, caching string) echo.HandlerFunc {
	mediaType, ok := mediaTypes[path.Ext(name)]
	if !ok {
		mediaType = "text/plain; charset=utf-8"
	}
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:16]) + `"`
	return func(c echo.Context) error {
		h := c.Response().Header()
		setHeaders(h, mediaType, policy, caching)
		if caching == revalidate {
			h.Set("ETag", etag)
		}
		http.ServeContent(c.Response(), c.Request(), name, time.Time{}, bytes.NewReader(content))
		return nil
	}
}

func setHeaders(h http.Header, mediaType, policy, caching string) {
	h.Set("Content-Type", mediaType)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", caching)
}
