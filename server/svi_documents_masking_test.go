package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"orglink/server/servertest"
)

// Every way of sending a masked field in a PUT: the Content-Type decides how it is
// read, whatever Accept says.
func TestSviMaskedFieldsOfDocumentsOnPut(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	const bare = "application/vnd.sas.investigation.data.masked.enriched.document"
	for name, test := range map[string]struct {
		contentType, accept string
		secret              any // "" omits the field
		want                any // "refused" is a 400
	}{
		"legacy, null":               {"application/json", "", nil, "raw-code"},
		"legacy, omitted":            {"application/json", "", "", "raw-code"},
		"legacy, bullets":            {"application/json", "", sviBullets, "refused"},
		"legacy, full stops":         {"application/json", "", ".........", "........."},
		"legacy, value":              {"application/json", "", "new", "new"},
		"legacy, wrong type":         {"application/json", "", 1, "refused"},
		"legacy by the bare type":    {"application/vnd.sas.investigation.data.document+json", "", nil, "raw-code"},
		"enriched, null":             {sviEnriched, "", nil, "raw-code"},
		"enriched, bullets":          {sviEnriched, "", sviBullets, "refused"},
		"no type, null":              {"", "", nil, "raw-code"},
		"no type, bullets":           {"", "", sviBullets, "refused"},
		"legacy despite Accept":      {"application/json", sviMaskedDocument, sviBullets, "refused"},
		"legacy, null despite it":    {"application/json", sviMaskedDocument, nil, "raw-code"},
		"masked, null":               {sviMaskedDocument, "", nil, nil},
		"masked, omitted":            {sviMaskedDocument, "", "", "raw-code"},
		"masked, bullets":            {sviMaskedDocument, "", sviBullets, "raw-code"},
		"masked, eight bullets":      {sviMaskedDocument, "", sviBullets[:len(sviBullets)-3], sviBullets[:len(sviBullets)-3]},
		"masked, value":              {sviMaskedDocument, "", "new", "new"},
		"masked without a suffix":    {bare + "; charset=utf-8", "", sviBullets, "raw-code"},
		"masked despite Accept":      {sviMaskedDocument, "application/json", sviBullets, "raw-code"},
		"masked, null despite it":    {sviMaskedDocument, "application/json", nil, nil},
		"masked, a wildcard":         {sviMaskedDocument, "*/*", sviBullets, "raw-code"},
		"masked, wrong type, masked": {sviMaskedDocument, "", 1, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments))
			var fields []any
			if test.secret != "" {
				fields = []any{"secret", test.secret}
			}
			before := sviDocState(t, s, "article/a1")
			a := s.do(t, sviDoc("PUT", "article/a1", sviArticle(t, 4, fields...), "Content-Type", test.contentType, "Accept", test.accept))
			if sviSaid(a.body) {
				t.Errorf("the answer shows a masked value: %s", a.body)
			}
			if test.want == "refused" {
				if after := sviDocState(t, s, "article/a1"); a.status != 400 || after != before {
					t.Errorf("got %d, and then %s", a.status, after)
				}
				return
			}
			if a.status != 200 {
				t.Fatalf("got %d: %s", a.status, a.body)
			}
			shows := strings.Contains(a.header.Get("Content-Type"), "masked")
			if shown := strings.Contains(a.body, `"secret":"`+sviBullets+`"`); shown != (shows && test.want != nil) {
				t.Errorf("%s shows %s", a.header.Get("Content-Type"), a.body)
			}
			if wantShows := test.accept == sviMaskedDocument || test.accept != "application/json" && strings.Contains(test.contentType, "masked"); shows != wantShows {
				t.Errorf("got Content-Type %s", a.header.Get("Content-Type"))
			}
			if got := s.sviStoredField(t, "article/a1", "secret"); got != test.want {
				t.Errorf("stored %v, want %v", got, test.want)
			}
		})
	}
}

