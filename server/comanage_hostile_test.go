package server_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// hostile is a request document that must be refused.
type hostile struct{ line, media, body string }

const (
	badRequest      = "400 Bad Request"
	wrongFieldsLine = "400 Invalid Fields"
	largestBody     = 1 << 20
)

// filled is the text with `%` in the place of what makes it as large as a body may be.
func filled(text string) string {
	return strings.Replace(text, "%", strings.Repeat("x", largestBody-len(text)+1), 1)
}

// spoiled is the kind's document in which the value of one attribute is another one.
func (k wireKind) spoiled(t *testing.T, format, value string) string {
	t.Helper()
	for _, m := range membersOf(t, k.entry) {
		if m.name != k.text {
			continue
		}
		if format == "json" {
			return strings.Replace(k.document(t, k.entry, format), fmt.Sprintf("%q:%s", m.name, m.value), fmt.Sprintf("%q:%s", m.name, value), 1)
		}
		return strings.Replace(k.document(t, k.entry, format), "<"+m.name+">"+escaped(m.text())+"<", "<"+m.name+">"+value+"<", 1)
	}
	t.Fatalf("%s has no %s", k.entry, k.text)
	return ""
}

func (k wireKind) hostileJSON(t *testing.T) map[string]hostile {
	t.Helper()
	sound := k.document(t, k.entry, "json")
	value := func(text string) string { return k.spoiled(t, "json", text) }
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	all := map[string]hostile{
		"bad UTF-8":              {badRequest, "", value("\"\xff\"")},
		"overlong UTF-8":         {badRequest, "", value("\"\xc0\xaf\"")},
		"UTF-8 of a surrogate":   {badRequest, "", value("\"\xed\xa0\x80\"")},
		"NUL":                    {badRequest, "", value("\"\x00\"")},
		"NUL, escaped":           {badRequest, "", value(`"\u0000"`)},
		"half a pair":            {badRequest, "", value(`"\ud83d"`)},
		"the other half":         {badRequest, "", value(`"x\uDE00"`)},
		"halves the wrong way":   {badRequest, "", value(`"\ude00\ud83d"`)},
		"broken escape":          {badRequest, "", value(`"\u12"`)},
		"deep":                   {badRequest, "", deep(100_000)},
		"deep in a value":        {badRequest, "", value(deep(100_000))},
		"deep and open":          {badRequest, "", strings.Repeat(`{"a":`, 100_000)},
		"deep beside":            {badRequest, "", strings.TrimSuffix(sound, "}") + `,"x":` + deep(100_000) + "}"},
		"not that deep":          {wrongFieldsLine, "", value(deep(9_000))},
		"deep once in a list":    {badRequest, "", `{"Version":"1.0","` + k.text + `":` + deep(9_998) + `}`},
		"many entries of nobody": {wrongFieldsLine, "", `{"` + k.many + `":[{}` + strings.Repeat(",{}", 300_000) + "]}"},
		"many members":           {wrongFieldsLine, "", "{" + strings.Repeat(`"a":1,`, 170_000) + `"b":2}`},
		"version over all":       {wrongFieldsLine, "", strings.Replace(sound, `[{"Version":"1.0"`, `[{"Version":1e999999999`, 1)},
		"1 MiB in a value":       {wrongFieldsLine, "", filled(value(`"%"`))},
		"1 MiB of digits":        {wrongFieldsLine, "", strings.ReplaceAll(filled(value(`%`)), "x", "9")},
		"1 MiB in a name":        {wrongFieldsLine, "", filled(`{"%":1}`)},
		"over the limit":         {badRequest, "", filled(value(`"%"`)) + " "},
		"twice the limit":        {badRequest, "", sound + strings.Repeat(" ", 2*largestBody)},
		"compressed":             {badRequest, "", compressed(t, sound)},
		"UTF-16":                 {badRequest, "application/json; charset=UTF-16", strings.Join(strings.Split(sound, ""), "\x00") + "\x00"},
		"latin1":                 {badRequest, "application/json; charset=ISO-8859-1", value("\"\xe9\"")},
		"a form":                 {badRequest, "application/x-www-form-urlencoded", sound},
		"parts":                  {badRequest, "multipart/form-data; boundary=x", sound},
	}
	for _, body := range []string{
		"", " ", "null", "[]", "7", `"x"`, "true", "[null,null]", "[" + sound + "]", sound + sound, sound + "x", "\uFEFF" + sound, "{", "nul",
		`{"%":null}`, `{"%":[]}`, `{"%":{}}`, `{"%":7}`, `{"%":[null]}`, `{"%":[[]]}`, `{"%":["x"]}`, `{"%":[{}}`,
	} {
		body = strings.ReplaceAll(body, "%", k.many)
		all[fmt.Sprintf("%.20s", body)] = hostile{badRequest, "", body}
	}
	return all
}

