package explorer

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/labstack/echo/v4"
)

// Start is what the start page says.
type Start struct {
	Version  string // of the build
	Document string // the document's version
	Database string // its kind
	// Curl is a call that works.
	Curl string
	Demo bool
	// Counted says that the database answered: what follows is known.
	Counted    bool
	Workspaces string
	// WorkspaceNames are those of a demo.
	WorkspaceNames []string
	Families       []Family
}

// Family is one of the platforms, with what is stored of it.
type Family struct {
	Tag      string // in the document
	Platform string
	Counts   []Count
}

// Count is how many there are of a kind.
type Count struct{ Kind, N string }

//go:embed start
var startFiles embed.FS

var startTemplate = template.Must(template.ParseFS(startFiles, "start/index.html"))

// startPolicy lets the start page load its stylesheets and icons, and run nothing.
const startPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// servePage serves the start page, filled in anew for each visit.
func servePage(facts func(*http.Request) Start) echo.HandlerFunc {
	return func(c echo.Context) error {
		var page bytes.Buffer
		if err := startTemplate.Execute(&page, facts(c.Request())); err != nil {
			return err
		}
		setHeaders(c.Response().Header(), mediaTypes[".html"], startPolicy, dontKeep)
		return c.HTMLBlob(http.StatusOK, page.Bytes())
	}
}
