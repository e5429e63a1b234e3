package comanage

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// Whatever comes in, a document in XML is either refused or becomes one entry in
// JSON that says nothing the document does not.
func FuzzReadXML(f *testing.F) {
	for _, seed := range []string{
		``, `<`, `<Names/>`, `<Names><Name/></Names>`, `<Names><Name></Names></Name>`,
		`<?xml version="1.0"?><Names Version="1.0"><Name Version="1.0" Id="3"><Given>Ann</Given><Person><Type>CO</Type><Id>12</Id></Person></Name></Names>`,
		`<CoOrgIdentityLinks><CoOrgIdentityLink><Version>1.0</Version><CoPersonId> 12 </CoPersonId></CoOrgIdentityLink></CoOrgIdentityLinks>`,
		`<!DOCTYPE Names [<!ENTITY a "aaaa">]><Names><Name><Given>&a;</Given></Name></Names>`,
		`<Names><Name><Given>&#0;&#x41;</Given></Name></Names>`,
		`<Names><Name>` + strings.Repeat("<a>", 2000) + `</Name></Names>`,
		"<Names><Name><Given>\xff</Given></Name></Names>",
		`<?xml version="1.0" encoding="ISO-8859-1"?><Names><Name><Given>x</Given></Name></Names>`,
		`<Names><Name><Given>&#xD800;&#57343;&#xFFFD;</Given></Name></Names>`,
		"\uFEFF<Names><Name><Given>\uFFFD</Given></Name></Names>",
		`<Names><Name/></Names><Names/>`, `x<Names><Name/></Names>`, `<Names><Name/></Names>]]>`,
		`<n:Names xmlns:n="urn:n" xmlns="urn:m"><n:Name n:Version="1.0" xmlns:Given="urn:g"><Given xmlns="urn:o">x</Given></n:Name></n:Names>`,
		`<Names><Name><Given><![CDATA[<a>&amp;]]]]><![CDATA[>]]><!-- c --><?p i?>x</Given><Family/></Name><Name>x</Name></Names>`,
		`<?xml version="1.1"?><Names><Name/></Names>`, `<Names><?xml encoding="latin1"?><Name/></Names>`,
		`<Cos><Co Version="1"><Name>&lt;&amp;&quot;&apos;&gt;</Name><Status>Active</Status><Id>9</Id></Co></Cos>`,
		`<CoPeople><CoPerson><Person><Type>CO</Type><Id><a><b/></a></Id></Person></CoPerson></CoPeople>`,
		`<Names><Name/>` + strings.Repeat("<a>", 2000) + strings.Repeat("</a>", 2000) + `</Names>`,
	} {
		f.Add([]byte(seed))
	}
	kinds := forms(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range kinds {
			text, err := kind.readXML(body)
			if err != nil {
				continue
			}
			if !json.Valid(text) {
				t.Fatalf("not JSON: %q", text)
			}
			if _, ok := kind.readEntry(text); !ok {
				t.Fatalf("no entry in %q, from %q", text, body)
			}
			if bytes.ContainsRune(text, utf8.RuneError) && !namesReplacement(body) {
				t.Fatalf("what is no text was replaced in %q, from %q", text, body)
			}
		}
	})
}

// namesReplacement reports whether a document holds U+FFFD itself.
func namesReplacement(body []byte) bool {
	text := strings.ToLower(string(body))
	return strings.ContainsRune(text, utf8.RuneError) && utf8.Valid(body) || strings.Contains(text, "fffd;") || strings.Contains(text, "65533;")
}

