package server_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"orglink/server/servertest"
)

// Every way of sending a masked field, in both modes: what is kept afterwards.
// "kept", "cleared" and "refused" speak of the value raw-code; anything else is
// the new value.
func TestSviMaskedFieldsOnUpdate(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	for name, test := range map[string]struct {
		accept string
		code   any // "" omits the field
		want   string
	}{
		"legacy, null":            {"application/json", nil, "kept"},
		"legacy, omitted":         {"application/json", "", "kept"},
		"legacy, bullets":         {"application/json", sviBullets, "refused"},
		"legacy, full stops":      {"application/json", ".........", "changed"},
		"legacy, value":           {"application/json", "new", "changed"},
		"legacy, wrong type":      {"application/json", 1, "refused"},
		"no Accept, null":         {"", nil, "kept"},
		"no Accept, bullets":      {"", sviBullets, "refused"},
		"masked, null":            {sviMasked, nil, "cleared"},
		"masked, omitted":         {sviMasked, "", "kept"},
		"masked, bullets":         {sviMasked, sviBullets, "kept"},
		"masked, eight bullets":   {sviMasked, sviBullets[:len(sviBullets)-3], "changed"},
		"masked, value":           {sviMasked, "new", "changed"},
		"masked with parameters":  {strings.TrimSuffix(sviMasked, "+json") + ";v=1", sviBullets, "kept"},
		"masked by quality":       {"application/json;q=0.5, " + sviMasked, sviBullets, "kept"},
		"legacy by quality":       {"application/json, " + sviMasked + ";q=0.9", sviBullets, "refused"},
		"legacy on a tie":         {sviMasked + ", application/json", sviBullets, "refused"},
		"legacy named beside all": {"application/json, text/plain, */*", sviBullets, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
			fields := sviNearFields()
			if test.code != "" {
				fields["code"] = test.code
			}
			before := sviState(t, s, sviNear)
			a := s.do(t, sviPut(sviNear, sviBody(t, 4, fields), "Accept", test.accept))
			if strings.Contains(a.body, "raw-code") || strings.Contains(a.body, "987654") {
				t.Errorf("the answer shows a masked value: %s", a.body)
			}
			after := sviState(t, s, sviNear)
			if test.want == "refused" {
				if a.status != 400 || after != before {
					t.Errorf("got %d, and then %s", a.status, after)
				}
				return
			}
			if a.status != 200 {
				t.Fatalf("got %d: %s", a.status, a.body)
			}
			if shown := strings.Contains(after, `"code":"`+sviBullets+`"`); shown != (test.want != "cleared") {
				t.Errorf("a masked read afterwards: %s", after)
			}
			if stored := s.sviStoredCode(t); stored != map[string]string{"kept": "raw-code", "cleared": "", "changed": codeText(test.code)}[test.want] {
				t.Errorf("%s: stored %q", test.want, stored)
			}
		})
	}
}

func codeText(value any) string {
	text, _ := value.(string)
	return text
}

// sviStoredCode is the stored value of the masked field code: the fixtures unmask it.
func (s *site) sviStoredCode(t *testing.T) string {
	t.Helper()
	unmasked := strings.Replace(sviTypes, "{name: code, dataType: string, masked: true, revealGroups: [Agents]}", "{name: code, dataType: string}", 1)
	s.want(t, 200, call{method: "PUT", path: "/orglink/v1/fixtures", header: admin, body: sviJSON(t, unmasked)})
	var link sviLink
	s.want(t, 200, sviGet(sviNear)).json(t, &link)
	return codeText(link.FieldValues["code"])
}

func TestSviMaskedFieldsOnRead(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, database servertest.Option) {
		s := start(t, database, servertest.Demo(), servertest.Fixtures(sviTypes))
		for accept, want := range map[string]struct {
			media string
			shown bool
		}{
			"":                                 {"application/json", false},
			"*/*":                              {"application/json", false},
			"application/*;q=0.1":              {"application/json", false},
			"application/json":                 {"application/json", false},
			sviMasked:                          {sviMasked, true},
			strings.ToUpper(sviMasked):         {sviMasked, true},
			"application/json;q=0, */*":        {sviMasked, true},
			"text/html, " + sviMasked + ";q=1": {sviMasked, true},
		} {
			a := s.want(t, 200, sviGet(sviNear, "Accept", accept, "Authorization", "Bearer anna-token"))
			var link sviLink
			a.json(t, &link)
			if a.header.Get("Content-Type") != want.media {
				t.Errorf("Accept %q: got %s", accept, a.header.Get("Content-Type"))
			}
			for _, field := range []string{"code", "level", "grade"} {
				if got := link.FieldValues[field]; want.shown && got != sviBullets || !want.shown && got != nil {
					t.Errorf("Accept %q: the field %s is %v", accept, field, got)
				}
			}
			if !link.RestrictedFields["code"].Masked.CurrentUserIsAuthorizedToReveal || link.RestrictedFields["level"].Masked.CurrentUserIsAuthorizedToReveal || len(link.RestrictedFields) != 3 {
				t.Errorf("Accept %q: got restrictions %v", accept, link.RestrictedFields)
			}
			if strings.Contains(a.body, "raw-code") || strings.Contains(a.body, "987654") {
				t.Errorf("Accept %q: a masked value: %s", accept, a.body)
			}
		}
		// A masked field without a value is absent in both forms.
		a := s.want(t, 200, sviGet("near|_|place|_|place|_|ba1", "Accept", sviMasked))
		if strings.Contains(a.body, `"code":"`) {
			t.Errorf("bullets for no value: %s", a.body)
		}
		s.want(t, 406, sviGet(sviNear, "Accept", "text/html"))
		s.want(t, 406, sviGet(sviNear, "Accept", "application/json;q=0, "+sviMasked+";q=0, */*"))
		s.want(t, 406, sviPut(sviNear, sviBody(t, 4, sviNearFields()), "Accept", "application/xml"))
	})
}