// Every way of changing a masked field in a patch.
func TestSviMaskedFieldsOfDocumentsOnPatch(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	const secret = `"path":"/fieldValues/secret"`
	for name, test := range map[string]struct {
		operation, accept string
		want              any // "refused" is a 400
	}{
		"add null":                  {`{"op":"add",` + secret + `,"value":null}`, "", nil},
		"replace by null":           {`{"op":"replace",` + secret + `,"value":null}`, "", nil},
		"remove":                    {`{"op":"remove",` + secret + `}`, "", nil},
		"remove, masked":            {`{"op":"remove",` + secret + `}`, sviMaskedDocument, nil},
		"add a value":               {`{"op":"add",` + secret + `,"value":"new"}`, "", "new"},
		"replace by a value":        {`{"op":"replace",` + secret + `,"value":"new"}`, sviMaskedDocument, "new"},
		"remove and add":            {`{"op":"remove",` + secret + `},{"op":"add",` + secret + `,"value":"new"}`, "", "new"},
		"add and remove":            {`{"op":"add",` + secret + `,"value":"new"},{"op":"remove",` + secret + `}`, "", nil},
		"bullets":                   {`{"op":"add",` + secret + `,"value":"` + sviBullets + `"}`, "", "refused"},
		"bullets, masked":           {`{"op":"replace",` + secret + `,"value":"` + sviBullets + `"}`, sviMaskedDocument, "raw-code"},
		"escaped bullets":           {`{"op":"add",` + secret + `,"value":"` + strings.Repeat(`\u2022`, 9) + `"}`, "", "refused"},
		"an ill-typed value":        {`{"op":"add",` + secret + `,"value":7}`, "", "refused"},
		"below it":                  {`{"op":"add","path":"/fieldValues/secret/x","value":7}`, "", "refused"},
		"nobody names it":           {`{"op":"add","path":"/fieldValues/count","value":7}`, "", "raw-code"},
		"nobody names it, masked":   {`{"op":"add","path":"/fieldValues/count","value":7}`, sviMaskedDocument, "raw-code"},
		"all field values replaced": {`{"op":"replace","path":"/fieldValues","value":{"title":"t"}}`, "", "raw-code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments))
			before := sviDocState(t, s, "article/a1")
			a := s.do(t, sviPatchArticle(test.operation, "Accept", test.accept))
			if sviSaid(a.body) {
				t.Errorf("the answer shows a masked value: %s", a.body)
			}
			if test.want == "refused" {
				if after := sviDocState(t, s, "article/a1"); a.status != 400 || after != before {
					t.Errorf("got %d: %s, and then %s", a.status, a.body, after)
				}
				return
			}
			if a.status != 200 {
				t.Fatalf("got %d: %s", a.status, a.body)
			}
			if shown := strings.Contains(a.body, `"secret":"`+sviBullets+`"`); shown != (test.accept != "" && test.want != nil) {
				t.Errorf("got %s", a.body)
			}
			if got := s.sviStoredField(t, "article/a1", "secret"); got != test.want {
				t.Errorf("stored %v, want %v", got, test.want)
			}
		})
	}
}

// A new document has no value that bullets could stand for.
func TestSviMaskedFieldsOfNewDocuments(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for name, test := range map[string]struct {
		contentType, secret, grade string
		status                     int
		stored                     any
	}{
		"legacy, a value":       {"application/json", `"new"`, `1`, 201, "new"},
		"legacy, null":          {"application/json", `null`, `1`, 201, nil},
		"legacy, bullets":       {"application/json", `"` + sviBullets + `"`, `1`, 400, nil},
		"masked, bullets":       {sviMaskedDocument, `"` + sviBullets + `"`, `1`, 201, nil},
		"masked, null":          {sviMaskedDocument, `null`, `1`, 201, nil},
		"required, null":        {"application/json", `null`, `null`, 400, nil},
		"required, bullets":     {sviMaskedDocument, `null`, `"` + sviBullets + `"`, 400, nil},
		"of another media type": {"application/xml", `null`, `1`, 415, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments))
			a := s.want(t, test.status, sviDoc("POST", "", `{"objectTypeName":"article","id":"b","fieldValues":{"title":"t","secret":`+test.secret+`,"grade":`+test.grade+`}}`, "Content-Type", test.contentType))
			if test.status != 201 {
				return
			}
			if strings.Contains(a.body, "new") || a.header.Get("Content-Type") != test.contentType {
				t.Errorf("got %s as %s", a.body, a.header.Get("Content-Type"))
			}
			if got := s.sviStoredField(t, "article/b", "secret"); got != test.stored {
				t.Errorf("stored %v, want %v", got, test.stored)
			}
		})
	}
}

