package comanage

import (
	"encoding/json"
	"strings"
	"testing"
)

// Whatever comes in, a document in XML is either refused or becomes one entry in
// JSON, and takes no more memory than it is long.
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
		}
	})
}