// A client that reads masked, and sends what it read with a wildcard Accept and the
// Content-Type of its reading.
func TestSviMaskedEchoWithAWildcard(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	for _, accept := range []string{"", "*/*", "text/plain, */*"} {
		read := s.want(t, 200, sviGet(sviNear, "Accept", sviMasked))
		a := s.want(t, 200, sviPut(sviNear, read.body, "Accept", accept, "Content-Type", read.header.Get("Content-Type")))
		if a.header.Get("Content-Type") != sviMasked {
			t.Errorf("Accept %q: got %s", accept, a.header.Get("Content-Type"))
		}
	}
	if stored := s.sviStoredCode(t); stored != "raw-code" {
		t.Errorf("the echo changed the masked value to %q", stored)
	}
}

func TestSviRequiredMaskedFieldCannotBeCleared(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	a := s.want(t, 400, sviPut(sviNear, sviBody(t, 4, sviNearFields("grade", nil)), "Accept", sviMasked))
	if !strings.Contains(a.body, "Field grade is required.") {
		t.Errorf("got %s", a.body)
	}
	s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("grade", nil))))
}

func TestSviMaskedValuesOfOtherTypes(t *testing.T) {
	t.Parallel()
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes))
	s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("level", sviBullets, "grade", 4)), "Accept", sviMasked))
	s.want(t, 400, sviPut(sviNear, sviBody(t, 5, sviNearFields("level", sviBullets))))
	s.want(t, 200, sviPut(sviNear, sviBody(t, 5, map[string]any{"kind": "•••••"}), "Accept", sviMasked))
	a := s.want(t, 200, sviPut(sviLoose, `{"fieldValues":{"note":"`+sviBullets+`"}}`))
	if !strings.Contains(a.body, `"note":"`+sviBullets+`"`) {
		t.Errorf("bullets are ordinary text in a field that is not masked: %s", a.body)
	}
}

// safeBuffer collects a log that many requests write.
type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func TestSviMaskedValuesReachNeitherErrorsNorLog(t *testing.T) {
	t.Parallel()
	log := &safeBuffer{}
	s := start(t, servertest.Demo(), servertest.Fixtures(sviTypes), servertest.Log(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	const secret = "hush-hush"
	for _, c := range []call{
		sviPut(sviNear, sviBody(t, 4, map[string]any{"kind": "road", "code": secret, "nope": 1})),
		sviPut(sviNear, sviBody(t, 4, map[string]any{"kind": "road", "level": secret})),
		sviPut(sviNear, sviBody(t, 3, map[string]any{"kind": "road", "code": secret})),
		sviPut(sviNear, `{"fieldValues":{"version":4,"code":"`+secret+`"`),
		sviPut(sviNear, sviBody(t, 4, map[string]any{"kind": "road", "code": secret}, "validFrom", 7)),
		sviPut("near|_|place|_|place|_|nope", sviBody(t, 4, map[string]any{"code": secret})),
		sviPut(sviNear, sviBody(t, 4, map[string]any{"kind": "road", "code": secret, "count": "x"}), "Accept", sviMasked),
	} {
		if a := s.do(t, c); a.status < 400 || strings.Contains(a.body, secret) {
			t.Errorf("got %d: %s", a.status, a.body)
		}
	}
	s.want(t, 200, sviPut(sviNear, sviBody(t, 4, sviNearFields("code", secret))))
	s.CloseDatabase(t)
	s.want(t, 500, sviPut(sviNear, sviBody(t, 5, sviNearFields("code", secret))))
	if strings.Contains(log.String(), secret) || strings.Contains(log.String(), "raw-code") {
		t.Error("the log holds a masked value")
	}
}
