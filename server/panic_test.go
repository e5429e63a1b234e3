package server

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"orglink/store"
)

// A panic is answered with the documented error of the path's family, and the
// server goes on; what it said is for the log only.
func TestAPanicGetsTheFamilysInternalError(t *testing.T) {
	t.Parallel()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "o.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var log bytes.Buffer
	s, err := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, st)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/hq/panic":                    `{"code":1000,"message":`,
		"/client/panic":                `{"statusCode":500,"errorCode":"INTERNAL_ERROR",`,
		"/rest/panic":                  `{"type":"","title":"Unexpected exception","errorCode":"UNEXPECTED_EXCEPTION","detail":"","errorDetails":[]}`,
		"/links/panic":                 `{"errorCode":0,"message":`,
		"/orglink/panic":               `{"type":"about:blank","title":"Internal Server Error","status":500}`,
		"/SASLogon/panic":              `{`,
		"/co_org_identity_links/panic": "",
		"/authentication/panic":        `{"code":1000,"message":`,
		"/oauth/panic":                 `{"statusCode":500,`,
	} {
		s.echo.GET(path, func(echo.Context) error { panic("kept-for-the-log") })
		for range 2 {
			w := httptest.NewRecorder()
			s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if w.Code != 500 || !strings.HasPrefix(w.Body.String(), want) || (want == "") != (w.Body.Len() == 0) {
				t.Errorf("%s: got %d %s, want 500 %s", path, w.Code, w.Body, want)
			}
			if strings.Contains(w.Body.String(), "kept-for-the-log") {
				t.Errorf("%s shows the panic: %s", path, w.Body)
			}
		}
	}
	if !strings.Contains(log.String(), "kept-for-the-log") {
		t.Error("the log lacks the panic")
	}
}