func compressed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func (k wireKind) hostileXML(t *testing.T) map[string]hostile {
	t.Helper()
	sound := k.document(t, k.entry, "xml")
	value := func(text string) string { return k.spoiled(t, "xml", text) }
	deep := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	afterwards := func(text string) string {
		return strings.TrimSuffix(sound, "</"+k.many+">") + text + "</" + k.many + ">"
	}
	laughs := `<!ENTITY a0 "ha">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	all := map[string]hostile{
		"billion laughs":           {badRequest, "", "<!DOCTYPE x [" + laughs + "]>" + value("&a9;")},
		"one long entity":          {badRequest, "", `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 100_000) + `">]>` + value(strings.Repeat("&a;", 100_000))},
		"an entity":                {badRequest, "", `<!DOCTYPE x [<!ENTITY a "1">]>` + value("&a;")},
		"an external entity":       {badRequest, "", `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + value("&a;")},
		"an external DTD":          {badRequest, "", `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">` + sound},
		"a parameter entity":       {badRequest, "", `<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]>` + sound},
		"an open DOCTYPE":          {badRequest, "", "<!DOCTYPE x [" + strings.Repeat("<", 500_000)},
		"a DOCTYPE within":         {badRequest, "", value("<!DOCTYPE x>1")},
		"an entity of nobody":      {badRequest, "", value("&nbsp;")},
		"an entity in an entry":    {badRequest, "", afterwards("&a;")},
		"bad UTF-8":                {badRequest, "", value("\xff")},
		"UTF-8 of a surrogate":     {badRequest, "", value("\xed\xa0\x80")},
		"NUL":                      {badRequest, "", value("\x00")},
		"NUL by number":            {badRequest, "", value("&#0;")},
		"a control character":      {badRequest, "", value("&#x1F;")},
		"half a pair by number":    {badRequest, "", value("&#xD83D;&#xDE00;")},
		"no character by number":   {badRequest, "", value("&#99999999999999999999;")},
		"deep":                     {badRequest, "", deep(100_000)},
		"deep in a value":          {badRequest, "", value(deep(100_000))},
		"deep afterwards":          {badRequest, "", afterwards(deep(100_000))},
		"deep and open":            {badRequest, "", "<" + k.many + "><" + k.one + ">" + strings.Repeat("<a>", 300_000)},
		"1 MiB in a value":         {wrongFieldsLine, "", filled(value("%"))},
		"1 MiB in CDATA":           {wrongFieldsLine, "", filled(value("<![CDATA[%]]>"))},
		"1 MiB in an attribute":    {wrongFieldsLine, "", filled("<" + k.many + "><" + k.one + ` Version="%"/></` + k.many + ">")},
		"1 MiB in another one":     {wrongFieldsLine, "", filled("<" + k.many + "><" + k.one + ` Color="%"/></` + k.many + ">")},
		"1 MiB of attributes":      {wrongFieldsLine, "", "<" + k.many + "><" + k.one + strings.Repeat(" a=''", 200_000) + "/></" + k.many + ">"},
		"1 MiB of elements":        {wrongFieldsLine, "", "<" + k.many + "><" + k.one + ">" + strings.Repeat("<a/>", 250_000) + "</" + k.one + "></" + k.many + ">"},
		"1 MiB of references":      {wrongFieldsLine, "", value(strings.Repeat("&#65;", 200_000))},
		"1 MiB in a name":          {wrongFieldsLine, "", filled("<" + k.many + "><" + k.one + ` %="1"/></` + k.many + ">")},
		"over the limit":           {badRequest, "", filled(value("%")) + " "},
		"twice the limit":          {badRequest, "", sound + strings.Repeat(" ", 2*largestBody)},
		"compressed":               {badRequest, "", compressed(t, sound)},
		"declared latin1":          {badRequest, "", `<?xml version="1.0" encoding="ISO-8859-1"?>` + sound},
		"declared UTF-16":          {badRequest, "", `<?xml version="1.0" encoding="UTF-16"?>` + sound},
		"XML 1.1":                  {badRequest, "", `<?xml version="1.1"?>` + sound},
		"latin1":                   {badRequest, "application/xml; charset=ISO-8859-1", value("\xe9")},
		"UTF-16":                   {badRequest, "application/xml; charset=UTF-16", strings.Join(strings.Split(sound, ""), "\x00") + "\x00"},
		"a form":                   {badRequest, "application/x-www-form-urlencoded", sound},
		"parts":                    {badRequest, "multipart/form-data; boundary=x", sound},
		"a document of JSON":       {badRequest, "", k.document(t, k.entry, "json")},
		"an entry of another kind": {badRequest, "", "<" + k.many + "><Other Version='1.0'/></" + k.many + ">"},
	}
	for _, body := range []string{
		"", " ", "null", "[]", "7", "<", "<>", "</" + k.many + ">", "<" + k.many + "/>", "<" + k.many + ">", "<" + k.one + "/>", "<?xml version='1.0'?>", "<!-- -->",
		"x" + sound, sound + "x", sound + sound, sound + "<", strings.TrimSuffix(sound, ">"), "]]>",
	} {
		all[fmt.Sprintf("%.30s", body)] = hostile{badRequest, "", body}
	}
	return all
}