func TestXMLThatIsNoDocumentIsRefused(t *testing.T) {
	t.Parallel()
	kind := forms(t)[name]
	for what, body := range map[string]string{
		"nothing":               ``,
		"text":                  `x`,
		"text before the root":  `x<Names><Name/></Names>`,
		"text after the root":   `<Names><Name/></Names>x`,
		"two roots":             `<Names><Name/></Names><Names/>`,
		"no entry":              `<Names/>`,
		"entry of another kind": `<Names><Co/></Names>`,
		"root of another kind":  `<Cos><Name/></Cos>`,
		"bare entry":            `<Name/>`,
		"unclosed":              `<Names><Name>`,
		"unclosed root":         `<Names><Name/>`,
		"crossed":               `<Names><Name><Given></Name></Given></Names>`,
		"broken after":          `<Names><Name/><Name></Names>`,
		"DOCTYPE":               `<!DOCTYPE Names><Names><Name/></Names>`,
		"DOCTYPE within":        `<Names><Name><!DOCTYPE x></Name></Names>`,
		"DOCTYPE after":         `<Names><Name/></Names><!DOCTYPE x>`,
		"unknown entity":        `<Names><Name><Given>&a;</Given></Name></Names>`,
		"NUL":                   `<Names><Name><Given>&#0;</Given></Name></Names>`,
		"control character":     `<Names><Name><Given>&#1;</Given></Name></Names>`,
		"half a pair":           `<Names><Name><Given>&#xD83D;</Given></Name></Names>`,
		"half a pair, decimal":  `<Names><Name><Given>&#0057343;</Given></Name></Names>`,
		"half a pair, in attr":  `<Names><Name Version="&#xdfff;"/></Names>`,
		"no character":          `<Names><Name><Given>&#x110000;</Given></Name></Names>`,
		"bad UTF-8":             "<Names><Name><Given>\xff</Given></Name></Names>",
		"another charset":       `<?xml version="1.0" encoding="ISO-8859-1"?><Names><Name/></Names>`,
		"deep in the entry":     `<Names><Name>` + nested(100000) + `</Name></Names>`,
		"deep after it":         `<Names><Name/>` + nested(100000) + `</Names>`,
		"deep and unclosed":     `<Names><Name>` + strings.Repeat("<a>", 100000),
	} {
		if text, err := kind.readXML([]byte(body)); err == nil {
			t.Errorf("%s: read as %s", what, text)
		}
	}
}

func nested(depth int) string { return strings.Repeat("<a>", depth) + strings.Repeat("</a>", depth) }

func TestXMLIsReadAsPHPReadsIt(t *testing.T) {
	t.Parallel()
	kind := forms(t)[name]
	for body, want := range map[string]string{
		`<Names><Name/></Names>`: `{}`,
		"\uFEFF <?xml version=\"1.0\" encoding=\"utf-8\"?> <!-- c --> <?p i?> <Names> x <Name/> y </Names> <!-- c --> ": `{}`,
		`<Names><Name Version="1.0"><Given> Ann </Given><Family/></Name><Name Version="2"/></Names>`:                    `{"Version":"1.0","Given":"Ann","Family":""}`,
		`<Names><Name Version="9"><Version>1.0</Version></Name></Names>`:                                                `{"Version":"1.0"}`,
		`<Names><Name><Given>a<!-- b -->c<?d e?><![CDATA[ <&amp;> ]]>&amp;&#65;&#x42;</Given></Name></Names>`:           `{"Given":"ac <&amp;> &AB"}`,
		`<Names><Name><Person><Type>CO</Type><Id>12</Id></Person></Name></Names>`:                                       `{"Person":{"Type":"CO","Id":"12"}}`,
		`<Names><Name><Given>Ann<b>x</b></Given></Name></Names>`:                                                        `{"Given":{"b":"x"}}`,
		`<Names xmlns="urn:a"><Name xmlns:Given="urn:b"><Given xmlns="urn:c">x</Given></Name></Names>`:                  `{"Given":"x"}`,
		`<r:Names xmlns:r="urn:a"><r:Name r:Version="1"><r:Given>x</r:Given></r:Name></r:Names>`:                        `{"Version":"1","Given":"x"}`,
		`<Names><Name><Given>C:\u0000 \ud800</Given></Name></Names>`:                                                    `{"Given":"C:\\u0000 \\ud800"}`,
	} {
		text, err := kind.readXML([]byte(body))
		if err != nil {
			t.Errorf("refused: %s", body)
			continue
		}
		var got, wanted any
		if err := errors.Join(json.Unmarshal(text, &got), json.Unmarshal([]byte(`{"Names":[`+want+`]}`), &wanted)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
