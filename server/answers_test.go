package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"orglink/server/conform"
	"orglink/server/request"
	"orglink/store"
)

// planted is an answer to put before the check, in place of an operation's own.
type planted struct {
	method, path string
	operationID  string // none is a request that no operation serves
	status       int
	contentType  string
	header       [2]string // one more, if named
	body         string
}

// secret stands where a masked value would: neither the log nor the answer may hold it.
const secret = "000-12-3456"

const (
	twoLinks   = `{"ResponseType":"CoOrgIdentityLinks","Version":"1.0","CoOrgIdentityLinks":[`
	lock       = `{"objectTypeName":"person","id":"uuid_102","createdAt":"2026-01-02T03:04:05.000Z","createdBy":"` + secret + `"}`
	health     = "workbenchGetLive"
	healthPath = "/orglink/v1/health/live"
)

func TestAnAnswerThatBreaksTheDocumentIsRefused(t *testing.T) {
	t.Parallel()
	s, log := plantedServer(t)
	for name, test := range map[string]struct {
		planted
		want string // in the report
	}{
		"an undocumented status": {planted{"GET", healthPath, health, 204, "", [2]string{}, ""}, "workbenchGetLive 204: status: undocumented"},
		"an undocumented refusal of the vendor": {
			planted{"GET", "/rest/api/v1.3/user/info", "responsysGetUserInfo", 403, "application/json", [2]string{}, "{}"},
			"responsysGetUserInfo 403: status: undocumented",
		},
		"a missing member":   {planted{"GET", healthPath, health, 200, "application/json", [2]string{}, `{}`}, "body #/status: required"},
		"an extra member":    {planted{"GET", healthPath, health, 200, "application/json", [2]string{}, `{"status":"ok","a b":"` + secret + `"}`}, "body #/a%20b: additionalProperties"},
		"a wrong type":       {planted{"GET", "/orglink/v1/version", "workbenchGetVersion", 200, "application/json", [2]string{}, `{"version":5,"document":"1","go":"1"}`}, "body #/version: type"},
		"no such value":      {planted{"GET", healthPath, health, 200, "application/json", [2]string{}, `{"status":"` + secret + `"}`}, "body #/status: enum"},
		"a deep wrong type":  {planted{"GET", "/co_org_identity_links.json", "comanageListCoOrgIdentityLinks", 200, "application/json", [2]string{}, twoLinks + `{"Version":"1.0","Id":` + secret[:1] + `}]}`}, "body #/CoOrgIdentityLinks/0/CoPersonId: required"},
		"no JSON":            {planted{"GET", healthPath, health, 200, "application/json", [2]string{}, `{"status":"` + secret}, "body: json"},
		"no XML":             {planted{"GET", "/co_org_identity_links.xml", "comanageListCoOrgIdentityLinks", 200, "application/xml; charset=UTF-8", [2]string{}, `<a><b></a>`}, "body: xml"},
		"a wrong media type": {planted{"GET", healthPath, health, 200, "text/plain", [2]string{}, `{"status":"ok"}`}, "header Content-Type: undocumented"},
		"no media type":      {planted{"GET", healthPath, health, 200, "", [2]string{}, `{"status":"ok"}`}, "header Content-Type: undocumented"},
		"a missing header": {
			planted{"GET", "/cos.json", "comanageListCos", 401, "", [2]string{}, ""},
			"comanageListCos 401: header WWW-Authenticate: required",
		},
		"a vendor's media type": {
			planted{"GET", "/admin/storedObjects/10", "sviGetStoredObject", 404, "application/vnd.sas.error+json;version=2", [2]string{}, `{}`},
			"body #/errorCode: required",
		},
		"a header of another form": {
			planted{"GET", "/admin/relationships/10", "sviGetRelationship", 200, "application/json", [2]string{"ETag", secret}, `{}`},
			"header ETag: pattern",
		},
		"a packed body's value": {
			planted{"GET", healthPath, health, 200, "application/json", [2]string{"Content-Encoding", "gzip"}, packed(`{}`)},
			"body #/status: required",
		},
		"a body that is not packed": {
			planted{"GET", healthPath, health, 200, "application/json", [2]string{"Content-Encoding", "gzip"}, `{"status":"ok"}`},
			"header Content-Encoding: encoding",
		},
		"a body where there is none": {planted{"DELETE", "/locks/documents", "sviDeleteLock", 204, "", [2]string{}, lock}, "body: undocumented"},
		"a HEAD with a status that is not there": {
			planted{"HEAD", "/links/@item/fields", "sviHeadLinkFields", 418, "", [2]string{}, ""},
			"sviHeadLinkFields 418: status: undocumented",
		},
		"an unknown path's answer":          {planted{"GET", "/hq/v1/nothing", "", 404, "application/json", [2]string{}, `{"developerMessage":"` + secret + `"`}, "404: body: json"},
		"an unknown path's body":            {planted{"GET", "/co_groups.json", "", 404, "application/json", [2]string{}, `{}`}, "404: body: undocumented"},
		"an operation in no workspace":      {planted{"GET", "/w/none/SASLogon/x", "", 404, "application/json", [2]string{}, `[]`}, "404: body: type"},
		"a method that the path has not":    {planted{"PATCH", healthPath, "", 405, "application/json", [2]string{}, `{"title":5}`}, "body #/title: type"},
		"an account's refusal, in its hubs": {planted{"PUT", "/project/v1/hubs", "", 405, "application/json", [2]string{}, `{"code":1000,"message":"x"}`}, "body #/errors: required"},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.answer(test.planted)
			report := w.Header().Get(violationHeader)
			if w.Code != 500 || !strings.Contains(report, test.want) {
				t.Errorf("got %d %q, want 500 with %q", w.Code, report, test.want)
			}
			if !strings.Contains(log.String(), report) {
				t.Error("the log lacks the report")
			}
			if strings.Contains(w.Body.String()+report, secret) {
				t.Errorf("the answer shows the value: %s %s", report, w.Body)
			}
			s.checkRefusal(t, test.planted, w)
		})
	}
	if strings.Contains(log.String(), secret) {
		t.Error("the log shows the value")
	}
}