// spoilt is the call that sends the document.
func (k wireKind) spoilt(method, format string, h hostile) call {
	path := k.list(format)
	if method == "PUT" {
		path = k.object(k.id, format)
	}
	c := as(platform, method, path, h.body)
	c.header["Content-Type"] = h.media
	if h.media == "" {
		c.header["Content-Type"] = "application/" + format
	}
	return c
}

func TestComanageRefusesHostileDocuments(t *testing.T) {
	t.Parallel()
	notUnderRace(t, oneByOne)
	s := startWire(t)
	nothingChanges(t, s, func() {
		eachKind(t, func(t *testing.T, k wireKind) {
			for format, documents := range map[string]map[string]hostile{"json": k.hostileJSON(t), "xml": k.hostileXML(t)} {
				for name, h := range documents {
					t.Run(format+" "+name, func(t *testing.T) {
						for _, method := range []string{"POST", "PUT"} {
							a := s.wantLine(t, h.line, k.spoilt(method, format, h))
							if (a.body == "") != (h.line == badRequest) || len(a.body) > 1000 {
								t.Errorf("%s: the body is %.1000q", h.line, a.body)
							}
						}
					})
				}
			}
		})
	})
	// It still takes what is sound.
	for _, k := range wireKinds {
		s.wantLine(t, "201 Added", as(platform, "POST", k.list("xml"), k.document(t, k.entry, "xml")))
	}
}

// What is refused leaves nothing in memory. Not parallel: the whole process is measured.
func TestComanageHostileDocumentsLeaveNoMemoryBehind(t *testing.T) {
	notUnderRace(t, ofMemory)
	s := startWire(t)
	k := wireKinds[3]
	round := func() {
		for format, documents := range map[string]map[string]hostile{"json": k.hostileJSON(t), "xml": k.hostileXML(t)} {
			for _, h := range documents {
				s.wantLine(t, h.line, k.spoilt("POST", format, h))
			}
		}
	}
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // what pools held goes with the second
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return int64(stats.HeapAlloc)
	}
	round()
	before := heap()
	for range 3 {
		round() // more than 60 MiB
	}
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}