func TestSviMaskedFieldsOfDocumentsOnRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviDocuments))
		for accept, want := range map[string]struct {
			media string
			shown bool
		}{
			"":                                       {"application/json", false},
			"*/*":                                    {"application/json", false},
			"application/json":                       {"application/json", false},
			sviEnriched:                              {sviEnriched, false},
			sviMaskedDocument:                        {sviMaskedDocument, true},
			strings.TrimSuffix(sviEnriched, "+json"): {sviEnriched, false},
			"application/json;q=0.5, " + sviMaskedDocument + ";v=1": {sviMaskedDocument, true},
		} {
			a := s.want(t, 200, sviDoc("GET", "article/a1", "", "Accept", accept, "Authorization", "Bearer anna-token"))
			if a.header.Get("Content-Type") != want.media || strings.Contains(a.body, sviBullets) != want.shown || sviSaid(a.body) {
				t.Errorf("Accept %q: got %s: %s", accept, a.header.Get("Content-Type"), a.body)
			}
			if !strings.Contains(a.body, `"fieldRestrictions":{"article":{"grade":{"masked":{"currentUserIsAuthorizedToReveal":false}},"level":{"masked":{"currentUserIsAuthorizedToReveal":false}},"secret":{"masked":{"currentUserIsAuthorizedToReveal":true}}}}`) {
				t.Errorf("got restrictions in %s", a.body)
			}
		}
		for _, accept := range []string{"text/html", "application/vnd.sas.investigation.data.minimally.masked.enriched.document+json", sviMasked} {
			s.want(t, 406, sviDoc("GET", "article/a1", "", "Accept", accept))
		}
	})
}

func TestSviMaskedValuesOfDocumentsReachNeitherErrorsNorLog(t *testing.T) {
	t.Parallel()
	log := &safeBuffer{}
	s := start(t, servertest.Demo(), servertest.Fixtures(sviDocuments), servertest.Log(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	const hush = "hush-hush"
	for _, c := range []call{
		sviDoc("PUT", "article/a1", sviArticle(t, 4, "secret", hush, "nope", 1)),
		sviDoc("PUT", "article/a1", sviArticle(t, 4, "level", hush)),
		sviDoc("PUT", "article/a1", sviArticle(t, 3, "secret", hush)),
		sviDoc("PUT", "article/a1", `{"fieldValues":{"secret":"`+hush+`"`),
		sviDoc("PUT", "article/a2", sviArticle(t, 4, "secret", hush)),
		sviDoc("POST", "", `{"objectTypeName":"article","id":"a1","fieldValues":{"title":"t","grade":1,"secret":"`+hush+`"}}`),
		sviDoc("POST", "", `{"objectTypeName":"article","fieldValues":{"title":7,"grade":"`+hush+`"}}`),
		sviPatchArticle(`{"op":"add","path":"/fieldValues/level","value":"` + hush + `"}`),
		sviPatchArticle(`{"op":"test","path":"/fieldValues/secret","value":"` + hush + `"}`),
		sviPatchArticle(`{"op":"add","path":"/fieldValues/secret","value":"` + hush + `"},{"op":"remove","path":"/nope"}`),
		sviPatchArticle(`{"op":"add","path":"/fieldValues/secret","value":"` + hush + `"},{"op":"test","path":"/id","value":"x"}`),
		sviFilter("article", `{"filter":"eq(secret,'`+hush+`')"}`),
		sviFilter("article", `{"filter":"eq(count,'`+hush+`')"}`),
	} {
		if a := s.do(t, c); a.status < 400 || strings.Contains(a.body, hush) {
			t.Errorf("got %d: %s", a.status, a.body)
		}
	}
	s.want(t, 200, sviDoc("PUT", "article/a1", sviArticle(t, 4, "secret", hush)))
	s.CloseDatabase(t)
	s.want(t, 500, sviDoc("PUT", "article/a1", sviArticle(t, 5, "secret", hush)))
	if strings.Contains(log.String(), hush) || sviSaid(log.String()) {
		t.Error("the log holds a masked value")
	}
}