// A server that is not asked to check has nothing before its router, which would cost.
func TestWithoutTheCheckNothingIsBeforeTheRouter(t *testing.T) {
	t.Parallel()
	s, _ := plantedServer(t)
	for _, asked := range []bool{false, true} {
		s.config.ValidateResponses = asked
		first, err := s.answers()
		if err != nil {
			t.Fatal(err)
		}
		if bare := first == http.Handler(s.echo); bare == asked {
			t.Errorf("the check is asked for: %t; the router is first: %t", asked, bare)
		}
	}
}

func TestAnAnswerThatTheDocumentHasIsSentAsItIs(t *testing.T) {
	t.Parallel()
	s, _ := plantedServer(t)
	for name, p := range map[string]planted{
		"a body":                    {"GET", healthPath, health, 200, "application/json; charset=UTF-8", [2]string{"X-Other", "1"}, `{"status":"ok"}`},
		"no body":                   {"DELETE", "/locks/documents", "sviDeleteLock", 204, "", [2]string{}, ""},
		"HEAD":                      {"HEAD", "/links/@item/fields", "sviHeadLinkFields", 200, "", [2]string{"Content-Length", "12"}, ""},
		"a packed body":             {"GET", healthPath, health, 200, "application/json", [2]string{"Content-Encoding", "gzip"}, packed(`{"status":"ok"}`)},
		"XML":                       {"GET", "/cos.xml", "comanageListCos", 200, "application/xml; charset=UTF-8", [2]string{}, "<?xml version=\"1.0\"?>\n<Cos Version=\"1.0\"/>\n"},
		"a page of no operation":    {"GET", "/docs/", "", 200, "text/html", [2]string{}, "<html>"},
		"an unknown path":           {"GET", "/co_groups.json", "", 404, "text/html", [2]string{}, ""},
		"no workspace, not in docs": {"GET", "/w/none/rest/api/v1.3/user/info", "responsysGetUserInfo", 404, "application/json", [2]string{}, `{"type":"","title":"a","errorCode":"RESOURCE_NOT_FOUND","detail":"","errorDetails":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.answer(p)
			if w.Code != p.status || w.Body.String() != p.body || p.header[0] != "" && w.Header().Get(p.header[0]) != p.header[1] {
				t.Errorf("got %d %v %s; want what was planted", w.Code, w.Header(), w.Body)
			}
			for _, header := range []string{violationHeader, uncheckedHeader} {
				if w.Header().Get(header) != "" {
					t.Errorf("it is marked: %s", w.Header().Get(header))
				}
			}
		})
	}
}

// A body over the bound is sent unchecked, and says so; all but the body is checked.
func TestALongAnswerIsMarkedAsUnchecked(t *testing.T) {
	t.Parallel()
	s, log := plantedServer(t)
	long := planted{"GET", healthPath, health, 200, "application/json", [2]string{}, `{"status":"` + strings.Repeat("x", plantedBound) + `"}`}
	w := s.answer(long)
	if w.Code != 200 || w.Body.String() != long.body || !strings.HasPrefix(w.Header().Get(uncheckedHeader), "body") {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	if !strings.Contains(log.String(), "too long to be checked") {
		t.Errorf("the log says nothing: %s", log)
	}
	long.contentType = "text/plain"
	w = s.answer(long)
	if w.Code != 500 || !strings.Contains(w.Header().Get(violationHeader), "Content-Type") || strings.Contains(w.Body.String(), "xxx") {
		t.Errorf("of another type: got %d %v", w.Code, w.Header())
	}
}

// An answer that its handler breaks off arrives as far as it went, and is broken off.
func TestABrokenOffAnswerStaysOne(t *testing.T) {
	t.Parallel()
	s, _ := plantedServer(t)
	server := httptest.NewServer(s.serving(func(w http.ResponseWriter, r *http.Request) {
		request.From(r.Context()).OperationID = health
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, strings.Repeat(" ", plantedBound/2))
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	resp, err := http.Get(server.URL + healthPath)
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	if err == nil {
		t.Error("the answer passes for a whole one")
	}
}

// plantedBound is how much of a body the servers of these tests hold back.
const plantedBound = 4096

type conformingServer struct {
	*Server
	document *conform.Document
}

func plantedServer(t *testing.T) (conformingServer, *bytes.Buffer) {
	t.Helper()
	st, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "o.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	document, err := conform.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s, err := New(Config{Log: slog.New(slog.NewTextHandler(log, nil)), ValidateResponses: true}, st)
	if err != nil {
		t.Fatal(err)
	}
	return conformingServer{s, document}, log
}

// serving is the server with another handler behind the check.
func (s conformingServer) serving(handler http.HandlerFunc) http.Handler {
	return s.logged(s.enter(s.conforming(s.document, plantedBound, handler)))
}

func (s conformingServer) answer(p planted) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.serving(func(w http.ResponseWriter, r *http.Request) {
		request.From(r.Context()).OperationID = p.operationID
		if p.contentType != "" {
			w.Header().Set("Content-Type", p.contentType)
		}
		if p.header[0] != "" {
			w.Header().Set(p.header[0], p.header[1])
		}
		w.WriteHeader(p.status)
		if p.body != "" {
			io.WriteString(w, p.body[:1])
			http.NewResponseController(w).Flush()
			io.WriteString(w, p.body[1:])
		}
	}).ServeHTTP(w, httptest.NewRequest(p.method, p.path, nil))
	return w
}

// checkRefusal holds the 500 itself against the document, if the operation has one.
func (s conformingServer) checkRefusal(t *testing.T, p planted, w *httptest.ResponseRecorder) {
	t.Helper()
	header := w.Header().Clone()
	header.Set("Date", "now")
	var err error
	if s.document.Documents(p.operationID, 500) {
		err = s.document.Check(p.operationID, w.Code, header, w.Body.Bytes())
	}
	if err != nil {
		t.Errorf("the refusal itself: %v\n%s", err, w.Body)
	}
}

func packed(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text)) // a buffer takes all
	_ = w.Close()
	return out.String()
}
